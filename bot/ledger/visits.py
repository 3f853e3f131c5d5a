"""Who looks at pages: a link is used once, and a visit ends with its time, or when its person leaves."""

import secrets

from bot.ledger.database import Database, change, one

KEPT_S = 86400.0
"""For so long after its end a visit is remembered: its link must not open a second one."""


def key(db: Database) -> str:
    """What links and visits are signed with; made once."""
    change(
        db,
        "insert into page_keys (name, value) values ('links', :value) on conflict (name) do nothing",
        value=secrets.token_urlsafe(48),
    )
    return key_there(db)


def key_there(db: Database) -> str:
    """The same; empty where none was made yet."""
    row = one(db, "select value from page_keys where name = 'links'")
    return str(row["value"]) if row else ""


def begin(db: Database, visit_id: str, person: str, until: float, now: float) -> bool:
    """Use a link; False when it was used before."""
    change(db, "delete from visits where until < :old", old=now - KEPT_S)
    return (
        change(
            db,
            "insert into visits (id, person, until) values (:id, :person, :until) on conflict (id) do nothing",
            id=visit_id,
            person=person,
            until=until,
        )
        == 1
    )


def person(db: Database, visit_id: str, now: float) -> str | None:
    """Whose visit it is; None when it is over."""
    row = one(db, "select person from visits where id = :id and left_at is null and until > :now", id=visit_id, now=now)
    return str(row["person"]) if row else None


def end(db: Database, visit_id: str, now: float) -> None:
    """Its person left."""
    change(db, "update visits set left_at = :now where id = :id and left_at is null", id=visit_id, now=now)
