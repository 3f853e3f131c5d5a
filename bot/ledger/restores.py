"""What a ledger that was restored from a backup is told by the lab's folder and by the threads, and what it did not
know: nothing of that is bought or posted again.
"""

import json
from collections.abc import Iterable, Sequence

from bot.ledger import money
from bot.ledger.database import Database, change, one, rows
from bot.ledger.order_steps import touch_job
from bot.ledger.orders import Order
from bot.ledger.spending import Terms, book, job_of
from bot.receipts import Receipt
from pipeline.models import Value

LEAP = 1_000_000
"""Messages heard from now on have ids that no message of the lost days has had: their answers' keys are new, too."""


class Taken(Value):
    """What was taken over from the lab's folder."""

    images: int = 0
    judgements: int = 0
    trainings: int = 0
    orders: int = 0
    """That the vendor may still be at."""
    posts: int = 0
    usd_micros: int = 0
    """What was paid for these, as the receipts say."""
    jobs: tuple[str, ...] = ()
    """Begun since the backup: the ledger knows nothing of them."""


def latest(db: Database) -> float:
    """When the ledger was last found to be older than the lab; 0: never."""
    row = one(db, "select max(at) as at from restores")
    return row["at"] or 0.0 if row else 0.0


def doubtful(db: Database, job_id: str | None, asked_at: float | None = None) -> bool:
    """Whether what a job buys, or a message asked for at a moment, may be there from days that the ledger forgot."""
    plan = one(db, "select created_at from plans where id = :id", id=job_id) if job_id else None
    moments = (asked_at, plan["created_at"] if plan else None)
    return any(at is not None and at < latest(db) for at in moments)


def unknown(db: Database, receipts: Sequence[Receipt]) -> list[Receipt]:
    """Those that this ledger has not, and was not told of before."""
    new = [receipt for receipt in receipts if receipt.at > latest(db)]
    paid = _there(db, "select request_id as key from charges where request_id in", _keys(new, "ordered", "made"))
    judged = _there(db, "select fingerprint as key from judgements where fingerprint in", _keys(new, "judged"))
    stands = "select key from outbox where (state in ('sent', 'dead') or replaces is not null) and key in"
    posted = _there(db, stands, _keys(new, "posted"))
    have = {"ordered": paid, "made": paid, "judged": judged, "posted": posted}
    return [receipt for receipt in new if receipt.key not in have[receipt.what]]


def unknown_posts(db: Database, keys: Iterable[str]) -> set[str]:
    """Which keys of messages that stand in Slack this ledger never asked for."""
    wanted = set(keys)
    return wanted - _there(db, "select key from outbox where key in", wanted)


def _keys(receipts: Iterable[Receipt], *what: str) -> set[str]:
    return {receipt.key for receipt in receipts if receipt.what in what}


def _there(db: Database, query: str, keys: set[str]) -> set[str]:
    found = rows(db, f"{query} (select value from json_each(:keys))", keys=json.dumps(sorted(keys)))  # noqa: S608  # our own words
    return {row["key"] for row in found}


def take_over(db: Database, receipts: Sequence[Receipt], there: set[str], counter: str, why: str, now: float) -> Taken:
    """Note that the ledger is older than the lab, and take over what the lab's folder has receipts of.

    Args:
        receipts: Those that the ledger has not.
        there: Keys of those of them whose picture lies in its place.
        counter: The budget that what was paid since the backup is counted against.
        why: How it was found out.
    """
    change(db, "insert into restores (at, why) values (:now, :why)", now=now, why=why)
    _leap(db, now)
    made = [one for one in receipts if one.what == "made" and (one.kind == "training" or one.key in there)]
    for receipt in made:
        _keep_made(db, receipt)
    judged = [one for one in receipts if one.what == "judged" and _keep_judgement(db, one)]
    posts = sum(_keep_post(db, one, now) for one in receipts if one.what == "posted")
    lying = {one.key for one in made if one.kind != "training"}
    waiting = [one for one in receipts if one.what == "ordered" and one.key not in lying]
    orders = sum(_keep_order(db, one) for one in waiting)
    named = dict.fromkeys(receipt.job for receipt in receipts if receipt.job)
    strangers = tuple(job for job in named if one(db, "select 1 as yes from jobs where id = :job", job=job) is None)
    # A training of a job that is known is taken up from the vendor, and booked then.
    booked_later = [each for each in made if each.kind == "training" and each.job not in strangers]
    spent = sum(each.usd_micros for each in (*made, *judged) if each not in booked_later)
    change(
        db,
        "insert into budgets (scope, used_micros) values (:scope, :micros) on conflict (scope) do update set"
        " used_micros = budgets.used_micros + :micros",
        scope=counter,
        micros=spent,
    )
    return Taken(
        images=sum(one.kind != "training" for one in made),
        trainings=sum(one.kind == "training" for one in made),
        judgements=len(judged),
        orders=orders,
        posts=posts,
        usd_micros=spent,
        jobs=strangers,
    )


def _leap(db: Database, now: float) -> None:
    change(
        db,
        """insert into inbox (id, channel, ts, kind, person, state, received_at)
           select coalesce(max(id), 0) + :leap, 'restored', :ts, 'shell', 'labs-bot', 'done', :now from inbox""",
        leap=LEAP,
        ts=f"{now:.6f}",
        now=now,
    )


def _keep_made(db: Database, receipt: Receipt) -> None:
    change(
        db,
        "insert into found (key, kind, fingerprint, run, path, sha256) values (:key, :kind, :fingerprint, :run, :path,"
        " :sha256) on conflict do nothing",
        **receipt.model_dump(include={"key", "kind", "fingerprint", "run", "path", "sha256"}),
    )


def _keep_judgement(db: Database, receipt: Receipt) -> bool:
    if receipt.judgement is None:
        return False
    kept = change(
        db,
        "insert into judgements (fingerprint, run, body, judged_at) values (:fingerprint, :run, :body, :at) on"
        " conflict do nothing",
        fingerprint=receipt.key,
        run=receipt.run,
        body=receipt.judgement.model_dump_json(by_alias=True),
        at=receipt.at,
    )
    return kept == 1


def _keep_post(db: Database, receipt: Receipt, now: float) -> bool:
    """It stands in Slack: it is not posted again; what it shows is brought up to date."""
    kept = change(
        db,
        """insert into outbox (key, kind, job_id, channel, thread_ts, state, ts, sent_version, version, created_at)
           select :key, :kind, (select id from jobs where id = :job), :channel, :thread_ts, 'sent', :ts, 1, 1, :now
           where true on conflict (key) do update set state = 'sent', ts = excluded.ts,
               version = outbox.version + case when outbox.kind in ('anchor', 'result') then 1 else 0 end,
               sent_version = outbox.version where outbox.state in ('pending', 'sending')""",
        key=receipt.key,
        kind=receipt.kind,
        job=receipt.job,
        channel=receipt.channel,
        thread_ts=receipt.thread_ts,
        ts=receipt.ts,
        now=now,
    )
    return kept == 1


def _keep_order(db: Database, receipt: Receipt) -> bool:
    """The vendor has this order: should the ledger be about to send it out, it is looked at there instead."""
    change(
        db,
        "insert into sent (vendor_id, job_id, label, attempt) values (:id, :job, :label, :attempt) on conflict do"
        " nothing",
        id=receipt.key,
        job=receipt.job,
        label=receipt.label,
        attempt=receipt.attempt,
    )
    known = "select 1 as yes from orders where job_id = :job and label = :label"
    return one(db, known, job=receipt.job, label=receipt.label) is not None


def sent(db: Database, order: Order) -> str | None:
    """The vendor's id of an order that this ledger is still to send out, and forgot that it did."""
    found = one(
        db,
        "select vendor_id from sent where job_id = :job and label = :label order by attempt desc limit 1",
        job=order.job_id,
        label=order.label,
    )
    return found["vendor_id"] if found else None


def adopt(db: Database, order: Order, vendor_id: str, now: float) -> bool:
    """An order that this ledger did not send out is at the vendor all the same: booked, and fetched from there."""
    job = job_of(db, order.job_id)
    if job is None or one(db, "select 1 as yes from charges where request_id = :id", id=vendor_id):
        return False
    moved = change(
        db,
        """update orders set state = 'ordered', attempt = :attempt, vendor_id = :vendor_id, ordered_at = :now,
               intent_at = :now, due_at = 0 where id = :id and attempt = :before and state = 'planned'""",
        attempt=order.attempt + 1,
        vendor_id=vendor_id,
        now=now,
        id=order.id,
        before=order.attempt,
    )
    if not moved:
        return False
    paid = money.Paid(order_id=order.id, attempt=order.attempt + 1)
    book(db, job, paid, order.vendor, order.estimate_micros, Terms(model=order.maker, counters=()), now)
    change(
        db,
        "update charges set request_id = :vendor_id where order_id = :id and attempt = :attempt",
        vendor_id=vendor_id,
        id=order.id,
        attempt=paid.attempt,
    )
    if order.kind == "image":
        change(db, "update vendors set inflight = inflight + 1 where name = :name", name=order.vendor)
    touch_job(db, order)
    return True
