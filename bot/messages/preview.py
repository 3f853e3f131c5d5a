"""The grid as far as it is, in the job's own message: swapped as seeds are whole, the old picture deleted after it."""

import asyncio

from bot import logs
from bot.bench import Bench
from bot.ledger import jobs, judgements, orders, outbox, uploads
from bot.ledger.jobs import Job
from bot.ledger.orders import ImageOrder
from bot.ledger.uploads import Upload
from bot.messages.post_pictures import picture
from handlers.slack import Slack
from handlers.slack_errors import SlackBusy, SlackLost, SlackRefused
from pipeline.errors import LabError
from pipeline.evidence.run_state import state_of
from pipeline.evidence.verdict import decide
from pipeline.grid.of_run import draw_grid
from pipeline.judging.claude import settle
from pipeline.lab.paths import inside, make_folder
from pipeline.lab.run import Run
from pipeline.models import Cause, JudgedCell, Judgement, Unscored


async def advance_preview(bench: Bench, job_id: str) -> float | None:
    """One step towards a message that shows the newest seeds. Seconds until the next, or None."""
    job = await bench.ledger.run(jobs.get, job_id)
    post = await bench.ledger.run(outbox.get, f"anchor:{job_id}")
    if job is None or bench.slack is None or post is None or post.ts is None:
        return None
    pictures = await bench.ledger.run(uploads.of_message, post.key)
    try:
        latest = pictures[-1] if pictures else None
        if job.active and latest is not None and latest.state in {"pending", "uploaded"}:
            return await _upload(bench, bench.slack, job, latest)
        if job.state == "running" and job.plan.making is not None:
            wait = await _show_more(bench, job, latest)
            if wait is not None:
                return wait
        stale = _stale(pictures, over=not job.active)
        # What approvers were shown, once their messages say that it is decided.
        stale += [] if job.state == "waiting" else await bench.ledger.run(uploads.shown_to_approvers, job_id)
        if not stale:
            return None
        if post.version > post.sent_version:
            return bench.settings.edit_every_s  # the message still shows it
        for upload in stale:
            await bench.slack.delete(upload.file_id or "")
            inside(bench.lab.root, upload.path).unlink(missing_ok=True)
            await bench.ledger.run(uploads.deleted, upload)
    except SlackBusy as busy:
        return busy.retry_after_s
    except SlackLost:
        return bench.settings.edit_every_s
    except (SlackRefused, LabError, OSError) as error:
        # A preview is a courtesy: the result shows the grid in any case.
        logs.get().warning("preview.failed", job=job_id, error=type(error).__name__)
    return None


def _stale(uploads: list[Upload], *, over: bool) -> list[Upload]:
    """Pictures that no message shows any more; at the end, those too that were still on their way into it."""
    there = [upload for upload in uploads if upload.file_id]
    if over:
        return [upload for upload in there if upload.state in {"ready", "uploaded"}]
    return [upload for upload in there if upload.state == "ready"][:-1]


async def _upload(bench: Bench, slack: Slack, job: Job, latest: Upload) -> float | None:
    """One step of a picture on its way into the message."""
    wait = await picture(bench, slack, latest)
    if wait is None:
        await bench.ledger.run(outbox.touch, f"anchor:{job.id}")
        await bench.driver.kick("post", f"anchor:{job.id}")
        return bench.settings.edit_every_s
    return wait


async def _show_more(bench: Bench, job: Job, latest: Upload | None) -> float | None:
    """Draw the grid when seeds have become whole since the last one; None: it is up to date."""
    under_way = await bench.ledger.run(orders.of_job, job.id)
    whole = whole_turns(under_way)
    everything = not any(order.open for order in under_way)
    if whole <= (latest.position if latest else 0) or everything:
        return None  # nothing new; at the end the result's own picture comes
    judged = await bench.ledger.run(judgements.votes, job.id)
    drawn = await asyncio.to_thread(_draw, bench, job, under_way, judged, whole)
    await bench.ledger.run(uploads.add_one, f"anchor:{job.id}", whole, *drawn)
    return 0.001


def whole_turns(under_way: list[ImageOrder]) -> int:
    """Seeds of which every image has ended, as they are made seed by seed; of a single seed its prompts."""
    by_seed = len({order.spec.seed for order in under_way}) > 1
    turns = [(order.spec.seed if by_seed else order.spec.prompt_id, order.open) for order in under_way]
    return len({turn for turn, _open in turns} - {turn for turn, is_open in turns if is_open})


def _draw(
    bench: Bench, job: Job, under_way: list[ImageOrder], judged: dict[str, list[Judgement]], whole: int
) -> tuple[str, str, str]:
    """The picture as (lab-relative path, name, alternative text), in the lab's hidden folder. CPU and disk."""
    run = Run(bench.lab.root, job.plan.run)
    known = {cell.cell.label: cell.outcome for cell in run.judged_cells()}
    nothing = Unscored(cause=Cause.NOT_JUDGED)
    known |= {order.label: nothing for order in under_way if order.state == "made"}
    known |= {
        label: settle([vote.scores for vote in votes], job.plan.pass_threshold) for label, votes in judged.items()
    }
    known |= {order.label: Unscored(cause=Cause.NOT_MADE) for order in under_way if order.open}
    known |= {order.label: Unscored(cause=Cause(order.cause)) for order in under_way if order.cause}
    cells = tuple(JudgedCell(cell=cell, outcome=known.get(cell.label, nothing)) for cell in job.plan.cells)
    verdict = decide(cells, job.plan.proceed_threshold, in_flight=True)
    state = state_of(run).model_copy(update={"cells": cells, "verdict": verdict})
    content, suffix, alt = draw_grid(run, state, simulated=bench.settings.simulated, small=True)[0]
    folder = bench.lab.root / ".labs"
    make_folder(folder)
    name = f"{job.plan.run}-{job.id}-{whole}.{suffix}"
    (folder / name).write_bytes(content)
    return f".labs/{name}", name, alt
