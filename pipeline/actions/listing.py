"""`list`: runs, fixtures, jobs."""

from typing import Annotated, Literal

from pydantic import Field

from pipeline.actions.action import Action
from pipeline.language.lexicon import NUMBERS
from pipeline.language.reading import Fields, Reading
from pipeline.language.slots.names import named_identity
from pipeline.models import Value


class ListThings(Value):
    """List runs, fixtures or jobs."""

    action: Literal["list"] = "list"
    what: Literal["runs", "fixtures", "jobs"]
    limit: Annotated[int, Field(ge=1, le=100)] | None = None
    identity: str | None = None


def listing(reading: Reading) -> Fields:
    reading.keyed("what")
    what = next((token.word for token in reading.tokens if token.word in {"runs", "fixtures", "jobs"}), None)
    if what is None:
        reading.lack("what")
    return {"action": "list", "what": what, "limit": _limit(reading), "identity": named_identity(reading)}


def _limit(reading: Reading) -> int | None:
    keyed = reading.keyed("limit", "n", "top")
    for at, token in enumerate(reading.tokens):
        before = reading.tokens[at - 1].word if at else ""
        number = int(token.word[:6]) if token.kind == "number" and token.word.isdecimal() else NUMBERS.get(token.word)
        if number is None or reading.roles[at]:
            continue
        after = reading.tokens[at + 1].word if at + 1 < len(reading.tokens) else ""
        near = {"limit", "last", "latest", "first", "top", "newest", "recent", "--limit"}
        if at == keyed or before in near or after in near | {"runs", "fixtures", "jobs", "most"}:
            reading.take(at, at + 1, "limit", f"at most {number}")
            return number
    return None


LIST = Action(
    word="list",
    request=ListThings,
    phrases="""
        list, which (runs|fixtures|jobs), what (runs|fixtures|jobs), show [me] [all] [the|our|all] [last|latest]
        (runs|fixtures|jobs), show [me] [all] [the|our] (last|latest) # (runs|fixtures|jobs)
    """,
    light="list of",
    not_before={"list": "of price"},
    sentence="list {what} {identity_is} {limit}",
    read=listing,
    example=lambda _place: ListThings(what="runs", limit=5),
    ways=("which fixtures do we have?",),
    usual=True,
    question=True,
    answered_at_once=True,
)
