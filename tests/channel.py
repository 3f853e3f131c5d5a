"""What a person in #labs does and sees, for the scenarios."""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from bot.sandbox.slack.elements import elements
from bot.sandbox.world import World

DEADLINE_S = 60.0
ENDED = {"labs:open:plan": "Details…"}
"""The buttons of a job's own message that changes no more."""
RUN = "20260529-cb-lora-v1"
CARD_SENTENCE = f"""in the labs channel: run the identity judge against runs/{RUN}.
4-axis prompt (Q1 face_is_source_identity, Q2 pose_adherence, Q3 framing,
Q4 looks_photographic) using claude-sonnet-4-6 vision, with cb_4.jpg as the
identity reference. Write judge_output.json, update <http://SUMMARY.md|SUMMARY.md> verdict.
Cost ~$0.25."""

Message = dict[str, Any]


class Channel:
    """One workspace, seen from its members' chairs."""

    def __init__(self, world: World, stop: Callable[[], Awaitable[None]] | None = None) -> None:
        self.world = world
        self._stop = stop
        self.workspace = world.slack.workspace

    async def stop(self) -> None:
        """Stop the bot; the workspace stays."""
        if self._stop is not None:
            await self._stop()

    def say(
        self, text: str, person: str = "U0DANA", thread: str | None = None, files: Sequence[tuple[str, bytes]] = ()
    ) -> str:
        return self.world.people.write(person, text, thread, files=files)

    def press(self, message: Message, action_id: str, person: str = "U0DANA", option: str | None = None) -> None:
        self.world.people.press(person, message["ts"], action_id, option=option)

    def choose(self, message: Message, words: str, person: str = "U0DANA") -> None:
        """Press the button that says so, or choose it in the message's menu."""
        action_id, option = next(way for label, way in choices(message).items() if words in label)
        self.press(message, action_id, person, option)

    async def planned(self, message: Message, person: str = "U0DANA") -> str:
        """What the *Details…* of a job's own message says: the whole plan."""
        return await self.details(message, person, "labs:open:plan")

    async def details(self, message: Message, person: str = "U0DANA", action: str = "labs:open:details") -> str:
        """What a result's *Details…* says."""
        self.press(message, action, person)
        view = await self.form(person)
        self.workspace.views.pop(view["id"])
        return json.dumps(view["blocks"], ensure_ascii=False)

    async def form(self, person: str = "U0DANA") -> Message:
        """The modal that somebody sees."""
        found: Message = await self.until(lambda: self.world.people.view(person), "a modal")
        return found

    async def fill(self, message: Message, action_id: str, person: str = "U0DANA", **answers: Any) -> Message:
        """Press a button that opens a modal, and send it off with these answers."""
        self.press(message, action_id, person)
        view = await self.form(person)
        self.world.people.submit(person, view["id"], answers)
        return view

    async def plan(self, ts: str) -> Message:
        """The latest plan in a thread that waits for a decision."""
        found: Message = await self.until(
            lambda: next(
                (m for m in reversed(self.replies(ts)) if {"labs:approve", "labs:open:approve"} & set(buttons(m))), None
            ),
            "a plan that waits",
        )
        return found

    def replies(self, ts: str) -> list[Message]:
        """The bot's messages in a thread, oldest first."""
        return [message for message in self.workspace.thread(ts) if message.get("bot_id")]

    async def until(self, found: Callable[[], Any], what: str, seconds: float = DEADLINE_S) -> Any:
        """Wait until something is so in the workspace, and return it. Fails with the conversation when it never is."""
        changed = asyncio.Event()
        self.workspace.watchers.append(changed.set)
        try:
            async with asyncio.timeout(seconds):
                while not (seen := found()):
                    changed.clear()
                    # Some things change outside the workspace (files, the vendor): look at those too.
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(0.05):
                            await changed.wait()
        except TimeoutError:
            from bot.sandbox.slack.transcript import transcript

            raise AssertionError(
                f"never saw: {what}\n{transcript(self.workspace)}\nrefused: {self.world.slack.refused}"
            ) from None
        finally:
            self.workspace.watchers.remove(changed.set)
        return seen

    async def reply(self, ts: str, words: str) -> Message:
        """The first message of the bot in this thread that says so, also one that only who asked sees."""
        found: Message = await self.until(
            lambda: next((m for m in self.told(ts) if words in text(m)), None), f"{words!r} in the thread"
        )
        return found

    def told(self, ts: str) -> list[Message]:
        """Everything that the bot said to a message, to all or to one person alone."""
        return [*self.replies(ts), *self.whispered(ts)]

    def whispered(self, ts: str) -> list[Message]:
        """What one person alone was told about a message or in its thread."""
        asked = self.workspace.messages[ts]
        return [
            one
            for one in self.workspace.whispers
            if one["thread_ts"] == ts
            or (one["thread_ts"] is None and one["person"] == asked["user"] and one["ts"] > ts)
        ]

    async def whisper(self, person: str, words: str) -> Message:
        """What one person alone was told in the channel."""
        found: Message = await self.until(
            lambda: next((m for m in self.workspace.whispers if m["person"] == person and words in text(m)), None),
            f"{words!r}, to {person} alone",
        )
        return found

    async def result(self, ts: str) -> Message:
        return await self.reply(ts, "labs:open:details")

    async def settled(self, ts: str, words: str = "Done in") -> Message:
        """The job's own message, once it says in a line how it ended."""
        return await self.reply(ts, words)


def refused(world: World) -> list[str]:
    """What the workspace refused a bot that was killed: what it deletes once more may be gone by then, and a sign that
    it puts down once more be there.
    """
    again = {"files.delete": "file_not_found", "reactions.add": "already_reacted", "reactions.remove": "no_reaction"}
    return [one for one in world.slack.refused if again.get(one.partition(":")[0], "never") not in one]


async def moment(seconds: float) -> None:
    """The time that something in the story takes: a kill in the middle of it, a trouble that passes."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await asyncio.Event().wait()


def choices(message: Message) -> dict[str, tuple[str, str | None]]:
    """What a message's buttons and menus offer, in order: action id and, of a menu, the option's value, by words."""
    found: dict[str, tuple[str, str | None]] = {}
    for _block, element in elements(message["blocks"]):
        if element["type"] == "button":
            found[element["text"]["text"]] = element["action_id"], None
        for option in element.get("options", ()):
            found[option["text"]["text"]] = element["action_id"], option["value"]
    return found


def text(message: Message) -> str:
    """Everything that a message says, blocks included."""
    return str(message["text"]) + "\n" + json.dumps(message["blocks"], ensure_ascii=False)


def pictures(message: Message) -> list[Message]:
    return [block for block in message["blocks"] if block["type"] == "image"]


def buttons(message: Message) -> dict[str, str]:
    """Button texts by action id."""
    return {
        element["action_id"]: element["text"]["text"] if "text" in element else "…"
        for _block, element in elements(message["blocks"])
    }
