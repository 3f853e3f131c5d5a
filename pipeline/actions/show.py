"""`show`: a run's grid, verdict or card, or the judge's reasons."""

from typing import Literal

from pipeline.actions.action import Action
from pipeline.models import Value
from pipeline.request import Names


class ShowRun(Value):
    """Show a run: its grid, its verdict, its card or its heatmap, or why its cells came out as they did."""

    action: Literal["show"] = "show"
    run: str
    what: Literal["grid", "verdict", "card", "reasons", "heatmap"] | None = None
    cells: Names | None = None
    """With `reasons`: only these."""


SHOW = Action(
    word="show",
    request=ShowRun,
    phrases="""
        show, show (me|us), display, let (me|us) see, (can|could|may) (i|we) see, (what's|whats) the verdict
        [on|of|for], what is the verdict [on|of|for], what was the verdict [on|of|for], [the]
        (grid|verdict|card|reasons|heatmap) (of|for|on), view, open, pull up, bring up, what did the judge
        (say|think|make|find|write) (about|of|on|to|for), what does the judge (say|think) (about|of|on), what
        was the judge's (verdict|word|opinion) (on|about|of), how did the judge (rate|score|see|like), how did …
        score, did … pass, why did, why does, why is, why was, why were, why are, why has, why do, what are the
        reasons (for|of|behind), what is wrong with, what's wrong with, what went wrong (with|in|on), explain
        [to me] [why], explain the (verdict|scores|score|result) (of|for|on), what made, tell me why,
        (what|which) (grid|verdict) (of|did|for), post, post the, where is the (grid|card|verdict) (of|for)
    """,
    nouns="""
        grid verdict card me us reasons why judge judge's image images did does was were is are on the about
        fail failed pass passed say think score scored scores results result reason of out came come that have
        get got way so look looks looking they it latest at
    """,
    light="grid, verdict, card, [contact] sheet, reasons, heatmap",
    not_before={"show": "must off up"},
    sentence="show {what} {of_cells} {run}",
    example=lambda place: ShowRun(run=place.run, what="grid"),
    ways=("show the drift heatmap of {run}", "what's the verdict on {run}?", "why did CB-LORA-front-full-S42 fail?"),
    of_run=True,
    usual=True,
    question=True,
    answered_at_once=True,
)
