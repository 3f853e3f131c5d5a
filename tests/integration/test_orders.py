"""The rows of orders under any interleaving: money, slots and ids always agree."""

import contextlib
import sqlite3
from pathlib import Path

import sqlite_utils
from hypothesis import given
from hypothesis import strategies as st

from bot.ledger import Ledger, job_steps, jobs, money, order_holds, order_intents, order_steps, orders, slots
from bot.ledger.database import Database, change, one, rows
from bot.ledger.jobs import Admission, Origin
from bot.ledger.orders import ImageOrder
from bot.ledger.schema import migrations
from bot.ledger.spending import Terms
from pipeline.actions.matrix import RerunMatrix
from pipeline.lab.filing import MadeImage
from pipeline.models import Cause, Unscored
from pipeline.money import Estimate
from pipeline.plan.plan import Making, Plan, PlannedImage

EACH = 30_000
COUNTERS = money.scopes("U1", "2026-11-23", money.Limits(job=10**6, person_day=10**6, month=10**6))
TERMS = Terms(model="flux-lora", counters=COUNTERS)


def a_plan(images: int) -> Plan:
    making = Making(
        maker="flux-lora",
        vendor="replicate",
        version="lab/cb:" + "1" * 64,
        images=tuple(
            PlannedImage(
                label=f"CB-LORA-p-S{at}",
                prompt_id="p",
                prompt="x",
                seed=at,
                image=f"runs/r/CB-LORA-p-S{at}.png",
                input={"prompt": "x", "seed": at},
                fingerprint=f"f{at}",
            )
            for at in range(images)
        ),
        matrix="",
        diff="",
        settings={},
        estimate=Estimate(usd_micros=images * EACH, low_micros=0, high_micros=images * EACH, basis="list"),
    )
    return Plan(
        action="rerun",
        run="r",
        request=RerunMatrix(run="r0", seeds=(1,)),
        cells=(),
        making=making,
        estimate=making.estimate,
        took_s=1.0,
        pass_threshold=0.7,
        proceed_threshold=0.8,
    )


def a_job(db: Database, images: int) -> str:
    admission = Admission(state="grace", cap_micros=10**6, counters=COUNTERS)
    job_id, short = jobs.create(db, a_plan(images), Origin(person="U1"), admission, 1.0)
    assert short is None
    job = jobs.get(db, job_id)
    assert job is not None
    assert job_steps.start(db, job, 2.0)
    return job_id


STEPS = st.sampled_from(
    ["intend", "ordered", "over", "made", "end", "back", "hold", "retry", "give up", "adopt", "cancel cell", "cancel"]
)


def take(db: Database, step: str, order: ImageOrder, number: int) -> None:  # noqa: C901, PLR0912  # a table of steps
    """One step, whether or not the order is in a state for it: the rows must refuse what does not fit."""
    paid = money.Charge(state="charged", usd_micros=12_000, request_id=order.vendor_id)
    cause = Unscored(cause=Cause.FAILED)
    match step:
        case "intend":
            order_intents.intend(db, order.id, "boot", TERMS, 10.0)
        case "ordered":
            order_steps.ordered(db, order, f"v{number}", 11.0)
        case "over":
            order_steps.over(db, [(order, "succeeded")])
        case "made":
            image = MadeImage(image=order.spec.image, sha256="0" * 64)
            order_steps.made(db, order, paid, image, [], 0, 12.0)
        case "end":
            order_steps.end(db, order, paid, cause, 12.0)
        case "back":
            order_steps.back(db, order, money.Charge(state="released", usd_micros=0), 0.0, 12.0)
        case "hold":
            unknown = money.Charge(state="unknown", usd_micros=EACH)
            order_holds.hold(db, order, unknown, cause, 99.0, 12.0)
        case "retry":
            order_holds.retry(db, order.job_id, 13.0)
        case "give up":
            order_holds.give_up(db, order.job_id, 13.0)
        case "adopt":
            if order.attempt:
                order_steps.adopt_late(db, order, f"late{number}", 14.0)
        case "cancel cell":
            order_holds.call_off(db, order.job_id, "U1", 14.0, labels=(order.label.lower(),))
        case _:
            job_steps.cancel(db, order.job_id, "U1", 14.0)


def agree(db: Database, job_id: str) -> None:
    booked = list(rows(db, "select * from charges"))
    job = one(db, "select used_micros, reserved_micros from jobs where id = :id", id=job_id)
    assert job is not None
    spent = sum(row["usd_micros"] if row["state"] != "reserved" else row["estimate_micros"] for row in booked)
    assert job["used_micros"] == spent
    found = orders.of_job(db, job_id)
    at_vendor = sum(
        one.state == "ordering" or (one.state == "ordered" and one.vendor_status != "succeeded") for one in found
    )
    vendor = one(db, "select inflight from vendors where name = 'replicate'")
    assert vendor is not None
    assert vendor["inflight"] == at_vendor
    reserved = {row["order_id"] for row in booked if row["state"] == "reserved"}
    assert reserved == {one.id for one in found if one.state in {"ordering", "ordered"}}
    names = [row["request_id"] for row in booked if row["request_id"]]
    assert len(names) == len(set(names))
    made = [one for one in found if one.state == "made"]
    assert all(one.sha256 and one.path for one in made)


@given(st.lists(st.tuples(STEPS, st.integers(0, 2)), max_size=40))
def test_money_slots_and_ids_agree_under_any_interleaving(steps: list[tuple[str, int]]) -> None:
    with contextlib.closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        db = sqlite_utils.Database(connection)
        migrations.apply(db)
        slots.open_vendor(db, "replicate", 2)
        job_id = a_job(db, 3)
        stale = orders.of_job(db, job_id)
        for number, (step, at) in enumerate(steps):
            fresh = orders.get(db, stale[at].id)
            assert isinstance(fresh, orders.ImageOrder)
            take(db, step, fresh, number)
            agree(db, job_id)
            # The same step from a task that read the row before: a zombie changes nothing.
            if step in {"ordered", "made", "end", "back", "hold"}:
                take(db, step, fresh, number)
                agree(db, job_id)


def test_a_ledger_from_before_orders_keeps_its_charges_and_uploads(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    db = sqlite_utils.Database(path)
    migrations.apply(db, stop_before="m003_orders")
    for statement in (
        "insert into plans values ('abc123', 'h', 'judge', 'r', '{}', 'U1', null, null, 1.0)",
        "insert into jobs (id, state, cap_micros, updated_at) values ('abc123', 'done', 1, 1.0)",
        """insert into calls (id, job_id, label, vote, fingerprint, image, image_sha256, prompt, estimate_micros)
           values (7, 'abc123', 'l', 1, 'f', 'i', 's', 'p', 5)""",
        """insert into charges (call_id, attempt, job_id, run, person, vendor, model, state, estimate_micros,
          usd_micros, took_s, at)
           values (7, 1, 'abc123', 'r', 'U1', 'anthropic', 'm', 'charged', 5, 4, 1.5, 1.0)""",
        "insert into outbox (key, kind, channel, created_at) values ('result:abc123', 'result', 'C', 1.0)",
        (
            "insert into uploads (key, outbox_key, position, path, name, alt, state) values ('u', 'result:abc123', 0,"
            " 'p', 'n', 'a', 'ready')"
        ),
    ):
        db.execute(statement)
    db.conn.commit()
    db.close()

    opened = Ledger.open(path)
    try:
        assert opened.run_now(money.spent_by_job, "abc123") == (4, 0)
        assert opened.run_now(money.history, "m") == ((4,), (1.5,))
        assert opened.run_now(lambda db: change(db, "update uploads set state = 'deleted'")) == 1
    finally:
        opened.close()
