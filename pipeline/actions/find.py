"""`find`: what the lab's history says is best, worst, or beyond a bound."""

from typing import Annotated, Literal

from pydantic import Field

from pipeline.actions.action import Action
from pipeline.models import Value
from pipeline.request import AxisCode


class FindInHistory(Value):
    """Ask the lab's history: the best or worst, or all that meet a bound."""

    action: Literal["find"] = "find"
    subject: Literal["runs", "cells", "seeds", "prompts", "vendors"]
    axis: AxisCode | None = None
    """Null: the verdict's bars."""
    order: Literal["best", "worst"] | None = None
    below: Annotated[float, Field(ge=0, le=1)] | None = None
    above: Annotated[float, Field(ge=0, le=1)] | None = None
    run: str | None = None
    identity: str | None = None
    limit: Annotated[int, Field(ge=1, le=100)] | None = None


FIND = Action(
    word="find",
    request=FindInHistory,
    phrases="""
        tell (me|us) (which|what) … (best|worst|weakest|strongest|lowest|highest), (which|what) … top, what
        (are|is) the top, find, search, search for, look up, look for, (which|what) …
        (best|worst|weakest|strongest|lowest|highest|poorest|nicest), (which|what) …
        (below|under|above|over|beneath|exceeding|<|>), (which|what) … (less|more|better|worse|lower|higher)
        than, (show|list|give|get) [me|us] … (best|worst|weakest|strongest|lowest|highest|poorest),
        (show|list|give|get) [me|us] … (below|above|under|over|<|>) #,
        (best|worst|weakest|strongest|top|lowest|highest) [#]
        (runs|run|cells|cell|seeds|seed|prompts|prompt|vendors|vendor), rank [all] [the|our]
        (runs|cells|seeds|prompts|vendors), (which|what) (runs|run|cells|cell|seeds|seed|prompts|prompt|vendors|vendor)
        (fail|fails|failed|miss|misses|lose|loses|pass|passes|passed|win|wins) [the] [most|best|least|always],
        (best|worst|weakest|strongest|lowest|highest) … (runs|cells|seeds|prompts|vendors),
        (runs|cells|seeds|prompts|vendors) (with|whose|that|where|scoring) …
        (below|above|under|over|<|>|less|more|lower|higher), (what|how) did …
        (bakeoffs|bake-offs|bakeoff|bake-off|bake offs) (say|end|go|come out|show|find|conclude),
        (show|list|give|get) [me|us] [the] (best|worst|weakest|strongest|top|lowest|highest) [#]
        (runs|cells|seeds|prompts|vendors)
    """,
    nouns="""
        lies lie whose identity tell me please find by runs run cells cell seeds seed prompts prompt vendors
        vendor images image best worst which what have has had is are was were score scores scored scoring rate
        rates rated result results highest lowest performing perform performs performed lab history all ever we
        our do does did look looks looked came come out work works worked of with that where whose than gave
        give gives got get made strongest weakest verdict bars bar time overall results pass passes passed fail
        fails failed on in at the a so far total reach reached stay stays average mean ranked ranking list show
        there any
    """,
    sentence="find {limit_of} {order} {subject} {on_axis} {below} {above} {of_run} {identity_is}",
    example=lambda _place: FindInHistory(subject="runs", axis="q1", order="best", limit=3),
    ways=("which seeds are worst on Q1?", "find cells with realism below 0.5"),
    question=True,
    answered_at_once=True,
)
