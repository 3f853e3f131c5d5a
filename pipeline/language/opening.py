"""Whether a message is a request, and of which action; what is talk, what is addressed and not clear."""

from dataclasses import dataclass, field
from enum import StrEnum

from pipeline.actions.registry import BY_WORD, SPENDING
from pipeline.language.clause import Clause, Role
from pipeline.language.lexicon import INERT
from pipeline.language.lexicon.grammar import IMPERATIVES, PREDICATES, THANKS, TO_OTHERS
from pipeline.language.remarks import is_remark, predicate
from pipeline.language.scopes import VALUES
from pipeline.language.spelling import near_verb
from pipeline.language.words import Chunk, Words
from pipeline.wordlist import words

SEVERAL = "That is more than one request. I take one a message (“… then judge” aside)."
A_QUESTION = "Is that a request? Then say it without the question mark."
_QUESTIONS = frozenset(one for one, action in BY_WORD.items() if action.question)


class Kind(StrEnum):
    """What a message is."""

    REQUEST = "request"
    UNCLEAR = "unclear"
    TALK = "talk"


@dataclass
class Opening:
    """The order of a message, and the clauses that belong to it."""

    kind: Kind
    order: Chunk | None = None
    action: str = ""
    verb: str = ""
    chunks: list[Chunk] = field(default_factory=list)
    """Of the request: its own clause, and those that hold values of it."""
    remarked: list[Chunk] = field(default_factory=list)
    strange: list[Chunk] = field(default_factory=list)
    """Of clauses that neither hold values alone nor only tell something."""
    why: str | None = None
    about: Chunk | None = None


def open_request(text: Words, parts: list[Clause], *, named: bool, thread: bool, to_another: bool) -> Opening:
    """The request that a message opens with, if it is one."""
    if to_another:
        return Opening(Kind.TALK)
    orders = [
        (place, one)
        for place, part in enumerate(parts)
        if part.role is Role.ORDER
        for one in part.chunks
        if one.kind == "order"
    ]
    if not orders and _only_thanks(text):
        return Opening(Kind.UNCLEAR if named and not text.tokens else Kind.TALK)
    wanted = [(place, one) for place, one in orders if not _negated(parts[place], one)]
    if not wanted:
        return _without(text, parts, named=named, thread=thread, negated=bool(orders))
    place, main = wanted[0]
    refusal = _front(text, parts, place, main, named=named, thread=thread)
    if refusal is not None:
        return refusal
    opening = Opening(Kind.REQUEST, main, str(main.value[0]), str(main.value[1]))
    if not named and not _plausible(text, parts, place, main, thread=thread):
        return Opening(Kind.TALK)
    if len(wanted) > 1:
        opening.why = _several(text, opening, [one for _place, one in wanted[1:]])
    _collect(text, parts, place, opening)
    return _asked(text, parts, place, opening, named=named)


def _negated(part: Clause, order: Chunk) -> bool:
    before = [
        one
        for one in part.chunks
        if one.start < order.start or (one.start == order.start and one is not order and one.end <= order.start)
    ]
    return any(one.kind == "not" and not one.by for one in before)


def _front(text: Words, parts: list[Clause], place: int, main: Chunk, *, named: bool, thread: bool) -> Opening | None:
    """What stands before the request may greet, give values, or tell something; else it is no request, or not clear."""
    unclear = Opening(Kind.UNCLEAR if named else Kind.TALK)
    if (
        any(one.kind == "mention" for part in parts[: place + 1] for one in part.chunks if one.start < main.start)
        and not named
    ):
        return Opening(Kind.TALK)
    said = {text.word(at) for one in parts[place].chunks if one.start < main.start for at in range(one.start, one.end)}
    if not named and (said & TO_OTHERS - {"everyone", "everybody", "folks", "guys", "who"} or "who" in said):
        return Opening(Kind.TALK)
    plainly = BY_WORD[str(main.value[0])].decides
    if (not named and not thread and _wishes(text, parts[place], main)) or (
        (plainly or not named) and _suggests(text, parts[place], main)
    ):
        return Opening(Kind.UNCLEAR if named else Kind.TALK)
    for part in parts[:place]:
        if part.role is Role.OTHER and not _valued(text, part, str(main.value[0])):
            unclear.about = next((one for one in part.chunks if one.kind not in INERT), None)
            return unclear
        if part.role is Role.ORDER and not all(_negated(part, one) for one in part.chunks if one.kind == "order"):
            return unclear
    return None


def _valued(text: Words, part: Clause, action: str) -> bool:
    """Values, with no words beside them but those that belong to the action: "Fixture inputs/X, 16 photos"."""
    nouns = BY_WORD[action].nouns.split()
    kinds = {"unknown", "fresh", "photo_word", "no_training", "adds", "what", "things", "seeds_word", "prompt_word"}
    if predicate(text, part) and all(one.kind in INERT | {"this"} for one in part.chunks):
        return False
    return part.role is not Role.REMARK and all(
        one.kind in INERT | VALUES or (one.kind in kinds and text.word(one.start) in nouns) for one in part.chunks
    )


def _suggests(text: Words, part: Clause, main: Chunk) -> bool:
    """As in "we could re-run it", "you may approve it": said to people, about the work."""
    before = [one for one in part.chunks if one.start < main.start]
    told = {"can", "could", "may", "might", "need", "should"}
    return any(text.word(one.start) in {"we", "you"} and text.word(one.start + 1) in told for one in before)


def _wishes(text: Words, part: Clause, main: Chunk) -> bool:
    """As in "we need to retrain JD", in the channel: talk about the work."""
    before = [one for one in part.chunks if one.start < main.start]
    said = {text.word(at) for one in before for at in range(one.start, one.end)}
    suggests = any(
        text.word(one.start) in {"we", "you"} and text.word(one.start + 1) in {"can", "could"} for one in before
    )
    wish = suggests or (bool(said & {"need", "want", "love", "wish"}) and bool(said & {"i", "we", "i'd", "we'd"}))
    return wish or "time" in said


def _plausible(text: Words, parts: list[Clause], place: int, main: Chunk, *, thread: bool) -> bool:
    """Said to nobody: its object must be something of the lab's, and nothing may tell of the past."""
    own = [one for one in parts[place].chunks if one.start >= main.start and one is not main]
    if main.value[0] == "help":
        return main.end - main.start > 1 or len([one for one in own if one.kind not in INERT]) <= 1
    nouns = BY_WORD[str(main.value[0])].nouns.split()
    if any(one.kind == "condition" for one in own) and main.end == main.start:
        return False
    for at, one in enumerate(own):
        if one.kind in {"because", "mark", "condition", "time"}:
            own = own[:at]
            break
    told = [
        one
        for one in own
        if one.kind in {"unknown", "polite"}
        and text.word(one.start) in PREDICATES
        and text.word(one.start) not in nouns
    ]
    if told and main.value[0] not in _QUESTIONS:
        return False
    values = [
        one for one in own if one.kind in VALUES and (thread or one.kind != "this" or main.value[0] not in _QUESTIONS)
    ]
    strange = [one for one in own if one.kind in {"unknown", "verb"} and text.word(one.start) not in nouns]
    ours = bool(values) or any(text.word(at) in _NOUNS for one in own for at in range(one.start, one.end))
    if strange and not ours:
        return False
    after = [part for part in parts[place + 1 :] if part.role in {Role.VALUES, Role.ORDER}]
    alone = not ours and not strange
    if BY_WORD[str(main.value[0])].decides:
        return bool(values) or not strange
    return (
        not alone
        or bool(after)
        or thread
        or place + 1 >= len(parts)
        or main.end - main.start > 1
        or main.end == main.start
    )


_NICELY = words("please pls would could can kindly")
_NOUNS = words("""
    run runs matrix matrices lora cells cell images outputs results seeds prompts job plan training model spending
""")


def _several(text: Words, opening: Opening, others: list[Chunk]) -> str | None:
    """None where the other verbs say the same request once more, or belong to it."""
    action = BY_WORD[opening.action]
    for one in others:
        if one.kind != "order":
            continue
        word, phrase = one.value
        if word == opening.action and not action.pays and not action.decides:
            one.kind = "tail"
        elif action.pays and word in {"rerun", "extend"} and opening.action in {"rerun", "extend"}:
            if word == "extend":
                opening.action = "extend"
            one.kind = "tail"
        elif word == "judge" and action.judges_too and text.word(one.start - 1) in {"and", "then", ",", "&"}:
            one.kind = "then_judge"
        elif (
            action.pays and word == "approve" and not any(text.word(at).isdigit() for at in range(one.end, one.end + 2))
        ):
            one.kind = "approval"
        elif action.pays and word == "rerun" and "again" not in phrase and one.end - one.start == 1:
            one.kind = "tail" if text.word(one.start) in {"use", "try"} else one.kind
            if one.kind == "order":
                return SEVERAL
        else:
            return SEVERAL
    return None


def _collect(text: Words, parts: list[Clause], place: int, opening: Opening) -> None:
    """The chunks of the request; what only tells something is ignored, all else must be accounted for."""
    for at, part in enumerate(parts):
        if part.role in {Role.APPROVAL, Role.INERT}:
            opening.chunks += [one for one in part.chunks if one.kind in {"price", "dry_run"}]
            _ignore(part, part.role.value)
        elif at < place and part.role is Role.REMARK:
            opening.remarked += part.chunks
            _ignore(part, "remark")
        elif at < place and part.role is Role.ORDER:
            _ignore(part, "negated")
        elif (
            at > place
            and part.role in {Role.REMARK, Role.OTHER}
            and is_remark(text, part, front=False, action=opening.action)
        ):
            _ignore(part, "remark")
        elif at != place and part.role in {Role.REMARK, Role.OTHER} and not _valued(text, part, opening.action):
            for one in part.chunks:
                one.by = one.by or (one.kind if one.kind in INERT else "")
            opening.strange += [one for one in part.chunks if not one.by]
        else:
            opening.chunks += part.chunks


def _ignore(part: Clause, why: str) -> None:
    for one in part.chunks:
        one.by = one.by or why


def _asked(text: Words, parts: list[Clause], place: int, opening: Opening, *, named: bool) -> Opening:
    """A bare question ("re-run it?") asks people, or for leave; "can you re-run it?" is a request."""
    if opening.action not in SPENDING and not BY_WORD[opening.action].decides:
        return opening
    closed = next((part.closed_by for part in parts[place:] if part.closed_by in {".", "!", "?"}), "")
    decides = BY_WORD[opening.action].decides
    named_job = any(one.kind == "job" for one in opening.chunks)
    plainly = BY_WORD[opening.action].plainly and not named_job
    before = parts[place : place + 1] if decides else parts[: place + 1]
    asking = {"polite"} if decides else {"price", "polite", "dry_run"}
    inverted = opening.verb.startswith("(can|could|would|may)")
    polite = not plainly and (inverted or any(one.kind in asking for part in before for one in part.chunks))
    nicely = not decides and any(
        one.kind in {"courtesy", "polite"} and text.word(one.start) in _NICELY
        for part in parts[place:]
        for one in part.chunks
    )
    polite = polite or nicely  # "judge it, please?"
    later = any(one.kind in {"dry_run", "price"} for part in parts for one in part.chunks)
    if closed != "?" or polite or (later and not decides):
        return opening
    if not named:
        return Opening(Kind.TALK)
    opening.why = A_QUESTION
    return opening


def _without(text: Words, parts: list[Clause], *, named: bool, thread: bool, negated: bool) -> Opening:
    """A message without an order: a noun that says enough, a slip in the verb, or talk."""
    chunks = [one for part in parts for one in part.chunks if one.kind not in INERT]
    if negated and not any(one.kind == "unknown" and near_verb(text.word(one.start)) for one in chunks):
        return Opening(Kind.TALK)
    if named and chunks and all(one.kind in VALUES | {"price", "dry_run"} and not one.excluded for one in chunks):
        kinds = {one.kind for one in chunks}
        adds = any(one.kind in {"seeds", "n_seeds"} and one.value[1] for one in chunks)
        action = "show" if "what" in kinds else "list" if "things" in kinds and not kinds & {"run"} else ""
        action = "extend" if adds else action
        if action:
            return Opening(Kind.REQUEST, None, action, action, [one for part in parts for one in part.chunks])
    unclear = Opening(Kind.UNCLEAR, about=chunks[0] if chunks else None)
    if named:
        return unclear
    first = next((one for one in chunks if one.kind not in {"polite", "price"}), None)
    opens = first is not None and text.word(first.start) in IMPERATIVES
    ours = any(one.kind in VALUES or text.word(one.start) in {"it", "them", "this"} for one in chunks[1:])
    if thread and opens and ours and first is not None and first.kind in {"unknown", "opener", "verb"}:
        return unclear
    slipped = first is not None and first.kind in {"unknown", "run"} and near_verb(text.word(first.start)) is not None
    return unclear if slipped and ours else Opening(Kind.TALK)


def _only_thanks(text: Words) -> bool:
    said = [token.word for token in text.tokens if token.kind == "word" and token.word != "@someone"]
    rest = [token for token in text.tokens if token.kind not in {"word", "mark"}]
    return not rest and all(word in THANKS for word in said)
