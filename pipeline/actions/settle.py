"""`settle`: further seeds until the evidence is clear."""

from typing import Annotated, Literal

from pydantic import Field

from pipeline.actions.action import Action, JobWords
from pipeline.request import Spending


class SettleEvidence(Spending):
    """Buy further seeds until the evidence is strong or against, and stop at once then."""

    action: Literal["settle"] = "settle"
    run: str
    cap_usd: Annotated[float, Field(gt=0)]
    """The limit, without which nothing is bought."""
    prompt_ids: tuple[str, ...] | None = None


SETTLE = Action(
    word="settle",
    group="judge",
    request=SettleEvidence,
    participles="settled",
    phrases="""
        settle, settle the evidence [of|on|for], settle it, settle the (verdict|question|matter) [of|on|for],
        (buy|add|make|order|get|run|try) … (until|till), (keep|go on|continue) (adding|buying|making|trying) …
        (until|till), [more|further] seeds (until|till), get (strong|clear) evidence (on|for|of)
    """,
    nouns="""
        evidence strong against clear verdict until till is it seeds enough certain settled sure answer either
        way the conclusive decided one know we question matter more further it's is
    """,
    nominals="settling, settling the evidence (of|on|for)",
    sentence="settle {run} {prompt_ids}",
    example=lambda place: SettleEvidence(run=place.run, cap_usd=5),
    ways=("buy further seeds for {run} until the evidence is strong, max $3",),
    job=JobWords("settle", "Settling", "Settled"),
)
