"""Who decided what, and why; and the switches that a decision turns."""

from bot.ledger import slots
from bot.ledger.database import Database, change, one, read, rows
from pipeline.models import Value


def keep(db: Database, person: str, what: str, subject: str, reason: str | None, now: float) -> None:
    """Keep who decided what, and why."""
    change(
        db,
        "insert into decisions (at, person, what, subject, reason) values (:now, :person, :what, :subject, :reason)",
        now=now,
        person=person,
        what=what,
        subject=subject,
        reason=reason,
    )


class Decision(Value):
    at: float
    person: str
    what: str
    subject: str
    reason: str | None


def latest(db: Database, limit: int) -> list[Decision]:
    return [
        read(Decision, row)
        for row in rows(
            db,
            """select at, person, what, subject, reason from decisions
               where id > (select coalesce(max(id), 0) from decisions) - :limit order by id desc""",
            limit=limit,
        )
    ]


def switch(db: Database, name: str, person: str, reason: str | None, now: float) -> bool:
    """Turn a switch on (`spending` stops every new paid call); False when it was on."""
    return (
        change(
            db,
            "insert into switches (name, person, reason, at) values (:name, :person, :reason, :now) on conflict (name)"
            " do nothing",
            name=name,
            person=person,
            reason=reason,
            now=now,
        )
        == 1
    )


def unswitch(db: Database, name: str) -> bool:
    return change(db, "delete from switches where name = :name", name=name) == 1


def switched(db: Database, name: str) -> tuple[str, str | None] | None:
    """Who turned the switch on and why; None when it is off."""
    row = one(db, "select person, reason from switches where name = :name", name=name)
    return (row["person"], row["reason"]) if row else None


def turn(db: Database, person: str, reason: str | None, now: float, *, on: bool) -> bool:
    """Pause or resume spending, and keep who did; False when it was so before."""
    changed = switch(db, "spending", person, reason, now) if on else unswitch(db, "spending")
    for vendor in slots.every(db) if not on else ():
        if slots.vendor_closed(db, vendor) or slots.down_since(db, vendor):
            slots.reopen_vendor(db, vendor)
            changed = True
    if changed:
        keep(db, person, "paused" if on else "resumed", "spending", reason, now)
    return changed
