"""What came of a job's pictures, as a run keeps it."""

from datetime import UTC, datetime

from bot.bench import Bench
from bot.ledger import orders
from bot.ledger.jobs import Job
from bot.ledger.orders import ImageOrder
from pipeline.lab.files import MadeCell
from pipeline.lab.paths import inside


async def cells_of(bench: Bench, job: Job) -> list[MadeCell]:
    """What came of each image of the plan. One that was called off is a cell of a re-run only, which is nothing
    without.
    """
    spent = await bench.ledger.run(orders.spent, job.id)
    took = await bench.ledger.run(orders.took, job.id)
    return [
        made_cell(order, spent.get(order.id, 0), took.get(order.id))
        for order in await bench.ledger.run(orders.of_job, job.id)
        if order.state in {"made", "failed"} or (order.state == "canceled" and job.plan.makes_a_run)
    ]


def made_cell(order: ImageOrder, usd_micros: int, took_s: float | None = None) -> MadeCell:
    """An order's end, as `run.json` keeps it."""
    made = order.state == "made"
    ended = datetime.fromtimestamp(order.ended_at, UTC).isoformat() if order.ended_at else None
    return MadeCell(
        label=order.label,
        prompt_id=order.spec.prompt_id,
        seed=order.spec.seed,
        state="made" if made else "failed",
        image=order.path or order.spec.image,
        sha256=order.sha256,
        cause=order.cause,
        detail=order.detail or "",
        version=order.version,
        input=order.spec.input,
        prediction_id=order.vendor_id,
        copied_from=order.spec.copy_of.image if order.spec.copy_of else None,
        made_at=ended,
        usd_micros=usd_micros,
        job=order.job_id,
        maker=order.spec.by.row if order.spec.by else None,
        took_s=took_s if order.spec.by else None,
    )


def measured(bench: Bench, job: Job, cells: tuple[MadeCell, ...]) -> tuple[MadeCell, ...]:
    """Cells of a bake-off with the height of their face: below some 60 pixels no vendor holds a likeness."""
    if job.plan.action != "bakeoff":
        return cells
    return tuple(
        one.model_copy(update={"face_px": bench.measurer.face_height(inside(bench.lab.root, one.image))})
        if one.state == "made"
        else one
        for one in cells
    )
