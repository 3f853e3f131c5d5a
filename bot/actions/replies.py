"""Answers that need no job: what stands in the lab and in the ledger, in words."""

import asyncio
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.actions import decide
from bot.actions import propose as use
from bot.bench import Bench
from bot.ledger import jobs, money, readings
from bot.ledger.jobs import Job
from bot.messages.render import anchor_view, spending_held
from bot.messages.render import progress as progress_of
from bot.plan_inputs import past_prices
from handlers.blocks import answers
from handlers.blocks.anchor import anchor
from handlers.blocks.kit import Block, actions, context, escape, says, seconds, section
from handlers.blocks.plans import count, subject
from handlers.slack import Message
from handlers.views import AnchorView
from pipeline.actions.requests import (
    Actionable,
    Cancel,
    ExtendMatrix,
    Help,
    JobRequest,
    JudgeRun,
    ListThings,
    RedoCells,
    RerunMatrix,
    ShowRun,
    Spend,
    Status,
    Switch,
    TrainLora,
)
from pipeline.advice.next_steps import next_steps
from pipeline.advice.remedies import remedies
from pipeline.errors import AboveCap, LabError, NotUnderstood
from pipeline.evidence.run_state import BADGES, state_of
from pipeline.language.manual import CARD_RUN, NOT_BUILT, meaning
from pipeline.language.sentence import render
from pipeline.money import CENT, dollars, micros
from pipeline.plan.plan import Plan
from pipeline.record.job import draw_grid

Files = list[tuple[str, str, str]]


async def reply(bench: Bench, request: Actionable) -> tuple[Message, Files | None]:
    """Raises: LabsError."""
    match request:
        case ShowRun():
            return await _show(bench, request)
        case ListThings():
            return await _list(bench, request), None
        case Status():
            return await _status(bench, request), None
        case Spend():
            return await _spend(bench, request), None
        case Help():
            runs = await asyncio.to_thread(bench.lab.runs)
            return answers.usage(runs[-1] if runs else CARD_RUN, request.topic), None
        case JudgeRun() | RerunMatrix() | ExtendMatrix() | RedoCells() | TrainLora():
            return await _dry_run(bench, request), None
        case _ if request.action in NOT_BUILT:
            return answers.not_built(render(request), meaning(request)), None
        case _:
            raise NotUnderstood("I cannot answer that.", "`help` says what I can do.")


async def _show(bench: Bench, request: ShowRun) -> tuple[Message, Files | None]:
    prices = await past_prices(bench, bench.settings.judge_model)
    active = await bench.ledger.run(jobs.latest, 1, run=request.run, active=True)

    def look() -> tuple[Message, Files]:
        run = bench.lab.run(request.run)
        state = state_of(run, in_flight=bool(active))
        judge = bench.settings.judge_model
        steps = next_steps(state, prices, judge, remedies(run, state, prices, judge))
        message = answers.card(state, steps)
        if request.what != "grid":
            return message, []
        # `show` writes nothing into the run: the picture lies in the lab's hidden folder.
        folder = bench.lab.root / ".labs"
        folder.mkdir(exist_ok=True)
        files = []
        for at, (content, suffix, alt) in enumerate(draw_grid(run, state, simulated=bench.settings.simulated), 1):
            name = f"{run.name}-grid-{at}.{suffix}"
            (folder / name).write_bytes(content)
            files.append((f".labs/{name}", name, alt))
        return message, files

    return await asyncio.to_thread(look)


async def _list(bench: Bench, request: ListThings) -> Message:
    limit = request.limit or 20
    if request.what == "jobs":
        found = await bench.ledger.run(jobs.latest, limit)
        return answers.listing("Jobs, newest first", [job_line(job) for job in found], "There are no jobs yet.")
    names = await asyncio.to_thread(bench.lab.runs if request.what == "runs" else bench.lab.fixtures)
    chosen = [name for name in names if request.identity is None or request.identity in name.split("-")]
    if request.what == "fixtures":
        return answers.listing(
            "Fixtures",
            [f"`inputs/{name}` · {len(bench.lab.photos(name))} photos" for name in chosen[-limit:]],
            "There are no fixtures.",
        )
    busy = {job.plan.run for job in await bench.ledger.run(jobs.latest, 100, active=True)}
    lines = await asyncio.to_thread(lambda: [run_line(bench, name, busy) for name in reversed(chosen[-limit:])])
    return answers.listing("Runs, newest first", lines, "There are no runs.")


def run_line(bench: Bench, name: str, busy: set[str]) -> str:
    """One run in a list; a run that cannot be read does not hide the others."""
    try:
        state = state_of(bench.lab.run(name), in_flight=name in busy)
    except LabError as error:
        return f"`{name}` cannot be read: {escape(str(error))}"
    verdict = state.verdict
    grade = f" ({verdict.grade})" if verdict.scored else ""
    return f"{BADGES[verdict.word]} `{name}` {verdict.word}{grade} · {state.matrix}"


def job_line(job: Job) -> str:
    asked = f"<@{job.origin.person}>" if job.origin.channel else job.origin.person
    return f"`{job.id}` {job.state} · {escape(subject(job.plan))} · {count(job.plan)}, {job.plan.estimate} · {asked}"


async def _status(bench: Bench, request: Status) -> Message:
    if request.job or request.run:
        job = await decide.find_job(bench, request.job, run=request.run, active=False)
        return anchor(await anchor_view(bench, job))
    held = await spending_held(bench)
    found = await bench.ledger.run(jobs.latest, 20, active=True)
    lines = []
    for job in found:
        progress = await progress_of(bench, job)
        left = f", about {seconds(progress.seconds_left)} left" if progress.seconds_left else ""
        over = progress.done + progress.made + progress.failed
        lines.append(f"{job_line(job)} · {over} of {progress.total + progress.to_make}{left}")
    message = answers.listing("Under way", lines, "Nothing is under way.")
    return message.model_copy(update={"blocks": (*message.blocks, context(held))}) if held else message


async def _spend(bench: Bench, request: Spend) -> Message:
    now, period = bench.now(), request.period or "month"
    zone = ZoneInfo(bench.settings.timezone)
    today = datetime.fromisoformat(bench.settings.day(now)).replace(tzinfo=zone)
    since = {
        "today": today,
        "week": today - timedelta(days=6),
        "month": today.replace(day=1),
        "all": datetime.fromtimestamp(0, UTC),
    }[period]
    found = await bench.ledger.run(money.spent_since, since.timestamp(), request.run)
    if request.identity:
        found = [line for line in found if request.identity in line.run.split("-")]
    read = None
    if request.run is None and request.identity is None:
        read = await bench.ledger.run(readings.spent_since, since.timestamp())
    return answers.listing(*spent_lines(found, read, period), "Nothing was spent.")


def spent_lines(found: list[money.Line], read: readings.Readings | None, period: str) -> tuple[str, list[str]]:
    """A title and a line for each run, each identity with several, and the messages that Claude read."""
    both: list[money.Line | readings.Readings] = [*found, *([read] if read else [])]
    total = sum(line.usd_micros for line in both)
    estimated = sum(line.estimate_micros for line in both)
    lines = [
        f"`{line.run}` {dollars(line.usd_micros)} for {line.calls} calls (upper estimate"
        f" {dollars(line.estimate_micros)})"
        for line in found
    ]
    by_identity: dict[str, list[int]] = {}
    for line in found:
        parts = line.run.split("-")
        by_identity.setdefault(parts[1] if len(parts) > 1 else "", []).append(line.usd_micros)
    lines += [
        f"identity {name}: {dollars(sum(spent))} in {len(spent)} runs"
        for name, spent in by_identity.items()
        if name and len(spent) > 1
    ]
    if read and read.calls:
        many = "" if read.calls == 1 else "s"
        lines.append(f"reading messages: {dollars(read.usd_micros)} for {read.calls} message{many}")
    return f"Spent, {period}: {dollars(total)} (upper estimates {dollars(estimated)})", lines


async def _dry_run(bench: Bench, request: JobRequest) -> Message:
    made = await use.plan(bench, request)
    real = render(request.model_copy(update={"dry_run": False}))
    go = says(f"Do it: {dollars(made.estimate.usd_micros)}", "labs:say:0", real, style="primary")
    blocks = (context("*Dry run*: nothing is started."), *_shown(made))
    return Message(text=f"Dry run: {made.estimate}", blocks=(*blocks, actions(*go)) if made.does and go else blocks)


def _shown(made: Plan) -> list[Block]:
    """A plan that is no job."""
    view = AnchorView(job_id="dry run", state="grace", plan=made, asked_by="")
    return [block for block in anchor(view).blocks if block["type"] not in {"actions", "context"}]


def above_cap(error: AboveCap, request: JobRequest) -> Message:
    """What it would be, and the ways out: a higher limit, or as many seeds as fit. Nothing is trimmed by itself."""
    assert isinstance(error.plan, Plan)  # noqa: S101  # made by `usecases.admit`
    high = error.plan.estimate.high_micros
    raised = -(-high // CENT) / 100
    ways = [(f"With a limit of ${raised:g}", request.model_copy(update={"cap_usd": raised}))]
    seeds = len({image.seed for image in error.plan.making.images}) if error.plan.making else 0
    fits = int(seeds * micros(request.cap_usd or 0) // max(1, high))
    if isinstance(request, RerunMatrix | ExtendMatrix) and seeds > fits > 0:
        fewer = {"n_seeds": fits} if request.n_seeds else {"seeds": (request.seeds or ())[:fits]}
        if request.n_seeds or request.seeds:
            ways.append((f"Only {fits} seed{'s' if fits > 1 else ''}", request.model_copy(update=fewer)))
    buttons = [one for at, (words, way) in enumerate(ways) for one in says(words, f"labs:choose:{at}", render(way))]
    head = section(f":warning: {escape(str(error))}\n{escape(error.hint)}")
    return Message(text=str(error), blocks=(head, *_shown(error.plan), *([actions(*buttons)] if buttons else [])))


def canceled(job: Job, request: Cancel) -> str:
    """What a cancellation did."""
    if request.cells:
        return (
            f"Of job `{job.id}` {', '.join(f'`{cell}`' for cell in request.cells)}"
            f" {'is' if len(request.cells) == 1 else 'are'} called off; the others go on."
        )
    if request.rest:
        return f"Job `{job.id}` begins nothing new; what is being made is finished."
    return f"Job `{job.id}` is canceled; what is finished is kept."


def switched(request: Switch, *, changed: bool) -> Message:
    word = "paused" if request.action == "pause" else "on again"
    return answers.plain(
        f"Spending is {word}: "
        + (
            "no new paid call is made until “resume spending”."
            if request.action == "pause"
            else "work goes on where it stood."
        )
        + ("" if changed else " (It was so already.)")
    )
