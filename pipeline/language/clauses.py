"""A message as clauses, and what each is for: the request, values of it, courtesy, or a remark of its own.

Only here may words be ignored: in a clause of their own that greets, thanks, gives a reason or speaks of an approval,
and that holds no value, no number, no condition and no order.
"""

from pipeline.language.clause import Clause, Role
from pipeline.language.lexicon import INERT
from pipeline.language.remarks import BOUND, is_remark, predicate
from pipeline.language.scopes import VALUES
from pipeline.language.words import Chunk, Words
from pipeline.wordlist import words

_SPOKEN_OF = frozenset({"run", "latest", "cell", "prompt_id", "axis", "failed", "passed"})
"""A clause that tells something of these sets no value: "the upper-front ones are fine"."""
_RAISES = words("raise raised raising increase increased upped lifted lift up higher")
_ARTICLES = words("the a an only my our its these those any all every each")
_BE = words("is are was were isn't aren't wasn't weren't looks look")


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
        held = {one.kind for one in part.chunks} & ((BOUND - {"this"}) | (_TURNS_APPROVAL - {"order"}))
        if not (named or held) and all(one.value[0] == "approve" for one in own):
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
    asides = {"aside", "ordinal"} if any(one.kind == "order" for one in chunks) else {"aside"}
    copula = any(text.word(each.start) in _BE for each in chunks)
    for ordered, told in ((chunks, False), (chunks[::-1], copula)):
        for one in ordered:
            if one.kind in asides and text.word(one.start - 1) not in _ARTICLES and not told:
                one.kind = "courtesy"
            elif one.kind not in {"courtesy", "mark", "polite", *asides}:
                break


def _role(text: Words, clause: Clause) -> Role:
    kinds = {one.kind for one in clause.chunks}
    if _approves(text, clause):
        return Role.APPROVAL
    if "order" in kinds:
        return Role.ORDER
    rest = [one for one in clause.chunks if one.kind not in INERT and not one.by]
    if not rest:
        return Role.OTHER if clause.closed_by == ":" and predicate(text, clause) else Role.INERT
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
            "without_controls",
            "batch",
            "approval",
            "opener",
        }
        for one in rest
    ):
        alone = all(one.kind in {"price", "approval"} for one in rest)
        says = predicate(text, clause) and (
            not any(one.kind in BOUND | {"dry_run"} for one in rest) or any(one.kind in _SPOKEN_OF for one in rest)
        )
        if not alone and not says and any(one.kind not in {"not", "except", "opener"} for one in rest):
            return Role.VALUES
        if alone:
            return Role.INERT
    return Role.REMARK if is_remark(text, clause, front=True) else Role.OTHER


def _approves(text: Words, clause: Clause) -> bool:
    """It speaks of an approval or of a limit that is none of the person's to change: no words do.

    A value, a condition or another order in it is never passed over with it.
    """
    said = [text.word(place) for one in clause.chunks for place in range(one.start, one.end)]
    spoken = any(one.kind == "approval" for one in clause.chunks) or any(one.startswith("approv") for one in said)
    raised = bool(_RAISES & set(said)) and bool({"limit", "budget", "limits"} & set(said))
    kinds = {
        one.kind
        for one in clause.chunks
        if not (one.kind in {"cap", "amount", "stated"} and _raised(text, one, raised=raised))
    }
    trades = any(one.kind == "verb" and not text.word(one.start).startswith("approv") for one in clause.chunks)
    held = BOUND - {"numbers", "number", "this"} | _TURNS_APPROVAL | words("steps lora_rank axis")
    return (spoken or raised) and not kinds & held and not trades


def _raised(text: Words, one: Chunk, *, raised: bool) -> bool:
    """As in "approved up to $50", "raise my limit to $100"; "approved, max $1" is the person's own limit."""
    return raised or text.word(one.start) == "up"


_TURNS_APPROVAL = words("amount condition correction or time then_judge prompt order except unsaid dry_run")
