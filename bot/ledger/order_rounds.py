"""Images that are ordered a round at a time: the plan names them all, their rows come when their round begins."""

from sqlite_utils import Database

from bot.ledger import orders
from bot.ledger.spending import job_of
from bot.ledger.store import change


def later(db: Database, job_id: str) -> list[int | None]:
    """Seeds of a job whose round has not begun, in their order; none of a job that does not go by rounds."""
    plan, _each = orders.plan_of(db, job_id)
    if not plan.in_rounds or plan.making is None:
        return []
    begun = {order.spec.seed for order in orders.of_job(db, job_id)}
    return [seed for seed in plan.making.seeds if seed not in begun]


def latest(db: Database, job_id: str, seeds: int) -> list[str]:
    """Labels of so many seeds that began last; none before as many have."""
    found = [(order.spec.seed, order.label) for order in orders.of_job(db, job_id)]
    last = list(dict.fromkeys(seed for seed, _label in reversed(found)))[:seeds]
    return [label for seed, label in found if seed in last] if len(last) == seeds else []


def begin(db: Database, job_id: str, count: int) -> bool:
    """Begin the next rounds of a running job; False when it runs no more, or has none."""
    job, seeds = job_of(db, job_id), later(db, job_id)[:count]
    if job is None or job["state"] != "running" or not seeds:
        return False
    plan, _each = orders.plan_of(db, job_id)
    orders.add_images(db, job_id, plan, seeds)
    return True


def call_off(db: Database, job_id: str, person: str, now: float) -> list[str]:
    """No further round begins, by this person's word. Returns: the labels that it concerned."""
    seeds = later(db, job_id)
    if not seeds:
        return []
    plan, _each = orders.plan_of(db, job_id)
    orders.add_images(db, job_id, plan, seeds)
    labels = [image.label for image in plan.making.images if image.seed in seeds] if plan.making else []
    for label in labels:
        change(
            db,
            """update orders set state = 'canceled', cancel_by = :person, ended_at = :now
               where job_id = :job and label = :label and state = 'planned'""",
            person=person,
            now=now,
            job=job_id,
            label=label,
        )
    return labels
