"""What people decide about jobs: approve, deny, cancel, retry, pause, resume; in Slack or in a shell."""

import re

from bot import logs
from bot.actions.action import Reply, Turn
from bot.actions.propose import over_budget
from bot.bench import Bench
from bot.deciders import must_approve, must_be_approver, must_deny, must_own
from bot.ledger import decisions, job_steps, jobs, money, order_holds, orders, outbox
from bot.ledger.jobs import Job
from bot.messages.anchors import show_state, touch_anchor, touch_others
from bot.work.held import shown_again
from handlers.blocks import answers
from pipeline.actions.decide import Decide
from pipeline.errors import NotUnderstood
from pipeline.money import micros


async def answer(bench: Bench, turn: Turn, request: Decide) -> Reply:
    """`approve` and `deny`, in words."""
    approved = request.action == "approve"
    job = await waiting_job(bench, request.job, turn.thread)
    if approved and request.job is None:
        await must_have_seen(bench, job, turn.row.ts)
    await decide(bench, job, turn.row.person, approved=approved, reason=request.reason)
    return Reply(answers.plain(f"Job `{job.id}` is {'approved' if approved else 'denied'}."))


async def find_job(
    bench: Bench,
    job_id: str | None,
    *,
    thread: tuple[str, str] | None = None,
    run: str | None = None,
    cells: tuple[str, ...] | None = None,
    active: bool = True,
) -> Job:
    """The job meant: by id, else the latest of the thread, else of the run, else the one that makes these cells.

    Raises: NotUnderstood.
    """
    if job_id:
        found = await bench.ledger.run(jobs.get, job_id.lower())
        if found is None:
            raise NotUnderstood(f"There is no job {job_id!r}.", "`list jobs` shows the latest.")
        return found
    latest = await bench.ledger.run(jobs.latest, 1, thread=thread, active=active) if thread else []
    latest = latest or (await bench.ledger.run(jobs.latest, 1, run=run, active=active) if run else [])
    if not latest and cells:
        under_way = await bench.ledger.run(jobs.latest, 100, active=True)
        latest = [job for job in under_way if not strangers(job, cells)]
    if not latest:
        raise NotUnderstood("No job is under way here.", "`list jobs` shows the latest.")
    return latest[0]


async def waiting_job(bench: Bench, job_id: str | None, thread: tuple[str, str] | None) -> Job:
    """The plan to decide on: by id, else the only one that waits in the thread. Raises: NotUnderstood."""
    if job_id:
        return await find_job(bench, job_id)
    found = await bench.ledger.run(jobs.latest, 20, thread=thread, active=True) if thread else []
    waiting = [job for job in found if job.state == "waiting"]
    if len(waiting) != 1:
        said = "No plan waits here." if not waiting else "More than one plan waits here."
        raise NotUnderstood(said, "Name it: `approve <id>`.")
    return waiting[0]


async def must_have_seen(bench: Bench, job: Job, ts: str | None) -> None:
    """A word without an id means the plan that stood there when it was said. Raises: NotUnderstood."""
    post = await bench.ledger.run(outbox.get, f"anchor:{job.id}")
    shown = post.ts if post is not None else None
    if ts is None or shown is None or float(shown) > float(ts):
        raise NotUnderstood(
            "The plan has changed since. Nothing was approved.", "Look at the new one, then say it again."
        )


async def cancel(
    bench: Bench, job: Job, person: str, *, cells: tuple[str, ...] | None = None, rest: bool = False
) -> None:
    """Stop a job, its cells named, or what has not begun yet; what is finished is kept.

    Raises: Forbidden, NotUnderstood.
    """
    must_own(bench, job, person, "stopped" if rest else "canceled")
    if cells is None and not rest:
        if await bench.ledger.run(job_steps.cancel, job.id, person, bench.now()) is None:
            raise _is_over(job)
    else:
        await _call_off(bench, job, person, cells, rest=rest)
    what = "canceled" if cells is None and not rest else "canceled in part"
    reason = ", ".join(cells) if cells else "what has not begun" if rest else None
    await bench.ledger.run(decisions.keep, person, what, job.id, reason, bench.now())
    logs.get().info("job.canceled", job=job.id, part=cells is not None or rest)
    await _moved(bench, job)


async def _call_off(bench: Bench, job: Job, person: str, cells: tuple[str, ...] | None, *, rest: bool) -> None:
    if job.state in {"waiting", "grace"}:
        raise NotUnderstood(f"Job {job.id} has not begun.", "Cancel all of it, and ask for fewer.")
    if job.state != "running":
        raise _is_over(job)
    training = await bench.ledger.run(orders.training_of, job.id)
    if training is not None and training.open:
        raise NotUnderstood(
            "The images come after the training, which is under way; nothing was called off.",
            "Cancel the whole job, or wait until they are being made.",
        )
    if unknown := strangers(job, cells or ()):
        raise NotUnderstood(f"Job {job.id} does not make {unknown[0]!r}.", "`status` shows what it does.")
    labels = tuple(cell.lower() for cell in cells) if cells else None
    concerned = await bench.ledger.run(order_holds.call_off, job.id, person, bench.now(), labels=labels, rest=rest)
    if not concerned:
        raise NotUnderstood(
            "That is made already, or has ended; nothing was called off.", "`status` shows how far it is."
        )


def strangers(job: Job, cells: tuple[str, ...]) -> list[str]:
    """Those of some cells that a job does not make, however they are spelled."""
    made = {image.label.lower() for image in job.plan.making.images} if job.plan.making else set()
    return [cell for cell in cells if cell.lower() not in made]


async def settle_held(bench: Bench, job: Job, person: str, *, again: bool) -> None:
    """Order once more what nobody can tell the outcome of, or count it as failed. Raises: Forbidden, NotUnderstood."""
    must_own(bench, job, person, "ordered again" if again else "marked failed")
    if again:
        await _may_spend_again(bench, job, person)
        if [one for one in await bench.ledger.run(order_holds.held, job.id) if await shown_again(bench, one)]:
            await _moved(bench, job)
            raise NotUnderstood(
                "The vendor shows it again: it is fetched, and nothing was ordered twice.",
                "What is still open after that asks again.",
            )
        if not await bench.ledger.run(order_holds.retry, job.id, bench.now()):
            raise NotUnderstood(f"Nothing of job {job.id} waits for that any more.", "`status` shows what it does.")
    elif not await bench.ledger.run(order_holds.held_micros, job.id):
        raise NotUnderstood(f"Nothing of job {job.id} waits for that any more.", "`status` shows what it does.")
    else:
        await bench.ledger.run(order_holds.give_up, job.id, bench.now())
    what = "ordered again" if again else "marked failed"
    await bench.ledger.run(decisions.keep, person, what, job.id, None, bench.now())
    logs.get().info("job.settled", job=job.id, again=again)
    await _moved(bench, job)
    await touch_others(bench, job.id)


async def _may_spend_again(bench: Bench, job: Job, person: str) -> None:
    """What was approved is spent once: above the limit, another round is another decision."""
    spent, _unknown = await bench.ledger.run(money.spent_by_job, job.id)
    more = await bench.ledger.run(order_holds.held_micros, job.id)
    limit = micros(bench.settings.approval_above_usd)
    training = await bench.ledger.run(orders.training_of, job.id)
    trains_again = training is not None and training.state == "held"
    if spent + more > limit or trains_again:
        must_approve(bench, job, person, spent + more)


def _is_over(job: Job) -> NotUnderstood:
    return NotUnderstood(f"Job {job.id} is not under way any more: it is {job.shown}.", "`list jobs` shows the latest.")


async def _moved(bench: Bench, job: Job) -> None:
    """What was decided is seen at once: the job's message before the job's next step."""
    await show_state(bench, job.id)
    await bench.driver.kick("job", job.id)


async def decide(
    bench: Bench,
    job: Job,
    person: str,
    *,
    approved: bool,
    reason: str | None = None,
    plan_hash: str | None = None,
    named: bool = False,
) -> None:
    """Approve or deny a waiting plan. The person comes from Slack's payload or the OS, never from a text.

    Args:
        bench: The ledger, and who may decide.
        job: The plan.
        person: Who decides.
        approved: False: denied.
        reason: What they wrote.
        plan_hash: Of the plan that their button was made for.
        named: They saw every amber photograph by name when they approved.

    Raises: Forbidden, NotUnderstood, BudgetExceeded; then nothing has changed.
    """
    if plan_hash is not None and plan_hash != job.plan_hash:
        raise NotUnderstood("The plan has changed since that button was made.", "Decide on the plan that stands now.")
    if approved:
        must_approve(bench, job, person, job.plan.estimate.high_micros)
        reason = accepted(job, reason, named=named)
    else:
        must_deny(bench, job, person)
    if not approved:
        await bench.ledger.run(job_steps.deny, job.id, person, reason, bench.now())
    elif (
        short := await bench.ledger.run(
            job_steps.approve, job.id, bench.counters(job.origin.person), person, reason, bench.now()
        )
    ) is not None:
        raise over_budget(job.plan, short)
    logs.get().info("job.approved" if approved else "job.denied", job=job.id)
    await _moved(bench, job)


def accepted(job: Job, reason: str | None, *, named: bool) -> str | None:
    """What an approval accepts of a fixture's amber photographs, for the books.

    Args:
        job: The plan.
        reason: What the approver wrote.
        named: The modal in which they approved named all of them.

    Raises: NotUnderstood when somebody approves by words that do not name each of them.
    """
    ambers = job.plan.training.preflight.ambers if job.plan.training else ()
    if not ambers:
        return reason
    # Whole names, one by one: a part of a word, or of another name, accepts nothing.
    said = {part.strip(" `'\"") for part in re.split(r"[,;\n]|\band\b", (reason or "").lower())}
    missing = [name for name in ambers if name.lower() not in said]
    if missing and not named:
        raise NotUnderstood(
            f"The pre-flight is amber about {', '.join(ambers)}; who approves accepts each by name.",
            f"Press *Approve*, or write `approve {job.id}: {', '.join(ambers)}`.",
        )
    accepts = f"accepts {', '.join(ambers)}"
    return f"{accepts}; {reason}" if reason and missing else accepts if named else reason


async def pause(bench: Bench, person: str, reason: str | None, *, on: bool) -> bool:
    """Stop, or allow again, every new paid call. False when it was so before. Raises: Forbidden."""
    must_be_approver(bench, person, "pauses or resumes spending")
    changed = await bench.ledger.run(decisions.turn, person, reason, bench.now(), on=on)
    await wake(bench)
    return changed


async def wake(bench: Bench) -> None:
    """Kick every active job: something that held them has changed."""
    for job_id, at in await bench.ledger.run(jobs.unfinished):
        await bench.driver.kick("job", job_id, at)
        await touch_anchor(bench, job_id)
