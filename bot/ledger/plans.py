"""Plans, as they are stored."""

from functools import lru_cache

from pipeline.plan import stored
from pipeline.plan.plan import Plan


@lru_cache(maxsize=64)
def read_plan(body: str, trained: str | None = None) -> Plan:
    """A plan never changes, and each of its calls and orders looks at it.

    Args:
        body: As it is stored.
        trained: The version that its training has made, which its images are of.
    """
    plan = stored.read_plan(body)
    return plan.trained(trained) if trained else plan


def estimate_each(plan: Plan) -> int:
    """What one judge's call of a plan may cost, in micro-dollars."""
    judging = plan.judging_estimate if plan.making else plan.estimate
    return judging.high_micros // max(1, plan.judged)
