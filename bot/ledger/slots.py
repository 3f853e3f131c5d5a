"""A vendor's counters: calls in flight, how long it asked us to wait, and whether its account needs a person."""

from bot.ledger.database import Database, change, one, rows

JUDGE = "anthropic"
"""Whom the judge's calls go to. Whom orders go to stands in each order's row."""

_UNDER_WAY = """(select count(*) from calls where state = 'asking' and batch_id is null and :name = 'anthropic')
              + (select count(*) from orders where vendor = :name and kind <> 'training' and (state = 'ordering'
                 or (state = 'ordered'
                     and coalesce(vendor_status, '') not in ('succeeded', 'failed', 'canceled', 'aborted'))))"""


def open_vendor(db: Database, name: str, max_inflight: int) -> None:
    """At start: what is in flight is counted anew, whatever an earlier process left behind."""
    change(
        db,
        f"""insert into vendors (name, max_inflight, allowed) values (:name, :most, :most)
            on conflict (name) do update set max_inflight = :most,
                allowed = min(coalesce(vendors.allowed, :most), :most), inflight = {_UNDER_WAY}""",  # noqa: S608  # our own words
        name=name,
        most=max_inflight,
    )


def take_slot(db: Database, name: str) -> bool:
    """A place among the calls in flight, of which there are as many as the vendor bears just now."""
    taken = "update vendors set inflight = inflight + 1 where name = :name and inflight < max(1, allowed)"
    return change(db, taken, name=name) == 1


def free_slots(db: Database, name: str) -> int:
    row = one(db, "select max(1, allowed) - inflight as free from vendors where name = :name", name=name)
    return max(0, int(row["free"])) if row else 0


def give_slot_back(db: Database, name: str, *, answered: bool) -> None:
    """A call has ended; one that was answered shows that the account is open, and that it bears a little more."""
    change(db, "update vendors set inflight = max(0, inflight - 1) where name = :name", name=name)
    if answered:
        change(
            db,
            """update vendors set closed = null, closed_tries = 0,
                   allowed = min(max_inflight, max(1, allowed) + 1 / max(1, allowed)) where name = :name""",
            name=name,
        )


def account_open(db: Database, name: str, now: float) -> None:
    """It took a paid call that needs no slot: the account is open, and the vendor there."""
    change(db, "update vendors set closed = null, closed_tries = 0 where name = :name", name=name)
    vendor_up(db, name, now)


def slow_down(db: Database, name: str, now: float, until: float) -> None:
    """The vendor asks for patience: half as many at once from now on. Refusals that come together count once."""
    change(
        db,
        "update vendors set allowed = max(1, allowed / 2) where name = :name and not_before <= :now",
        name=name,
        now=now,
    )
    hold_vendor(db, name, until)


def hold_vendor(db: Database, name: str, until: float) -> None:
    """Nobody asks before this moment: the vendor said how long to wait."""
    change(db, "update vendors set not_before = max(not_before, :until) where name = :name", until=until, name=name)


def close_vendor(db: Database, name: str, reason: str, now: float, probe_s: float) -> tuple[bool, float]:
    """The account needs a person. Whether this is news, and when to try again.

    Every try is twice as late as the one before, at most an hour; calls that were under way together are one try.
    """
    row = one(db, "select closed, closed_tries, not_before from vendors where name = :name", name=name)
    if row is not None and row["closed"] is not None and now < row["not_before"]:
        return False, row["not_before"]
    tries = row["closed_tries"] if row else 0
    until = now + min(3600.0, probe_s * 2**tries)
    change(
        db,
        """update vendors set closed = :reason, closed_tries = closed_tries + 1, not_before = :until
           where name = :name""",
        reason=reason,
        until=until,
        name=name,
    )
    return (row is None or row["closed"] is None), until


def vendor_down(db: Database, name: str, since: float) -> float | None:
    """The vendor answered no order and made none; the moment since when, or None when it took another one later."""
    later = one(db, "select max(ordered_at) as at from orders where vendor = :name", name=name)
    if later is not None and (later["at"] or 0.0) > since:
        return None
    sql = "update vendors set down_since = coalesce(down_since, :since) where name = :name"
    change(db, sql, since=since, name=name)
    return down_since(db, name)


def vendor_up(db: Database, name: str, now: float) -> None:
    """It took an order again: what waited for that goes out at once."""
    if change(db, "update vendors set down_since = null where name = :name and down_since is not null", name=name):
        change(
            db,
            "update orders set due_at = :now where state = 'planned' and vendor = :name and due_at > :now",
            now=now,
            name=name,
        )
        if name == JUDGE:
            change(db, "update calls set due_at = 0 where state = 'planned'")


def down_since(db: Database, name: str) -> float | None:
    row = one(db, "select down_since from vendors where name = :name", name=name)
    return row["down_since"] if row else None


def vendor_closed(db: Database, name: str) -> str | None:
    row = one(db, "select closed from vendors where name = :name", name=name)
    return row["closed"] if row else None


def reopen_vendor(db: Database, name: str) -> None:
    """A person has seen to the account: what waited for it goes out at once."""
    sql = "update vendors set closed = null, closed_tries = 0, not_before = 0, down_since = null where name = :name"
    change(db, sql, name=name)
    change(db, "update orders set due_at = 0 where state = 'planned' and vendor = :name", name=name)
    if name == JUDGE:
        change(db, "update calls set due_at = 0 where state = 'planned'")


def every(db: Database) -> list[str]:
    """The vendors that there are slots for."""
    return [row["name"] for row in rows(db, "select name from vendors order by name")]


def waits_until(db: Database, name: str) -> float:
    """The moment before which a vendor is not to be asked."""
    row = one(db, "select not_before from vendors where name = :name", name=name)
    return row["not_before"] if row else 0.0
