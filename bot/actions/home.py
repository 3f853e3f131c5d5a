"""Each person's own page in Slack: made when they open it, and again when what it shows has changed."""

import asyncio
import json

from bot import logs
from bot.actions.listing import job_line, run_line
from bot.bench import Bench
from bot.deciders import may_approve
from bot.ledger import jobs, money
from bot.ledger.jobs import Job
from bot.messages.progress import progress, spending_held
from handlers.blocks.home import HomeView, Line, home
from handlers.blocks.notices import link
from handlers.slack_errors import SlackBusy, SlackLost, SlackRefused
from pipeline.actions.registry import ACTIONS
from pipeline.language import manual
from pipeline.language.sentence import render
from pipeline.money import micros

KEPT_S = 1800.0
"""For so long after it was opened a page follows what changes: nobody looks at it for longer without a click."""
MOST_RUNS = 8


async def publish(bench: Bench, person: str) -> None:
    """Show somebody their page, unless it is shown as it is already. What Slack refuses is left for the next time."""
    if bench.slack is None:
        return
    view = home(await _view(bench, person))
    told = json.dumps(view, sort_keys=True)
    if bench.homes.shown(person) == told:
        return
    try:
        await bench.slack.publish(person, view)
    except (SlackBusy, SlackLost, SlackRefused) as error:
        logs.get().warning("home.not_shown", error=type(error).__name__)
        return
    bench.homes.show(person, told, bench.now())


async def refresh(bench: Bench) -> None:
    """Bring the pages up to date that somebody has opened lately."""
    for person in bench.homes.open_since(bench.now() - KEPT_S):
        await publish(bench, person)


async def _view(bench: Bench, person: str) -> HomeView:
    settings = bench.settings
    active = await bench.ledger.run(jobs.latest, 50, active=True)
    waits = [job for job in active if job.state == "waiting" and may_approve(bench, job, person)]
    own = [job for job in active if job.origin.person == person]
    over = await bench.ledger.run(jobs.of_person, person, 40)
    names = list(dict.fromkeys(job.plan.run for job in over))[:MOST_RUNS]
    there = set(await asyncio.to_thread(bench.lab.runs))
    busy = {job.plan.run for job in active}
    runs = await asyncio.to_thread(lambda: [run_line(bench, name, busy) for name in names if name in there])
    month, day = (one.name for one in reversed(bench.counters(person)))
    return HomeView(
        person=person,
        waits=tuple([await _line(bench, job) for job in waits]),
        mine=tuple([await _line(bench, job) for job in own]),
        runs=tuple(Line(text=one) for one in runs),
        month_micros=await bench.ledger.run(money.used, month),
        limit_micros=micros(settings.budget_month_usd),
        own_day_micros=await bench.ledger.run(money.used, day),
        held=await spending_held(bench),
        tries=tuple(await tries(bench)),
    )


async def tries(bench: Bench, *, free: bool = False) -> list[str]:
    """Sentences that this bot understands about this lab: one of each kind; `free`: what is answered at once."""
    catalogue = await asyncio.to_thread(bench.lab.catalogue)
    made = manual.examples(catalogue.runs[-1], catalogue) if catalogue.runs else {}
    words = [one.word for one in ACTIONS if one.answered_at_once] if free else _one_of_each()
    return [render(made[word]) for word in words if word in made]


def _one_of_each() -> list[str]:
    """An action of each group that the help names."""
    return list({one.group: one.word for one in reversed(ACTIONS) if one.in_help and not one.decides}.values())


async def _line(bench: Bench, job: Job) -> Line:
    seen = await progress(bench, job) if job.state in {"running", "canceling", "finishing"} else None
    over = f" · {seen.done + seen.made} of {seen.total + seen.to_make}" if seen else ""
    where = link(bench.team_url, job.origin.channel, job.origin.thread_ts) if job.origin.channel else None
    address = where.partition("|")[0].removeprefix("<") if where and where.startswith("<") else None
    return Line(text=f"{await job_line(bench, job)}{over}", link=address)
