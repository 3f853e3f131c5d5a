"""The conversation that the demo plays: what its people write, press and fill in, and what must come of it."""

import asyncio
import json
import re
from collections.abc import Callable
from functools import partial
from typing import Any

from bot.sandbox.lab import RUN
from bot.sandbox.slack.workspace import BOT_USER, Workspace
from bot.sandbox.world import World

CARD_SENTENCE = f"""in the labs channel: run the identity judge against runs/{RUN}.
4-axis prompt (Q1 face_is_source_identity, Q2 pose_adherence, Q3 framing,
Q4 looks_photographic) using claude-sonnet-4-6 vision, with cb_4.jpg as the
identity reference. Write judge_output.json, update SUMMARY.md verdict.
Cost ~$0.25."""
RERUN_SENTENCE = f"""in the labs channel: re-run the CB LoRA inference matrix from runs/{RUN}
with seeds [19023, 555, 999] instead of [42, 7301]. Same 3 prompts. Cost ~$0.15.
Use the existing trained version (no re-train), then judge."""
TRAIN_SENTENCE = "in the labs channel: train a LoRA for a different identity from inputs/lora-jd-fixture"
BAKEOFF_SENTENCE = f"""in the labs channel: bakeoff photomaker, instantid, pulid and flux-2-pro against cb_4.jpg
with the prompts and seeds of runs/{RUN}, max $2"""
UPSCALE_SENTENCE = f"in the labs channel: upscale CB-LORA-upper-front-S42 of runs/{RUN} with magnific"
PATIENCE_S = 45.0


async def play(world: World) -> list[str]:
    """Small talk, the card's sentences, a training with a second person, what is not understood; what was not as it
    should be.
    """
    people, workspace = world.people, world.slack.workspace
    faults: list[str] = []
    talk = people.write("U0SAM", "morning all! the judge was far too generous on S7301 yesterday, no?")
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
    faults += await _train(world)
    faults += await _entrants(world)
    faults += await _ask_back(world)
    if len(workspace.thread(talk)) > 1:
        faults.append("small talk was answered")
    faults += [f"Slack refused {refused}" for refused in world.slack.refused]
    return faults


def _judged_matrix(workspace: Workspace, thread: str) -> bool:
    """The re-run's verdict and its picture are there, and its own message says how it ended."""
    said = workspace.thread(thread)
    shown = any(_says(message, "labs:open:details") and _shows_picture(message) for message in said)
    return shown and any(_says(message, ", judged ") for message in said)


async def _train(world: World) -> list[str]:
    """Train → pre-flight → deny → change → approve → progress → grid → verdict → what a watcher hears."""
    people, workspace = world.people, world.slack.workspace
    asked = people.write("U0DANA", TRAIN_SENTENCE)
    if not await _until(partial(_waiting, workspace, asked)):
        return ["no plan of a training came"]
    await _fill(
        world,
        _waiting(workspace, asked),
        "labs:open:deny",
        "U0SAM",
        {"reason": "1,000 steps were too few last time; try 1,200"},
    )
    await _until(partial(_answer, workspace, asked, "Denied"))
    again = people.write("U0DANA", TRAIN_SENTENCE)
    await _until(partial(_waiting, workspace, again))
    first = _waiting(workspace, again)
    await _fill(world, first, "labs:open:change", "U0DANA", {"steps": 1200})
    if not await _until(lambda: _waiting(workspace, again).get("ts") not in {None, first["ts"]}):
        return ["the changed plan did not come"]
    people.write("U0KIM", f"<@{BOT_USER}> tell me when {_run_of(workspace, again)} has a verdict")
    people.press("U0SAM", _waiting(workspace, again)["ts"], "labs:approve")
    faults = []
    if not await _until(partial(_answer, workspace, again, "step ")):
        faults.append("the training's progress was not seen")
    if not await _until(partial(_answer, workspace, again, "labs:open:details")):
        faults.append("the training's verdict did not arrive in time")
    if not await _until(lambda: any("You watch this run" in json.dumps(one) for one in workspace.direct("U0KIM"))):
        faults.append("who watches the run heard nothing")
    if world.replicate.shelf.files:
        faults.append("photographs were left at the vendor")
    return faults


async def _entrants(world: World) -> list[str]:
    """Four vendors and the LoRA against one photograph, and a waxy cell through an upscaler."""
    people, workspace = world.people, world.slack.workspace
    faults = []
    asked = (
        ("U0DANA", BAKEOFF_SENTENCE, "cannot be told apart"),
        ("U0SAM", UPSCALE_SENTENCE, "The originals stay the cells"),
    )
    for person, words, answer in asked:
        said = people.write(person, words)
        if not await _until(partial(_answer, workspace, said, answer)):
            faults.append(f"{words!r} came to nothing")
    if world.replicate.shelf.files:
        faults.append("a photograph was left at the vendor")
    return faults


def _waiting(workspace: Workspace, thread: str) -> dict[str, Any]:
    """The latest plan of a thread that waits for a decision; an empty one when none does."""
    waits = [one for one in workspace.thread(thread) if _says(one, "labs:approve")]
    return waits[-1] if waits else {}


def _run_of(workspace: Workspace, thread: str) -> str:
    """The new run that the waiting plan names."""
    found = re.search(r"runs/[\w-]+", json.dumps(_waiting(workspace, thread)["blocks"]).split("the new run ")[1])
    return found[0] if found else ""


async def _fill(world: World, message: dict[str, Any], action: str, person: str, answers: dict[str, Any]) -> None:
    """Press a button that opens a modal, and send it off."""
    world.people.press(person, message["ts"], action)
    await _until(lambda: world.people.view(person) is not None)
    view = world.people.view(person)
    if view is not None:
        world.people.submit(person, view["id"], answers)


async def _ask_back(world: World) -> list[str]:
    """What the grammar cannot do at once: an unknown run, a misspelt verb, words for Claude; what went wrong."""
    people, workspace = world.people, world.slack.workspace
    faults: list[str] = []
    for person, words, answer, choice in (
        ("U0SAM", "judge runs/20260529-cb-lora-v3", "is no run here", None),
        ("U0DANA", f"shwo runs/{RUN}", "Did you mean", "labs:choose:0"),
        ("U0DANA", "re-run cb v1 with seeds 5 and 6, only prettier", "I did not get", None),
        ("U0SAM", "have another look at the latest one, the usual way", "I read this as", "labs:choose:no"),
    ):
        said = people.write(person, f"<@{BOT_USER}> {words}")
        if not await _until(partial(_answer, workspace, said, answer)):
            faults.append(f"{words!r} got no answer")
        elif choice is not None:
            people.press(person, _answer(workspace, said, answer)["ts"], choice)
            await _until(partial(_answer, workspace, said, f"<@{person}>"))
    return faults


def _answer(workspace: Workspace, thread: str, words: str) -> dict[str, Any]:
    """The message in a thread that says so, also to one person alone; an empty one when none does."""
    alone = [one for one in workspace.whispers if one["ts"] > thread and one["thread_ts"] in {None, thread}]
    return next((message for message in [*workspace.thread(thread), *alone] if _says(message, words)), {})


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
