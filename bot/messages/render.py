"""A message as it should stand now, made from the ledger at the moment of sending: one truth, rendered."""

from bot.bench import Bench
from bot.deciders import who_may
from bot.ledger import (
    calls,
    decisions,
    jobs,
    judgements,
    money,
    order_holds,
    order_queue,
    orders,
    outbox,
    outbox_refusals,
    slots,
    watches,
)
from bot.ledger.jobs import Job
from bot.ledger.outbox import Post
from handlers.blocks import notices, stamps
from handlers.blocks.anchor import anchor
from handlers.blocks.change import changeable
from handlers.blocks.kit import image
from handlers.blocks.result import result
from handlers.message import Message
from handlers.views import AnchorView, Outcome, Progress, ResultView, TrainingView, Undecided
from pipeline.models import Axis, Cause
from pipeline.money import dollars
from pipeline.plan.durations import duration, making_duration
from pipeline.plan.inputs import History
from pipeline.record.job import Filed


async def render(bench: Bench, post: Post) -> Message:
    """Raises: LookupError when the message's job is gone, which the ledger rules out."""
    if post.kind in {"answer", "whisper", "originals"}:
        return await _answer(bench, post)
    job = await bench.ledger.run(jobs.get, post.job_id or "")
    if job is None:
        raise LookupError(f"no job for {post.key}")
    if post.kind == "waits":
        if job.state == "waiting":
            return await _answer(bench, post)
        return notices.decided(job.plan, job.id, job.shown, job.decided_by)
    if post.kind == "result":
        return result(await result_view(bench, job, post.key))
    return anchor(await anchor_view(bench, job))


def comment(post: Post) -> str:
    """What stands over shared originals: it also tells whether they were shared already."""
    return Message.model_validate_json(post.body or "").text


async def _answer(bench: Bench, post: Post) -> Message:
    message = Message.model_validate_json(post.body or "")
    pictures = [
        image(upload.file_id, upload.alt, f"grid-{upload.file_id}")
        for upload in await bench.ledger.run(outbox.uploads, post.key)
        if upload.file_id and upload.state == "ready"
    ]
    return message.model_copy(update={"blocks": (*message.blocks[:1], *pictures, *message.blocks[1:])})


async def anchor_view(bench: Bench, job: Job) -> AnchorView:
    settings = bench.settings
    under_way = job.state in {"running", "canceling", "finishing"}
    refused = await bench.ledger.run(outbox_refusals.waiting_for_slack, job.id)
    return AnchorView(
        job_id=job.id,
        state="changed" if job.shown == "changed" else job.state,
        plan=job.plan,
        asked_by=job.origin.person,
        approvers=who_may(bench, job),
        needs_approval=(
            "A training always needs an approval."
            if job.plan.training
            else (
                f"Its upper estimate {dollars(job.plan.estimate.high_micros)} is above"
                f" {dollars(int(settings.approval_above_usd * 1_000_000))}."
            )
        ),
        progress=await progress(bench, job) if under_way else None,
        picture=await _preview(bench, job) if job.active else None,
        stamp=await _stamp(bench, job),
        changeable=changeable(job.plan),
        outcome=_outcome(job),
        unposted=next((one.reason for one in refused if one.kind == "result"), None),
        grace_s=round(settings.grace_s),
        expires_at=job.expires_at,
    )


def _outcome(job: Job) -> Outcome | None:
    if job.state != "done" or job.outcome is None:
        return None
    filed = Filed.model_validate(job.outcome)
    images = len(job.plan.making.images) if job.plan.making else 0
    return Outcome(
        made=filed.made,
        to_make=images,
        judged=filed.scored,
        to_judge=(images if job.plan.action == "upscale" else len(filed.state.cells)) if job.plan.judge else 0,
    )


async def _preview(bench: Bench, job: Job) -> tuple[str, str] | None:
    """The latest grid that Slack can show."""
    ready = [
        upload
        for upload in await bench.ledger.run(outbox.uploads, f"anchor:{job.id}")
        if upload.state == "ready" and upload.file_id
    ]
    return (ready[-1].file_id or "", ready[-1].alt) if ready else None


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
        done=sum(states.values()) - states.get("planned", 0) - states.get("asking", 0),
        total=job.plan.judged,
        made=made.get("made", 0),
        failed=made.get("failed", 0),
        stopped=made.get("canceled", 0),
        training=training,
        to_make=len(job.plan.making.images) if job.plan.making else 0,
        making=under_way,
        ahead=await bench.ledger.run(order_queue.ahead, job.id) if waiting and not under_way else 0,
        blocked=await bench.ledger.run(order_queue.blocked, job.id) if waiting else None,
        lost=await bench.ledger.run(order_holds.lost_count, job.id),
        undecided=await _undecided(bench, job),
        undecided_micros=await bench.ledger.run(order_holds.held_micros, job.id),
        tallies=(
            tuple((axis.title, sum(vote.scores[axis].passed for vote in votes), len(votes)) for axis in Axis)
            if votes
            else ()
        ),
        seconds_left=(
            0.0
            if training and not training_s
            else training_s + await _seconds_left(bench, job, waiting + under_way + to_come, states)
        ),
        spent_micros=spent,
        held=await spending_held(bench, job),
    )


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
    if job.plan.judge is None:
        return making
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


async def _stamp(bench: Bench, job: Job) -> str | None:
    match job.state:
        case "grace":
            return await _before_start(bench, job)
        case "done":
            spent, _unknown = await bench.ledger.run(money.spent_by_job, job.id)
            over = stamps.done((job.finished_at or 0) - (job.started_at or 0), spent)
            rest = await bench.ledger.run(order_holds.stopped_by, job.id)
            said = [stamps.approved(job.decided_by), over, stamps.stopped(*rest) if rest else ""]
            return " ".join(part for part in said if part)
        case "canceled":
            return await _canceled(bench, job)
        case "denied":
            return stamps.denied(job.decided_by, job.reason)
        case "running" | "canceling" | "finishing" if job.decided_by and job.reason is None:
            return stamps.approved(job.decided_by)
        case "expired" | "failed":
            return stamps.ended(job.reason)
        case _:
            return None


async def _canceled(bench: Bench, job: Job) -> str:
    if job.reason and job.reason.startswith("changed into"):
        return stamps.changed(job.decided_by, job.reason)
    if job.started_at is None:
        return stamps.canceled(job.decided_by, None)
    spent, _unknown = await bench.ledger.run(money.spent_by_job, job.id)
    return stamps.canceled(job.decided_by, spent, job.reason if job.reason != "canceled" else None)


async def _before_start(bench: Bench, job: Job) -> str | None:
    approved = stamps.approved(job.decided_by)
    if (other := await bench.ledger.run(jobs.first_on_run, job)) is not None:
        return f"{approved} {stamps.waits_for(other)}".strip()
    if approved or not job.plan.buys:
        return approved or None
    return stamps.starts_in(bench.settings.grace_s)


async def _watchers(bench: Bench, job: Job) -> tuple[str, ...]:
    """Who asked in this very thread to hear of the run's verdict."""
    here = (job.origin.channel, job.origin.thread_ts)
    watching = await bench.ledger.run(watches.of_run, job.plan.run)
    return tuple(one.person for one in watching if (one.channel, one.thread_ts) == here)


async def result_view(bench: Bench, job: Job, key: str) -> ResultView:
    filed = Filed.model_validate(job.outcome)
    spent, unknown = await bench.ledger.run(money.spent_by_job, job.id)
    uploads = await bench.ledger.run(outbox.uploads, key)
    states = await bench.ledger.run(calls.counts, job.id)
    unseen = [upload for upload in uploads if upload.state in {"failed", "shared"}]
    return ResultView(
        job_id=job.id,
        asked_by=job.origin.person,
        watchers=await _watchers(bench, job),
        plan=job.plan,
        state=filed.state,
        steps=filed.steps,
        spent_micros=spent,
        unknown_micros=unknown,
        bought=states.get("judged", 0),
        took_s=(job.finished_at or 0) - (job.started_at or job.finished_at or 0),
        canceled_by=job.decided_by if job.state == "canceled" else None,
        stopped=await bench.ledger.run(order_holds.stopped_by, job.id) if job.state == "done" else None,
        verdict_written=filed.verdict_written,
        scored=filed.scored,
        total=len(job.plan.cells),
        made=filed.made,
        files=tuple((upload.file_id, upload.alt) for upload in uploads if upload.file_id and upload.state == "ready"),
        file_note=(
            "The grid follows as a file: Slack did not show it in time."
            if unseen
            else "The pictures are deleted: the consent was taken back."
            if any(upload.state == "deleted" and upload.file_id for upload in uploads)
            else "Slack did not take the grid; it lies in the run's folder."
            if any(upload.state == "deleted" and upload.file_id is None for upload in uploads)
            else None
        ),
        simulated=bench.settings.simulated,
    )
