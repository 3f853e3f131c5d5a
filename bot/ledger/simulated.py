"""Whether a sandbox's vendors ever worked on this lab: whoever looks at its pages later is told so, wherever from."""

from bot.ledger.database import Database, change, one


def begin(db: Database, now: float) -> None:
    """From now on; once is for good."""
    change(db, "insert into simulated (since) select :now where not exists (select 1 from simulated)", now=now)


def since(db: Database) -> float | None:
    """None: never, or the ledger is of before this was kept."""
    if "simulated" not in db.table_names():
        return None
    row = one(db, "select since from simulated")
    return float(row["since"]) if row else None
