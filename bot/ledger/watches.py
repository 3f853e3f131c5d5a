"""Who wants to hear of a run's verdict, and what each was told last."""

from bot.ledger import notices
from bot.ledger.database import Database, change, read, rows
from bot.ledger.notices import Notice
from pipeline.models import Value


class Watcher(Value):
    run: str
    person: str
    channel: str | None
    """Where they asked."""
    thread_ts: str | None
    told: str | None
    """The verdict that they know; None: none yet."""


def watch(
    db: Database, run: str, person: str, where: tuple[str | None, str | None], told: str | None, now: float
) -> bool:
    """False when they watched it before; where they asked last is where they are told."""
    channel, thread_ts = where
    fresh = change(
        db,
        """insert into watches (run, person, channel, thread_ts, told, at) values (:run, :person, :channel,
          :thread_ts, :told, :now)
           on conflict (run, person) do nothing""",
        run=run,
        person=person,
        channel=channel,
        thread_ts=thread_ts,
        told=told,
        now=now,
    )
    if not fresh:
        change(
            db,
            "update watches set channel = :channel, thread_ts = :thread_ts where run = :run and person = :person",
            run=run,
            person=person,
            channel=channel,
            thread_ts=thread_ts,
        )
    return fresh == 1


def unwatch(db: Database, run: str, person: str) -> bool:
    """False when they did not watch it."""
    gone = "delete from watches where run = :run and person = :person"
    return change(db, gone, run=run, person=person) == 1


def of_run(db: Database, run: str) -> list[Watcher]:
    found = rows(
        db, "select run, person, channel, thread_ts, told from watches where run = :run order by at, person", run=run
    )
    return [read(Watcher, row) for row in found]


def watched(db: Database) -> list[Watcher]:
    """Every watch there is."""
    found = rows(db, "select run, person, channel, thread_ts, told from watches order by at, person")
    return [read(Watcher, row) for row in found]


def end(db: Database, told: list[tuple[Watcher, Notice]], now: float) -> None:
    """These watches end, and each hears why."""
    for one, notice in told:
        if unwatch(db, one.run, one.person):
            notices.put(db, [notice], now)


def tell_all(db: Database, run: str, verdict: str) -> None:
    """Everybody who watches the run knows this verdict now."""
    change(db, "update watches set told = :verdict where run = :run", run=run, verdict=verdict)
