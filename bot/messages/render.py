"""A message as it should stand now, made from the ledger at the moment of sending: one truth, rendered."""

import asyncio

from bot.bench import Bench
from bot.deciders import who_may
from bot.ledger import calls, jobs, money, order_holds, outbox, outbox_refusals, uploads, watches, withdrawals
from bot.ledger.jobs import Job
from bot.ledger.outbox import Post
from bot.ledger.uploads import Upload
from bot.messages.progress import progress
from handlers.blocks import notices, stamps
from handlers.blocks.anchor import anchor
from handlers.blocks.change import changeable
from handlers.blocks.kit import context, image
from handlers.blocks.result import result
from handlers.message import Message
from handlers.views import AnchorView, Outcome, ResultView
from pipeline.lab.run import Run
from pipeline.money import dollars
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
        where = notices.link(bench.team_url, job.origin.channel or "", job.origin.thread_ts)
        return notices.decided(job.plan, job.id, job.shown, job.decided_by, where)
    if post.kind == "result":
        return result(await result_view(bench, job, post.key))
    return anchor(await anchor_view(bench, job))


def comment(post: Post) -> str:
    """What stands over shared originals: it also tells whether they were shared already."""
    return Message.model_validate_json(post.body or "").text


async def _answer(bench: Bench, post: Post) -> Message:
    message = Message.model_validate_json(post.body or "")
    if not message.shows_pictures:
        return message
    found = await bench.ledger.run(uploads.of_message, post.key)
    pictures = [
        image(upload.file_id, upload.alt, f"grid-{upload.file_id}")
        for upload in found
        if upload.file_id and upload.state == "ready"
    ]
    if any(upload.state == "deleted" for upload in found):
        pictures.append(context("A picture is not shown: Slack did not take it, or it was deleted."))
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
        verdict=await _way_to_result(bench, job),
        unposted=next((one.reason for one in refused if one.kind == "result"), None),
        grace_s=round(settings.grace_s),
        expires_at=job.expires_at,
    )


async def _way_to_result(bench: Bench, job: Job) -> str | None:
    """A link to the job's result, once it is posted."""
    post = None if job.active else await bench.ledger.run(outbox.get, f"result:{job.id}")
    if post is None or post.ts is None or job.origin.channel is None:
        return None
    return notices.link(bench.team_url, job.origin.channel, job.origin.thread_ts, reply=post.ts, words="the result")


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
        for upload in await bench.ledger.run(uploads.of_message, f"anchor:{job.id}")
        if upload.state == "ready" and upload.file_id
    ]
    return (ready[-1].file_id or "", ready[-1].alt) if ready else None


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


async def _file_note(bench: Bench, job: Job, pictures: list[Upload]) -> str | None:
    """Of pictures that the message itself does not show: where they are, or why nowhere."""
    if any(upload.state in {"failed", "shared"} for upload in pictures):
        return "The grid follows as a file: Slack did not show it in time."
    if not any(upload.state == "deleted" for upload in pictures):
        return None
    if await bench.ledger.run(withdrawals.took_back, job.plan.run):
        return "The pictures are deleted: the consent was taken back."
    drawn = await asyncio.to_thread(lambda: any(Run(bench.lab.root, job.plan.run).path.glob("grid*")))
    where = "; it lies in the run's folder" if drawn else ", and it is not in the run's folder any more"
    return f"Slack did not take the grid{where}."


async def result_view(bench: Bench, job: Job, key: str) -> ResultView:
    filed = Filed.model_validate(job.outcome)
    spent, unknown = await bench.ledger.run(money.spent_by_job, job.id)
    pictures = await bench.ledger.run(uploads.of_message, key)
    states = await bench.ledger.run(calls.counts, job.id)
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
        rejudged=filed.rejudged,
        total=len(job.plan.cells),
        made=filed.made,
        files=tuple((upload.file_id, upload.alt) for upload in pictures if upload.file_id and upload.state == "ready"),
        file_note=await _file_note(bench, job, pictures),
        simulated=bench.settings.simulated,
        pages=bench.settings.public_url is not None,
    )
