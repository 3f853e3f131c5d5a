"""Slack's views: modals, which a trigger opens once and soon, and each person's own page of the app."""

import secrets
import time
from typing import Any

from bot.sandbox.slack.contract import SlackError, view_faults
from bot.sandbox.slack.workspace import APP_ID, BOT_ID, PEOPLE, TEAM, Workspace
from bot.sandbox.wire import decoded

TRIGGER_S = 3.0
"""How long a click allows a modal."""


class ViewsApi:
    """A part of the workspace's API."""

    workspace: Workspace
    refused: list[str]

    def _views_open(self, arguments: dict[str, Any]) -> dict[str, Any]:
        person, at = self.workspace.triggers.pop(arguments.get("trigger_id", ""), ("", 0.0))
        if not person:
            raise SlackError("invalid_trigger_id")
        if time.time() - at > TRIGGER_S:
            raise SlackError("expired_trigger_id")
        view = decoded(arguments["view"])
        if faults := view_faults(view):
            raise SlackError("invalid_arguments", response_metadata={"messages": faults})
        made = {**view, "id": self.workspace.new_id("V"), "team_id": TEAM, "app_id": APP_ID, "bot_id": BOT_ID}
        return self._shown(person, made)

    def _views_update(self, arguments: dict[str, Any]) -> dict[str, Any]:
        person, before = self.workspace.views.get(arguments.get("view_id", ""), ("", {}))
        if not person:
            raise SlackError("not_found")
        if arguments.get("hash", before["hash"]) != before["hash"]:
            raise SlackError("hash_conflict")
        view = decoded(arguments["view"])
        if faults := view_faults(view):
            raise SlackError("invalid_arguments", response_metadata={"messages": faults})
        return self._shown(person, {**before, **view})

    def _answered_with(self, person: str, view: dict[str, Any]) -> None:
        """A modal that a submission is answered with; the same once more, with what is wrong at its fields."""
        wrong = view.get("errors", {})
        known = {block.get("block_id") for block in view["blocks"] if block["type"] == "input"}
        strange = [] if isinstance(wrong, dict) and known.issuperset(wrong) else ["errors at blocks that take no input"]
        if faults := view_faults(view) + strange:
            self.refused.append(f"response_action: {faults}")
        else:
            self._shown(person, view)

    def _shown(self, person: str, view: dict[str, Any]) -> dict[str, Any]:
        made = {**view, "hash": f"{time.time():.6f}.{secrets.token_hex(4)}"}
        self.workspace.views[made["id"]] = (person, made)
        self.workspace.changed()
        return {"view": made}

    def _views_publish(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """A person's own page of the app."""
        if arguments["user_id"] not in PEOPLE:
            raise SlackError("user_not_found")
        view = decoded(arguments["view"])
        if not isinstance(view, dict) or view.get("type") != "home":
            raise SlackError("invalid_arguments")
        if faults := view_faults(view):
            raise SlackError("invalid_arguments", response_metadata={"messages": faults})
        made = {**view, "id": self.workspace.new_id("V"), "team_id": TEAM, "app_id": APP_ID, "bot_id": BOT_ID}
        self.workspace.homes[arguments["user_id"]] = made
        self.workspace.changed()
        return {"view": made}
