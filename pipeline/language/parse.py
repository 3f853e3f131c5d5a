"""A message becomes a request: normalise, find the verb, read its fields, check what is missing."""

from typing import Any

from pydantic import ValidationError

from pipeline.actions.registry import ACTIONS, BY_WORD, SPENDING, Actionable, validate
from pipeline.lab.catalogue import Catalogue
from pipeline.language.doubt import A_QUESTION, SEVERAL, doubt
from pipeline.language.hits import Hit
from pipeline.language.markup import BOT, read
from pipeline.language.opening import Kind, Opening, open_request
from pipeline.language.reading import Evidence, Reading
from pipeline.language.second_thoughts import second_thought
from pipeline.language.slots.amounts import money
from pipeline.language.verbs import VERBS
from pipeline.models import Value
from pipeline.request import Ask, Talk

_THEN_JUDGED = frozenset(one.word for one in ACTIONS if one.judges_too)


class Parsed(Value):
    """A request, and which words made what of it."""

    request: Actionable | Ask | Talk
    evidence: tuple[Evidence, ...] = ()


def parse(text: str, catalogue: Catalogue, thread_run: str | None = None, bot: str = BOT) -> Actionable | Ask | Talk:
    """Read one message.

    Args:
        text: As Slack delivers it; at most 40,000 characters are read.
        catalogue: The names of this lab.
        thread_run: The run that the message's thread is about.
        bot: The bot's own Slack id.

    Never raises: what cannot be read is `Ask`, and talk is `Talk`. In time linear in the length of the text.
    """
    return explain(text, catalogue, thread_run, bot).request


def explain(text: str, catalogue: Catalogue, thread_run: str | None = None, bot: str = BOT) -> Parsed:
    """`parse`, with the words that made each part of the request."""
    reading = Reading(read(text, bot), catalogue, thread_run, verbs=VERBS)
    opening = open_request(reading)
    if opening.kind is Kind.TALK or (opening.hit is None and opening.kind is not Kind.UNCLEAR):
        return Parsed(request=Talk())
    said = reading.words(0, len(reading.tokens))[:80]
    if opening.hit is None:
        return Parsed(request=Ask(missing=("action",), about=said))
    if not _one_request(reading, opening):
        return Parsed(request=Ask(missing=("action",), about=said, why=SEVERAL))
    return _read_fields(reading, opening, opening.hit, said)


def limits(text: str, bot: str = BOT) -> dict[str, Any]:
    """`cap_usd` and `dry_run` of a message that the grammar cannot read otherwise: what a person limits is never
    lost.
    """
    found = money(Reading(read(text, bot), Catalogue(), None))
    return {name: found[name] for name in ("cap_usd", "dry_run")}


def _read_fields(reading: Reading, opening: Opening, hit: Hit, said: str) -> Parsed:
    reading.verb = (hit.start, hit.end)
    reading.verb_word = reading.tokens[hit.start].word
    _mark_verb(reading, hit)
    fields = BY_WORD[hit.action].read(reading)
    if opening.price and "dry_run" in fields:
        fields["dry_run"] = True
    why = second_thought(reading, hit)
    if why == A_QUESTION and not reading.message.named:
        return Parsed(request=Talk())  # people ask each other
    if hit.action in SPENDING and not fields.get("dry_run"):
        why = doubt(reading, hit)
    if why:
        reading.missing.insert(0, "action")
        reading.why = why
    if "action" in reading.missing:
        why = reading.why or SEVERAL
        request: Actionable | Ask | Talk = Ask(missing=("action",), about=said, why=why)
    elif reading.missing:
        request = reading.ask(fields)
    else:
        request = _validated(reading, fields)
    return Parsed(request=request, evidence=tuple(reading.evidence))


def _mark_verb(reading: Reading, hit: Hit) -> None:
    """The verb's own words; those of a gap ("put … side by side") stay free."""
    for at in range(hit.start, hit.end):
        if reading.tokens[at].word in hit.words:
            reading.roles[at] = "verb"
    if hit.light:
        for at in range(hit.end, len(reading.tokens)):
            if reading.tokens[at].word == hit.action and reading.tokens[at - 1].word in {"a", "an", "the"}:
                reading.roles[at] = "verb"  # "give me a bakeoff": what its verb asks for, no run's name
    reading.evidence.append(Evidence(words=reading.words(hit.start, hit.end), means=f"action {hit.action}"))


def _one_request(reading: Reading, opening: Opening) -> bool:
    """False for two different requests in one message, beyond "then judge"."""
    assert opening.hit is not None  # noqa: S101  # asked by the caller
    main, others = opening.hit, {hit.action for hit in opening.others}
    others -= {main.action}
    if main.action in _THEN_JUDGED:
        others -= {"judge"}
    if main.action in SPENDING:
        # Words about an approval change nothing; a decision names its job.
        others -= {"approve"} if not any(_decides(reading, hit) for hit in opening.others) else set()
        others -= {"show"} if _shows_what_is_made(reading, opening) else set()
    if main.action in {"rerun", "extend"} and others == {"extend"} - {main.action}:
        main.action, others = "extend", set()
    return not others


def _decides(reading: Reading, hit: Hit) -> bool:
    after = reading.tokens[hit.end : hit.end + 2]
    return hit.action == "approve" and any(
        token.word in {"job", "plan"} or any(letter.isdigit() for letter in token.word) for token in after
    )


def _shows_what_is_made(reading: Reading, opening: Opening) -> bool:
    """As in "show me the price": what it costs is asked for, not a run."""
    shows = [hit for hit in opening.others if hit.action == "show"]
    words = [{token.word for token in reading.tokens[hit.end : hit.end + 4]} for hit in shows]
    return all(said & {"price", "plan", "cost", "estimate"} for said in words)


def _validated(reading: Reading, fields: dict[str, Any]) -> Actionable | Ask:
    """The request; a value out of bounds is asked back."""
    try:
        found = validate({name: value for name, value in fields.items() if value is not None})
    except ValidationError as error:
        for problem in error.errors(include_url=False, include_context=False, include_input=False):
            names = [str(part) for part in problem["loc"] if part in fields]
            name = names[-1] if names else "action"
            reading.lack("seeds" if name == "n_seeds" else name, why=f"{name}: {problem['msg']}.")
        return reading.ask(fields)
    assert not isinstance(found, Talk)  # noqa: S101  # no reader makes one
    return found
