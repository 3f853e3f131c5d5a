"""A message as it should stand now, made from the ledger at the moment of sending: one truth, rendered."""

from bot.bench import Bench
from bot.ledger import calls, decisions, jobs, money, outbox, vendors
from bot.ledger.jobs import Job
from bot.ledger.outbox import Post
from handlers.blocks.anchor import anchor
from handlers.blocks.kit import escape, image, seconds
from handlers.blocks.result import result
from handlers.slack import Message
from handlers.views import AnchorView, Progress, ResultView
from pipeline.models import Axis
from pipeline.money import dollars
from pipeline.plan import History, duration
from pipeline.record import Filed


async def render(bench: Bench, post: Post) -> Message:
    """Raises: LookupError when the message's job is gone, which the ledger rules out."""
    if post.kind in {"answer", "originals"}:
        return await _answer(bench, post)
    job = await bench.ledger.run(jobs.get, post.job_id or "")
    if job is None:
        raise LookupError(f"no job for {post.key}")
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
    return message.model_copy(
        update={"blocks": (*message.blocks[:1], *pictures, *message.blocks[1:])}
    )


async def anchor_view(bench: Bench, job: Job) -> AnchorView:
    settings = bench.settings
    return AnchorView(
        job_id=job.id,
        state=job.state,
        plan=job.plan,
        asked_by=job.origin.person,
        approvers=settings.approvers,
        needs_approval=f"Its upper estimate {dollars(job.plan.estimate.high_micros)} is above {dollars(int(settings.approval_above_usd * 1_000_000))}.",
        progress=await progress(bench, job)
        if job.state in {"running", "canceling", "finishing"}
        else None,
        stamp=await _stamp(bench, job),
        grace_s=round(settings.grace_s),
        expires_at=job.expires_at,
    )


async def progress(bench: Bench, job: Job) -> Progress:
    """How far a job is, with running pass counts over what this job judged."""
    states = await bench.ledger.run(calls.counts, job.id)
    total = len(job.plan.calls)
    left = states.get("planned", 0) + states.get("asking", 0)
    wanted = [call.fingerprint for call in job.plan.calls]
    votes = await bench.ledger.run(calls.by_fingerprint, wanted)
    charges, took = await bench.ledger.run(money.history, job.plan.judge.model)
    spent, _unknown = await bench.ledger.run(money.spent_by_job, job.id)
    return Progress(
        done=total - left,
        total=total,
        tallies=tuple(
            (axis.title, sum(vote.scores[axis].passed for vote in votes), len(votes))
            for axis in Axis
        )
        if votes
        else (),
        seconds_left=duration(
            left, History(charges=charges, took_s=took), bench.settings.judge_concurrency
        ),
        spent_micros=spent,
        held=await held(bench),
    )


async def held(bench: Bench) -> str | None:
    """Why no new paid call is made now."""
    if switched := await bench.ledger.run(decisions.switched, "spending"):
        person, reason = switched
        return f"Spending is paused by {_who(person)}{f': {escape(reason)}' if reason else ''}. It goes on after “resume spending”."
    closed = await bench.ledger.run(vendors.vendor_closed, vendors.JUDGE)
    return (
        f"{escape(closed)} Nothing is lost: it goes on by itself once that is mended."
        if closed
        else None
    )


def _who(person: str) -> str:
    return person if person.startswith("shell:") else f"<@{person}>"


async def _stamp(bench: Bench, job: Job) -> str | None:
    match job.state:
        case "grace":
            return (
                f"Starts in {round(bench.settings.grace_s)} s; *Cancel* stops it before any money moves."
                if job.plan.calls
                else None
            )
        case "done":
            spent, _unknown = await bench.ledger.run(money.spent_by_job, job.id)
            took = seconds((job.finished_at or 0) - (job.started_at or 0))
            approved = f"Approved by {_who(job.decided_by)}. " if job.decided_by else ""
            return f"{approved}Done in {took} for {dollars(spent)}."
        case "canceled":
            if job.started_at is None:
                return f"Canceled by {_who(job.decided_by or '')} before anything was spent."
            return f"Canceled by {_who(job.decided_by or '')}; what was judged is kept."
        case "denied":
            return f"Denied by {_who(job.decided_by or '')}{f': {escape(job.reason)}' if job.reason else ''}. Nothing was spent."
        case "running" | "canceling" | "finishing" if job.decided_by and job.reason != "canceled":
            return f"Approved by {_who(job.decided_by)}."
        case "expired" | "failed":
            return escape(job.reason or "")
        case _:
            return None


async def result_view(bench: Bench, job: Job, key: str) -> ResultView:
    filed = Filed.model_validate(job.outcome)
    spent, unknown = await bench.ledger.run(money.spent_by_job, job.id)
    uploads = await bench.ledger.run(outbox.uploads, key)
    states = await bench.ledger.run(calls.counts, job.id)
    unseen = [upload for upload in uploads if upload.state in {"failed", "shared"}]
    return ResultView(
        job_id=job.id,
        asked_by=job.origin.person,
        state=filed.state,
        axes=job.plan.request.axes,
        steps=filed.steps,
        estimate=job.plan.estimate,
        spent_micros=spent,
        unknown_micros=unknown,
        bought=states.get("judged", 0),
        stored=job.plan.stored,
        took_s=(job.finished_at or 0) - (job.started_at or job.finished_at or 0),
        canceled_by=job.decided_by if job.state == "canceled" else None,
        verdict_written=filed.verdict_written,
        scored=filed.scored,
        total=len(job.plan.cells),
        files=tuple(
            (upload.file_id, upload.alt)
            for upload in uploads
            if upload.file_id and upload.state == "ready"
        ),
        file_note="The grid follows as a file: Slack did not show it in time." if unseen else None,
        simulated=bench.settings.simulated,
    )
