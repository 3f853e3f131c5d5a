"""The use cases: propose, approve, deny, cancel, pause, resume; asked for in Slack or in a shell."""

import asyncio

from bot import logs
from bot.anchors import touch_anchor
from bot.bench import Bench
from bot.ledger import calls, decisions, inbox, jobs, money
from bot.ledger.finish import begin_job
from bot.ledger.jobs import Admission, Job, Origin
from handlers.ports import Heard
from pipeline.errors import BudgetExceeded, Forbidden, NotUnderstood
from pipeline.money import dollars, micros
from pipeline.plan import History, Plan, plan_judge
from pipeline.requests import JudgeRun


class Front:
    """What the listeners talk to (`handlers.ports.Lab`)."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    async def hear(self, heard: Heard) -> None:
        bench = self._bench
        with bench.intake:
            inbox_id = await bench.ledger.run(inbox.hear, heard, bench.now())
        if inbox_id is not None:
            await bench.driver.kick("inbox", str(inbox_id))


async def plan(bench: Bench, request: JudgeRun) -> Plan:
    """Plan and price. Spends nothing, stores nothing. Raises: LabsError."""
    model = request.model or bench.settings.judge_model
    charges, took = await bench.ledger.run(money.history, model)
    history = History(charges=charges, took_s=took)

    def stored(fingerprints: list[str]) -> set[str]:
        return bench.ledger.run_now(calls.known, fingerprints)

    return await asyncio.to_thread(
        plan_judge, bench.lab, request, bench.settings.defaults, stored, history
    )


async def propose(
    bench: Bench, request: JudgeRun, origin: Origin, inbox_id: int | None
) -> str | None:
    """Plan, store and begin, or wait for an approval; the job's id, or None when this was proposed before.

    Raises: LabsError; nothing was spent and nothing is stored.
    """
    made = await plan(bench, request)
    admission = admit(bench, made, origin)
    job_id, short = await bench.ledger.run(
        begin_job, inbox_id, made, origin, admission, bench.now()
    )
    if short is not None:
        raise _over(made, short)
    if not job_id:
        return None
    logs.get().info(
        "job.planned",
        job=job_id,
        run=made.run,
        calls=len(made.calls),
        high_micros=made.estimate.high_micros,
        state=admission.state,
    )
    await bench.driver.kick("post", f"anchor:{job_id}")
    await bench.driver.kick("job", job_id, admission.start_at or admission.expires_at)
    return job_id


def admit(bench: Bench, made: Plan, origin: Origin) -> Admission:
    """Whether a plan starts by itself or waits; by its upper price. Raises: BudgetExceeded."""
    settings, now, high = bench.settings, bench.now(), made.estimate.high_micros
    limit = micros(settings.budget_job_usd)
    if made.request.cap_usd is not None and high > micros(made.request.cap_usd):
        raise BudgetExceeded(
            f"It may cost up to {dollars(high)}, which is above your ${made.request.cap_usd:g}.",
            "Raise the limit in your words, or ask for fewer cells.",
        )
    if high > limit:
        raise BudgetExceeded(
            f"It may cost up to {dollars(high)}; one job may spend {dollars(limit)}.",
            "Ask for less at once.",
        )
    cap = min(limit, micros(made.request.cap_usd)) if made.request.cap_usd is not None else limit
    counters = bench.counters(origin.person)
    if high > micros(settings.approval_above_usd):
        return Admission(
            state="waiting",
            expires_at=now + settings.approval_expires_h * 3600,
            cap_micros=cap,
            counters=counters,
        )
    # What costs nothing needs no time to think it over; a shell asked before it came here.
    grace = settings.grace_s if made.calls and origin.channel else 0
    return Admission(state="grace", start_at=now + grace, cap_micros=cap, counters=counters)


def _over(made: Plan, short: money.Scope) -> BudgetExceeded:
    when = "tomorrow" if short.name.startswith("person:") else "on the first of next month"
    return BudgetExceeded(
        f"It may cost up to {dollars(made.estimate.high_micros)}, and {short.words} ({dollars(short.limit_micros)}) has no room for it.",
        f"It has room again {when}; whoever runs the bot can raise it in `labs.toml`.",
    )


async def find_job(
    bench: Bench,
    job_id: str | None,
    *,
    thread: tuple[str, str] | None = None,
    run: str | None = None,
    active: bool = True,
) -> Job:
    """The job meant: by id, else the latest of the thread, else of the run. Raises: NotUnderstood."""
    if job_id:
        found = await bench.ledger.run(jobs.get, job_id.lower())
        if found is None:
            raise NotUnderstood(f"There is no job {job_id!r}.", "`list jobs` shows the latest.")
        return found
    latest = await bench.ledger.run(jobs.latest, 1, thread=thread, active=active) if thread else []
    latest = latest or (
        await bench.ledger.run(jobs.latest, 1, run=run, active=active) if run else []
    )
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


async def cancel(bench: Bench, job: Job, person: str) -> None:
    """Stop a job; what is finished is kept. Raises: Forbidden, NotUnderstood."""
    settings = bench.settings
    if person not in {job.origin.person, *settings.approvers} and not _operator(bench, person):
        raise Forbidden(
            f"Job {job.id} can be canceled by who asked for it or by an approver.",
            "Ask one of them.",
        )
    if await bench.ledger.run(jobs.cancel, job.id, person, bench.now()) is None:
        raise NotUnderstood(
            f"Job {job.id} is over already ({job.state}).", "`list jobs` shows the latest."
        )
    await bench.ledger.run(decisions.keep, person, "canceled", job.id, None, bench.now())
    logs.get().info("job.canceled", job=job.id)
    await touch_anchor(bench, job.id)
    await bench.driver.kick("job", job.id)


async def decide(
    bench: Bench,
    job: Job,
    person: str,
    *,
    approved: bool,
    reason: str | None = None,
    plan_hash: str | None = None,
) -> None:
    """Approve or deny a waiting plan. The person comes from Slack's payload or the OS, never from a text.

    Raises: Forbidden, NotUnderstood, BudgetExceeded; then nothing has changed.
    """
    if plan_hash is not None and plan_hash != job.plan_hash:
        raise NotUnderstood(
            "The plan has changed since that button was made.",
            "Decide on the plan that stands now.",
        )
    _may_decide(bench, job, person, approved=approved)
    if not approved:
        await bench.ledger.run(jobs.deny, job.id, person, reason, bench.now())
    elif (
        short := await bench.ledger.run(
            jobs.approve, job.id, bench.counters(job.origin.person), person, reason, bench.now()
        )
    ) is not None:
        raise _over(job.plan, short)
    logs.get().info("job.approved" if approved else "job.denied", job=job.id)
    await touch_anchor(bench, job.id)
    await bench.driver.kick("job", job.id)


def _may_decide(bench: Bench, job: Job, person: str, *, approved: bool) -> None:
    settings = bench.settings
    if not approved and person == job.origin.person:
        return
    if person not in settings.approvers and not _operator(bench, person):
        who = (
            ", ".join(f"<@{approver}>" for approver in settings.approvers)
            or "nobody yet (`approvers` in `labs.toml`)"
        )
        raise Forbidden("Only an approver decides that.", f"Approvers: {who}.")
    high = job.plan.estimate.high_micros
    if approved and person == job.origin.person and high > micros(settings.self_approve_below_usd):
        raise Forbidden(
            f"Above {dollars(micros(settings.self_approve_below_usd))} somebody else must approve.",
            "Ask another approver.",
        )


def _operator(bench: Bench, person: str) -> bool:
    return person.startswith("shell:") and person.removeprefix("shell:") in bench.settings.operators


async def pause(bench: Bench, person: str, reason: str | None, *, on: bool) -> bool:
    """Stop, or allow again, every new paid call. False when it was so before. Raises: Forbidden."""
    if person not in bench.settings.approvers and not _operator(bench, person):
        raise Forbidden("Only an approver pauses or resumes spending.", "Ask an approver.")
    changed = await bench.ledger.run(decisions.turn, person, reason, bench.now(), on=on)
    await wake(bench)
    return changed


async def wake(bench: Bench) -> None:
    """Kick every active job: something that held them has changed."""
    for job_id, at in await bench.ledger.run(jobs.unfinished):
        await bench.driver.kick("job", job_id, at)
        await touch_anchor(bench, job_id)
