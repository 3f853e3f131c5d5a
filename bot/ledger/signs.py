"""The sign that stands on the message which asked for a job: of all processes one puts it there."""

from bot.ledger.database import Database, change, one


def standing(db: Database, job_id: str) -> str | None:
    """What stands on the message that asked for a job: "" for none any more; None where nothing was ever put."""
    row = one(db, "select sign from jobs where id = :id", id=job_id)
    return row["sign"] if row else None


def signed(db: Database, job_id: str, name: str | None) -> None:
    change(db, "update jobs set sign = :sign where id = :id", sign=name or "", id=job_id)
