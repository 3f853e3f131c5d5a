"""One training at the vendor: photographs up, intent, order, looks at its log, the version at the end; each on disk
before the next.
"""

import asyncio
from datetime import UTC, datetime
from typing import NoReturn

from bot import logs
from bot.bench import Bench
from bot.fencing import is_late
from bot.ledger import job_steps, jobs, money, order_holds, order_intents, order_steps, orders, trainings
from bot.ledger.calls import Recorded
from bot.ledger.orders import TrainingOrder
from bot.ledger.spending import Refusal, Terms
from bot.messages.anchors import show_state
from bot.work.archive import archive, check_consent, tidy
from bot.work.collect import CANCEL_ASKED, DROPPED, charge_of, hold, unknown_for_now
from bot.work.held import wait_for_word
from bot.work.purchase import (
    LONGEST_ORDER_S,
    SOON_S,
    Refused,
    after,
    closed,
    for_sure,
    keep_made,
    not_charged,
    place,
    put_back,
)
from bot.work.reconcile import Same, settle_lost, shown_late
from bot.work.restored import trained_meanwhile
from pipeline.errors import LabError, OutcomeUnknown, VendorClosed, VendorRejected, VendorUnavailable
from pipeline.lab.run import Run
from pipeline.makers.outcome import Prediction, may_order_again
from pipeline.makers.trained import Told, cost_of, told, version_among, version_of, why_not_trained
from pipeline.models import Cause, Unscored
from pipeline.record.training import TrainedFacts, begin_trained_run
from pipeline.vendors.replicate import Replicate
from pipeline.vendors.replicate_training import Trainings

MOST_FREE_REPEATS = 2
PATIENCE = 5.0
"""A training costs a hundred times as much as an image: its lost order is looked for five times as long."""


async def advance_training(bench: Bench, replicate: Replicate, order: TrainingOrder) -> float | None:
    """One step of a training. Seconds until the next, or None."""
    if not order.open:
        return await tidy(bench, replicate.trainings, order)
    match order.state:
        case "planned":
            return await _begin(bench, replicate, order)
        case "ordering":
            ours = order.boot == bench.boot and bench.now() - (order.intent_at or 0) < LONGEST_ORDER_S
            return None if ours else await _reconcile(bench, replicate, order)
        case "ordered":
            return await _look(bench, replicate, order)
        case _:
            if order.cause != Cause.UNKNOWN.value:  # one that shows itself again may still read them
                await tidy(bench, replicate.trainings, order)  # a retry packs them anew
            return await wait_for_word(bench, order)


class _NotNow(Exception):
    """Nothing can be ordered in this step."""

    def __init__(self, wait_s: float | None) -> None:
        super().__init__("not now")
        self.wait_s = wait_s


async def _begin(bench: Bench, replicate: Replicate, order: TrainingOrder) -> float | None:
    """Upload the photographs, see to the model that the version goes into, and order."""
    try:
        await _check(bench, order)
        if await _shown_late(bench, replicate, order):
            return SOON_S
        address = await _prepare(bench, replicate, order)
        granted = await _intend(bench, order)
    except _NotNow as later:
        return later.wait_s
    if is_late(granted.intent_at, bench.now()):
        return await put_back(bench, granted, 1.0, "the intent was too old to be sent")
    return await _send(bench, replicate, granted, address)


async def _shown_late(bench: Bench, replicate: Replicate, order: TrainingOrder) -> bool:
    page = replicate.trainings.page
    try:
        meanwhile = await trained_meanwhile(bench, page, order)
        return meanwhile or await shown_late(bench, page, order, await _same(bench, order))
    except (VendorUnavailable, VendorClosed, VendorRejected) as error:
        raise _NotNow(5 * bench.settings.look_again_s) from error


async def _check(bench: Bench, order: TrainingOrder) -> None:
    if bench.driver.stopping:
        raise _NotNow(None)
    refused = await bench.ledger.run(order_intents.may_begin, order, bench.now())
    if refused is not None:
        await _refused(bench, order, refused)


async def _refused(bench: Bench, order: TrainingOrder, refusal: Refusal) -> NoReturn:
    if refusal.why in {"over budget", "ended"}:
        await after(bench, order, await bench.ledger.run(orders.next_of, order.job_id))
    raise _NotNow(SOON_S if refusal.why in {"over budget", "ended"} else refusal.wait_s)


async def _prepare(bench: Bench, replicate: Replicate, order: TrainingOrder) -> str:
    """The photographs' address at the vendor, and the private model in place."""
    vendor = replicate.trainings
    try:
        await asyncio.to_thread(check_consent, bench, order)
        await vendor.ensure_private_model(order.spec.destination)
        address = await archive(bench, vendor, order)
    except VendorClosed as error:
        raise _NotNow(await closed(bench, order, error)) from error
    except (VendorUnavailable, OutcomeUnknown) as error:
        raise _NotNow(max(0.05, bench.settings.look_again_s)) from error
    except (LabError, VendorRejected) as error:
        cause = Unscored(cause=Cause.FAILED, detail=f"{error} {error.hint}")
        ended = await bench.ledger.run(order_steps.not_begun, order, cause, bench.now())
        await after(bench, order, ended)
        raise _NotNow(SOON_S) from error
    return address


async def _intend(bench: Bench, order: TrainingOrder) -> TrainingOrder:
    person = await bench.ledger.run(orders.person_of, order.job_id)
    terms = Terms(model=order.spec.trainer, counters=bench.counters(person))
    granted = await bench.ledger.run(order_intents.intend, order.id, bench.boot, terms, bench.now())
    if isinstance(granted, Refusal):
        await _refused(bench, order, granted)
    if not isinstance(granted, TrainingOrder):
        raise _NotNow(None)
    return granted


async def _send(bench: Bench, replicate: Replicate, order: TrainingOrder, address: str) -> float | None:
    """The order, of which the intent is on disk."""
    spec = order.spec
    asked = {**spec.parameters, "input_images": address}
    hook = bench.webhook_for(order)
    call = replicate.trainings.order(spec.trainer, spec.version, spec.destination, asked, hook)
    outcome = await place(bench, order, call)
    if isinstance(outcome, Refused):
        await _end(bench, order, not_charged(outcome.why), Unscored(cause=Cause.FAILED, detail=outcome.why))
        return SOON_S
    return float(bench.settings.training_look_s) if outcome is None else outcome


async def _same(bench: Bench, order: TrainingOrder) -> Same:
    """Whether something listed is this training: a training with this very archive is ours."""
    lying = await bench.ledger.run(trainings.zip_of, order.id)
    address = lying.address if lying else None

    def same(seen: Prediction) -> bool | None:
        if not seen.input:
            return None
        return seen.version == order.spec.version and seen.input.get("input_images") == address

    return same


async def _reconcile(bench: Bench, replicate: Replicate, order: TrainingOrder) -> float | None:
    """An order whose answer was lost."""
    wait, recorded = await settle_lost(bench, replicate.trainings.page, order, await _same(bench, order), PATIENCE)
    if recorded is not None:
        await after(bench, order, recorded)
        return SOON_S
    return wait


async def _cancel(vendor: Trainings, order: TrainingOrder) -> None:
    """Raises: VendorClosed, VendorUnavailable: it was not heard, and is asked again."""
    try:
        await vendor.cancel(order.vendor_id or "")
    except VendorRejected as error:
        if isinstance(error, VendorClosed):
            raise  # else it has ended already


async def _look(bench: Bench, replicate: Replicate, order: TrainingOrder) -> float | None:
    vendor = replicate.trainings
    try:
        if order.cancel_by and order.vendor_status != CANCEL_ASKED:
            await _cancel(vendor, order)
            await bench.ledger.run(order_steps.seen, order, CANCEL_ASKED)
        seen = await vendor.look(order.vendor_id or "")
    except (VendorUnavailable, VendorClosed, VendorRejected):
        return min(60.0, 5.0 * bench.settings.look_again_s)
    if seen is None:
        wait, recorded = await unknown_for_now(bench, order)
        if recorded is not None:
            await after(bench, order, recorded)
            return SOON_S
        return wait
    if order.missing_since is not None:
        await bench.ledger.run(order_steps.known_again, order)
    news = told(seen, order.told)
    if seen.ended:
        return await _ended(bench, replicate, order, seen, news)
    if news != order.told:
        await bench.ledger.run(trainings.tell, order, news)
        await show_state(bench, order.job_id)
    return float(bench.settings.training_look_s)


async def _ended(
    bench: Bench, replicate: Replicate, order: TrainingOrder, seen: Prediction, news: Told
) -> float | None:
    charge = charge_of(order, seen, cost_of(seen, order.spec.trainer), bench.now())
    if seen.status != "succeeded":
        await _without_version(bench, order, seen, charge)
        return SOON_S
    version = version_of(seen, order.spec.destination)
    try:
        if version is None:
            made = await replicate.trainings.versions(order.spec.destination)
            version = version_among(seen, order.spec.destination, made)
    except (VendorUnavailable, VendorClosed, VendorRejected):
        return float(bench.settings.look_again_s)
    if version is None:
        _wait, recorded = await hold(bench, order, charge, Unscored(cause=Cause.EXPIRED))
        await after(bench, order, recorded or Recorded())
        return SOON_S  # its photographs need not lie there while a person thinks
    news = await _hashed(replicate, news)
    try:
        await asyncio.to_thread(_begin_run, bench, order, await _facts(bench, order, version, news, charge))
    except LabError as error:
        logs.get().warning("training.not_filed", job=order.job_id, error=type(error).__name__)
        return max(1.0, bench.settings.look_again_s)
    await _stop_without_consent(bench, order)
    recorded = await for_sure(bench, trainings.trained, order, charge, version, news, bench.now())
    await keep_made(bench, order, charge, version, news.weights_sha256)
    logs.get().info("training.done", job=order.job_id, usd_micros=charge.usd_micros, took_s=charge.took_s)
    await bench.driver.kick("job", order.job_id)
    await after(bench, order, recorded)
    return SOON_S


async def _stop_without_consent(bench: Bench, order: TrainingOrder) -> None:
    """A consent that ended while the training ran makes no picture of the person any more."""
    try:
        await asyncio.to_thread(check_consent, bench, order)
    except LabError as error:
        logs.get().warning("training.consent_ended", job=order.job_id)
        await bench.ledger.run(job_steps.cancel, order.job_id, "consent", bench.now(), why=str(error))


async def _hashed(replicate: Replicate, news: Told) -> Told:
    """With the hash of the weights, where they can be fetched: what was trained stays provable after the vendor
    deletes it.
    """
    if news.weights is None or news.weights_sha256 is not None:
        return news
    try:
        return news.model_copy(update={"weights_sha256": await replicate.hash_of(news.weights)})
    except (VendorUnavailable, VendorRejected):
        return news  # the version stands without it; run.json says that it is unknown


async def _without_version(bench: Bench, order: TrainingOrder, seen: Prediction, charge: money.Charge) -> None:
    again = may_order_again(seen) and not order.cancel_by
    if again and await bench.ledger.run(order_holds.refusals, order.id, DROPPED) < MOST_FREE_REPEATS:
        free = money.Charge(state="released", usd_micros=0, request_id=seen.id, reason=DROPPED)
        recorded = await for_sure(bench, order_steps.back, order, free, bench.now(), bench.now())
        await after(bench, order, recorded)
        return
    await _end(bench, order, charge, why_not_trained(seen))


async def _end(bench: Bench, order: TrainingOrder, charge: money.Charge, cause: Unscored) -> None:
    logs.get().warning("training.ended", job=order.job_id, cause=cause.cause.value)
    recorded = await for_sure(bench, order_steps.end, order, charge, cause, bench.now())
    await after(bench, order, recorded)


async def _facts(bench: Bench, order: TrainingOrder, version: str, news: Told, charge: money.Charge) -> TrainedFacts:
    job = await bench.ledger.run(jobs.get, order.job_id)
    lying = await bench.ledger.run(trainings.zip_of, order.id)
    if job is None:
        raise LookupError("an order without a job")
    return TrainedFacts(
        version=version,
        training_id=order.vendor_id or "",
        zip_url=lying.address if lying else None,
        told=news,
        usd_micros=charge.usd_micros,
        asked_by=job.origin.person,
        asked_at=datetime.fromtimestamp(job.created_at, UTC).isoformat(),
    )


def _begin_run(bench: Bench, order: TrainingOrder, facts: TrainedFacts) -> None:
    plan = bench.ledger.run_now(orders.plan_of, order.job_id)[0]
    begin_trained_run(Run(bench.lab.root, plan.run), plan, facts)
