"""Answers that need no job: what stands in the lab and in the ledger, in words."""

import asyncio
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot import usecases as use
from bot.bench import Bench
from bot.engine import rendering
from bot.ledger import jobs, money, readings
from bot.ledger.jobs import Job
from handlers.blocks import answers
from handlers.blocks.anchor import anchor
from handlers.blocks.kit import actions, button, context, escape, seconds
from handlers.slack import Message
from handlers.views import AnchorView
from pipeline import record
from pipeline.continuation import next_steps
from pipeline.errors import LabError, NotUnderstood
from pipeline.manual import CARD_RUN, NOT_BUILT, meaning
from pipeline.money import dollars
from pipeline.prices import add, estimate_images
from pipeline.requests import (
    Actionable,
    ExtendMatrix,
    Help,
    JudgeRun,
    ListThings,
    RerunMatrix,
    ShowRun,
    Spend,
    Status,
    Switch,
)
from pipeline.sentence import render
from pipeline.state import BADGES, state_of

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
        case JudgeRun():
            return await _dry_run(bench, request), None
        case RerunMatrix() | ExtendMatrix():
            return await _not_yet(bench, request), None
        case _ if request.action in NOT_BUILT:
            return answers.not_built(render(request), meaning(request)), None
        case _:
            raise NotUnderstood("I cannot answer that.", "`help` says what I can do.")


async def _show(bench: Bench, request: ShowRun) -> tuple[Message, Files | None]:
    charges, _took = await bench.ledger.run(money.history, bench.settings.judge_model)
    active = await bench.ledger.run(jobs.latest, 1, run=request.run, active=True)

    def look() -> tuple[Message, Files]:
        run = bench.lab.run(request.run)
        state = state_of(run, in_flight=bool(active))
        message = answers.card(state, next_steps(state, charges, bench.settings.judge_model))
        if request.what != "grid":
            return message, []
        # `show` writes nothing into the run: the picture lies in the lab's hidden folder.
        folder = bench.lab.root / ".labs"
        folder.mkdir(exist_ok=True)
        files = []
        for at, (content, suffix, alt) in enumerate(
            record.draw_grid(run, state, simulated=bench.settings.simulated), 1
        ):
            name = f"{run.name}-grid-{at}.{suffix}"
            (folder / name).write_bytes(content)
            files.append((f".labs/{name}", name, alt))
        return message, files

    return await asyncio.to_thread(look)


async def _list(bench: Bench, request: ListThings) -> Message:
    limit = request.limit or 20
    if request.what == "jobs":
        found = await bench.ledger.run(jobs.latest, limit)
        return answers.listing(
            "Jobs, newest first", [job_line(job) for job in found], "There are no jobs yet."
        )
    names = await asyncio.to_thread(
        bench.lab.runs if request.what == "runs" else bench.lab.fixtures
    )
    chosen = [
        name for name in names if request.identity is None or request.identity in name.split("-")
    ]
    if request.what == "fixtures":
        return answers.listing(
            "Fixtures",
            [f"`inputs/{name}` · {len(bench.lab.photos(name))} photos" for name in chosen[-limit:]],
            "There are no fixtures.",
        )
    busy = {job.plan.run for job in await bench.ledger.run(jobs.latest, 100, active=True)}
    lines = await asyncio.to_thread(
        lambda: [run_line(bench, name, busy) for name in reversed(chosen[-limit:])]
    )
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
    return f"`{job.id}` {job.state} · judge `{job.plan.run}` · {len(job.plan.calls)} calls, {job.plan.estimate} · {asked}"


async def _status(bench: Bench, request: Status) -> Message:
    if request.job or request.run:
        job = await use.find_job(bench, request.job, run=request.run, active=False)
        return anchor(await rendering.anchor_view(bench, job))
    held = await rendering.held(bench)
    found = await bench.ledger.run(jobs.latest, 20, active=True)
    lines = []
    for job in found:
        progress = await rendering.progress(bench, job)
        left = f", about {seconds(progress.seconds_left)} left" if progress.seconds_left else ""
        lines.append(f"{job_line(job)} · {progress.done} of {progress.total}{left}")
    message = answers.listing("Under way", lines, "Nothing is under way.")
    return (
        message.model_copy(update={"blocks": (*message.blocks, context(held))}) if held else message
    )


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


def spent_lines(
    found: list[money.Line], read: readings.Readings | None, period: str
) -> tuple[str, list[str]]:
    """A title and a line for each run, each identity with several, and the messages that Claude read."""
    both: list[money.Line | readings.Readings] = [*found, *([read] if read else [])]
    total = sum(line.usd_micros for line in both)
    estimated = sum(line.estimate_micros for line in both)
    lines = [
        f"`{line.run}` {dollars(line.usd_micros)} for {line.calls} calls (upper estimate {dollars(line.estimate_micros)})"
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


async def _dry_run(bench: Bench, request: JudgeRun) -> Message:
    made = await use.plan(bench, request)
    real = render(request.model_copy(update={"dry_run": False}))
    start = (
        [
            actions(
                button(
                    f"Do it: {dollars(made.estimate.usd_micros)}",
                    "labs:say:0",
                    real,
                    style="primary",
                )
            )
        ]
        if made.calls
        else []
    )
    view = AnchorView(job_id="dry run", state="grace", plan=made, asked_by="")
    blocks = [block for block in anchor(view).blocks if block["type"] not in {"actions", "context"}]
    return Message(
        text=f"Dry run: {made.estimate}",
        blocks=(context("*Dry run*: nothing is started."), *blocks, *start),
    )


async def _not_yet(bench: Bench, request: RerunMatrix | ExtendMatrix) -> Message:
    run = await asyncio.to_thread(bench.lab.run, request.run)
    seeds = len(request.seeds or ()) or request.n_seeds or len(run.seeds)
    prompts = len(request.prompt_ids or run.prompt_ids)
    if isinstance(request, ExtendMatrix) and request.prompts:
        prompts = len(request.prompts)
    price = add(estimate_images(seeds * prompts))
    words = f"That is {prompts} prompt{'s' if prompts != 1 else ''} × {seeds} seed{'s' if seeds != 1 else ''} = {seeds * prompts} new images of `runs/{escape(request.run)}`, about {price} ({price.basis})."
    return answers.plain(
        f"{words}\nI understand it, but I cannot make images yet. Nothing was started or spent."
    )


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
