"""Who may decide what: role × action × price × age of the plan, each with its exact answer; and budgets under
interleavings."""

import asyncio
import tempfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.actions import decide
from bot.actions.change import change
from bot.bench import Bench
from bot.driver.local import LocalDriver
from bot.ledger import Ledger, job_steps, jobs, money
from bot.ledger.jobs import Admission, Job, Origin
from bot.ledger.lifecycle import begin_job
from bot.settings.settings import Settings
from pipeline.actions.train import TrainLora
from pipeline.errors import LabsError
from pipeline.lab.lab import Lab
from pipeline.money import Estimate
from pipeline.plan.inputs import Defaults, Known
from pipeline.plan.plan import Plan
from pipeline.plan.training import plan_training

NOW = 1_795_000_000.0
HOUR = 3600.0
PEOPLE = {
    "requester": "U0DANA",
    "requester who approves": "U0SAM",
    "another approver": "U0KIM",
    "stranger": "U0EVE",
    "former approver": "U0OLD",
    "operator": "shell:ops",
    "another shell user": "shell:eve",
}
NOT_APPROVER = "Only an approver decides that."
NOT_YOURS = "can be canceled by who asked for it or by an approver."
SOMEBODY_ELSE = "somebody else must approve."
EXPIRED = "has expired."
OVER = "does not wait for a decision"
ENDED = "is not under way"
OK = "ok"


@pytest.fixture(scope="module")
def plan(drawn_lab: Path) -> Plan:
    defaults = Settings(root=drawn_lab).defaults
    known = Known(stored=lambda _names: set(), today="20261123", account="sandbox-lab")
    return plan_training(Lab(drawn_lab), TrainLora(fixture="inputs/lora-jd-fixture"), defaults, known)


def priced(plan: Plan, usd: float) -> Plan:
    micros = round(usd * 1_000_000)
    return plan.model_copy(
        update={"estimate": Estimate(usd_micros=micros, low_micros=micros, high_micros=micros, basis="the test")}
    )


def bench_over(ledger: Ledger, root: Path, now: float) -> Bench:
    read = Settings(root=root, approvers=("U0SAM", "U0KIM"), operators=("ops",))
    return Bench(settings=read, ledger=ledger, lab=Lab(root), driver=LocalDriver(), now=lambda: now)


async def waiting(ledger: Ledger, plan: Plan, person: str, expires_at: float = NOW + 24 * HOUR) -> Job:
    admission = Admission(state="waiting", expires_at=expires_at, cap_micros=10**9, counters=())
    job_id, _short = await ledger.run(
        begin_job, None, plan, Origin(person=person, channel="C0LABS", thread_ts="1.0"), admission, NOW
    )
    found = await ledger.run(jobs.get, job_id)
    assert found is not None
    return found


async def attempt(bench: Bench, job: Job, action: str, person: str) -> str:
    """What comes of it: `ok`, or the answer's words."""
    try:
        match action:
            case "approve":
                await decide.decide(bench, job, person, approved=True, plan_hash=job.plan_hash)
            case "approve another plan":
                await decide.decide(bench, job, person, approved=True, plan_hash="0" * 64)
            case "deny":
                await decide.decide(bench, job, person, approved=False, reason="no")
            case "cancel":
                await decide.cancel(bench, job, person)
            case _:
                raise AssertionError(action)
    except LabsError as error:
        return str(error)
    return OK


CHEAP, DEAR = 4.0, 6.0
"""Below and above `self_approve_below_usd`."""
ROWS = [
    # action, role, who asked, price, age in hours, answer
    ("approve", "requester", "U0DANA", CHEAP, 0, NOT_APPROVER),
    ("approve", "requester", "U0DANA", DEAR, 0, NOT_APPROVER),
    ("approve", "requester who approves", "U0SAM", CHEAP, 0, OK),
    ("approve", "requester who approves", "U0SAM", DEAR, 0, SOMEBODY_ELSE),
    ("approve", "another approver", "U0SAM", DEAR, 0, OK),
    ("approve", "another approver", "U0DANA", CHEAP, 0, OK),
    ("approve", "another approver", "U0DANA", DEAR, 23.9, OK),
    ("approve", "another approver", "U0DANA", CHEAP, 24.0, EXPIRED),
    ("approve", "another approver", "U0DANA", DEAR, 400.0, EXPIRED),
    ("approve", "stranger", "U0DANA", CHEAP, 0, NOT_APPROVER),
    ("approve", "former approver", "U0DANA", CHEAP, 0, NOT_APPROVER),
    ("approve", "operator", "U0DANA", DEAR, 0, OK),
    ("approve", "another shell user", "U0DANA", CHEAP, 0, NOT_APPROVER),
    (
        "approve another plan",
        "another approver",
        "U0DANA",
        CHEAP,
        0,
        "The plan has changed since that button was made.",
    ),
    ("deny", "requester", "U0DANA", DEAR, 0, OK),
    ("deny", "requester who approves", "U0SAM", DEAR, 0, OK),
    ("deny", "another approver", "U0DANA", DEAR, 0, OK),
    ("deny", "stranger", "U0DANA", CHEAP, 0, NOT_APPROVER),
    ("deny", "former approver", "U0DANA", CHEAP, 0, NOT_APPROVER),
    ("deny", "operator", "U0DANA", CHEAP, 0, OK),
    ("deny", "another shell user", "U0DANA", CHEAP, 0, NOT_APPROVER),
    ("deny", "another approver", "U0DANA", CHEAP, 24.0, EXPIRED),
    ("cancel", "requester", "U0DANA", DEAR, 0, OK),
    ("cancel", "another approver", "U0DANA", DEAR, 0, OK),
    ("cancel", "stranger", "U0DANA", CHEAP, 0, NOT_YOURS),
    ("cancel", "former approver", "U0DANA", CHEAP, 0, NOT_YOURS),
    ("cancel", "operator", "U0DANA", CHEAP, 0, OK),
    ("cancel", "another shell user", "U0DANA", CHEAP, 0, NOT_YOURS),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: "-".join(map(str, row[:5])))
async def test_who_may_decide(
    plan: Plan, drawn_lab: Path, tmp_path: Path, row: tuple[str, str, str, float, float, str]
) -> None:
    action, role, asked_by, usd, age_h, answer = row
    ledger = Ledger.open(tmp_path / "ledger.db")
    try:
        job = await waiting(ledger, priced(plan, usd), asked_by)
        bench = bench_over(ledger, drawn_lab, NOW + age_h * HOUR)
        said = await attempt(bench, job, action, PEOPLE[role])
        after = await ledger.run(jobs.get, job.id)
    finally:
        ledger.close()

    assert answer in said
    assert after is not None
    ended = {"approve": "grace", "deny": "denied", "cancel": "canceled"}.get(action)
    assert after.state == (ended if answer == OK else "waiting")
    assert after.reserved_micros == (priced(plan, usd).estimate.high_micros if after.state == "grace" else 0)


@pytest.mark.parametrize("first", ["approve", "deny", "cancel"])
@pytest.mark.parametrize(("second", "answer"), [("approve", OVER), ("deny", OVER), ("cancel", ENDED)])
async def test_what_is_decided_is_decided_once(
    plan: Plan, drawn_lab: Path, tmp_path: Path, first: str, second: str, answer: str
) -> None:
    ledger = Ledger.open(tmp_path / "ledger.db")
    try:
        job = await waiting(ledger, plan, "U0DANA")
        bench = bench_over(ledger, drawn_lab, NOW)
        assert await attempt(bench, job, first, "U0KIM") == OK
        said = await attempt(bench, job, second, "U0SAM")
    finally:
        ledger.close()

    may_still_stop = first == "approve" and second == "cancel"
    assert (said == OK) if may_still_stop else (answer in said)


async def test_a_change_by_a_stranger_or_of_an_old_plan_changes_nothing(
    plan: Plan, drawn_lab: Path, tmp_path: Path
) -> None:
    ledger = Ledger.open(tmp_path / "ledger.db")
    try:
        job = await waiting(ledger, plan, "U0DANA")
        bench = bench_over(ledger, drawn_lab, NOW)
        for person, plan_hash in (("U0EVE", job.plan_hash), ("U0DANA", "0" * 64)):
            with pytest.raises(LabsError):
                await change(bench, job, person, {"steps": "500"}, 1, plan_hash)
        after = await ledger.run(jobs.get, job.id)
    finally:
        ledger.close()

    assert after is not None
    assert after.state == "waiting"


PRICES = st.lists(st.integers(1, 60), min_size=2, max_size=8)


@given(prices=PRICES, limit=st.integers(20, 120), twice=st.booleans(), chance=st.randoms(use_true_random=False))
@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_approvals_at_once_never_pass_a_budget(
    plan: Plan, prices: list[int], limit: int, *, twice: bool, chance: object
) -> None:
    approved = asyncio.run(_approve_all(plan, prices, limit, twice=twice, chance=chance))

    assert sum(approved) <= limit
    left = list(prices)
    for price in approved:
        left.remove(price)
    # What was refused had no room: the counter only grew, so it has none now.
    assert all(sum(approved) + price > limit for price in left)


async def _approve_all(plan: Plan, prices: list[int], limit: int, *, twice: bool, chance: object) -> list[int]:
    """Approve plans of these prices (dollars) all at once, in any order; the prices of those that were."""
    with tempfile.TemporaryDirectory() as folder:
        ledger = Ledger.open(Path(folder) / "ledger.db")
        try:
            limits = money.Limits(job=10**12, person_day=limit * 1_000_000, month=10**12)
            counters = money.scopes("U0DANA", date(2026, 11, 23).isoformat(), limits)
            made = []
            for at, price in enumerate(prices):
                training = plan.training
                assert training is not None
                parameters = {**training.parameters, "steps": 1000 + at}
                other = training.model_copy(update={"parameters": parameters})
                one = priced(plan, price).model_copy(update={"run": f"20261123-jd-lora-v{at}", "training": other})
                made.append((await waiting(ledger, one, "U0DANA"), price))
            asked = [(job, price) for job, price in made for _ in range(2 if twice else 1)]
            chance.shuffle(asked)  # type: ignore[attr-defined]  # hypothesis' Random
            answers = await asyncio.gather(
                *(ledger.run(job_steps.approve, job.id, counters, "U0SAM", None, NOW) for job, _price in asked),
                return_exceptions=True,
            )
            granted = [price for (_job, price), answer in zip(asked, answers, strict=True) if answer is None]
            used = await ledger.run(money.used, counters[0].name)
            assert used == sum(granted) * 1_000_000
            return granted
        finally:
            ledger.close()


def test_limits_that_contradict_each_other_are_refused(drawn_lab: Path) -> None:
    with pytest.raises(ValueError, match="nothing could ever be approved"):
        Settings(root=drawn_lab, approval_above_usd=Decimal(11), budget_job_usd=Decimal(10))


def test_the_defaults_are_what_the_table_rests_on(drawn_lab: Path) -> None:
    read = Settings(root=drawn_lab)

    assert read.approval_above_usd < CHEAP < read.self_approve_below_usd < DEAR < read.budget_job_usd
    assert read.approval_expires_h == 24
    assert isinstance(read.defaults, Defaults)
