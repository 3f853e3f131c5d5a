"""The result of an upscale: what changed in the scores, whose face drifted, and what to do with it."""

from collections.abc import Sequence
from typing import get_args

from handlers.blocks.kit import (
    Block,
    actions,
    button,
    clip,
    context,
    divider,
    header,
    image,
    lines,
    says,
    section,
    sections,
)
from handlers.blocks.pages import open_run
from handlers.blocks.result_details import OPENS
from handlers.message import Message
from handlers.views import ResultView
from pipeline.actions.use import UseUpscaled
from pipeline.lab.files import Look, Upscaled
from pipeline.language.sentence import render
from pipeline.makers.registry import MAKERS
from pipeline.models import Axis
from pipeline.record.upscales import drifted
from pipeline.request import UpscaleMode
from pipeline.surfaces import code, mrkdwn
from pipeline.wordlist import many


def upscaled(view: ResultView, money: str) -> Message:
    """One message; its pictures are swapped in by id. `money`: what it cost, in words."""
    own = [one for one in view.state.upscales if one.job == view.job_id]
    made = [one for one in own if one.state == "made"]
    wanted = len(view.plan.making.images) if view.plan.making else len(own)
    head = f"✨ {len(made)} of {wanted} upscaled · {view.state.title}"
    good = [one for one in made if not drifted(one)]
    blocks: list[Block] = [header(head), section(f"{view.mentions} {_summary(made)}")]
    blocks += [image(file_id, alt, f"pairs-{file_id}") for file_id, alt in view.files]
    blocks += [section(text) for text in sections([_line(one) for one in own])] if own else []
    blocks.append(divider())
    blocks.append(section("The originals stay the cells until somebody says so."))
    use = render(_use(view, tuple(one.cell for one in good))) if good else ""
    buttons = says(f"Use the upscaled ({len(good)})", "labs:say:0", use, style="primary")
    buttons += [open_run(view.state.run)] if view.pages else []
    blocks.append(actions(*buttons, button("Details…", OPENS, view.job_id)))
    blocks.append(context(money))
    return Message(text=f"{head}: {view.state.run}", blocks=tuple(blocks))


def _use(view: ResultView, cells: tuple[str, ...]) -> UseUpscaled:
    """These very pictures, though others be made of the same cells before the button is pressed."""
    making = view.plan.making
    upscaler = MAKERS.named(making.maker).upscaler if making else None
    if making is None or upscaler is None:
        return UseUpscaled(run=view.state.run, cells=cells)
    how = {"vendor": upscaler.vendor, "mode": upscaler.mode if upscaler.mode in get_args(UpscaleMode) else None}
    scale = making.settings.get("scale") if upscaler.scales else None
    return UseUpscaled.model_validate({"run": view.state.run, "cells": cells, "scale": scale, **how})


def _summary(made: list[Upscaled]) -> str:
    judged = [one for one in made if one.before and one.after]
    if not judged:
        return "Nothing of it was judged."
    q4 = Axis.PHOTOGRAPHIC.value
    better = sum(one.after[q4].passed and not one.before[q4].passed for one in judged)
    lost = sum(drifted(one) for one in judged)
    said = f"{many(better, 'picture')} that failed Q4 {'passes' if better == 1 else 'pass'} it now."
    return f"{said} " + (f":warning: In {lost} the face drifted." if lost else "No face drifted, by the judge.")


def _line(one: Upscaled) -> str:
    name = code(one.cell)
    if one.state != "made":
        return f"• {name} {mrkdwn(clip(f'{one.cause}: {one.detail}' if one.detail else str(one.cause), 160))}"
    axes = (Axis.PHOTOGRAPHIC, Axis.IDENTITY)
    moved = [_moved(axis, one.before.get(axis.value), one.after.get(axis.value)) for axis in axes]
    warn = " :warning: the face drifted" if drifted(one) else ""
    return f"• {name} {' · '.join(moved)}{warn}"


def _moved(axis: Axis, before: Look | None, after: Look | None) -> str:
    if before is None or after is None:
        return f"{axis.code.upper()} not judged"
    sign = "✓" if after.passed else "✗"
    return f"{axis.code.upper()} {before.score:.2f} → {after.score:.2f} {sign}"


def adopted(run: str, used: Sequence[Upscaled], left_out: Sequence[tuple[str, str]], judge: str) -> Message:
    """Upscaled pictures are the cells now. `judge`: the sentence that judges them; `left_out`: cells, with causes."""
    labels = [one.cell for one in used]
    count = f"{many(len(labels), 'cell')} of {code('runs/' + run)} {'shows' if len(labels) == 1 else 'show'}"
    said = f"{count} the upscaled picture now; the one before is kept beside it."
    named = lines(
        [
            *(f"• {code(one.cell)}, by {mrkdwn(one.maker)}" for one in used),
            *(f"• {code(cell)} not: {mrkdwn(why)}" for cell, why in left_out),
        ]
    )
    tail = "A score of the old picture is over: what shows another one counts as not judged."
    blocks = (section(f"{said}\n{named}\n{tail}"), actions(*says("Judge them", "labs:say:0", judge, style="primary")))
    return Message(text=f"{len(labels)} upscaled pictures are cells now: {run}", blocks=blocks)
