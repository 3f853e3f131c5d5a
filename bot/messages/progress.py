"""How far a running job is, from the ledger: what is made, what is judged, what it waits for."""

import asyncio

from bot.bench import Bench
from bot.ledger import batches, calls, decisions, judgements, money, order_holds, order_queue, orders, slots
from bot.ledger.jobs import Job
from handlers.blocks import stamps
from handlers.views import Progress, TrainingView, Undecided
from pipeline.errors import LabsError
from pipeline.evidence.run_state import state_of
from pipeline.evidence.settling import so_far
from pipeline.models import Axis, Cause
from pipeline.plan.durations import duration, making_duration
from pipeline.plan.inputs import History

_STAGES = {"planned": "packing and uploading the photographs", "ordering": "asking the vendor", "held": "undecided"}


async def _training(bench: Bench, job: Job) -> tuple[TrainingView | None, float]:
    """Where the job's training stands, and the seconds that it still takes; None when it is over."""
    order = await bench.ledger.run(orders.training_of, job.id) if job.plan.training else None
    if order is None or not order.open:
        return None, 0.0
    told = order.told
    if order.missing_since is not None:
        since = stamps.clock(order.missing_since)
        return TrainingView(at=f"the vendor has not known it since {since}; it is looked for again"), 0.0
    if told is None or told.progress is None:
        queued = order.state == "ordered" and (told is None or told.status == "starting")
        at = _STAGES.get(order.state, "captioning")
        if queued:
            at = f"in the vendor's queue since {stamps.clock(order.ordered_at or 0)}; it begins when a machine is free"
        # Nobody knows how long a queue is: what is left is said once it runs.
        return TrainingView(at=at), 0.0 if queued or order.state != "ordered" else order.spec.took_s
    seen = told.progress
    view = TrainingView(at="training", percent=seen.percent, step=seen.step, steps=seen.steps)
    return view, seen.seconds_left or 0.0


async def progress(bench: Bench, job: Job) -> Progress:
    """How far a job is, with running pass counts over what this job judged."""
    training, training_s = await _training(bench, job)
    made = await bench.ledger.run(orders.counts, job.id) if job.plan.making else {}
    asked = await bench.ledger.run(calls.fingerprints, job.id)
    votes = await bench.ledger.run(judgements.by_fingerprint, asked)
    states = await bench.ledger.run(calls.counts, job.id)
    spent, _unknown = await bench.ledger.run(money.spent_by_job, job.id)
    waiting = made.get("planned", 0)
    to_come = len(job.plan.making.images) if training and job.plan.making else 0
    under_way = made.get("ordered", 0)
    return Progress(
        done=states.get("judged", 0),
        unanswered=states.get("unscored", 0),
        called_off=states.get("canceled", 0),
        total=job.plan.judged,
        made=made.get("made", 0),
        failed=made.get("failed", 0),
        stopped=made.get("canceled", 0),
        training=training,
        to_make=len(job.plan.making.images) if job.plan.making else 0,
        making=under_way,
        so_far=await asyncio.to_thread(_so_far, bench, job) if job.plan.in_rounds else "",
        ahead=await bench.ledger.run(order_queue.ahead, job.id) if waiting and not under_way else 0,
        blocked=await bench.ledger.run(order_queue.blocked, job.id) if waiting else None,
        lost=await bench.ledger.run(order_holds.lost_count, job.id),
        undecided=await _undecided(bench, job),
        undecided_micros=await bench.ledger.run(order_holds.held_micros, job.id),
        tallies=tuple(
            (axis.title, sum(vote.scores[axis].passed for vote in votes), len(votes)) for axis in Axis if votes
        ),
        seconds_left=(
            0.0
            if training and not training_s
            else training_s + await _seconds_left(bench, job, waiting + under_way + to_come, states)
        ),
        spent_micros=spent,
        batch=await _batch(bench, job),
        held=await spending_held(bench, job),
    )


async def _batch(bench: Bench, job: Job) -> str:
    """Where the first open batch of a job is that goes so."""
    found = await bench.ledger.run(batches.open_of, job.id) if job.plan.in_batch else []
    return stamps.batch(found[0].intent_at, found[0].state) if found else ""


def _so_far(bench: Bench, job: Job) -> str:
    """How far the evidence of a job that goes by rounds is, as its run's files have it."""
    try:
        verdict = state_of(bench.lab.run(job.plan.run), sized=False).verdict
    except LabsError:
        return "The run's files cannot be read just now."
    return so_far(verdict)


async def _undecided(bench: Bench, job: Job) -> tuple[Undecided, ...]:
    held = await bench.ledger.run(order_holds.held, job.id)
    return tuple(
        Undecided(label=one.label, why=Cause(one.cause or Cause.UNKNOWN), detail=one.detail or "") for one in held
    )


async def _seconds_left(bench: Bench, job: Job, images: int, states: dict[str, int]) -> float:
    """From the ledger's own history: what is to be made, or to be judged, whichever takes longer."""
    making_by = job.plan.making.maker if job.plan.making else ""
    _charges, image_took = await bench.ledger.run(money.history, making_by)
    making = making_duration(images, History(took_s=image_took), bench.settings.image_concurrency)
    if job.plan.judge is None or job.plan.in_batch:
        return making  # how long a batch takes nobody knows
    _charges, took = await bench.ledger.run(money.history, job.plan.judge.model)
    left = states.get("planned", 0) + states.get("asking", 0)
    judging = duration(left, History(took_s=took), bench.settings.judge_concurrency)
    return max(making + (duration(1, History(took_s=took), 1) if images else 0), judging)


async def spending_held(bench: Bench, job: Job | None = None) -> str | None:
    """Why no new paid call is made now, for a job or for any."""
    if switched := await bench.ledger.run(decisions.switched, "spending"):
        return stamps.paused(*switched)
    every = await bench.ledger.run(slots.every)
    judges = {slots.JUDGE} if job is not None and job.plan.judge is not None else set()
    needed = every if job is None else [name for name in every if name in job.plan.vendors | judges]
    for vendor in sorted(needed, key=lambda name: name == slots.JUDGE):
        if closed := await bench.ledger.run(slots.vendor_closed, vendor):
            return stamps.vendor_closed(closed)
        if away := await bench.ledger.run(slots.down_since, vendor):
            return stamps.vendor_down(vendor.capitalize(), away)
    return None
