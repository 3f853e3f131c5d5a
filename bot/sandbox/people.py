"""What people do in the workspace: write, edit, press buttons."""

import html
from typing import Any

from bot.sandbox.slack import SlackServer
from bot.sandbox.workspace import BOT_USER, CHANNEL, TEAM


class People:
    """Hands of the workspace's members; each act sends the events that Slack would send."""

    def __init__(self, server: SlackServer) -> None:
        self._server = server
        self._workspace = server.workspace

    def write(
        self, person: str, text: str, thread_ts: str | None = None, channel: str = CHANNEL
    ) -> str:
        """Post a message; returns its `ts`. A mention comes as `app_mention` too, with another event id."""
        ts = self._workspace.new_ts()
        message = {
            "type": "message", "user": person, "team": TEAM, "ts": ts, "client_msg_id": f"client-{ts}",
            "text": text, "blocks": [_rich_text(text)],
        }  # fmt: skip
        message |= {"thread_ts": thread_ts} if thread_ts else {}
        if channel == CHANNEL:
            self._workspace.add(message)
        event = {**message, "channel": channel, "channel_type": "channel"}
        self._server.sockets.event(event)
        if f"<@{BOT_USER}>" in text:
            self._server.sockets.event({**event, "type": "app_mention"})
        return ts

    def edit(self, ts: str, text: str) -> None:
        before = dict(self._workspace.messages[ts])
        self._workspace.messages[ts] |= {
            "text": text,
            "edited": {"user": before["user"], "ts": self._workspace.new_ts()},
        }
        self._workspace.changed()
        self._server.sockets.event(
            {
                "type": "message", "subtype": "message_changed", "hidden": True, "channel": CHANNEL, "channel_type": "channel",
                "ts": self._workspace.new_ts(), "message": self._workspace.messages[ts], "previous_message": before,
            }
        )  # fmt: skip

    def press(self, person: str, message_ts: str, action_id: str) -> None:
        """Press a button of a message. Raises: LookupError when it has none such."""
        message = self._workspace.messages[message_ts]
        for block in message["blocks"]:
            for element in block.get("elements", []) if block["type"] == "actions" else []:
                if element["action_id"] == action_id:
                    pressed = {
                        "action_id": action_id,
                        "block_id": block.get("block_id", ""),
                        "text": element["text"],
                        "value": element.get("value", ""),
                    }
                    self._server.sockets.click(person, message, pressed)
                    return
        raise LookupError(f"message {message_ts} has no button {action_id}")


def _rich_text(text: str) -> dict[str, Any]:
    element = {
        "type": "rich_text_section",
        "elements": [{"type": "text", "text": html.unescape(text)}],
    }
    return {"type": "rich_text", "block_id": "b1", "elements": [element]}
