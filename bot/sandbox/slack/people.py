"""What people do in the workspace: write, edit, press buttons."""

import html
import re
from collections.abc import Sequence
from typing import Any

from bot.sandbox.slack.elements import elements
from bot.sandbox.slack.server import SlackServer
from bot.sandbox.slack.workspace import BOT_USER, CHANNEL, TEAM

_LINK = re.compile(r"<(https?://([^/:|>]+)[^|>]*)(?:\|[^>]*)?>")


class People:
    """Hands of the workspace's members; each act sends the events that Slack would send."""

    def __init__(self, server: SlackServer) -> None:
        self._server = server
        self._workspace = server.workspace

    def write(
        self,
        person: str,
        text: str,
        thread_ts: str | None = None,
        channel: str = CHANNEL,
        files: Sequence[tuple[str, bytes]] = (),
        team: str = TEAM,
        **body: Any,
    ) -> str:
        """Post a message, with (name, bytes) of files; returns its `ts`. A mention comes as `app_mention` too, with
        another event id. `team`: of another workspace (Slack Connect). `body`: what the envelope says otherwise.
        """
        ts = self._workspace.new_ts()
        message: dict[str, Any] = {
            "type": "message",
            "user": person,
            "team": team,
            "ts": ts,
            "client_msg_id": f"client-{ts}",
            "text": text,
            "blocks": [_rich_text(text)],
        }
        message |= {"thread_ts": thread_ts} if thread_ts else {}
        if files:
            shown = [self._server.post_file(name, content) for name, content in files]
            message |= {"subtype": "file_share", "files": shown, "upload": False}
        message |= {"user_team": team, "source_team": team} if team != TEAM else {}
        direct = channel.startswith("D")
        if channel == CHANNEL:
            self._workspace.add(message)
        elif direct or channel in self._workspace.others:
            self._workspace.add(message | {"channel": channel})
        event = {**message, "channel": channel, "channel_type": "im" if direct else "channel"}
        self._server.sockets.event(event, **body)
        self._tell_links(message, channel, body)
        if f"<@{BOT_USER}>" in text:
            self._server.sockets.event({**event, "type": "app_mention"}, **body)
        return ts

    def _tell_links(self, message: dict[str, Any], channel: str, body: dict[str, Any]) -> None:
        """Slack tells of links to the app's domains, beside the message."""
        links = [
            {"domain": found[2], "url": found[1]}
            for found in _LINK.finditer(message["text"])
            if found[2] in self._workspace.unfurl_domains
        ]
        if not links:
            return
        unfurl_id = f"{CHANNEL}-{message['ts']}-{self._workspace.new_id('')}"
        self._workspace.shared_links[unfurl_id] = message["ts"]
        event = {
            "type": "link_shared",
            "channel": channel,
            "user": message["user"],
            "message_ts": message["ts"],
            "event_ts": message["ts"],
        }
        about = {"unfurl_id": unfurl_id, "source": "conversations_history", "links": links}
        self._server.sockets.event({**event, **about, "is_bot_user_member": True}, **body)

    def edit(self, ts: str, text: str) -> None:
        before = dict(self._workspace.messages[ts])
        self._workspace.messages[ts] |= {
            "text": text,
            "edited": {"user": before["user"], "ts": self._workspace.new_ts()},
        }
        self._workspace.changed()
        self._server.sockets.event(
            {
                "type": "message",
                "subtype": "message_changed",
                "hidden": True,
                "channel": CHANNEL,
                "channel_type": "channel",
                "ts": self._workspace.new_ts(),
                "message": self._workspace.messages[ts],
                "previous_message": before,
            }
        )

    def press(
        self, person: str, message_ts: str, action_id: str, team: str = TEAM, option: str | None = None, **body: Any
    ) -> None:
        """Press a button of a message, also of one that they alone see, or choose in its menu what ends with `option`.
        Raises: LookupError when it has none such.
        """
        alone = next((one for one in self._workspace.whispers if one["ts"] == message_ts), None)
        message = alone or self._workspace.messages[message_ts]
        pressed = _pressed(message["blocks"], action_id, option)
        self._server.sockets.click(person, message, pressed, team, alone=alone is not None, **body)

    def press_view(self, person: str, view_id: str, action_id: str, option: str | None = None) -> None:
        """The same in an open modal, or on somebody's own page of the app."""
        home = self._workspace.homes.get(person, {})
        view = home if home.get("id") == view_id else self._workspace.views[view_id][1]
        self._server.sockets.press_view(person, view, _pressed(view["blocks"], action_id, option))

    def view(self, person: str) -> dict[str, Any] | None:
        """The modal that somebody sees, the latest of several."""
        found = [view for who, view in self._workspace.views.values() if who == person]
        return found[-1] if found else None

    def fill_in(self, person: str, view_id: str, answers: dict[str, Any], changed: str) -> None:
        """Change one field of an open modal. Slack tells the bot where the field wants that, and keeps what is filled
        in when the bot shows the modal anew.
        """
        view = self._workspace.views[view_id][1]
        block = next(block for block in view["blocks"] if block.get("block_id") == changed)
        if block.get("dispatch_action"):
            values = _values(view, answers, whole=False)
            action = {"action_id": block["element"]["action_id"], "block_id": changed}
            self._server.sockets.fill_in(person, view, values, action | next(iter(values[changed].values())))

    def submit(self, person: str, view_id: str, answers: dict[str, Any], team: str = TEAM) -> None:
        """Send a modal off, with answers by block id; what is not answered keeps what stood there.

        Raises: ValueError for what Slack's own client would not send: nothing where something is needed, numbers out
        of bounds.
        """
        _who, view = self._workspace.views.pop(view_id)
        values = _values(view, answers)
        self._workspace.changed()
        self._server.sockets.submit(person, view, values, team)


def _pressed(blocks: list[dict[str, Any]], action_id: str, option: str | None) -> dict[str, Any]:
    """What Slack tells of an element that was pressed. Raises: LookupError where there is none such."""
    for block, element in elements(blocks):
        if element["action_id"] == action_id:
            about = {"type": element["type"], "action_id": action_id, "block_id": block.get("block_id", "")}
            return about | _chosen(element, option)
    raise LookupError(f"nothing to press is called {action_id}")


def _chosen(element: dict[str, Any], option: str | None) -> dict[str, Any]:
    """What an action tells of its element. Raises: LookupError for a menu without such an option."""
    if element["type"] == "button":
        return {"text": element["text"], "value": element.get("value", "")}
    only = element["type"] == "overflow" and len(element["options"]) == 1
    found = [one for one in element["options"] if only or (option and one["value"].endswith(option))]
    if not found:
        raise LookupError(f"the menu {element['action_id']} has no {option!r}")
    return {"selected_option": found[0]}


def _values(view: dict[str, Any], answers: dict[str, Any], *, whole: bool = True) -> dict[str, Any]:
    """A modal's state by block and action id. `whole`: what is needed must be there."""
    values = {}
    for block in view["blocks"]:
        if block["type"] == "input":
            element = block["element"]
            shape = block if whole else block | {"optional": True}
            given = _given(shape, answers.get(block["block_id"], _initial(element)))
            values[block["block_id"]] = {element["action_id"]: given}
    return values


def _rich_text(text: str) -> dict[str, Any]:
    element = {"type": "rich_text_section", "elements": [{"type": "text", "text": html.unescape(text)}]}
    return {"type": "rich_text", "block_id": "b1", "elements": [element]}


def _initial(element: dict[str, Any]) -> Any:
    if element["type"] == "checkboxes":
        return [option["value"] for option in element.get("initial_options", [])]
    if element["type"] in {"static_select", "radio_buttons"}:
        return (element.get("initial_option") or {}).get("value")
    return element.get("initial_value") or element.get("initial_date")


def _given(block: dict[str, Any], answer: Any) -> dict[str, Any]:
    """An answer as Slack reports it."""
    element = block["element"]
    kind = element["type"]
    if answer in (None, "", []) and not block.get("optional"):
        raise ValueError(f"{block['block_id']} wants an answer")
    options = {option["value"]: option for option in element.get("options", [])}
    match kind:
        case "checkboxes":
            return {"type": kind, "selected_options": [options[one] for one in answer or []]}
        case "static_select" | "radio_buttons":
            return {"type": kind, "selected_option": options[answer] if answer else None}
        case "datepicker":
            return {"type": kind, "selected_date": answer}
        case "number_input" if answer not in (None, ""):
            number = float(answer)
            low, high = (float(element.get("min_value", "-inf")), float(element.get("max_value", "inf")))
            if not low <= number <= high:
                raise ValueError(f"{block['block_id']} lies outside {low:g} to {high:g}")
    return {"type": kind, "value": None if answer in (None, "") else str(answer)}
