"""Whether a message is a request, and of which verb.

A verb counts where a request can begin: at the start of the message or of a clause, behind courtesies. What stands in a
remark ("the judge was wrong"), behind a negation ("don't judge it") or in a message to somebody else is talk.
"""

from dataclasses import dataclass
from enum import StrEnum

from pipeline.lab.catalogue import Catalogue
from pipeline.language.hits import Hit, find_hits, first_content
from pipeline.language.lexicon import IMPERATIVES, THANKS, TO_OTHERS
from pipeline.language.markup import BOT, read
from pipeline.language.plausible import of_the_lab, plausible
from pipeline.language.reading import Reading
from pipeline.language.spelling import misspelt, near_verb


class Kind(StrEnum):
    """What a message is."""

    REQUEST = "request"
    UNCLEAR = "unclear"
    TALK = "talk"


@dataclass
class Opening:
    kind: Kind
    hit: Hit | None = None
    others: tuple[Hit, ...] = ()
    price: bool = False
    """Only the price was asked for, by the words before the verb."""


def open_request(reading: Reading) -> Opening:
    """The request that a message opens with, if it is one."""
    message = reading.message
    if message.to_another:
        return Opening(Kind.TALK)
    hits, price = find_hits(reading)
    if not (hits and hits[0].first) and _only_thanks(reading):
        return Opening(Kind.TALK if reading.tokens or not message.named else Kind.UNCLEAR)
    wanted = [hit for hit in hits if not hit.negated and plausible(reading, hit)]
    addressed = message.named or reading.thread is not None
    main = next((hit for hit in wanted if hit.first or (addressed and not hit.talk and not hit.joined)), None)
    if main is not None and (_to_somebody_else(reading, main) or _wishes(reading, main)):
        main = None
    if main is None:
        return Opening(_kind_without(reading, hits))
    others = tuple(hit for hit in wanted if hit is not main and not hit.talk)
    return Opening(Kind.REQUEST, main, others, price)


def is_talk(text: str, bot: str = BOT) -> bool:
    """Whether a message outside threads is surely talk: told by its words alone, without a look at the lab's names."""
    reading = Reading(read(text, bot), Catalogue(), None)
    if reading.message.named:
        return False
    if reading.message.to_another:
        return True
    first = first_content(reading)
    hits, _price = find_hits(reading)
    opens = any(hit.first and not hit.negated for hit in hits)
    return not opens and (first is None or near_verb(reading.tokens[first].word) is None)


def _to_somebody_else(reading: Reading, hit: Hit) -> bool:
    """As in "can someone re-run it?" in the channel, or "can you … @Dana?"."""
    if reading.message.named:
        return False
    before = {token.word for token in reading.tokens[: hit.start]}
    return bool(before & TO_OTHERS) or ("you" in before and any(token.word == "@someone" for token in reading.tokens))


def _only_thanks(reading: Reading) -> bool:
    words = [token.word for token in reading.tokens if token.kind == "word" and token.word != "@someone"]
    rest = [token for token in reading.tokens if token.kind not in {"word", "mark", "line"}]
    return not rest and all(word in THANKS for word in words)


def _kind_without(reading: Reading, hits: list[Hit]) -> Kind:
    """A message that opens with no verb we know."""
    message = reading.message
    if hits and all(hit.negated for hit in hits):
        return Kind.TALK
    if message.named:
        return Kind.UNCLEAR
    if reading.thread is not None and _imperative(reading):
        return Kind.UNCLEAR
    return Kind.UNCLEAR if misspelt(reading) else Kind.TALK


def _imperative(reading: Reading) -> bool:
    first = first_content(reading)
    return (
        first is not None
        and reading.tokens[first].word in IMPERATIVES
        and any(of_the_lab(reading, at) for at in range(first + 1, len(reading.tokens)))
    )


def _wishes(reading: Reading, hit: Hit) -> bool:
    """As in "we need to retrain JD at some point", in the channel: talk about the work."""
    before = {token.word for token in reading.tokens[: hit.start]}
    addressed = reading.message.named or reading.thread is not None
    return not addressed and bool(before & {"i", "we", "i'd", "we'd"}) and not before & {"can", "could", "how", "what"}
