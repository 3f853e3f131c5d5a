"""Clauses that only tell something: a greeting, a reason, a remark, which may be ignored, and how surely."""

from pipeline.actions.registry import BY_WORD
from pipeline.language.clause import Clause
from pipeline.language.lexicon.grammar import DETERMINERS, PREDICATES, SUBJECTS, VOLITION
from pipeline.language.scopes import VALUES
from pipeline.language.words import Chunk, Words
from pipeline.wordlist import words

_SAYING = words("""
    says said say saying wrote writes asked asks told tells reads means proposes suggests suggested
""")
DANGER = frozenset(
    {"hesitation", "or", "condition", "time", "except", "instead", "correction", "flag", "mention", "unsaid"}
)
BOUND = VALUES - {
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
_ENOUGH = 2
_WHY_CANCELLED = words("wrong bad too duplicate mistake pointless obsolete")
_ELLIPTIC = words("looks seems sounds works feels")
_LAB = words("""
    only prompt prompts cell cells view views ones image images picture pictures side half first rest
""")
_STOPS = frozenset({"cancel", "deny"})
_THANKED = words("thanks thank sorry cheers hope")
_AFTER_HEAD = words("ones one cells cell images pictures photos outputs seeds runs run")
_ASKS_FOR_IT = (["needs", "it"], ["need", "it"], ["needs", "this"], ["wants", "it"])
_SETTINGS = words("""
    steps lora_rank lora_scale guidance class-noun plain repeats seeds n_seeds seeds_unclear own_seeds cap amount
    stated model unknown_model unsaid vendor trigger_word fixture unknown_fixture photo prompt_id except instead or
    correction dry_run then_judge per
""")
"""Kinds that set something, which no remark does by the way."""
_PERSONS = words("i we you i'm i'd we'd")
_OTHERWISE = words("""
    more fewer less another other different only all no bigger higher lower better new smaller faster cheaper just
    with in
""")
_FREE = frozenset({"repeats", "steps", "axis", "fixture", "failed", "passed"})
"""Kinds of values that an action without a price has no field for."""


def _words(text: Words, clause: Clause) -> list[str]:
    return [
        text.word(place)
        for one in clause.chunks
        if one.kind not in {"mark", "courtesy"} or text.word(one.start) in SUBJECTS
        for place in range(one.start, one.end)
    ]


def predicate(text: Words, clause: Clause) -> bool:
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
        return _tells_before(text, clause, kinds, said, first)
    bound = BOUND if not action or BY_WORD[action].pays else BOUND - _FREE
    if kinds & (DANGER | bound | {"numbers", "number", "verb", "opener"}) or first.kind == "polite":
        return False
    costly = not action or BY_WORD[action].pays or BY_WORD[action].decides
    if (costly and _wishes(said)) or (clause.closed_by == "?" and first.kind != "courtesy"):
        return False
    if set(said) & {"that's"} and set(said) & {"asked", "said", "wants", "wanted"}:
        return False
    absent = text.word(first.start) in {"nobody", "none", "nothing"}
    if "not" in kinds and not absent and (first.kind == "not" or set(said) & _PERSONS or set(said) & _SAYING):
        return False
    return predicate(text, clause) or ((first.kind != "not" or absent) and _reason(text, clause, said, action))


def _tells_before(text: Words, clause: Clause, kinds: set[str], said: list[str], first: Chunk) -> bool:
    """A clause before the request: it may name a run, a cell or a number, never a setting, nor speak of the request."""
    if kinds & _SETTINGS or first.kind in DANGER | {"not"} or _quotes(clause, said):
        return False
    about_it = "this" in kinds or bool(set(said) & {"it", "this", "that", "it's", "that's"})
    if about_it and (kinds & {"time", "condition", "not", "no_period"} or first.kind == "condition"):
        return False
    if set(said) & {"only", "need", "needed", "want", "care"} and kinds & {
        "axis",
        "prompt_id",
        "cell",
        "time",
        "condition",
    }:
        return False
    if any(
        one in {"do", "did", "does", "done", "doing", "type", "typed", "retrain", "rerun"} for one in said
    ) and about_it | ("these" in said):
        return False
    if clause.closed_by == ":":
        return (said[:1] == ["for"] and said[1:2] != [] and said[1] in DETERMINERS) or said[-2:] in _ASKS_FOR_IT
    return predicate(text, clause)


def _wishes(said: list[str]) -> bool:
    """It asks for something more: "I want …", "you need to tell Dana", "she wants fewer steps"."""
    if VOLITION & set(said) and said[0] in {"i", "we", "i'd", "and", "but", "you"}:
        return True
    for at, word in enumerate(said[:-1]):
        follows = said[at + 1]
        if word in {"need", "needs", "have", "has"} and follows == "to" and said[0] not in {"she", "he"}:
            return True
        what = said[at + 2] if follows in {"a", "an", "the", "it"} and at + 2 < len(said) else follows
        if word in VOLITION and what in _OTHERWISE:
            return True
    return False


def _reason(text: Words, clause: Clause, said: list[str], action: str) -> bool:
    """As in "thanks for the help", "for the review", "because of the light"; "wrong seeds" behind a cancel."""
    thanked = text.word(clause.chunks[0].start) in _THANKED
    purpose = said[:1] == ["for"] and said[1:2] != [] and said[1] in DETERMINERS and not set(said) & _LAB
    of = said[:2] == ["because", "of"] or said[0] in {"hoping", "given"}
    return thanked or purpose or of or (action in _STOPS and said[0] in _WHY_CANCELLED)
