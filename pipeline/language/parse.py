"""A message becomes a request: chunks, clauses, the order, its frame; and every word is accounted for."""

from pydantic import ValidationError

from pipeline.actions.registry import BY_WORD, Actionable, validate
from pipeline.lab.catalogue import Catalogue
from pipeline.language.chunks import chunked
from pipeline.language.clauses import clauses
from pipeline.language.fields.filling import Filling
from pipeline.language.frames import FIELDS, fill
from pipeline.language.lexicon import INERT
from pipeline.language.markup import BOT, read
from pipeline.language.matrix import settled
from pipeline.language.opening import SEVERAL, Kind, Opening, open_request
from pipeline.language.reasons import take_reason
from pipeline.language.scopes import exclude
from pipeline.language.spelling import spelt
from pipeline.language.words import Chunk, Words
from pipeline.models import Value
from pipeline.request import Ask, Talk

MOST_WORDS = 400
"""Beside quoted prompts: sixty seeds, sixty cells and all there is to say about them are fewer."""
TOO_LONG = "That is too long for one request. Say it in a few sentences; prompts in quotes may be long."


class Evidence(Value):
    """A chunk of the message: its words, what they are, and what consumed them."""

    words: str
    kind: str
    by: str


class Parsed(Value):
    """A request, and what became of every word."""

    request: Actionable | Ask | Talk
    evidence: tuple[Evidence, ...] = ()


def parse(text: str, catalogue: Catalogue, thread_run: str | None = None, bot: str = BOT) -> Actionable | Ask | Talk:
    """Read one message.

    Args:
        text: Without Slack's markup; at most 40,000 characters are read.
        catalogue: The names of this lab.
        thread_run: The run that the message's thread is about.
        bot: The bot's own Slack id.

    Never raises: what cannot be read is `Ask`, and talk is `Talk`. In time linear in the length of the text.
    """
    return explain(text, catalogue, thread_run, bot).request


def explain(text: str, catalogue: Catalogue, thread_run: str | None = None, bot: str = BOT) -> Parsed:
    """`parse`, with the chunks of the message and what consumed them."""
    words, chunks, opening = _opened(text, catalogue, bot, thread=thread_run is not None)
    if opening.kind is Kind.TALK:
        return Parsed(request=Talk(), evidence=_evidence(words, chunks))
    said = words.said(0, len(words))[:80]
    if opening.kind is Kind.UNCLEAR:
        about = words.said(opening.about.start, opening.about.end) if opening.about else None
        return Parsed(
            request=Ask(missing=("action",), about=about or said, why=opening.why), evidence=_evidence(words, chunks)
        )
    request = _filled(words, opening, thread_run, said)
    return Parsed(request=request, evidence=_evidence(words, chunks))


def is_talk(text: str, bot: str = BOT) -> bool:
    """Whether a message outside threads is surely talk: told by its words alone, without a look at the lab's names."""
    message = read(text, bot)
    if message.named:
        return False
    _said, chunks, opening = _opened(text, Catalogue(), bot, thread=True)
    if any(one.kind == "order" for one in chunks) and not message.to_another:
        return False
    return opening.kind is Kind.TALK


class Seen(Value):
    """What the grammar made of a message that it does not read whole."""

    cap_usd: float | None = None
    """The limit in it, which no other reading may lose."""
    dry_run: bool = False
    left_out: tuple[str, ...] = ()
    """Values behind "except", "without", "not": no other reading may put them in."""
    understood: tuple[str, ...] = ()
    """`action: judge`, `run: cb v1`."""
    unplaced: tuple[str, ...] = ()
    """Words that no field consumed."""
    decides: bool = False
    """It would decide about a plan or a job, which nobody but a person's own plain words does."""


def seen(text: str, catalogue: Catalogue, thread_run: str | None = None, bot: str = BOT) -> Seen:
    """What stands clearly in a message, whatever it means as a whole."""
    words, chunks, opening = _opened(text, catalogue, bot, thread=thread_run is not None)
    if opening.kind is Kind.REQUEST and opening.why != SEVERAL:
        _filled(words, opening, thread_run, "")
    caps = [float(one.value) for one in chunks if one.kind == "cap"]
    dry = any(one.kind in {"dry_run", "price"} for one in chunks) and not any(one.kind == "real_run" for one in chunks)
    said = [(one, words.said(one.start, one.end)) for one in chunks if one.kind != "mark" and one.end > one.start]
    action = (f"action: {opening.action}",) if opening.action else ()
    return Seen(
        cap_usd=min(caps, default=None),
        dry_run=dry,
        left_out=tuple(value for one in chunks if one.excluded for value in _values(one)),
        understood=(*action, *(f"{one.by}: {text}" for one, text in said if one.by in FIELDS and one.kind != "order")),
        unplaced=tuple(text for one, text in said if not one.by and one.kind not in INERT),
        decides=any(one.kind == "order" and one.value[0] and BY_WORD[one.value[0]].decides for one in chunks),
    )


def _values(one: Chunk) -> list[str]:
    """What a chunk that is left out names."""
    if one.kind == "seeds":
        return [str(seed) for seed in one.value[0]]
    return str(one.value).split() if one.kind == "axis" else [str(one.value)]


def _opened(text: str, catalogue: Catalogue, bot: str, *, thread: bool) -> tuple[Words, list[Chunk], Opening]:
    message = read(text, bot)
    if len(message.tokens) > MOST_WORDS:
        unclear = Opening(Kind.UNCLEAR if message.named or thread else Kind.TALK, why=TOO_LONG)
        return Words(message.tokens, message.quotes, catalogue), [], unclear
    known = frozenset(catalogue.parts) | frozenset(catalogue.photos_by_name) | frozenset(catalogue.every_prompt_id)
    words = Words(spelt(message.tokens, catalogue, known), message.quotes, catalogue)
    chunks = chunked(words, named=message.named)
    exclude(words, chunks)
    parts = clauses(words, chunks)
    opening = open_request(words, parts, named=message.named, thread=thread, to_another=message.to_another)
    return words, chunks, opening


def _filled(words: Words, opening: Opening, thread: str | None, said: str) -> Actionable | Ask:
    if opening.why == SEVERAL:
        return Ask(missing=("action",), about=said, why=SEVERAL)
    action = BY_WORD[settled(opening, words)]
    filling = Filling(
        text=words,
        action=action.word,
        verb=opening.verb,
        chunks=opening.chunks,
        remarked=opening.remarked,
        strange=opening.strange,
        thread=thread,
        nouns=frozenset(action.nouns.split()),
    )
    if action.decides or action.word == "cancel":
        take_reason(filling, opening)
    fill(filling, action)
    if opening.why and not filling.values.get("dry_run"):
        filling.missing = []
        filling.lack("action", said, opening.why)
    if filling.missing:
        return _ask(filling)
    return _validated(filling)


def _ask(filling: Filling) -> Ask:
    clear = {name: one for name, one in filling.values.items() if one not in (None, False, ())}
    known = {name: one for name, one in clear.items() if name not in filling.missing} | {"action": filling.action}
    return Ask(
        missing=tuple(filling.missing),
        about=filling.about[:80] if filling.about else None,
        why=filling.why,
        draft=known,
        choices=filling.choices,
    )


def _validated(filling: Filling) -> Actionable | Ask:
    """The request; a value out of bounds is asked back."""
    fields = {name: value for name, value in filling.values.items() if value is not None}
    try:
        found = validate(fields | {"action": filling.action})
    except ValidationError as error:
        for problem in error.errors(include_url=False, include_context=False, include_input=False):
            names = [str(part) for part in problem["loc"] if part in fields]
            name = names[-1] if names else "action"
            filling.lack("seeds" if name == "n_seeds" else name, why=f"{name}: {problem['msg']}.")
        return _ask(filling)
    assert not isinstance(found, Talk)  # noqa: S101  # no frame makes one
    return found


def _evidence(words: Words, chunks: list[Chunk]) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(words=words.said(one.start, one.end), kind=one.kind, by=one.by)
        for one in chunks
        if one.end > one.start
    )
