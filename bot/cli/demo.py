"""`labs demo`: the sandbox and the very same bot, with only the base addresses changed."""

import asyncio
import json
import sys
import tempfile
import webbrowser
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import click

from bot import logs
from bot.app import serve
from bot.cli.terminal import out, plainly
from bot.environment import read_settings
from bot.sandbox.lab import RUN, draw_lab
from bot.sandbox.transcript import transcript
from bot.sandbox.workspace import BOT_USER, Workspace
from bot.sandbox.world import World, running
from pipeline.errors import LabsError

CARD_SENTENCE = f"""in the labs channel: run the identity judge against runs/{RUN}.
4-axis prompt (Q1 face_is_source_identity, Q2 pose_adherence, Q3 framing,
Q4 looks_photographic) using claude-sonnet-4-6 vision, with cb_4.jpg as the
identity reference. Write judge_output.json, update SUMMARY.md verdict.
Cost ~$0.25."""
RERUN_SENTENCE = f"""in the labs channel: re-run the CB LoRA inference matrix from runs/{RUN}
with seeds [19023, 555, 999] instead of [42, 7301]. Same 3 prompts. Cost ~$0.15.
Use the existing trained version (no re-train), then judge."""
T = TypeVar("T")
LATENCY_S = 1.2
IMAGE_S = 2.5
IMAGES_AT_ONCE = 3
"""So that one can watch the rows fill."""
PATIENCE_S = 45.0


@click.command()
@click.option(
    "--script", is_flag=True, help="Play the conversation without a browser, print it, and end."
)
@click.option(
    "--out",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Save the pictures, the transcript and the calls there.",
)
@click.option("--port", default=0, help="The page's port; by default any free one.")
@plainly
def demo_command(folder: Path | None, port: int, *, script: bool) -> None:
    logs.configure("error", console=True)
    alone = script or not sys.stdout.isatty()
    faults = asyncio.run(_demo(folder, port, alone=alone))
    if faults:
        raise LabsError("The demo did not go as it should: " + "; ".join(faults))


async def _demo(folder: Path | None, port: int, *, alone: bool) -> list[str]:
    async with AsyncExitStack() as stack:
        root = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="labs-demo-")))
        await asyncio.to_thread(draw_lab, root)
        world = World()
        world.anthropic.latency_s, world.replicate.run_s = LATENCY_S, IMAGE_S
        await stack.enter_async_context(running(world, port))
        settings = read_settings(
            root=root,
            approvers=("U0SAM",),
            image_concurrency=IMAGES_AT_ONCE,
            **{
                name.lower().removeprefix("labs_"): value
                for name, value in world.settings().items()
            },
        )
        stop, ready = asyncio.Event(), asyncio.Event()
        bot = asyncio.create_task(serve(settings, stop=stop, ready=lambda _how: ready.set()))
        try:
            await _first(bot, ready.wait())
            if not alone:
                out.print(f"#labs is open at {world.url} (Ctrl-C ends it). All of it is simulated.")
                webbrowser.open(world.url)
            faults = await _first(bot, _play(world))
            if alone:
                out.print(transcript(world.slack.workspace))
                _save(world, folder, root)
            else:
                out.print("The conversation has been played; now write in the page yourself.")
                await _first(bot, asyncio.Event().wait())
        finally:
            stop.set()
            await asyncio.gather(bot, return_exceptions=True)
    return faults


async def _first(bot: "asyncio.Task[None]", work: Coroutine[Any, Any, T]) -> T:
    """Wait for the work, unless the bot ends before it, which is an error of its own."""
    task = asyncio.ensure_future(work)
    await asyncio.wait({bot, task}, return_when=asyncio.FIRST_COMPLETED)
    if bot.done() and not task.done():
        task.cancel()
        bot.result()
        raise LabsError("The bot ended by itself.")
    return task.result()


async def _play(world: World) -> list[str]:
    """Small talk, the card's sentences, a run that does not exist; what was not as it should be."""
    people, workspace = world.people, world.slack.workspace
    faults: list[str] = []
    talk = people.write(
        "U0SAM", "morning all! the judge was far too generous on S7301 yesterday, no?"
    )
    asked = people.write("U0DANA", CARD_SENTENCE)
    if not await _until(
        lambda: (
            any(_says(message, "Judged") for message in workspace.thread(asked))
            and any(_shows_picture(message) for message in workspace.thread(asked))
        )
    ):
        faults.append("the judge's result did not arrive in time")
    rerun = people.write("U0DANA", RERUN_SENTENCE)
    if not await _until(partial(_judged_matrix, workspace, rerun)):
        faults.append("the re-run's result did not arrive in time")
    faults += await _ask_back(world)
    if len(workspace.thread(talk)) > 1:
        faults.append("small talk was answered")
    faults += [f"Slack refused {refused}" for refused in world.slack.refused]
    return faults


def _judged_matrix(workspace: Workspace, thread: str) -> bool:
    """The re-run's verdict and its picture are there, and its own message says how it ended."""
    said = workspace.thread(thread)
    shown = any(_says(message, "How to continue") and _shows_picture(message) for message in said)
    return shown and any(_says(message, "Made and judged") for message in said)


async def _ask_back(world: World) -> list[str]:
    """What the grammar cannot do at once: an unknown run, a misspelt verb, words for Claude; what went wrong."""
    people, workspace = world.people, world.slack.workspace
    faults: list[str] = []
    for person, words, answer, choice in (
        ("U0SAM", "judge runs/20260529-cb-lora-v3", "is no run here", None),
        ("U0DANA", f"shwo runs/{RUN}", "Did you mean", "labs:choose:0"),
        ("U0SAM", "the faces of the latest one look like plastic to me", "I read this as", "labs:choose:no"),
    ):  # fmt: skip
        said = people.write(person, f"<@{BOT_USER}> {words}")
        if not await _until(partial(_answer, workspace, said, answer)):
            faults.append(f"{words!r} got no answer")
        elif choice is not None:
            people.press(person, _answer(workspace, said, answer)["ts"], choice)
            await _until(partial(_answer, workspace, said, f"<@{person}>"))
    return faults


def _answer(workspace: Workspace, thread: str, words: str) -> dict[str, Any]:
    """The message in a thread that says so; an empty one when none does."""
    return next((message for message in workspace.thread(thread) if _says(message, words)), {})


async def _until(done: Callable[[], object]) -> bool:
    for _ in range(round(PATIENCE_S * 20)):
        if done():
            return True
        await asyncio.sleep(0.05)
    return False


def _says(message: dict[str, Any], words: str) -> bool:
    return bool(message.get("bot_id")) and words in json.dumps(message["blocks"])


def _shows_picture(message: dict[str, Any]) -> bool:
    return any(block["type"] == "image" for block in message.get("blocks", []))


def _save(world: World, folder: Path | None, root: Path) -> None:
    if folder is None:
        return
    folder.mkdir(parents=True, exist_ok=True)
    for file in world.slack.workspace.files.values():
        (folder / file.name).write_bytes(file.content)
    (folder / "transcript.txt").write_text(transcript(world.slack.workspace), encoding="utf-8")
    (folder / "calls.jsonl").write_text(
        "".join(json.dumps(call) + "\n" for call in world.slack.calls), encoding="utf-8"
    )
    for run in sorted((root / "runs").iterdir()):
        if run.name == RUN or run.name.endswith("-r1"):
            (folder / run.name).mkdir(exist_ok=True)
            for name in ("SUMMARY.md", "judge_output.json", "run.json", "training_state.json"):
                (folder / run.name / name).write_bytes((run / name).read_bytes())
    out.print(f"Saved to {folder}.")
