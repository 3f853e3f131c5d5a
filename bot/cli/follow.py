"""A job in this terminal, with a progress bar; the same pipeline and ledger as in Slack."""

import asyncio
import time

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bot import plan_inputs
from bot.actions import decide
from bot.actions.propose import admit, check_vendors, propose
from bot.advance import advancer, give_up, recover
from bot.app import opened
from bot.bench import Bench
from bot.cli.tables import print_plan, print_result
from bot.cli.terminal import out
from bot.driver.local import LocalDriver
from bot.ledger import Ledger, calls, inbox, jobs, money, orders
from bot.ledger.jobs import Job, Origin
from bot.messages.progress import progress
from bot.settings.settings import Settings
from handlers.blocks.progress import waits_for_word
from handlers.markup import unmarked
from pipeline.actions.registry import JobRequest
from pipeline.errors import LabsError, NotUnderstood
from pipeline.lab.lab import Lab
from pipeline.money import dollars
from pipeline.plan.plan import Plan
from pipeline.record.job import Filed
from pipeline.wordlist import many

LOOK_EVERY_S = 0.2
TAKEN_UP_S = 15.0


def _bar() -> Progress:
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=out,
    )


async def run_here(settings: Settings, request: JobRequest, person: str, *, yes: bool) -> None:
    """Plan, ask, do, and print the verdict. Raises: LabsError."""
    async with opened(settings, slack=False) as bench:
        made = await plan_inputs.plan(bench, request)
        print_plan(made)
        if request.dry_run:
            return
        check_vendors(bench, made)
        admission = admit(bench, made, Origin(person=person))
        if (
            admission.state == "grace"
            and made.buys
            and not yes
            and not click.confirm(f"Spend up to {dollars(made.estimate.high_micros)}?")
        ):
            out.print("Nothing was spent.")
            return
        await recover(bench)

        async def nothing() -> None:
            """This process moves its own job only; the others wait for `labs serve`."""

        await bench.driver.run(advancer(bench), nothing, lambda kind, key: give_up(bench, kind, key))
        try:
            job_id = await propose(bench, request, Origin(person=person), None)
            if admission.state == "waiting":
                raise NotUnderstood(
                    f"Job {job_id} waits for an approval: it may cost {dollars(made.estimate.high_micros)}.",
                    f"Decide in Slack, or `labs approve {job_id}`.",
                )
            job = await _followed(bench, job_id or "", made)
            if job is not None:
                spent, _unknown = await bench.ledger.run(money.spent_by_job, job.id)
                _finish(job, spent)
        finally:
            await bench.driver.stop(settings.stop_grace_s)


async def _followed(bench: Bench, job_id: str, made: Plan) -> Job | None:
    """The job once it has ended; a bar moves until then. Raises: NotUnderstood, when only a person can go on."""
    told: set[str] = set()
    with _bar() as bar:
        task = bar.add_task(f"{made.action} {made.run}", total=_total(made))
        while (job := await bench.ledger.run(jobs.get, job_id)) is not None and job.active:
            asked = await bench.ledger.run(calls.counts, job.id)
            ordered = await bench.ledger.run(orders.counts, job.id)
            bar.update(task, completed=_done(asked) + _done(ordered))
            await _tell(bench, job, told)
            await bench.driver.kick("job", job.id)  # somebody may have resumed spending elsewhere
            await asyncio.sleep(LOOK_EVERY_S)
        bar.update(task, completed=_total(made))
    return job


async def _tell(bench: Bench, job: Job, told: set[str]) -> None:
    """What the job waits for, once each, with the command that helps. Raises: NotUnderstood, when it waits for a word
    alone.
    """
    if job.state != "running":
        return
    stands = await progress(bench, job)
    waits = [f"waits for a word: {one}" for one in waits_for_word(stands.undecided)]
    held = [f"{stands.held} `labs resume` tries at once."] if stands.held else []
    for words in [*held, *waits]:
        if words not in told:
            told.add(words)
            out.print(unmarked(words))
    open_orders = await bench.ledger.run(orders.counts, job.id)
    open_calls = await bench.ledger.run(calls.counts, job.id)
    goes_on = any(open_orders.get(one) for one in ("planned", "ordering", "ordered"))
    goes_on = goes_on or any(open_calls.get(one) for one in ("planned", "asking"))
    if waits and not goes_on:
        more = dollars(stands.undecided_micros)
        raise NotUnderstood(
            f"Job {job.id} goes on after a person's word.",
            f"`labs settle {job.id} --retry` orders them again for up to {more}, `--mark-failed` leaves them out.",
        )


def _done(states: dict[str, int]) -> int:
    under_way = {"planned", "asking", "ordering", "ordered", "held"}
    return sum(count for state, count in states.items() if state not in under_way)


def _total(plan: Plan) -> int:
    return plan.judged + (len(plan.making.images) if plan.making else 0)


def _finish(job: Job, spent: int) -> None:
    if job.state != "done":
        raise LabsError(f"Job {job.id} is {job.shown}: {job.reason or ''}")
    filed = Filed.model_validate(job.outcome)
    print_result(job.plan, filed)
    out.print(f"estimated {job.plan.estimate}, actual {dollars(spent)} · job {job.id}")
    if job.plan.making and not filed.made:
        raise LabsError(f"None of the {many(len(job.plan.making.images), 'image')} could be made.")
    if filed.state.older is not None or (job.plan.judge and not filed.scored):
        raise LabsError("None of this job's answers could be used.")


def follow(settings: Settings, inbox_id: int) -> None:
    """Watch a request that the running bot took over, read-only, to its end."""
    ledger = Ledger.open(settings.ledger_at, exclusive=False)
    bench = Bench(settings=settings, ledger=ledger, lab=Lab(settings.root), driver=LocalDriver())
    try:
        job, spent = asyncio.run(_watched(bench, inbox_id))
    finally:
        ledger.close()
    _finish(job, spent)


async def _watched(bench: Bench, inbox_id: int) -> tuple[Job, int]:
    """The job that a request became, once it has ended, and its micro-dollars. Raises: NotUnderstood."""
    told: set[str] = set()
    began = time.monotonic()
    with _bar() as bar:
        task = bar.add_task("handed to the running bot", total=None)
        while (job := await _taken(bench, inbox_id, began)) is None or job.active:
            if job is not None:
                done = _done(await bench.ledger.run(calls.counts, job.id))
                done += _done(await bench.ledger.run(orders.counts, job.id))
                name = f"{job.plan.action} {job.plan.run}"
                bar.update(task, description=name, total=_total(job.plan), completed=done)
                await _tell(bench, job, told)
                if job.state == "waiting":
                    raise NotUnderstood(
                        f"Job {job.id} waits for an approval.", f"Decide in Slack, or `labs approve {job.id}`."
                    )
            await asyncio.sleep(LOOK_EVERY_S)
    return job, (await bench.ledger.run(money.spent_by_job, job.id))[0]


async def _taken(bench: Bench, inbox_id: int, began: float) -> Job | None:
    """The job that the request became; None as long as the bot has not taken it up. Raises: NotUnderstood."""
    row = await bench.ledger.run(inbox.get, inbox_id)
    # By this process's own clock: the wall's may jump.
    if row is not None and row.state == "new" and time.monotonic() - began > TAKEN_UP_S:
        _withdraw(bench.settings, inbox_id)
    if row is not None and row.state == "done" and row.job_id is None:
        raise NotUnderstood("The running bot did not take this as a job.", "`labs plan` says why.")
    return await bench.ledger.run(jobs.get, row.job_id) if row is not None and row.job_id else None


def _withdraw(settings: Settings, inbox_id: int) -> None:
    """Whoever owns the ledger does not read its inbox. Raises: NotUnderstood, when it was still ours to withdraw."""
    ledger = Ledger.open(settings.ledger_at, exclusive=False)
    try:
        withdrawn = ledger.run_now(inbox.settle, inbox_id)
    finally:
        ledger.close()
    if withdrawn:
        raise NotUnderstood(
            "The process that owns the ledger takes no requests. Nothing was started.",
            "It may be another `labs run`: wait for its end.",
        )


async def approve_here(settings: Settings, job_id: str, person: str) -> None:
    """Approve, while no other process owns the ledger. Raises: LabsError."""
    async with opened(settings, slack=False) as bench:
        job = await decide.find_job(bench, job_id)
        await decide.decide(bench, job, person, approved=True)
        out.print(f"Job {job.id} is approved; it starts when `labs serve` runs.")
