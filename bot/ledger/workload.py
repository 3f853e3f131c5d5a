"""How much waits, how long it has waited, and who is at it: for `labs status --processes` and the metrics."""

from typing import NamedTuple

from bot.ledger.database import Database, rows

_OWNED = (("calls", "asking", "judgements"), ("orders", "ordering", "orders"), ("outbox", "sending", "messages"))
_STATES = ("inbox", "jobs", "calls", "orders", "batches", "outbox")
_DUE = (
    ("inbox", "received_at", "state = 'new'"),
    ("calls", "due_at", "state = 'planned' and due_at > 0 and due_at <= :now"),
    ("orders", "due_at", "state in ('planned', 'ordered') and due_at > 0 and due_at <= :now"),
    ("outbox", "created_at", "state = 'pending' and due_at <= :now"),
)


class Counted(NamedTuple):
    table: str
    state: str
    rows: int


class Booked(NamedTuple):
    """Charges of one vendor in one state."""

    vendor: str
    state: str
    calls: int
    usd_micros: int
    refused: int
    """Of those: for a vendor that was busy (429, 529)."""


def owned(db: Database) -> dict[str, dict[str, int]]:
    """What each process is in the middle of, by its boot and in words."""
    found: dict[str, dict[str, int]] = {}
    for table, state, what in _OWNED:
        sql = f"select boot, count(*) as n from {table} where state = :state and boot is not null group by boot"  # noqa: S608  # our own words
        for row in rows(db, sql, state=state):
            found.setdefault(row["boot"], {})[what] = row["n"]
    return found


def states(db: Database) -> list[Counted]:
    """Rows of each table by state."""
    return [
        Counted(table, row["state"], row["n"])
        for table in _STATES
        for row in rows(db, f"select state, count(*) as n from {table} group by state order by state")  # noqa: S608  # our own words
    ]


def oldest_due(db: Database, now: float) -> dict[str, float]:
    """Seconds for which the oldest row that is due has waited, by table; 0: none waits."""
    return {
        table: max(0.0, now - row["at"]) if row["at"] else 0.0
        for table, column, due in _DUE
        for row in rows(db, f"select min({column}) as at from {table} where {due}", now=now)  # noqa: S608  # our own words
    }


def booked(db: Database) -> list[Booked]:
    """Everything on the books, by vendor and state."""
    found = rows(
        db,
        """select vendor, state, count(*) as calls, coalesce(sum(usd_micros), 0) as usd_micros,
             sum(case when state = 'released' and reason = 'busy' then 1 else 0 end) as refused
           from charges group by vendor, state order by vendor, state""",
    )
    return [Booked(**row) for row in found]
