"""`spend`: what was spent."""

from typing import Literal

from pipeline.actions.action import Action
from pipeline.language.lexicon import PRONOUNS
from pipeline.language.reading import Fields, Reading
from pipeline.language.slots import jobs, targets
from pipeline.language.slots.names import mentions, named_identity
from pipeline.models import Value


class Spend(Value):
    """What was spent."""

    action: Literal["spend"] = "spend"
    period: Literal["today", "week", "month", "all"] | None = None
    run: str | None = None
    identity: str | None = None


def spend(reading: Reading) -> Fields:
    """By period, run and identity; an identity's code that several runs share means the identity."""
    fields: Fields = {"action": "spend", **jobs.period(reading)}
    for at, token in enumerate(reading.tokens):
        if token.word == "identity" and not reading.roles[at]:
            fields["identity"] = named_identity(reading)
            return fields | {"run": None}
    named = [one for one in mentions(reading, reading.verb[0]) if one.full or one.words or one.latest]
    this = any(
        token.word in PRONOUNS - {"that"} and not reading.roles[at] and not _of_time(reading, at)
        for at, token in enumerate(reading.tokens)
    )
    if not named:
        return fields | {"run": reading.thread if this else None, "identity": None}
    words = [word for one in named for word in one.words]
    if len(words) == 1 and words[0] in reading.catalogue.identities and len(named[0].fits(reading.catalogue)) > 1:
        return fields | {"run": None, "identity": words[0]}
    return fields | {"run": targets.one_run(reading), "identity": None}


def _of_time(reading: Reading, at: int) -> bool:
    """As in "this" of "this month"."""
    after = reading.tokens[at + 1].word if at + 1 < len(reading.tokens) else ""
    return after in {"month", "week", "year", "morning", "quarter"}


SPEND = Action(
    word="spend",
    request=Spend,
    phrases="""
        spend, spending, expenses, costs, how much (did|have|has) … (spend|spent|cost|costed), how much
        (was|were|got|is) [been] spent, how much money, how much (has|have) been spent, what (did|have|has) …
        (spend|spent|cost), what was spent, what [all] (have|has) been spent, show [me] what we spent, show [me]
        [the|our|this|last] [month's|week's|today's|monthly|weekly] (spend|spending|expenses|costs), (what's|whats)
        [the|our] (spend|spending), what is [the|our] (spend|spending), tell me what we spent, tell me how much we
        spent
    """,
    sentence="spend {period} {on_run} {identity}",
    read=spend,
    example=lambda place: Spend(period="week", run=place.run),
    ways=("how much did we spend this week?",),
    question=True,
    answered_at_once=True,
)
