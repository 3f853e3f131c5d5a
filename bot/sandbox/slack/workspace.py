"""The state of a small Slack workspace: one channel, its messages and files, some people."""

import itertools
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

CHANNEL = "C0LABS"
BOT_USER = "U0LABSBOT"
BOT_ID = "B0LABSBOT"
APP_ID = "A0LABSBOT"
TEAM = "T0LABS"
PEOPLE = {"U0DANA": "Dana", "U0SAM": "Sam", "U0KIM": "Kim", BOT_USER: "labs-bot"}


def direct_channel(person: str) -> str:
    """The conversation between the bot and one person."""
    return f"D{person[1:]}"


@dataclass
class File:
    id: str
    name: str
    alt: str
    length: int
    content: bytes = b""
    ready_at: float | None = None
    """From when on Slack has looked at it and can show it; None: the upload was never completed."""
    shared: bool = False

    @property
    def mimetype(self) -> str:
        return {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp"}.get(
            self.name.rsplit(".", 1)[-1], "application/octet-stream"
        )


@dataclass
class Workspace:
    """Messages by `ts`, files by id; `watchers` hear of every change."""

    messages: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)
    watchers: list[Callable[[], None]] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    """Ids of files that were deleted."""
    triggers: dict[str, tuple[str, float]] = field(default_factory=dict)
    """Who clicked, and when, by trigger id: good for one modal within three seconds."""
    views: dict[str, tuple[str, dict[str, Any]]] = field(default_factory=dict)
    """Open modals by id, each with the person who sees it."""
    whispers: list[dict[str, Any]] = field(default_factory=list)
    """What was said to one person alone (ephemeral), oldest first."""
    members: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What `users.info` says of somebody beside the usual: a guest, one who has left, one of another workspace."""
    refusing: dict[str, str] = field(default_factory=dict)
    """Channels that take nothing, with the name of Slack's error: archived, left, read-only."""
    unfurl_domains: frozenset[str] = frozenset()
    """Of the app's manifest: links to these are told to it."""
    shared_links: dict[str, str] = field(default_factory=dict)
    """Messages with such links, by the id under which they are unfurled."""
    homes: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What each person's own page of the app shows."""
    lacks: frozenset[str] = frozenset()
    """Types of blocks that this workspace does not take yet."""
    lacked: list[frozenset[str] | set[str]] = field(default_factory=list)
    """Those that were sent to it, for each message that it refused."""
    others: frozenset[str] = frozenset()
    """Channels beside the first that the app is a member of."""
    agents: bool = True
    """Whether it has the view in which people talk with an app that answers."""
    statuses: dict[tuple[str, str], str] = field(default_factory=dict)
    """What the app says that it is doing, by channel and thread of its messages tab."""
    prompts: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    """What the app suggests to write, by direct conversation."""
    version: int = 0
    file_delay_s: float = 0.3
    share_delay_s: float = 0.0
    """Until the message of a shared file stands in its thread: Slack scans it first, and has answered before that."""

    def __post_init__(self) -> None:
        self._last = 0  # microseconds
        self._events = itertools.count(1)
        self._random = random.Random(7)  # ids, not secrets

    def new_ts(self) -> str:
        """Unix seconds with six decimals, never the same twice."""
        # Whole microseconds: a float's steps are uneven there, and two times would be written alike.
        self._last = max(self._last + 1, int(time.time() * 1e6))
        return f"{self._last // 10**6}.{self._last % 10**6:06d}"

    def new_id(self, prefix: str) -> str:
        return prefix + "".join(self._random.choices("ABCDEFGHJKLMNPQRSTUVWXYZ23456789", k=10))

    def event_id(self) -> str:
        return f"Ev{next(self._events):08d}"

    def changed(self) -> None:
        self.version += 1
        for watcher in self.watchers:
            watcher()

    def add(self, message: dict[str, Any]) -> dict[str, Any]:
        self.messages[message["ts"]] = message
        self.changed()
        return message

    def thread(self, ts: str) -> list[dict[str, Any]]:
        """A message and its replies, oldest first."""
        return [
            message for key, message in sorted(self.messages.items()) if key == ts or message.get("thread_ts") == ts
        ]

    def channel(self, channel: str = CHANNEL) -> list[dict[str, Any]]:
        """What stands in a channel itself, newest first."""
        return [
            (message | replied) if (replied := self._replied(key)) else message
            for key, message in sorted(self.messages.items(), reverse=True)
            if (message.get("thread_ts") in {None, key} or message.get("subtype") == "thread_broadcast")
            and message.get("channel", CHANNEL) == channel
        ]

    def _replied(self, ts: str) -> dict[str, Any]:
        """What a listing of the channel says of a message's thread."""
        replies = self.thread(ts)[1:]
        return {"reply_count": len(replies), "latest_reply": replies[-1]["ts"], "thread_ts": ts} if replies else {}

    def direct(self, person: str) -> list[dict[str, Any]]:
        """What the bot wrote to one person alone, newest first."""
        return self.channel(direct_channel(person))

    def from_bot(self) -> list[dict[str, Any]]:
        return [message for _ts, message in sorted(self.messages.items()) if message.get("bot_id")]

    def file_ready(self, file_id: str) -> bool:
        file = self.files.get(file_id)
        return file is not None and file.ready_at is not None and file.ready_at <= time.time()
