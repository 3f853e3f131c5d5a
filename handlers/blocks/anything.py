"""A request put together field by field: behind `/labs`, and where words were not got (*Something else…*)."""

from typing import Any

from handlers.blocks.forms import live, modal, select, text_input
from handlers.blocks.kit import clip, context
from handlers.ports import Opening
from pipeline.actions.registry import ACTIONS
from pipeline.surfaces import mrkdwn

MOST_RUNS = 50
NO_RUN = "none"
FORM = "labs:form:else"
_HINT = "As you would write it: seeds 5-8 · only front-full · with a new prompt “…” · max $1"


def form(opening: Opening, runs: tuple[str, ...], told: str = "") -> dict[str, Any]:
    """The modal.

    Args:
        opening: Where it was asked for.
        runs: Newest first.
        told: What the fields come to so far, as plain words.
    """
    words = {one.word: f"{one.word}: {one.meaning}" for one in ACTIONS if one.by_claude and one.in_help}
    named = {NO_RUN: "no run", **{run: run for run in runs[:MOST_RUNS]}}
    fields = [
        context("Nothing is started by this: what would cost money shows its plan and its price first."),
        live(select("action", "What?", words, "show")),
        live(select("run", "Of which run?", named, next(iter(runs), NO_RUN))),
        live(text_input("more", "Anything more?", optional=True, multiline=True, hint=_HINT, most=1500)),
        context(mrkdwn(clip(told, 1500)) or "What it comes to stands here as you fill it in."),
    ]
    return modal("New request", "Ask for it", FORM, opening, fields)


def sentence(fields: dict[str, Any]) -> str:
    """What the form says, as a person would have typed it."""
    action = next(one for one in ACTIONS if one.word == fields["action"])
    verb = action.sentence.split("{")[0].strip() or action.word
    run = fields.get("run") or NO_RUN
    parts = [verb, "" if run == NO_RUN else f"runs/{run}", str(fields.get("more") or "").strip()]
    return " ".join(part for part in parts if part)
