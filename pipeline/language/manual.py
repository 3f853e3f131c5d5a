"""What can be asked, in words for a lab member: the source of the help text and of docs/requests.md.

Made from the request types and from real requests, so that it cannot say anything that the bot does not read.
"""

from typing import Any, get_args

from pipeline.actions.requests import (
    SPENDING,
    Actionable,
    Bakeoff,
    Cancel,
    CompareRuns,
    Decide,
    ExtendMatrix,
    Help,
    JudgeRun,
    LabelCells,
    ListThings,
    RedoCells,
    RerunMatrix,
    ShowRun,
    Spend,
    Spending,
    Status,
    Switch,
    TrainLora,
    UpscaleCells,
    Watch,
    WithdrawConsent,
)
from pipeline.lab.catalogue import Catalogue
from pipeline.language.sentence import render

CARD_RUN = "20260529-cb-lora-v1"
NOT_BUILT = ("upscale", "bakeoff", "compare", "label")
"""Understood, planned where that is possible, and answered with "I cannot do it yet"."""

_ALSO: dict[str, tuple[str, ...]] = {
    "judge": ("how much would it cost to judge {run}?", "judge it, only Q1 and Q4, each cell 3 times, max $1"),
    "rerun": ("same but seeds 1-4", "swap the seeds of {run} for 11, 12 and 13, then judge"),
    "extend": ("3 more seeds please", "add a new prompt “TOKR woman, seated, window light” to {run} at seed 42"),
    "train": ("retrain {run} with 2000 steps and rank 32", "train JD"),
    "upscale": ("pipe the outputs of {run} through the Magnific upscaler",),
    "compare": ("compare this with the latest CB LoRA",),
    "bakeoff": ("bakeoff of all vendors but FASHN against cb_4.jpg, prompts and seeds of {run}",),
    "redo": ("redo seed 42 of {run}",),
    "show": ("what's the verdict on {run}?",),
    "list": ("which fixtures do we have?",),
    "status": ("what's running?", "how is {run} doing?"),
    "spend": ("how much did we spend this week?",),
    "cancel": ("cancel", "cancel the rest of {run}", "cancel CB-LORA-front-full-S19023 of {run}"),
    "deny": (),
    "watch": ("tell me when {run} has a verdict",),
    "unwatch": ("stop watching {run}",),
    "label": ("mark CB-LORA-front-full-S42 as pass on framing",),
}
"""Freer ways to say it; each is read by the grammar (a test says so)."""


def examples(run: str = CARD_RUN, catalogue: Catalogue | None = None) -> dict[str, Actionable]:
    """One request for each action, about this run of this lab."""
    labels = (catalogue.labels.get(run) if catalogue else None) or ("CB-LORA-front-full-S42",)
    fixtures = (catalogue.fixtures if catalogue else ()) or ("lora-jd-fixture",)
    runs = catalogue.runs if catalogue else ("20260612-cb-lora-v2",)
    other = next((one for one in reversed(runs) if one != run), "20260612-cb-lora-v2")
    photos = (catalogue.photos if catalogue else ()) or ("cb_4.jpg",)
    identity = run.split("-")[1] if run.count("-") > 1 else ""
    photo = next((one for one in photos if identity and one.startswith(identity)), photos[0])
    return {
        one.action: one
        for one in (
            JudgeRun(run=run, reference=photo),
            RerunMatrix(run=run, seeds=(19023, 555, 999), then_judge=True),
            ExtendMatrix(run=run, prompts=("TOKR woman, seated, window light",), seeds=(42, 7301)),
            TrainLora(fixture=f"inputs/{fixtures[-1]}", steps=1000, lora_rank=16),
            UpscaleCells(run=run, cells=labels[:1], vendor="magnific"),
            CompareRuns(runs=(run, other)),
            Bakeoff(reference=photo, vendors=("pulid", "flux-pulid"), run=run),
            RedoCells(run=run, which="failed"),
            ShowRun(run=run, what="grid"),
            ListThings(what="runs", limit=5),
            Status(run=run),
            Spend(period="week", run=run),
            Cancel(run=run),
            Decide(action="approve", job="7f3a21"),
            Decide(action="deny", job="7f3a21", reason="the fixture is wrong"),
            Watch(action="watch", run=run),
            Watch(action="unwatch", run=run),
            LabelCells(run=run, cells=labels[:1], axis="q1", value="fail"),
            WithdrawConsent(identity=identity or "cb"),
            Switch(action="pause", reason="the audit"),
            Switch(action="resume"),
            Help(topic="judge"),
        )
    }


def ways(action: str, run: str = CARD_RUN) -> tuple[str, ...]:
    """Freer sentences for an action."""
    return tuple(text.format(run=f"runs/{run}") for text in _ALSO.get(action, ()))


def meaning(request: Actionable) -> str:
    """What a request's action does, in one sentence."""
    return " ".join((type(request).__doc__ or "").split("\n\n", maxsplit=1)[0].split())


def fields(request: Actionable) -> str:
    """A request's own fields in a line; those that are needed are bold."""
    common = Spending.model_fields if isinstance(request, Spending) else {}
    said = []
    for name, info in type(request).model_fields.items():
        if name == "action" or name in common:
            continue
        shown = f"**`{name}`**" if info.is_required() else f"`{name}`"
        choices = ", ".join(_choices(info.annotation))
        said.append(f"{shown} ({choices})" if choices else shown)
    return ", ".join(said)


def _choices(annotation: Any) -> list[str]:
    """The words of a Literal, wherever in the type it stands."""
    found: list[str] = []
    for part in get_args(annotation):
        found += [f"`{part}`"] if isinstance(part, str) else _choices(part)
    return found


_HEAD = """# What you can ask

*Made by `uv run labs parse --manual`; a test holds this page to the code.*

Write in #labs, in words of your own. The bot hears a message that begins with **in the labs channel**, that mentions
it, that stands in
a job's thread, or that opens with a request or with a question about the lab. Everything else is talk, and it stays
silent: so it does for
"don't judge this yet". What it does not understand it asks back, with buttons; it never guesses what costs money.

* **Which run.** In full (`runs/20260529-cb-lora-v1`), by words that begin the parts of its name ("CB LoRA v1", "jd
  rank32"), by date, or "the
  latest CB run". In a thread, "it" and "this" are the thread's run.
* **Seeds.** "3 seeds" is a number of fresh ones, "seed 3" is that seed, "seeds 1-4" has both ends, "S42" is seed 42.
  At most 60.
* **Prompts** stand in quotes, or behind `prompt:` up to the end of the line. Nothing in them is read as a command. At
  most 20, of 2,000 characters.
* **Money.** "max $2" is a limit; "cost ~$0.25" is a note. "How much would it cost to …", "dry run" and "just the
  price" start nothing.
    No words skip an approval or raise a limit. In the fields these are `cap_usd`, `stated_usd` and `dry_run`, of
  every action that may cost money.
* **Then judge.** "… then judge" behind what makes images asks for the verdict too.
* `labs parse "…"` prints the fields, which are named below (bold: needed); `labs parse --explain "…"` shows which
  words made what.
"""


def page() -> str:
    """docs/requests.md."""
    parts = [_HEAD]
    for action, request in examples().items():
        costs = " (may cost money)" if action in SPENDING else ""
        yet = " *Understood, but not built yet.*" if action in NOT_BUILT else ""
        parts.append(f"## {action}{costs}\n\n{meaning(request)}{yet}\n")
        parts.append("\n".join(f"- {text}" for text in (render(request), *ways(action))) + "\n")
        if named := fields(request):
            parts.append(f"Fields: {named}.\n")
    return "\n".join(parts)
