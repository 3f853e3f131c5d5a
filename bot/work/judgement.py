"""One judge call: the question, the intent, the call, its outcome, each on disk before the next."""

import asyncio
import contextlib
import hashlib
import random
import time
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path

from bot import logs, receipts
from bot.bench import Bench
from bot.fencing import is_late
from bot.ledger import call_steps, calls, jobs, money, slots, spending
from bot.ledger.calls import Call, Recorded
from bot.ledger.jobs import Job
from bot.ledger.slots import JUDGE
from bot.messages.anchors import touch_anchor
from bot.receipts import Receipt
from bot.work.purchase import LONGEST_BUSY_S, SAID_AFTER, SOON_S, away, for_sure
from pipeline import pictures
from pipeline.errors import BadPicture, LabError, OutcomeUnknown, VendorClosed, VendorRejected, VendorUnavailable
from pipeline.evidence.controls import is_control
from pipeline.judging.claude import Answer, JudgeCall, face_rubric, read_answer
from pipeline.judging.rubrics import text_of
from pipeline.judging.sent import SentPicture, face_at_full_size, for_judge
from pipeline.lab.paths import inside
from pipeline.models import Cause, Judgement, Scores, Unscored
from pipeline.plan.consent import not_usable
from pipeline.prices import charge, token_price


async def advance_call(bench: Bench, call_id: str) -> float | None:
    """Ask the judge about one cell: intent, call, outcome, each on disk before the next."""
    call = await bench.ledger.run(calls.get, int(call_id))
    if call is None or call.state != "planned" or bench.anthropic is None:
        return None
    job = await bench.ledger.run(jobs.get, call.job_id)
    if job is None or job.state != "running" or job.plan.in_batch:
        return None
    try:
        question = await asyncio.to_thread(question_of, bench, job, call)
    except (BadPicture, LabError) as error:
        await bench.ledger.run(calls.give_up, call.id, Unscored(cause=Cause.NO_IMAGE, detail=str(error)))
        await _after(bench, call, await bench.ledger.run(calls.what_next, call.job_id))
        return None
    async with bench.slots:
        # Made ready before a slot is free, so that no slot waits for a picture to be read.
        if bench.driver.stopping:
            return None
        return await _intend(bench, job, call, question)


async def _intend(bench: Bench, job: Job, call: Call, question: JudgeCall) -> float | None:
    if bench.anthropic is not None:
        await bench.anthropic.lend(question)  # free, and before the intent: what may take long is no paid call's wait
    terms = spending.Terms(model=job.plan.judged_by.model, counters=bench.counters(job.origin.person))
    granted = await bench.ledger.run(call_steps.intend, call.id, bench.boot, terms, bench.now())
    if isinstance(granted, spending.Refusal):
        if granted.why in {"over budget", "stored"}:
            await _after(bench, call, await bench.ledger.run(calls.what_next, call.job_id))
        return granted.wait_s
    return await _ask(bench, job, granted, question)


def question_of(bench: Bench, job: Job, call: Call) -> JudgeCall:
    """Everything that the request is made of, read from disk and checked against the plan. Raises: LabsError."""
    judge = job.plan.judged_by
    if is_control(call.label):
        rules = bench.settings.defaults.consent(date.fromisoformat(bench.settings.day(bench.wall())))
        if why := not_usable(bench.lab, call.image, rules):  # it may have been taken back since the plan
            raise LabError(f"The photograph is not used: {why}.")
    faces = face_rubric()
    beside = judge.rubric_sha256 == faces.sha256
    return JudgeCall(
        model=judge.model,
        rubric=text_of(bench.lab, judge.rubric_sha256),
        face=_face(bench, call, judge.model) if beside else None,
        reference=reference_of(bench, job),
        image=_ready(bench.lab.root, call.image, call.image_sha256, judge.model, _within(job, call)),
        prompt=call.prompt,
    )


def reference_of(bench: Bench, job: Job) -> SentPicture:
    """The photograph that a job's cells are compared with. Raises: BadPicture, LabError."""
    judge = job.plan.judged_by
    return _ready(bench.lab.root, judge.reference, judge.reference_sha256, judge.model)


def _face(bench: Bench, call: Call, model: str) -> SentPicture | None:
    """The cell's face at full size; None where nobody can tell where it is. Raises: BadPicture."""
    content, name = _as_planned(bench.lab.root, call.image, call.image_sha256)
    faces = bench.measurer.faces(pictures.decode(content, name))
    return face_at_full_size(content, name, faces[0].box, token_price(model)) if faces else None


def _within(job: Job, call: Call) -> tuple[int, int] | None:
    """A control is sent as large as a cell; a cell as it is."""
    return job.plan.control_size if is_control(call.label) else None


def _picture(root: Path, relative: str, sha256: str, model: str, within: tuple[int, int] | None = None) -> SentPicture:
    content, name = _as_planned(root, relative, sha256)
    return for_judge(content, name, token_price(model), within)


def _as_planned(root: Path, relative: str, sha256: str) -> tuple[bytes, str]:
    """A picture and its file's name. Raises: BadPicture when it is another than in the plan."""
    path = inside(root, relative)
    content = pictures.read(path)
    if hashlib.sha256(content).hexdigest() != sha256:
        raise BadPicture(f"The picture {path.name!r} changed after the plan was made.")
    return content, path.name


# Keyed by hash, so a changed file is another picture. A few megabytes each.
_ready = lru_cache(maxsize=48)(_picture)


def forget_pictures() -> None:
    """No picture is kept in memory: somebody has withdrawn."""
    _ready.cache_clear()


def prepare(bench: Bench, job: Job, waiting: list[Call]) -> None:
    """Read and encode the next pictures while the first call fills the vendor's cache. CPU: on a thread."""
    for call in waiting:
        with contextlib.suppress(BadPicture, LabError):  # each call meets its own picture's fault itself
            model, within = job.plan.judged_by.model, _within(job, call)
            _ready(bench.lab.root, call.image, call.image_sha256, model, within)


async def _ask(bench: Bench, job: Job, call: Call, question: JudgeCall) -> float | None:
    """The paid call, of which the intent is on disk."""
    began = bench.now()
    if bench.anthropic is None or is_late(call.intent_at, began):
        return await _put_back(bench, call, 1.0, "the intent was too old to be sent")
    clock = time.monotonic()
    try:
        answer = await bench.anthropic.judge(question)
    except VendorUnavailable as error:
        return await _unavailable(bench, call, error)
    except VendorClosed as error:
        return await _closed(bench, job, call, error)
    except VendorRejected as error:
        recorded = await _record(bench, call, _released(str(error)), Unscored(cause=Cause.REJECTED, detail=str(error)))
        await _after(bench, call, recorded)
        return None
    except OutcomeUnknown:
        return await lost(bench, call)
    await answered(bench, job, call, answer, time.monotonic() - clock)
    return None


async def answered(bench: Bench, job: Job, call: Call, answer: Answer, took_s: float | None) -> None:
    """Record an answer, with what it cost. `took_s`: None of one that came with a batch, whose wait tells nothing."""
    model = job.plan.judged_by.model
    paid = money.Charge(
        state="charged",
        usd_micros=charge(model, answer.usage, batch=call.batch_id is not None),
        usage=answer.usage,
        request_id=answer.request_id,
        took_s=round(took_s, 3) if took_s is not None else None,
    )
    found = read_answer(answer, job.plan.pass_threshold)
    outcome: Judgement | Unscored = found if isinstance(found, Unscored) else _judgement(bench, job, call, found, paid)
    await _after(bench, call, await _record(bench, call, paid, outcome))
    if isinstance(outcome, Judgement):
        await _keep(bench, job, outcome)
    logs.get().info(
        "cell.judged" if isinstance(found, Scores) else "judge.unscored",
        job=job.id,
        cell=call.label,
        usd_micros=paid.usd_micros,
        took_s=paid.took_s,
    )


async def _keep(bench: Bench, job: Job, judgement: Judgement) -> None:
    receipt = Receipt(
        what="judged",
        key=judgement.fingerprint,
        at=bench.now(),
        job=job.id,
        run=job.plan.run,
        usd_micros=judgement.usd_micros,
        judgement=judgement,
    )
    await receipts.keep(bench.lab.root, [receipt])


def _judgement(bench: Bench, job: Job, call: Call, scores: Scores, paid: money.Charge) -> Judgement:
    return Judgement(
        fingerprint=call.fingerprint,
        label=call.label,
        vote=call.vote,
        judge=job.plan.judged_by,
        scores=scores,
        judged_at=datetime.fromtimestamp(bench.now(), UTC).isoformat(),
        usd_micros=paid.usd_micros,
        request_id=paid.request_id,
    )


def _released(reason: str) -> money.Charge:
    """Surely not charged."""
    return money.Charge(state="released", usd_micros=0, reason=reason[:200])


async def _record(
    bench: Bench, call: Call, paid: money.Charge, outcome: Judgement | Unscored | None, due_at: float = 0
) -> Recorded:
    return await for_sure(bench, calls.record, call, paid, outcome, bench.now(), due_at=due_at)


async def _after(bench: Bench, call: Call, recorded: Recorded) -> None:
    """Whoever finished hands its slot on."""
    for call_id in recorded.next_calls:
        await bench.driver.kick("call", str(call_id))
    if recorded.job_over:
        await bench.driver.kick("job", call.job_id)
    await touch_anchor(bench, call.job_id)


async def _put_back(bench: Bench, call: Call, wait_s: float, reason: str) -> float:
    recorded = await _record(bench, call, _released(reason), None, bench.now() + wait_s)
    await _after(bench, call, Recorded(job_over=recorded.job_over))
    return wait_s


async def _unavailable(bench: Bench, call: Call, error: VendorUnavailable) -> float | None:
    """Not charged: ask again later, as the vendor says or ever more slowly; a new intent each time."""
    if await bench.ledger.run(calls.refusals, call.id) + 1 >= SAID_AFTER:
        since = await away(bench, call.job_id, JUDGE, call.intent_at)
        if since is not None and bench.now() - since > bench.settings.give_up_h * 3600:
            recorded = await _record(bench, call, _released(calls.BUSY), Unscored(cause=Cause.UNAVAILABLE))
            await _after(bench, call, recorded)
            return None
    asked = error.retry_after_s
    wait = asked if asked is not None else min(LONGEST_BUSY_S, 0.5 * 2 ** min(call.attempt, 10))
    wait *= random.uniform(1.0, 1.2)  # noqa: S311  # spreads the herd, guards nothing
    until = bench.now() + (error.retry_after_s or 0.0)
    await bench.ledger.run(slots.slow_down, JUDGE, bench.now(), until)
    return await _put_back(bench, call, wait, calls.BUSY)


async def _closed(bench: Bench, job: Job, call: Call, error: VendorClosed) -> float:
    """The account needs a person: say so once, look again from time to time, go on where it stood."""
    news, until = await bench.ledger.run(slots.close_vendor, JUDGE, str(error), bench.now(), bench.settings.probe_s)
    if news:
        logs.get().warning("vendor.closed", vendor=JUDGE, reason=str(error), job=job.id)
    wait = max(0.05, until - bench.now())
    return await _put_back(bench, call, wait, str(error))


async def lost(bench: Bench, call: Call) -> float | None:
    """An answer was lost. It stays on the books as unknown; below the limit it is asked for once more, else never."""
    unknowns = await bench.ledger.run(calls.unknowns, call.id)
    paid = money.Charge(state="unknown", usd_micros=call.estimate_micros, reason="the answer was lost")
    again = unknowns == 0 and call.estimate_micros < bench.settings.repeat_below_micros
    cause = (
        None if again else Unscored(cause=Cause.LOST, detail="twice" if unknowns else "too dear to ask again by itself")
    )
    recorded = await _record(bench, call, paid, cause, bench.now())
    logs.get().warning("judge.lost", job=call.job_id, cell=call.label, again=again)
    await _after(bench, call, recorded)
    return SOON_S if again else None
