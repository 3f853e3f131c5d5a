"""`spend`: what was spent."""

from typing import Literal

from pipeline.actions.action import Action
from pipeline.models import Value


class Spend(Value):
    """What was spent."""

    action: Literal["spend"] = "spend"
    period: Literal["today", "week", "month", "all"] | None = None
    run: str | None = None
    identity: str | None = None


SPEND = Action(
    word="spend",
    request=Spend,
    phrases="""
        spend, spending, expenses, costs, how much (did|have|has) … (spend|spent|cost|costed), how much
        (was|were|got|is) [been] spent, how much money, how much (has|have) been spent, what (did|have|has) …
        (spend|spent|cost), what was spent, what [all] (have|has) been spent, show [me] what we spent, show [me]
        [the|our|this|last] [month's|week's|today's|monthly|weekly] (spend|spending|expenses|costs),
        (what's|whats) [the|our] (spend|spending), what is [the|our] (spend|spending), tell me what we spent,
        tell me how much we spent, (total|overall|our|the) (spend|spending|expenses|costs), what did
        (we|it|that) (spend|cost), (our|my) spend, money spent, how much money (did|have|has), how much (is|was)
        the (spend|spending), what has … cost [us], what have we (paid|spent), how much did … cost, how much has
        … cost, how much have we spent
    """,
    nouns="""
        on for of the our we us money spend spending spent cost costs so far lab whole you have has did been is
        was it and total expenses everything show me
    """,
    sentence="spend {period} {on_run} {identity}",
    example=lambda place: Spend(period="week", run=place.run),
    ways=("how much did we spend this week?",),
    question=True,
    answered_at_once=True,
)
