"""`list`: runs, fixtures, jobs."""

from typing import Annotated, Literal

from pydantic import Field

from pipeline.actions.action import Action
from pipeline.models import Value


class ListThings(Value):
    """List runs, fixtures or jobs."""

    action: Literal["list"] = "list"
    what: Literal["runs", "fixtures", "jobs"]
    limit: Annotated[int, Field(ge=1, le=100)] | None = None
    identity: str | None = None


LIST = Action(
    word="list",
    request=ListThings,
    phrases="""
        list, which (runs|fixtures|jobs) [do|have], what (runs|fixtures|jobs) [do|have], (show|give|get) [me|us]
        … (runs|fixtures|jobs), enumerate
    """,
    nouns="""
        about me us all our the list of we do have are there runs fixtures jobs lab in you got know last latest
        newest recent every any only from for overview everything so far open by person identity people's active
        waiting exist available here
    """,
    light="list of, overview of",
    not_before={"list": "of price"},
    sentence="list {what} {identity_is} {limit}",
    example=lambda _place: ListThings(what="runs", limit=5),
    ways=("which fixtures do we have?",),
    usual=True,
    question=True,
    answered_at_once=True,
)
