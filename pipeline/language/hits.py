"""Every verb of a message where a request can begin: at the start of a clause, behind courtesies and negations."""

from dataclasses import dataclass

from pipeline.actions.registry import SPENDING
from pipeline.language.idioms import FILLERS, NEGATIONS, TALKS
from pipeline.language.lexicon import DETERMINERS, FINITE, NOT_OURS
from pipeline.language.phrases import Match
from pipeline.language.reading import Reading
from pipeline.language.verbs import DOES_NOT_FOLLOW, LIGHT, NOMINALS, VERBS


@dataclass
class Hit:
    """A verb where a request can begin."""

    action: str
    start: int
    end: int
    words: frozenset[str]
    """Of the phrase in the table."""
    first: bool
    """Nothing but courtesies stands before it in the whole message."""
    polite: bool
    negated: bool
    talk: bool
    """Its sentence began as talk."""
    joined: bool
    """It follows "and" or "then"."""
    light: bool = False
    """Its object decided the action, so that it is surely of the lab's."""


def find_hits(reading: Reading) -> tuple[list[Hit], bool]:
    """Every verb where one can begin, in order; and whether a price was asked for before the first."""
    hits: list[Hit] = []
    price = talk = False
    at, untouched, begins, joined, spared = 0, True, True, False, False
    tokens = reading.tokens
    while at < len(tokens):
        token = tokens[at]
        if token.kind == "line" or reading.is_break(at):
            talk = talk and token.word not in ".!?;"
            begins, joined, spared = True, False, False
            at += 1
            continue
        if begins or token.word in {"please", "kindly", "just"}:
            step = _begin(reading, at, joined=joined)
            price = price or (step.price and not hits)
            if step.hit is not None:
                step.hit.first = untouched and not step.talk
                step.hit.talk = talk or step.talk
                hits.append(step.hit)
                # "don't re-train, re-run it": what shall not be done is no request of its own.
                spared = untouched and step.hit.negated and step.hit.action == "train"
                untouched = spared
            talk = talk or (step.talk and step.hit is None)
            if step.end > at:
                at, begins, joined = (step.end, step.hit is None and not step.talk and step.open, False)
                untouched = untouched and step.open and not step.talk
                continue
        talk = talk or (token.word in FINITE and not _adjective(reading, at) and not _asked_in(reading, hits, at))
        begins = joined = token.word in {"and", "then"} or token.raw == "&"
        if (
            reading.message.named
            and not hits
            and (token.kind in _SETTINGS or token.word in reading.catalogue.runs_by_name)
        ):
            begins = True  # "--run 20260529-cb-lora-v1 judge": the verb comes last
        untouched = untouched and (spared or token.word == "@someone")
        at += 1
    return hits, price


_SETTINGS = frozenset({"path", "file", "model", "range", "number"})


def _adjective(reading: Reading, at: int) -> bool:
    """As in "the failed cells": no verb."""
    before = reading.tokens[at - 1].word if at else ""
    return reading.tokens[at].word == "failed" and before in DETERMINERS


def _asked_in(reading: Reading, hits: list[Hit], at: int) -> bool:
    """A request stands in this sentence already: "redo what failed"."""
    return bool(hits) and not hits[-1].talk and hits[-1].start >= reading.sentence(at)[0]


@dataclass
class _Step:
    end: int
    hit: Hit | None = None
    price: bool = False
    talk: bool = False
    open: bool = False
    """A request may still begin after it."""


def _begin(reading: Reading, at: int, *, joined: bool) -> _Step:
    """Read courtesies, a negation and a verb, from a place where a request can begin."""
    tokens, start = reading.tokens, at
    price = polite = negated = False
    while True:
        verb = VERBS.match(tokens, at)
        if price:
            verb = NOMINALS.match(tokens, at) or verb
        filler = FILLERS.match(tokens, at)
        if filler and (verb is None or filler.end > verb.end):
            price, polite = price or filler.means == "price", True
            at = filler.end
        elif (no := NEGATIONS.match(tokens, at)) and (verb is None or no.end > verb.end):
            negated, at = True, no.end
        elif at < len(tokens) and tokens[at].word == "@someone" and at == start:
            at += 1
        else:
            break
        while at < len(tokens) and tokens[at].word == "," and not negated:
            at += 1
    if verb is not None and not _is_remark(reading, verb):
        action = _light(reading, verb) if verb.means == "run" else verb.means
        if action is not None:
            # "2 more seeds please" has no verb of its own: its words stay to be read.
            end = at if verb.text.startswith(("#", "another", "(more", "also")) else verb.end
            hit = Hit(
                action,
                at,
                end,
                verb.words,
                first=False,
                polite=polite,
                negated=negated,
                talk=False,
                joined=joined,
                light=verb.means == "run",
            )
            return _Step(verb.end, hit, price)
    talks = not price and not polite and TALKS.match(tokens, at) is not None
    return _Step(max(at, start + 1) if talks else at, None, price, talk=talks or negated, open=not negated)


def _is_remark(reading: Reading, verb: Match) -> bool:
    """As in "Judge says it looks soft", "approve of that", "status is unclear"."""
    tokens, after = reading.tokens, verb.end
    if after >= len(tokens):
        return False
    word = tokens[after].word
    first = tokens[verb.start].word
    single = verb.end - verb.start == 1
    if single and NOT_OURS & {token.word for token in tokens[after : after + 3]}:
        return True
    if single and word in DOES_NOT_FOLLOW.get(first, ()):
        return True
    return word in FINITE - {"failed", "looked"} and (single or verb.means in SPENDING)


def _light(reading: Reading, verb: Match) -> str | None:
    """What "run", "do", "give me" ask for: by what their sentence speaks of."""
    _start, end = reading.sentence(verb.start)
    window = reading.tokens[verb.end : min(end, verb.end + 25)]
    found = [one.means for one in LIGHT.anywhere(window)]
    seeds = any(token.word in {"seed", "seeds", "--seeds", "--seed"} for token in window)
    new_prompt = any(token.kind == "quote" for token in window)
    for action in found:
        if action == "extend" and not (seeds or new_prompt):
            continue
        if action == "rerun" and any(one != "rerun" for one in found):
            continue
        if action == "rerun" and verb.text in {"make", "do", "generate", "create", "try"} and not seeds:
            return "redo"
        return action
    return "rerun" if seeds and verb.text in {"run", "try", "use", "start", "launch"} else None


def first_content(reading: Reading) -> int | None:
    at = 0
    while at < len(reading.tokens):
        filler = FILLERS.match(reading.tokens, at)
        if filler:
            at = filler.end
        elif reading.is_break(at) or reading.tokens[at].kind == "line":
            at += 1
        else:
            return at
    return None
