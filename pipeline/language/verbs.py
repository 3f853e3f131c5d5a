"""What opens a request, and the action that it means: tables made from the actions."""

from dataclasses import dataclass

from pipeline.actions.action import Action
from pipeline.actions.registry import ACTIONS, BY_WORD
from pipeline.language.lexicon import LEXICON
from pipeline.language.lexicon.grammar import LIGHT_VERBS, PREDICATES
from pipeline.language.phrases import Match, Table
from pipeline.language.words import Words
from pipeline.wordlist import words

LIGHT_VERB = "light"
"""What a light verb means until its object decides."""


def _done(action: Action) -> str:
    """The phrases that a participle makes."""
    choice = "|".join(action.participles.split(", "))
    return (
        f", (have|get|want|like|need|see) … ({choice}), (have|want|like|need) … to be ({choice}),"
        f" (can|could|would|may) … be ({choice}), please have … ({choice})"
        if choice
        else ""
    )


VERBS = Table({one.word: one.phrases + _done(one) for one in ACTIONS} | {LIGHT_VERB: LIGHT_VERBS})
NOMINALS = Table({one.word: one.nominals for one in ACTIONS if one.nominals})
"""Requests as nouns, behind the question for a price or at the start of a message to the bot: "judging of rank32"."""
_LIGHT = Table({one.word: one.light for one in ACTIONS if one.light})
"""What a light verb's sentence speaks of: "start a training", "run 4 more seeds", "give me the grid"."""

SINGLE = frozenset(one.text for one in VERBS.phrases if one.means != LIGHT_VERB and one.text.isalpha())
"""Verbs of one word."""

_NOT_BEHIND = {verb: words(behind) for one in ACTIONS for verb, behind in one.not_before.items()}
_NOT_LIGHT = words("away into of out sure it's sense up off time rid over love fun")
_OURS = words("""
    thanks deadline lease regards congratulations congrats apologies meeting invitation yourself yourselves
""")
"""Right behind a verb these show that something else is meant: "extend my thanks"."""
_WINDOW = 25


@dataclass(frozen=True)
class Order:
    """A verb where a request can begin."""

    action: str | None
    """None for a light verb that says nothing by itself."""
    head: int
    """Where its first words end."""
    tail: tuple[int, ...]
    """Its words behind a gap, and a light verb's object."""
    text: str


def order_at(text: Words, at: int, *, nominal: bool) -> Order | None:
    """The request's verb that stands here.

    Args:
        text: The message.
        at: A place where a request can begin.
        nominal: A noun may stand for the verb ("the price of judging rank32").
    """
    match = VERBS.match(text.tokens, at)
    noun = NOMINALS.match(text.tokens, at) if nominal else None
    if noun and text.word(noun.end) in _REPORTED:
        noun = None
    if noun and (match is None or noun.end >= match.end or match.means == LIGHT_VERB):
        return Order(noun.means, noun.head, tuple(place for place in noun.places if place >= noun.head), noun.text)
    if match is None or _is_remark(text, match):
        return None
    if match.means == LIGHT_VERB:
        return _light(text, match)
    if (
        " … " in match.text
        and match.text.startswith(("(have|", "(get|", "(can|", "please have"))
        and not _passive(text, match)
    ):
        return None
    head = next((place for place in match.places[1:] if _is_value(text, place, match.means)), match.head)
    tail = tuple(place for place in match.places if place >= head)
    # "2 more seeds please" has no verb of its own: its words stay to be read.
    wordless = match.text.startswith(("#", "another", "(more", "also", "(grid", "+", "(best"))
    return Order(match.means, at if wordless else min(head, match.head), () if wordless else tail, match.text)


def _is_remark(text: Words, match: Match) -> bool:
    """As in "Judge says it looks soft", "approve of that", "status is unclear"."""
    first, behind = text.word(match.places[0]), text.word(match.end)
    if len(match.places) > 1:
        return False
    if behind in _NOT_BEHIND.get(first, ()) or (match.means == LIGHT_VERB and behind in _NOT_LIGHT):
        return True
    owned = text.word(match.end) in {"my", "our", "the", "your", "their", "his", "her", "a"}
    if text.word(match.end + owned) in _OURS and (owned or behind != "thanks"):
        return True
    if behind in {"failed", "crashed"} and text.word(match.end + 1) in {"for", "on", "in", "again", ".", "!"}:
        return True  # a line of a log
    return behind in PREDICATES - _AFTER_VERBS


def _passive(text: Words, match: Match) -> bool:
    """As in "have it judged"; in "get the trained LoRA" the participle is an adjective."""
    last = match.places[-1]
    adjective = text.word(last - 1) in _DETERMINERS or text.word(last + 1) in _THINGS
    return not adjective and last > match.head - 1


_DETERMINERS = words("the a an my our any some all these those me us")
_THINGS = words("cell cells lora loras version image images run runs picture pictures model already")


_RANKING = frozenset(one.word for one in ACTIONS if "order" in one.request.model_fields)


def _is_value(text: Words, at: int, action: str) -> bool:
    """A word of the phrase that is a value as well, and is read as one: "the ten best", "swap the seeds"."""
    found = LEXICON.match(text.tokens, at)
    ranked = found is not None and action in _RANKING and found.means.startswith(("ranked", "below", "above"))
    return text.word(at) in {"seed", "seeds"} or ranked or text.figure(at) is not None


_REPORTED = words("cost costs was is went took finished failed crashed has looks")
_AFTER_VERBS = words("failed failing passed it need like want do know put works have see this that")


_LOOKS = frozenset(
    [
        "give",
        "give me",
        "give us",
        "get",
        "get me",
        "get us",
        "pull up",
        "bring up",
        "open",
        "see",
        "have",
        "show me",
        "send me",
        "fetch",
        "let me have",
    ]
)


def _looked_for(text: Words, found: Match) -> bool:
    """Of what one looks at, only "a bakeoff", "a re-run" and more seeds are made; "the judge scores" are there."""
    article = text.word(found.places[0] - 1) in {"a", "an", "another"} or text.word(found.places[0]) in {"a", "an"}
    return not BY_WORD[found.means].pays or found.means == "extend" or article


def _objects(text: Words, match: Match) -> tuple[int, list[Match]]:
    """Where a light verb's clause ends, and what it speaks of."""
    end = place = match.end
    while end < min(len(text), match.end + _WINDOW) and text.word(end) not in {".", "!", "?", ";", ",", "\ue003"}:
        end += 1
    objects = []
    while place < end:
        found = _LIGHT.match(text.tokens[:end], place)
        if found and (match.text not in _LOOKS or _looked_for(text, found)):
            objects.append(found)
        place = found.end if found else place + 1
    return end, objects


def _light(text: Words, match: Match) -> Order:
    end, objects = _objects(text, match)
    seeds = any(text.word(one) in {"seed", "seeds", "--seeds", "--seed"} for one in range(match.end, end))
    quoted = any(text.kind(one) == "quote" for one in range(match.end, end))
    prompted = quoted and any(text.word(one) in {"prompt", "prompts"} for one in range(match.end, end))
    if prompted and not objects:
        return Order("extend", match.end, (), match.text)
    for found in objects:
        others = {one.means for one in objects} - {found.means, "extend"}
        if found.means == "extend" and not (seeds or quoted):
            continue
        if found.means == "rerun" and found.text == "again":
            if others:
                continue
            if not seeds and match.text in {"make", "do", "generate", "create", "try"}:
                return Order("redo", match.end, found.places, match.text)
        kept = () if found.means == "extend" or found.text in BY_WORD["show"].light else found.places
        return Order(found.means, match.end, kept, match.text)
    if seeds and match.text in {"run", "try", "use", "start", "launch", "give me", "get", "generate", "make"}:
        return Order("rerun", match.end, (), match.text)
    return Order(None, match.end, (), match.text)
