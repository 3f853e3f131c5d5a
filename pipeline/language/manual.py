"""What can be asked, in words for a lab member: the source of the help text and of docs/requests.md.

Made from the actions and from real requests, so that it cannot say anything that the bot does not read.
"""

from typing import Any, get_args

from pipeline.actions.action import COMMON, Action, Place
from pipeline.actions.registry import ACTIONS, BY_WORD, Actionable
from pipeline.lab.catalogue import Catalogue
from pipeline.language.sentence import render

CARD_RUN = "20260529-cb-lora-v1"
_CARD = Place(
    run=CARD_RUN,
    other="20260612-cb-lora-v2",
    label="CB-LORA-front-full-S42",
    fixture="lora-jd-fixture",
    photo="cb_4.jpg",
    identity="cb",
)


def place(run: str = CARD_RUN, catalogue: Catalogue | None = None) -> Place:
    """A run of this lab, with what stands around it."""
    known = catalogue or Catalogue()
    identity = run.split("-")[1] if run.count("-") > 1 else ""
    return Place(
        run=run,
        other=next((one for one in reversed(known.runs) if one != run), _CARD.other),
        label=(known.labels.get(run) or (_CARD.label,))[0],
        fixture=(known.fixtures or (_CARD.fixture,))[-1],
        photo=_CARD.photo if catalogue is None else _photo(known, identity),
        identity=identity,
    )


def _photo(known: Catalogue, identity: str) -> str | None:
    """A photograph of the person, the one that is kept for the judge before others."""
    own = [one for one in known.photos if identity and one.startswith(identity)]
    return next((one for one in own if "ref" in one), own[0] if own else None)


def examples(run: str = CARD_RUN, catalogue: Catalogue | None = None) -> dict[str, Actionable]:
    """One request for each action, about this run of this lab."""
    here = place(run, catalogue)
    return {one.word: one.example(here) for one in ACTIONS}


def ways(action: str, run: str = CARD_RUN) -> tuple[str, ...]:
    """Freer sentences for an action."""
    return tuple(text.format(run=f"runs/{run}") for text in BY_WORD[action].ways)


def meaning(request: Actionable) -> str:
    """What a request's action does, in one sentence."""
    return BY_WORD[request.action].meaning


def fields(action: Action) -> str:
    """An action's own fields in a line; those that are needed are bold."""
    said = []
    for name, info in action.request.model_fields.items():
        if name == "action" or (action.pays and name in COMMON):
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
* **Controls.** "without controls" judges without the photographs by which one sees whether the judge knows the face
  (`without_controls`).
* **Then judge.** "… then judge" behind what makes images asks for the verdict too.
* `labs parse "…"` prints the fields, which are named below (bold: needed); `labs parse --explain "…"` shows which
  words made what.
"""


def page() -> str:
    """docs/requests.md."""
    parts = [_HEAD]
    for word, request in examples().items():
        action = BY_WORD[word]
        costs = " (may cost money)" if action.pays else ""
        parts.append(f"## {word}{costs}\n\n{action.meaning}\n")
        parts.append("\n".join(f"- {text}" for text in (render(request), *ways(word))) + "\n")
        if named := fields(action):
            parts.append(f"Fields: {named}.\n")
    return "\n".join(parts)
