"""A message as clauses, and what each is for: the request, values of it, courtesy, or a remark of its own.

Only here may words be ignored: in a clause of their own that greets, thanks, gives a reason or speaks of an approval,
and that holds no value, no number, no condition and no order.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from pipeline.actions.registry import BY_WORD
from pipeline.language.lexicon import INERT
from pipeline.language.lexicon.grammar import DETERMINERS, PREDICATES, SUBJECTS, VOLITION
from pipeline.language.scopes import VALUES
from pipeline.language.words import Chunk, Words
from pipeline.wordlist import words

_SAYING = words("says said say saying wrote writes asked asks told tells reads means proposes suggests suggested")
_DANGER = frozenset(
    {"hesitation", "or", "condition", "time", "except", "instead", "correction", "flag", "mention", "unsaid"}
)
_BOUND = VALUES - {
    "vague",
    "this",
    "fresh",
    "key",
    "prompt_word",
    "things",
    "seeds_word",
    "whole_words",
    "what",
    "job_word",
}
"""Values that a remark behind a request may not hold."""
_SPOKEN_OF = frozenset({"run", "latest", "cell", "prompt_id", "axis", "failed", "passed"})
"""A clause that tells something of these sets no value: "the upper-front ones are fine"."""
_RAISES = words("raise raised raising increase increased upped lifted lift up higher")
_ENOUGH = 2
_ARTICLES = words("the a an only my our its these those any all every each")
_WHY_CANCELLED = words("wrong bad too duplicate mistake pointless obsolete")
_ELLIPTIC = words("looks seems sounds works feels")
_THANKED = words("thanks thank sorry cheers hope")
_BE = words("is are was were isn't aren't wasn't weren't looks look")
_AFTER_HEAD = words("ones one cells cell images pictures photos outputs seeds runs run")


class Role(StrEnum):
    """What a clause is for."""

    ORDER = "order"
    VALUES = "values"
    INERT = "inert"
    APPROVAL = "approval"
    REMARK = "remark"
    OTHER = "other"


@dataclass
class Clause:
    """Chunks between two signs that part them."""

    chunks: list[Chunk] = field(default_factory=list)
    closed_by: str = ""
    """The sign behind it."""
    because: bool = False
    """It gives a reason: "because …", "so that …"."""
    role: Role = Role.OTHER


def clauses(text: Words, chunks: list[Chunk]) -> list[Clause]:
    """Every chunk lies in one clause; signs belong to the clause that they end."""
    found = [Clause()]
    for one in chunks:
        starts_line = text.tokens[one.start].line if one.start < one.end else False
        if starts_line and any(each.end > each.start for each in found[-1].chunks):
            found.append(Clause())
        asks = text.word(one.start) in {"can", "could", "would", "please"} and one.end - one.start > 1
        told = any(each.kind in {"unknown", "aside"} for each in found[-1].chunks)
        turns = one.kind == "polite" and (
            (text.word(one.start) in {"so", "but"} and found[-1].chunks) or (asks and told)
        )
        if (one.kind == "because" and found[-1].chunks) or turns:
            found.append(Clause())
        found[-1].chunks.append(one)
        found[-1].because = found[-1].because or one.kind == "because"
        if one.kind == "mark" and one.end - one.start == 1 and text.parts(one.start):
            found[-1].closed_by = text.word(one.start)
            found.append(Clause())
    found = [part for part in found if part.chunks]
    _hesitates(found)
    for part in found:
        _asides(text, part.chunks)
        part.role = _role(text, part)
    _approved_as_well(found)
    return found


def _approved_as_well(parts: list[Clause]) -> None:
    """As in "train it. I approve this myself": behind another order such words decide nothing."""
    orders = [part for part in parts if part.role is Role.ORDER]
    for part in orders[1:]:
        own = [one for one in part.chunks if one.kind == "order"]
        named = any(one.kind in {"job", "job_id", "numbers"} for one in part.chunks)
        if not named and all(one.value[0] == "approve" for one in own) and orders[0] is not part:
            part.role = Role.APPROVAL


def _hesitates(parts: list[Clause]) -> None:
    """As in "hmm, judge it": before the request it is a courtesy; behind it, a second thought."""
    for part in parts:
        for one in part.chunks:
            if one.kind == "order":
                return
            if one.kind == "hesitation":
                one.kind = "courtesy"


def _asides(text: Words, chunks: list[Chunk]) -> None:
    """As in "great, judge it", "judge it next": at an end of its clause such a word is none of the request's."""
    copula = any(text.word(each.start) in _BE for each in chunks)
    for ordered, told in ((chunks, False), (chunks[::-1], copula)):
        for one in ordered:
            if one.kind == "aside" and text.word(one.start - 1) not in _ARTICLES and not told:
                one.kind = "courtesy"
            elif one.kind not in {"courtesy", "mark", "polite", "aside"}:
                break


def _role(text: Words, clause: Clause) -> Role:
    kinds = {one.kind for one in clause.chunks}
    if _approves(text, clause):
        return Role.APPROVAL
    if "order" in kinds:
        return Role.ORDER
    rest = [one for one in clause.chunks if one.kind not in INERT and not one.by]
    if not rest:
        return Role.INERT
    if all(
        one.kind in VALUES
        or one.kind
        in {
            "dry_run",
            "real_run",
            "instead",
            "no_training",
            "price",
            "except",
            "not",
            "no_matrix",
            "not_judged",
            "approval",
            "opener",
        }
        for one in rest
    ):
        alone = all(one.kind in {"price", "approval"} for one in rest)
        says = _predicate(text, clause) and (
            not any(one.kind in _BOUND | {"dry_run"} for one in rest) or any(one.kind in _SPOKEN_OF for one in rest)
        )
        if not alone and not says and any(one.kind not in {"not", "except", "opener"} for one in rest):
            return Role.VALUES
        if alone:
            return Role.INERT
    return Role.REMARK if is_remark(text, clause, front=True) else Role.OTHER


def _approves(text: Words, clause: Clause) -> bool:
    """It speaks of an approval or of a limit that is none of the person's to change: no words do."""
    said = [text.word(place) for one in clause.chunks for place in range(one.start, one.end)]
    spoken = any(one.kind == "approval" for one in clause.chunks) or any(one.startswith("approv") for one in said)
    raised = bool(_RAISES & set(said)) and bool({"limit", "budget", "limits"} & set(said))
    if any(one.kind == "order" for one in clause.chunks):
        return False
    turns = any(one.kind in {"condition", "correction", "or", "time", "then_judge", "prompt"} for one in clause.chunks)
    return (spoken or raised) and not turns


def _words(text: Words, clause: Clause) -> list[str]:
    return [
        text.word(place)
        for one in clause.chunks
        if one.kind not in {"mark", "courtesy"} or text.word(one.start) in SUBJECTS
        for place in range(one.start, one.end)
    ]


def _predicate(text: Words, clause: Clause) -> bool:
    """Whether the clause has a subject and a verb of its own."""
    said = _words(text, clause)
    while (
        said
        and said[0] in {"and", "but", "so", "because", "as", "since", "also", "then", "well", "honestly"}
        and len(said) > 1
    ):
        said = said[1:]
    if len(said) < _ENOUGH:
        return False
    if said[0] in SUBJECTS and (
        said[0] not in {"this", "that", "these", "those", "it"} or said[1] in PREDICATES or _inflected(said[1])
    ):
        return True
    if said[0] in _ELLIPTIC:
        return True
    if said[0] in {"it", "this", "that"} and len(said) > _ENOUGH:
        return any(word in PREDICATES for word in said[1:4])
    body = said[1:]
    heads = [at for at, word in enumerate(said) if word in _AFTER_HEAD and at]
    after = bool(heads) and said[0] in DETERMINERS and len(said) > heads[0] + 1 and said[heads[0] + 1] == "all"
    told = [
        text.word(place)
        for one in clause.chunks
        if one.kind
        in {"unknown", "glue", "this", "verb", "opener", "condition", "not", "polite", "because", "aside", "courtesy"}
        for place in range(one.start, one.end)
    ]
    return any(word in PREDICATES or _inflected(word) for word in told if word in body) or after


def _inflected(word: str) -> bool:
    return word.endswith("ed") and len(word) > 4 and word not in {"failed", "passed", "need", "seed", "red", "unneeded"}


def _quotes(clause: Clause, said: list[str]) -> bool:
    """As in "the card says: …", "Dana asked: …": what follows is somebody else's."""
    return bool(_SAYING & set(said[-2:])) or (clause.closed_by == ":" and bool(_SAYING & set(said)))


def is_remark(text: Words, clause: Clause, *, front: bool, action: str = "") -> bool:
    """Whether the clause only tells something.

    Args:
        text: The message.
        clause: One that holds no order.
        action: Of the request, whose values it may not hold.
        front: It stands before the request, where a value in it is what is spoken about.
    """
    kinds = {one.kind for one in clause.chunks}
    first = next((one for one in clause.chunks if one.kind not in {"mark", "courtesy"}), None)
    if first is None or kinds & {"prompt", "order"}:
        return False
    said = _words(text, clause)
    if front:
        sentence = clause.closed_by in {".", "!", "\ue003"} and len(said) > _ENOUGH
        tells = _predicate(text, clause) or sentence or said[:1] in (["for"], ["as"])
        return tells and first.kind not in _DANGER | {"not"} and not _quotes(clause, said) and "correction" not in kinds
    bound = _BOUND if not action or BY_WORD[action].pays else _BOUND - _FREE
    if kinds & (_DANGER | bound | {"numbers", "number", "verb", "opener"}) or first.kind == "polite":
        return False
    if VOLITION & set(said) and said[0] in {"i", "we", "i'd", "and", "but"}:
        return False
    return _predicate(text, clause) or (first.kind != "not" and _reason(text, clause, said, action))


_FREE = frozenset({"repeats", "steps", "axis", "fixture", "failed", "passed"})
"""Kinds of values that an action without a price has no field for."""


def _reason(text: Words, clause: Clause, said: list[str], action: str) -> bool:
    """As in "thanks for the help", "for the review", "because of the light"; "wrong seeds" behind a cancel."""
    thanked = text.word(clause.chunks[0].start) in _THANKED
    purpose = said[:1] == ["for"] and said[1:2] != [] and said[1] in DETERMINERS and "only" not in said
    of = said[:2] == ["because", "of"] or said[0] in {"hoping", "given"}
    return thanked or purpose or of or (action == "cancel" and said[0] in _WHY_CANCELLED)
