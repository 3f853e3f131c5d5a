"""Images that are ordered a round at a time: the plan names them all, their rows come when their round begins."""

from collections.abc import Collection

from bot.ledger import orders
from bot.ledger.database import Database, change
from bot.ledger.spending import job_of
from pipeline.models import Cause
from pipeline.plan.plan import PlannedImage


def later(db: Database, job_id: str) -> list[PlannedImage]:
    """Images of a job whose round has not begun, in their order; none of a job that does not go by rounds."""
    plan, _each = orders.plan_of(db, job_id)
    if not plan.in_rounds or plan.making is None:
        return []
    begun = {order.label for order in orders.of_job(db, job_id)}
    return [image for image in plan.making.images if image.label not in begun]


def latest(db: Database, job_id: str, seeds: int) -> list[str]:
    """Labels of so many seeds that began last; none before as many have. What was called off began never."""
    found = [(order.spec.seed, order.label) for order in orders.of_job(db, job_id) if order.state != "canceled"]
    last = list(dict.fromkeys(seed for seed, _label in reversed(found)))[:seeds]
    return [label for seed, label in found if seed in last] if len(last) == seeds else []


def begin(db: Database, job_id: str, count: int) -> bool:
    """Begin the next rounds of a running job; False when it runs no more, or has none."""
    job, images = job_of(db, job_id), later(db, job_id)
    if job is None or job["state"] != "running" or not images:
        return False
    plan, _each = orders.plan_of(db, job_id)
    seeds = list(dict.fromkeys(image.seed for image in images))[:count]
    orders.add_images(db, job_id, plan, {image.label for image in images if image.seed in seeds})
    return True


def call_off(db: Database, job_id: str, person: str, now: float, labels: Collection[str] | None = None) -> list[str]:
    """No further round begins, or these cells (in lower case) of one, by this person's word.

    Returns: the labels that it concerned.
    """
    images = [image for image in later(db, job_id) if labels is None or image.label.lower() in labels]
    if not images:
        return []
    plan, _each = orders.plan_of(db, job_id)
    orders.add_images(db, job_id, plan, {image.label for image in images})
    for image in images:
        change(
            db,
            """update orders set state = 'canceled', cause = :cause, detail = '', cancel_by = :person, ended_at = :now
               where job_id = :job and label = :label and state = 'planned'""",
            cause=Cause.DROPPED.value,
            person=person,
            now=now,
            job=job_id,
            label=image.label,
        )
    return [image.label for image in images]
