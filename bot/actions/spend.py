"""`spend`: what was spent."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.actions.action import Reply, Turn, speaks_of
from bot.bench import Bench
from bot.ledger import money, readings
from handlers.blocks import answers
from pipeline.actions.spend import Spend
from pipeline.money import dollars
from pipeline.surfaces import code
from pipeline.wordlist import many


async def answer(bench: Bench, turn: Turn, request: Spend) -> Reply:
    await speaks_of(bench, turn, request.run)
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
    return Reply(answers.listing(*spent_lines(found, read, period), "Nothing was spent."))


def spent_lines(found: list[money.Line], read: readings.Readings | None, period: str) -> tuple[str, list[str]]:
    """A title and a line for each run, each identity with several, and the messages that Claude read."""
    both: list[money.Line | readings.Readings] = [*found, *([read] if read else [])]
    total = sum(line.usd_micros for line in both)
    estimated = sum(line.estimate_micros for line in both)
    lines = [
        f"{code(line.run)} {dollars(line.usd_micros)} for {many(line.calls, 'call')} (upper estimate"
        f" {dollars(line.estimate_micros)})"
        for line in found
    ]
    by_identity: dict[str, list[int]] = {}
    for line in found:
        parts = line.run.split("-")
        by_identity.setdefault(parts[1] if len(parts) > 1 else "", []).append(line.usd_micros)
    lines += [
        f"identity {name}: {dollars(sum(spent))} in {many(len(spent), 'run')}"
        for name, spent in by_identity.items()
        if name and len(spent) > 1
    ]
    if read and read.calls:
        lines.append(f"reading messages: {dollars(read.usd_micros)} for {many(read.calls, 'message')}")
    return f"Spent, {period}: {dollars(total)} (upper estimates {dollars(estimated)})", lines
