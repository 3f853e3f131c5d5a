"""Asking back: one short question, with the answers that fit as whole sentences.

Nothing fuzzy is ever executed by itself: what resembles a name or a verb becomes a choice for the person.
"""

import re
from collections.abc import Iterable
from typing import Any

from pydantic import ValidationError

from pipeline.actions.bakeoff import CARD
from pipeline.actions.registry import ACTIONS, BY_WORD, validate
from pipeline.lab.catalogue import Catalogue
from pipeline.lab.lab import nearest
from pipeline.language.lexicon import INERT, LEXICON
from pipeline.language.manual import examples
from pipeline.language.parse import parse
from pipeline.language.sentence import complete, render
from pipeline.language.spelling import near_verb
from pipeline.models import Value
from pipeline.prices import MODELS
from pipeline.request import Ask, Talk

MOST_CHOICES, MOST_FITTING = 5, 3
_EMPTY = frozenset(one.text for one in LEXICON.phrases if one.means in INERT)
_MENTION = re.compile(r"<@[A-Z0-9]+(?:\|[^<>]*)?>")
_LONGEST_SENTENCE = 1900
"""A button of Slack holds 2,000 characters."""

_WORDS = {
    "run": "Which run?", "runs": "Which runs shall I compare?",
    "seeds": "Which seeds? For example “3 seeds” for fresh ones, or “seeds 1-4”.",
    "prompts": "What is the new prompt? Answer with it in quotes.", "prompt_ids": "Which of the run's prompts?",
    "fixture": "From which fixture?", "identity": "Whose? Name a short code, such as “jd”.",
    "reference": "Which photo is the identity reference?", "job": "Which job?",
    "cells": "Which cells? By label, prompt or seed.", "axis": "On which axis?", "value": "Pass or fail?",
    "vendor": "With which upscaler?", "vendors": "Which vendors?", "what": "List what?", "period": "For which time?",
    "cap_usd": "Is that the most it may cost, or just a note?", "model": "Which model shall judge?",
    "repeats": "How many votes a cell (1–9)?", "steps": "How many steps (3–6000)?",
    "lora_rank": "Which rank (1–128)?", "trigger_word": "Which trigger word? 2 to 30 letters or digits.",
    "reason": "Why?",
}  # fmt: skip
_FIXED = {
    "axis": ("Q1 identity", "Q2 pose", "Q3 framing", "Q4 photographic"),
    "value": ("pass", "fail"),
    "vendor": ("magnific", "clarity"),
    "vendors": ("all vendors", "all six vendors", *CARD[1:4]),
    "what": ("runs", "fixtures", "jobs"),
    "period": ("today", "this week", "this month", "all time"),
    "repeats": ("2", "3"),
    "model": tuple(MODELS)[:MOST_CHOICES],
    "seeds": ("3 seeds",),
}


class Choice(Value):
    """An answer: what its button shows, and the whole sentence that it says."""

    label: str
    sentence: str


class Question(Value):
    """What the bot asks back in the thread."""

    words: str
    hint: str
    choices: tuple[Choice, ...] = ()
    open: bool = False
    """Something else may be meant: a modal asks for it field by field."""


def question(
    ask: Ask, text: str, catalogue: Catalogue, thread_run: str | None = None, jobs: tuple[str, ...] = ()
) -> Question:
    """The question about the first thing that is missing.

    Args:
        ask: What the grammar made of the message.
        text: The message, as Slack delivered it.
        catalogue: The lab's names.
        thread_run: The run of the message's thread.
        jobs: Ids of the jobs that could be meant, newest first.
    """
    missing = ask.missing[0]
    if missing == "action" and ask.why:
        return _left_over(ask, catalogue)
    if missing == "action":
        return _unclear(text, catalogue, thread_run)
    names = _answers(ask, missing, catalogue, jobs)
    ask = _without_stranger(ask)
    choices = tuple(
        choice for name in names[:MOST_CHOICES] if (choice := _choice(ask, missing, name, catalogue, thread_run))
    )
    about = f"`{ask.about}` is no {_NOUN[missing]} here. " if ask.about and missing in _NOUN and not ask.choices else ""
    if ask.choices and missing in _NOUN:
        about = f"{len(ask.choices)} {_NOUN[missing]}s fit. "
    why = f"{ask.why} " if ask.why else about
    hint = "Answer here in the thread" + (", or press a button." if choices else ".")
    did_you = (
        "Did you mean " + " or ".join(f"`{choice.label}`" for choice in choices[:3]) + "? "
        if ask.about and choices and not ask.choices
        else ""
    )
    return Question(
        words=f"{why}{_WORDS.get(missing, f'I need to know: {missing}.')}",
        hint=f"{did_you}{hint} Nothing was started.",
        choices=choices,
    )


_NOUN = {
    "run": "run",
    "runs": "run",
    "fixture": "fixture",
    "cells": "cell",
    "reference": "photo",
    "vendor": "upscaler",
    "model": "model",
}


def _answers(ask: Ask, missing: str, catalogue: Catalogue, jobs: tuple[str, ...]) -> list[str]:
    """What could be meant, best first."""
    run = str(ask.draft.get("run", ""))
    identity = run.split("-")[1] if run.count("-") > 1 else ""
    about, offered = ask.about, list(ask.choices)
    fixtures = [f"inputs/{name}" for name in catalogue.fixtures]
    photos = [photo for photo in catalogue.photos if photo.startswith(identity)]
    newest = list(reversed(catalogue.runs))
    labels = catalogue.labels.get(run, ())
    whole: dict[str, list[str]] = {
        "run": [f"runs/{name}" for name in offered or _near(about, catalogue.runs) or newest],
        "fixture": offered or _near(about, fixtures) or fixtures,
        "reference": offered or list(dict.fromkeys([*_near(about, photos), *photos])),
        "cells": _near(about, labels) or (["the failed cells"] if ask.draft.get("action") == "redo" else []),
        "prompt_ids": list(catalogue.prompt_ids(run)),
        "job": list(jobs),
        "cap_usd": [about] if about else [],
    }
    return whole.get(missing, list(_FIXED.get(missing, ())))


def _near(about: str | None, names: Iterable[str]) -> list[str]:
    return nearest(about, names) if about else []


def _choice(ask: Ask, missing: str, name: str, catalogue: Catalogue, thread_run: str | None) -> Choice | None:
    """A button for an answer, when the sentence that it makes is read as one that answers."""
    sentence = complete(ask.draft, {missing: name})
    read = parse(f"in the labs channel: {sentence}", catalogue, thread_run)
    if isinstance(read, Talk) or (isinstance(read, Ask) and missing in read.missing):
        return None
    if isinstance(read, Ask) and "action" in read.missing:
        return None
    said = sentence if isinstance(read, Ask) else render(read)
    return Choice(label=name, sentence=said) if len(said) <= _LONGEST_SENTENCE else None


def _without_stranger(ask: Ask) -> Ask:
    """The identity that has no fixture here is dropped: another one's photos are another one's."""
    if ask.missing[0] != "fixture" or ask.draft.get("identity") != ask.about:
        return ask
    return ask.model_copy(update={"draft": ask.draft | {"identity": None}})


def _left_over(ask: Ask, catalogue: Catalogue) -> Question:
    """What was not got, quoted; what was named; and what fits it, as buttons. Never what destroys or decides."""
    run = ask.draft.get("run")
    choices = tuple(_fitting(ask.draft, run, catalogue)) if run in catalogue.runs else ()
    named = f" You named `runs/{run}`." if choices else ""
    want = " Did you want one of these?" if choices else ""
    return Question(words=f"{ask.why}{named}{want}", hint="Nothing was started.", choices=choices, open=True)


def _fitting(draft: dict[str, Any], run: str, catalogue: Catalogue) -> Iterable[Choice]:
    """What was clear by itself, and a look at the run: at most three."""
    found: dict[str, str] = {}
    for fields in (draft, {"action": "judge", "run": run}, {"action": "show", "run": run, "what": "verdict"}):
        action = BY_WORD.get(str(fields.get("action")))
        if action is None or action.decides or not action.by_claude:
            continue
        try:
            request = validate(fields)
        except ValidationError:
            continue
        if isinstance(request, Ask | Talk):
            continue
        sentence = render(request)
        if parse(f"in the labs channel: {sentence}", catalogue) == request and len(sentence) <= _LONGEST_SENTENCE:
            found.setdefault(action.word, sentence)
    return [Choice(label=one.replace(f"runs/{run}", "it"), sentence=one) for one in [*found.values()][:MOST_FITTING]]


def answered(ask: Ask, words: str, catalogue: Catalogue, thread_run: str | None = None) -> str | None:
    """The sentence that a reply completes the request to; None when the reply is no answer to what was asked."""
    missing = ask.missing[0]
    words = _MENTION.sub(" ", words).strip()
    if missing == "action" or len(words) > _LONGEST_SENTENCE:
        return None
    draft = _without_stranger(ask).draft
    if not _could_be_anything(missing, words):
        sentence = complete(draft, {missing: words})
        read = parse(f"in the labs channel: {sentence}", catalogue, thread_run)
        if not isinstance(read, Talk) and not (isinstance(read, Ask) and {missing, "action"} & set(read.missing)):
            return sentence
    # Another way to say the rest: "with 1 more seed", where a prompt was asked for.
    whole = f"{complete(draft, {})} {words}"
    read = parse(f"in the labs channel: {whole}", catalogue, thread_run)
    return None if words.isdigit() or isinstance(read, Talk | Ask) else whole


def _could_be_anything(missing: str, words: str) -> bool:
    """Any words could be a prompt: only those in quotes are taken for one. "8" is a seed, or a number of seeds."""
    if missing == "prompts":
        return not any(mark in words for mark in "\"“”«»'")
    return missing == "seeds" and words.isdigit()


def _unclear(text: str, catalogue: Catalogue, thread_run: str | None) -> Question:
    """A misspelt verb is offered mended; else examples like what was typed."""
    if choices := misspelt(text, catalogue, thread_run):
        mended = " or ".join(f"`{choice.label}`" for choice in choices)
        return Question(words=f"Did you mean {mended}?", hint="Nothing was started.", choices=choices)
    return Question(
        words="I did not understand that. Nothing was started.",
        hint="For example:\n"
        + "\n".join(f"• `{one}`" for one in alike(text, catalogue, thread_run))
        + "\n`help` has the rest.",
        open=True,
    )


def misspelt(text: str, catalogue: Catalogue, thread_run: str | None) -> tuple[Choice, ...]:
    """The message with one word put right, where that makes it a request."""
    words = _MENTION.sub(" ", text).split()
    found: dict[str, Choice] = {}
    for at, word in enumerate(words[:12]):
        verb = near_verb(word.strip(".,:;!?").lower())
        if verb is None:
            continue
        mended = " ".join([*words[:at], verb, *words[at + 1 :]])
        read = parse(f"in the labs channel: {mended}", catalogue, thread_run)
        if not isinstance(read, Talk | Ask):
            sentence = render(read)
            found.setdefault(sentence, Choice(label=sentence, sentence=sentence))
    return tuple(one for one in found.values() if len(one.sentence) <= _LONGEST_SENTENCE)[:2]


def alike(text: str, catalogue: Catalogue, thread_run: str | None) -> list[str]:
    """Three real sentences of this lab, most like what was typed."""
    from rapidfuzz import fuzz, process  # noqa: PLC0415  # only for what was not understood

    run = thread_run or (catalogue.runs[-1] if catalogue.runs else None)
    made = examples(run, catalogue) if run else examples()
    safe = {one.word for one in ACTIONS if one.by_claude and not one.decides}
    sentences = [render(one) for word, one in made.items() if word in safe]
    content = [word for word in re.findall(r"\w+", text[:400].lower()) if word not in _EMPTY]
    found = process.extract(" ".join(content), sentences, scorer=fuzz.token_set_ratio, limit=2, score_cutoff=40)
    usual = [render(made[one.word]) for one in ACTIONS if one.usual]
    return list(dict.fromkeys([*(sentence for sentence, _score, _at in found), *usual]))[:3]
