"""The canonical sentence of a request: what buttons say, what "How to continue" prints, what a question is completed
to.

`parse(render(request)) == request`: the grammar reads every sentence back to the same value.
"""

from collections.abc import Callable
from typing import Any

from pipeline.actions.bakeoff import OTHERS
from pipeline.actions.registry import ACTIONS, BY_WORD, Actionable
from pipeline.language.fields.filling import Values as Fields

_PARTS = ("cells", "which", "what", "job", "rest")
"""Fields of which a sentence says "of runs/X"."""
_OF_RUN = frozenset(one.word for one in ACTIONS if one.of_run)


def render(request: Actionable) -> str:
    """The canonical sentence."""
    return _sentence(request.model_dump(), {})


def complete(draft: Fields, answers: dict[str, str]) -> str:
    """A request that lacks something, with a person's words in the place of what is missing."""
    return _sentence(draft, answers)


def _sentence(fields: Fields, answers: dict[str, str]) -> str:
    action = fields["action"]
    parts = []
    for part in BY_WORD[action].sentence.split():
        if not part.startswith("{"):
            parts.append(part)
            continue
        name = part[1:-1]
        field = _FIELD_OF.get(name, name)
        if field in answers or (field == "n_seeds" and "seeds" in answers):
            parts.append("" if field == "n_seeds" else _answered(name, answers[field], fields))
        elif _is_said(fields.get(field)) or name == "training":
            parts.append(_SAID[name](fields.get(field), fields))
    parts += [_answered(name, answers[name], fields) for name in ("cap_usd",) if name in answers]
    said = " ".join(part for part in [*parts, *_paid(fields)] if part)
    return f"{said}, then judge" if fields.get("then_judge") else said


def _is_said(value: object) -> bool:
    """Whether a field holds something; zero is something."""
    return not (value is None or value is False or value in ((), []))


def _paid(fields: Fields) -> list[str]:
    """What any paid request carries."""
    said = []
    if fields.get("stated_usd") is not None:
        said.append(f"cost ~${_figure(fields['stated_usd'])}")
    if fields.get("cap_usd") is not None:
        said.append(f"max ${_figure(fields['cap_usd'])}")
    if fields.get("without_controls"):
        said.append("without controls")
    if fields.get("dry_run"):
        said.append("--dry-run")
    return said


def _figure(usd: float) -> str:
    """Plain decimals: `1e-05` is no sum of money to a reader."""
    return f"{usd:.9f}".rstrip("0").rstrip(".")


def _run(run: str, fields: Fields) -> str:
    of = fields["action"] in _OF_RUN and any(fields.get(name) for name in _PARTS)
    return f"of runs/{run}" if of or fields["action"] == "status" else f"runs/{run}"


def _seeds(seeds: tuple[int, ...], fields: Fields) -> str:
    return f"{'at' if fields.get('prompts') else 'with'} seeds [{', '.join(map(str, seeds))}]"


def _prompt(text: str) -> str:
    """In the first pair of quotation marks that the text itself does not hold; straight ones end with their line."""
    for opens, closes in (('"', '"'), ("“", "”"), ("«", "»")):
        if opens not in text and closes not in text and not (opens == closes and "\n" in text):
            return f"{opens}{text}{closes}"
    return f'"{text}"'


def _plural(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _training(_nothing: object, fields: Fields) -> str:
    return f"retrain runs/{fields['run']}" if fields.get("run") else "train a LoRA"


def _entrants(fields: Fields) -> str:
    """Who takes part in a bake-off; nothing where that is still asked."""
    six, others = fields.get("vendors"), fields.get("others")
    if others is None:
        return ""
    if six is None and set(others) == set(OTHERS):
        return "all vendors"
    return ", ".join(["all six vendors"] * (six is None) + [*(six or ()), *others])


_FIELD_OF = {
    "n_more": "n_seeds", "against": "reference", "prompts_of": "run", "identity_is": "identity", "on_run": "run",
    "job_id": "job", "whose": "identity", "because": "reason", "training": "run", "on_axes": "axes",
    "of_cells": "cells", "limit_of": "limit", "limit_cells": "limit", "on_axis": "axis", "of_run": "run",
    "who": "action",
}  # fmt: skip
"""Parts that say a field in words of their own."""

_SAID: dict[str, Callable[[Any, Fields], str]] = {
    "run": _run,
    "runs": lambda runs, _f: " and ".join(f"runs/{run}" for run in runs),
    "training": _training,
    "reference": lambda name, _f: f"with {name} as the identity reference",
    "against": lambda name, _f: f"against {name}",
    "model": lambda name, _f: f"using {name}",
    "rubric": lambda name, _f: f"with rubric {name}",
    "axes": lambda codes, _f: f"--axes {','.join(codes)}",
    "repeats": lambda number, _f: f"--repeats {number}",
    "batch": lambda _yes, _f: "--batch",
    "seeds": _seeds,
    "n_seeds": lambda number, _f: f"with {_plural(number, 'seed')}",
    "n_more": lambda number, _f: f"with {number} more seed{'' if number == 1 else 's'}",
    "prompts": lambda texts, _f: " and ".join(f"with a new prompt {_prompt(text)}" for text in texts),
    "prompt_ids": lambda ids, _f: f"--prompt-ids {','.join(ids)}",
    "fixture": lambda name, _f: f"from {name}",
    "identity": lambda name, _f: f"identity {name}",
    "whose": lambda name, _f: name,
    "identity_is": lambda name, _f: f"identity={name}",
    "steps": lambda number, _f: f"--steps {number}",
    "lora_rank": lambda number, _f: f"--rank {number}",
    "lora_scale": lambda number, _f: f"--lora-scale {number:g}",
    "wording": lambda kind, _f: {"class-noun": "--class-noun", "plain": "--plain-words"}[kind],
    "guidance": lambda number, _f: f"--guidance {number:g}",
    "trigger_word": lambda word, _f: f"--trigger {word}",
    "photos": lambda _thread, _f: "with these photos",
    "without": lambda parts, _f: " ".join(f"without the {part}" for part in parts),
    "cells": lambda labels, _f: ", ".join(labels),
    "rest": lambda _rest, _f: "the rest",
    "which": lambda which, _f: f"the {which} cells",
    "on_axes": lambda codes, _f: f"on {' and '.join(codes)}",
    "without_photos": lambda names, _f: f"--without-photos {','.join(names)}",
    "of_cells": lambda labels, _f: f"for {', '.join(labels)}",
    "limit_of": lambda number, _f: f"{number}",
    "limit_cells": lambda number, _f: _plural(number, "cell"),
    "order": lambda order, _f: order,
    "subject": lambda subject, _f: subject,
    "on_axis": lambda code, _f: f"on {code}",
    "below": lambda bound, _f: f"below {bound:g}",
    "above": lambda bound, _f: f"above {bound:g}",
    "of_run": lambda run, _f: f"of runs/{run}",
    "vendor": lambda name, _f: f"with {name}",
    "mode": lambda name, _f: f"--mode {name}",
    "scale": lambda times, _f: f"--scale {times}",
    "who": lambda _action, fields: _entrants(fields),
    "vendors": lambda _names, _f: "",
    "photo_set": lambda _yes, _f: "with the whole photo set",
    "prompts_of": lambda run, _f: f"with the prompts and seeds of runs/{run}",
    "what": lambda what, fields: what if fields["action"] == "list" else f"the {what}",
    "limit": lambda number, _f: f"limit={number}",
    "job": lambda job, fields: (
        f"{'of ' if fields['action'] == 'status' or fields.get('cells') or fields.get('rest') else ''}job {job}"
    ),
    "job_id": lambda job, _f: f"job {job}",
    "period": lambda period, _f: {"today": "today", "all": "all time"}.get(period, f"this {period}"),
    "on_run": lambda run, _f: f"on runs/{run}",
    "reason": lambda reason, _f: f"because {reason}",
    "because": lambda reason, _f: f"because {reason}",
    "axis": lambda code, _f: code,
    "value": lambda value, _f: value,
    "topic": lambda topic, _f: topic,
}

_ANSWERS = {
    "run": "{}", "runs": "{}", "training": "retrain {}", "reference": "with {} as the identity reference",
    "against": "against {}", "model": "using {}", "axes": "--axes {}", "repeats": "--repeats {}",
    "prompts": "with a new prompt {}", "prompt_ids": "--prompt-ids {}", "steps": "--steps {}",
    "lora_rank": "--rank {}", "trigger_word": "--trigger {}", "cells": "{}", "vendor": "with {}", "vendors": "{}",
    "prompts_of": "with the prompts and seeds of {}", "what": "{}", "job": "job {}", "job_id": "job {}",
    "period": "{}", "axis": "{}", "value": "{}", "cap_usd": "max {}", "on_run": "on {}", "whose": "{}",
}  # fmt: skip


def _answered(name: str, words: str, fields: Fields) -> str:
    """A person's words as a part of the sentence."""
    if name == "seeds":
        said = words if "seed" in words.lower() else f"seeds {words}"
        if "more" in words.lower() and "seed" not in words.lower():
            said = f"{words} seeds"
        return f"with {said}"
    if name == "fixture":
        return f"from {words}" if "/" in words or "fixture" in words.lower() else f"from the {words} fixture"
    if name == "run" and fields["action"] in _OF_RUN and any(fields.get(part) for part in _PARTS):
        return f"of {words}"
    if name == "cap_usd" and "$" not in words:
        words = f"${words}"
    return _ANSWERS.get(name, "{}").format(words)
