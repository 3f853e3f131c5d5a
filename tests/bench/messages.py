"""What a message asks of its reader: characters before anything is opened, and height on a phone; and what a job costs
Slack in posts and edits.

`uv run python -m tests.bench.messages` prints the tables. Heights are of the sandbox's page in Chromium, 390 pixels
wide, a phone's screen being 844 high; Slack's own differ by its fonts.
"""

import asyncio
import json
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from playwright.async_api import async_playwright

from bot.sandbox.lab import draw_lab
from bot.sandbox.slack.workspace import BOT_ID, BOT_USER, File
from bot.sandbox.world import World, running
from handlers.blocks.anchor import anchor
from handlers.blocks.result import result
from handlers.message import Message
from handlers.views import AnchorView
from pipeline.actions.matrix import RerunMatrix
from pipeline.grid import encode
from pipeline.grid.cut import draw_cut
from pipeline.grid.of_run import bytes_of
from pipeline.lab.run import Run
from tests.browser.conftest import CHROMIUM, QUIET
from tests.channel import RUN, Channel, text
from tests.messages import kept
from tests.process import BotProcess
from tests.unit.test_plan_making import planned
from tests.unit.test_result import characters, state, view

SIZES = ((3, 2), (6, 10), (20, 30))
"""Prompts × seeds: 6, 60 and 600 cells."""
PLANNED = (2, 20, 60)
"""Seeds of three prompts each; sixty are the most that a request takes."""
SCREEN = 844
JOBS = 20


def results() -> Iterable[tuple[str, Message, bytes]]:
    """A result of each size, with its picture."""
    for prompts, seeds in SIZES:
        with tempfile.TemporaryDirectory() as name:
            root = Path(name)
            found, run = state(root, prompts, seeds), Run(root, RUN)
            each = ((cell.cell.label, bytes_of(run, cell.cell.image)) for cell in found.cells)
            content, _suffix = encode(draw_cut(found, {label: one for label, one in each if one is not None}))
            yield f"result, {prompts * seeds} cells", result(view(root, found)), content


def plans(root: Path) -> Iterable[tuple[str, Message, None]]:
    """A plan of each size, and one of a training, each as it waits for an approval."""
    requests = {f"plan, {3 * seeds} cells": RerunMatrix(run=RUN, seeds=tuple(range(1, seeds + 1))) for seeds in PLANNED}
    made = {name: planned(root, request.model_copy(update={"then_judge": True})) for name, request in requests.items()}
    for name, plan in {**made, "plan, a training": kept()["train"].plan}.items():
        waits: dict[str, Any] = {"state": "waiting", "expires_at": 1_795_800_000.0, "changeable": True}
        asked: dict[str, Any] = {"asked_by": "U0DANA", "approvers": ("U0SAM",), "needs_approval": "Above $2.00."}
        yield name, anchor(AnchorView(job_id="7f3a21", plan=plan, **waits, **asked)), None


def _put(world: World, message: Message, content: bytes | None) -> str:
    """The message in the channel, with its picture where it has one."""
    ts = world.slack.workspace.new_ts()
    blocks = json.loads(json.dumps([{key: one for key, one in b.items() if key != "instead"} for b in message.blocks]))
    if content is None:
        blocks = [block for block in blocks if block["type"] != "image"]
    for block in blocks:
        if block["type"] == "image":
            file = File(id=f"F{ts}", name="cut.jpg", alt="", length=len(content or b""), content=content or b"")
            world.slack.workspace.files[file.id] = file
            block["slack_file"] = {"id": file.id}
    said = {"type": "message", "user": BOT_USER, "bot_id": BOT_ID, "ts": ts, "text": message.text, "blocks": blocks}
    world.slack.workspace.add(said)
    return ts


async def heights(shown: list[tuple[str, Message, bytes | None]]) -> None:
    async with running(World()) as world, async_playwright() as playwright:
        placed = [(name, message, _put(world, message, content)) for name, message, content in shown]
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page = await browser.new_page(viewport={"width": 390, "height": SCREEN})
        await page.goto(world.url)
        await page.wait_for_function(
            "() => document.images.length && [...document.images].every((one) => one.complete)", polling=50
        )
        print("| message | characters | height at 390 px | phone screens |\n|---|---|---|---|")
        for name, message, ts in placed:
            box = await page.locator(f'#channel [data-ts="{ts}"]').bounding_box()
            high = box["height"] if box else 0
            print(f"| {name} | {characters(list(message.blocks))} | {high:.0f} px | {high / SCREEN:.1f} |")
        await browser.close()


def _most(times: list[float], span: float) -> int:
    """The most that fell into any stretch of so many seconds."""
    return max((sum(begin <= one < begin + span for one in times) for begin in times), default=0)


def _times(world: World, method: str) -> list[float]:
    return [call["at"] for call in world.slack.calls if call["method"] == method]


async def traffic(root: Path) -> None:
    async with running(World()) as world, BotProcess(world, root):
        channel = Channel(world)
        first = channel.say(f"in the labs channel: re-run runs/{RUN} with seeds 1, 2, then judge")
        await channel.result(first)
        await channel.settled(first)
        posts, edits = len(_times(world, "chat.postMessage")), len(_times(world, "chat.update"))
        print(f"\nA matrix of 6, judged: {posts} posts, {edits} edits of the one message.")
        world.slack.calls.clear()
        asked = [
            channel.say(f"in the labs channel: re-run runs/{RUN} with seeds {at}, {at + 1}, then judge")
            for at in range(100, 100 + 2 * JOBS, 2)
        ]
        async with asyncio.timeout(540):
            while not all(any("Done in" in text(one) for one in channel.replies(ts)[:1]) for ts in asked):
                await asyncio.sleep(0.2)
        said, edited = _times(world, "chat.postMessage"), _times(world, "chat.update")
        print(
            f"{JOBS} such jobs at once: {len(said)} posts and {len(edited)} edits in"
            f" {max(said + edited) - min(said + edited):.0f} s; at most {_most(said, 5)} posts in 5 s (8 are borne),"
            f" {_most(edited, 60)} edits in a minute (50 are). Refused otherwise than for their pace:"
            f" {len(world.slack.refused)}."
        )


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        draw_lab(root, (96, 128))
        asyncio.run(heights([*results(), *plans(root)]))
        asyncio.run(traffic(root))


if __name__ == "__main__":
    main()
