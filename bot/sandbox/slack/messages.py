"""Messages as Slack takes them: posted, edited, whispered, signed, unfurled; each refused as the real one does."""

from typing import Any

from bot.sandbox.slack.contract import SlackError, block_faults
from bot.sandbox.slack.sockets import Sockets
from bot.sandbox.slack.workspace import APP_ID, BOT_ID, BOT_USER, CHANNEL, PEOPLE, TEAM, Workspace, direct_channel
from bot.sandbox.wire import decoded


class MessagesApi:
    """A part of the workspace's API."""

    workspace: Workspace
    sockets: Sockets

    def _chat_postMessage(self, arguments: dict[str, Any]) -> dict[str, Any]:  # noqa: N802  # Slack's name
        self._check_channel(arguments["channel"])
        self._check_message(arguments)
        thread_ts = arguments.get("thread_ts")
        if thread_ts is not None and thread_ts not in self.workspace.messages:
            raise SlackError("thread_not_found")
        ts = self.workspace.new_ts()
        message = {
            "type": "message",
            "user": BOT_USER,
            "bot_id": BOT_ID,
            "app_id": APP_ID,
            "team": TEAM,
            "ts": ts,
            "text": arguments.get("text", ""),
            "blocks": decoded(arguments.get("blocks")) or [],
        }
        message |= {"thread_ts": thread_ts} if thread_ts else {}
        message |= {"metadata": decoded(arguments["metadata"])} if "metadata" in arguments else {}
        if str(arguments.get("reply_broadcast", "")).lower() in {"true", "1"}:
            if not thread_ts:
                raise SlackError("invalid_arguments")
            message |= {"subtype": "thread_broadcast"}
        channel = arguments["channel"]
        message |= {"channel": channel} if channel != CHANNEL else {}
        self.workspace.add(message)
        self.workspace.statuses.pop((channel, thread_ts or ""), None)
        if channel == CHANNEL:
            self.sockets.event({"type": "message", "channel": CHANNEL, "channel_type": "channel", **message})
        return {"channel": channel, "ts": ts, "message": message}

    def _chat_postEphemeral(self, arguments: dict[str, Any]) -> dict[str, Any]:  # noqa: N802  # Slack's name
        """What one person sees, and nobody later."""
        self._check_channel(arguments["channel"])
        self._check_message(arguments)
        if arguments["user"] not in PEOPLE:
            raise SlackError("user_not_in_channel")
        ts = self.workspace.new_ts()
        said = {"text": arguments.get("text", ""), "blocks": decoded(arguments.get("blocks")) or []}
        told = {"person": arguments["user"], "ts": ts, "thread_ts": arguments.get("thread_ts")}
        told |= {"channel": arguments["channel"]} if arguments["channel"] != CHANNEL else {}
        self.workspace.whispers.append(told | said)
        self.workspace.changed()
        return {"message_ts": ts}

    def _assistant_threads_setStatus(self, arguments: dict[str, Any]) -> dict[str, Any]:  # noqa: N802  # Slack's name
        """Shown until the app writes in the thread."""
        self._check_channel(arguments["channel_id"])
        if arguments["thread_ts"] not in self.workspace.messages:
            raise SlackError("invalid_thread_ts")
        self.workspace.statuses[arguments["channel_id"], arguments["thread_ts"]] = arguments["status"]
        self.workspace.changed()
        return {}

    def _assistant_threads_setSuggestedPrompts(self, arguments: dict[str, Any]) -> dict[str, Any]:  # noqa: N802  # as above
        self._check_channel(arguments["channel_id"])
        if not self.workspace.agents:
            raise SlackError("not_agent_app")
        self.workspace.prompts[arguments["channel_id"]] = decoded(arguments["prompts"])
        self.workspace.changed()
        return {}

    def _reactions_add(self, arguments: dict[str, Any]) -> dict[str, Any]:
        found = self._reactions(arguments)
        if BOT_USER in (people := found.setdefault(arguments["name"], [])):
            raise SlackError("already_reacted")
        people.append(BOT_USER)
        self.workspace.changed()
        return {}

    def _reactions_remove(self, arguments: dict[str, Any]) -> dict[str, Any]:
        found = self._reactions(arguments)
        if BOT_USER not in found.get(arguments["name"], []):
            raise SlackError("no_reaction")
        found[arguments["name"]].remove(BOT_USER)
        self.workspace.changed()
        return {}

    def _reactions(self, arguments: dict[str, Any]) -> dict[str, list[str]]:
        """Who put which sign on a message."""
        self._check_channel(arguments["channel"])
        message = self.workspace.messages.get(str(arguments.get("timestamp")))
        if message is None:
            raise SlackError("message_not_found")
        found: dict[str, list[str]] = message.setdefault("signs", {})
        return found

    def _chat_unfurl(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """A link's preview, under the message that holds it."""
        ts = self.workspace.shared_links.get(str(arguments.get("unfurl_id")))
        message = self.workspace.messages.get(ts or "")
        if message is None or arguments.get("source") != "conversations_history":
            raise SlackError("invalid_unfurl_id")
        unfurls = decoded(arguments.get("unfurls"))
        if not isinstance(unfurls, dict) or not unfurls:
            raise SlackError("invalid_unfurls_format")
        for address, shown in unfurls.items():
            if address not in message["text"]:
                raise SlackError("cannot_unfurl_url")
            if faults := block_faults(shown.get("blocks") if isinstance(shown, dict) else None):
                raise SlackError("invalid_unfurls_format", response_metadata={"messages": faults})
        made = [{"from_url": address, "blocks": shown["blocks"]} for address, shown in unfurls.items()]
        message["attachments"] = [*message.get("attachments", []), *made]
        self.workspace.changed()
        return {}

    def _chat_update(self, arguments: dict[str, Any]) -> dict[str, Any]:
        self._check_channel(arguments["channel"])
        message = self.workspace.messages.get(arguments["ts"])
        if message is None:
            raise SlackError("message_not_found")
        if message.get("bot_id") != BOT_ID:
            raise SlackError("cant_update_message")
        if len(arguments.get("text") or "") > 4000:
            raise SlackError("msg_too_long")
        self._check_message(arguments)
        # Text without blocks removes the blocks, as the real one does.
        message |= {"text": arguments.get("text", ""), "blocks": decoded(arguments.get("blocks")) or []}
        message["updates"] = message.get("updates", 0) + 1
        self.workspace.changed()
        return {"channel": arguments["channel"], "ts": message["ts"], "text": message["text"], "message": message}

    def _check_channel(self, channel: str) -> None:
        if channel not in {CHANNEL, *self.workspace.others, *map(direct_channel, PEOPLE)}:
            raise SlackError("channel_not_found")
        if channel in self.workspace.refusing:
            raise SlackError(self.workspace.refusing[channel])

    def _check_message(self, arguments: dict[str, Any]) -> None:
        blocks = decoded(arguments.get("blocks"))
        if not blocks and not arguments.get("text"):
            raise SlackError("no_text")
        metadata = decoded(arguments.get("metadata"))
        if metadata is not None and set(metadata) != {"event_type", "event_payload"}:
            raise SlackError("invalid_metadata_format")
        if not blocks:
            return
        if lacked := {block["type"] for block in blocks} & self.workspace.lacks:
            self.workspace.lacked.append(lacked)
        if faults := [f"unsupported type: {one}" for one in sorted(lacked)] or block_faults(blocks):
            raise SlackError("invalid_blocks", response_metadata={"messages": [f"[ERROR] {fault}" for fault in faults]})
        for at, block in enumerate(blocks):
            file = block.get("slack_file") or {}
            if "id" in file and not self.workspace.file_ready(file["id"]):
                raise SlackError(
                    "invalid_blocks", errors=[f"invalid slack file [json-pointer:/blocks/{at}/slack_file]"]
                )
