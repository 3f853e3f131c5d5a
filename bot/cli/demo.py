"""`labs demo`: the sandbox and the very same bot, with only the base addresses changed."""

import asyncio
import json
import shutil
import sys
import tempfile
import webbrowser
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, TypeVar

import click

from bot import logs
from bot.app import serve
from bot.cli.terminal import free_port, out, plainly
from bot.sandbox.lab import RUN, draw_lab
from bot.sandbox.play import play
from bot.sandbox.slack.elements import NEWER
from bot.sandbox.slack.transcript import transcript
from bot.sandbox.world import World, running
from bot.settings.environment import read_settings
from pipeline.errors import LabsError

T = TypeVar("T")
LATENCY_S = 1.2
IMAGE_S = 2.5
SCALE = 0.6
"""Of a real image's width: a grid shows no more of it, and drawing takes a third of the time."""
IMAGES_AT_ONCE = 5
"""So that one can watch the rows fill."""
TRAINING_S = 8.0
"""A real one takes half an hour."""


@click.command()
@click.option(
    "--script", is_flag=True, help="Play it without a browser, print it, and end; the rule where no terminal is."
)
@click.option(
    "--out",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="With --script: keep the pictures, pages, transcript and calls there; the lab itself goes.",
)
@click.option("--port", default=0, help="The page's port; by default any free one.")
@click.option("--without-new-blocks", "older", is_flag=True, help="In a workspace without Slack's blocks of 2026.")
@plainly
def demo_command(folder: Path | None, port: int, *, script: bool, older: bool) -> None:
    logs.configure("error", console=True)
    alone = script or not sys.stdout.isatty()
    faults = asyncio.run(_demo(folder, port, alone=alone, lacks=NEWER if older else frozenset()))
    if faults:
        raise LabsError("The demo did not go as it should: " + "; ".join(faults))


async def _demo(folder: Path | None, port: int, *, alone: bool, lacks: frozenset[str]) -> list[str]:
    async with AsyncExitStack() as stack:
        root = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="labs-demo-")))
        await asyncio.to_thread(draw_lab, root)
        world = World()
        world.slack.workspace.lacks = lacks
        world.anthropic.latency_s, world.replicate.trainings.run_s = LATENCY_S, TRAINING_S
        world.replicate.run_s = world.fashn.run_s = world.magnific.run_s = IMAGE_S
        world.replicate.scale = world.fashn.scale = SCALE
        await stack.enter_async_context(running(world, port))
        pages = free_port()
        settings = read_settings(
            root=root,
            approvers=("U0SAM",),
            image_concurrency=IMAGES_AT_ONCE,
            training_look_s=0.5,
            consent_vendors={"self": ("fashn", "magnific")},
            public_url=f"http://127.0.0.1:{pages}",
            port=pages,
            **{name.lower().removeprefix("labs_"): value for name, value in world.settings().items()},
        )
        world.slack.workspace.unfurl_domains = frozenset({"127.0.0.1"})
        stop, ready = asyncio.Event(), asyncio.Event()
        bot = asyncio.create_task(serve(settings, stop=stop, ready=lambda _how: ready.set()))
        try:
            await _first(bot, ready.wait())
            if not alone:
                out.print(f"#labs is open at {world.url} (Ctrl-C ends it). All of it is simulated.")
                webbrowser.open(world.url)
            faults = await _first(bot, play(world))
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
        if run.name == RUN or run.name.endswith(("-r1", "-jd-lora-v1", "-bakeoff-v1")):
            shutil.copytree(run, folder / "runs" / run.name, dirs_exist_ok=True)
    shutil.copytree(root / "site", folder / "site", dirs_exist_ok=True)
    out.print(f"Saved to {folder}.")
