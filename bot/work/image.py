"""One order at a vendor that makes things: intent, order, its end; each on disk before the next."""

from bot.bench import Bench
from bot.fencing import is_late
from bot.ledger import money, order_intents, order_steps, orders
from bot.ledger.orders import ImageOrder
from bot.ledger.spending import Refusal, Terms
from bot.work.collect import Step, collect, hold
from bot.work.copies import copy_image
from bot.work.held import wait_for_word
from bot.work.lending import NotThereYet, as_sent
from bot.work.purchase import (
    LONGEST_ORDER_S,
    SOON_S,
    Refused,
    after,
    closed,
    for_sure,
    not_charged,
    place,
    pump,
    put_back,
)
from bot.work.reconcile import reconcile, same_image, shown_late
from bot.work.restored import adopted
from pipeline.errors import LabError, OutcomeUnknown, RequestError, VendorClosed, VendorRejected, VendorUnavailable
from pipeline.lab.filing import MadeImage
from pipeline.makers.maker import Input, pictures_in
from pipeline.models import Cause, Unscored
from pipeline.vendors.wire import Wire

NO_MONEY = " Nothing was spent."


async def advance_image(bench: Bench, wire: Wire | None, order: ImageOrder) -> float | None:
    """One step of an image's order. Seconds until the next, or None. `wire`: None where the lab has no key."""
    if not order.open:
        return None
    if order.state == "planned" and order.spec.copy_of is not None:
        return await _copy(bench, order, order.spec.copy_of)
    if order.state == "held":
        return await wait_for_word(bench, order)
    if wire is None:
        return await _without_key(bench, order)
    match order.state:
        case "planned":
            return await _intend(bench, wire, order)
        case "ordering":
            ours = order.boot == bench.boot and bench.now() - (order.intent_at or 0) < LONGEST_ORDER_S
            if ours:
                return None
            return await _then(bench, order, await reconcile(bench, wire, order))
        case _:
            return await _then(bench, order, await collect(bench, wire, order))


async def _without_key(bench: Bench, order: ImageOrder) -> float | None:
    """The lab had a key when this was planned. What is not begun waits for it; what went out is left to a person."""
    lacking = f"There is no key for {order.vendor} any more."
    if order.state == "planned":
        return await closed(bench, order, VendorClosed(lacking))
    unknown = money.Charge(state="unknown", usd_micros=order.estimate_micros, reason=lacking)
    return await _then(bench, order, await hold(bench, order, unknown, Unscored(cause=Cause.UNKNOWN, detail=lacking)))


async def _then(bench: Bench, order: ImageOrder, step: Step) -> float | None:
    wait, recorded = step
    if recorded is not None:
        await after(bench, order, recorded)
    return wait


async def _copy(bench: Bench, order: ImageOrder, source: MadeImage) -> float | None:
    """A planned copy costs nothing; where its source is gone by now, the cell is left to a redo."""
    made = await bench.ledger.run(orders.made_before, [order.fingerprint])
    recorded = await copy_image(bench, order, [source, *made.get(order.fingerprint, ())])
    if recorded is None:
        why = f"The picture {source.image!r} that it was to be copied from is gone."
        recorded = await bench.ledger.run(order_steps.not_copied, order, why, bench.now())
    await after(bench, order, recorded)
    return None


async def _intend(bench: Bench, wire: Wire, order: ImageOrder, *, anew: bool = False) -> float | None:
    if bench.driver.stopping:
        return None
    same = await same_image(bench, order) if bench.makers.named(order.maker).vendor.lists else None
    try:
        late = same is not None and await shown_late(bench, wire.page, order, same)
        if late or await adopted(bench, wire.page, order, same):
            return SOON_S
    except (VendorUnavailable, VendorClosed, VendorRejected):
        return 5 * bench.settings.look_again_s  # nothing is ordered twice for a listing that cannot be read
    asked = await _lent(bench, wire, order) if pictures_in(order.spec.input) else order.spec.input
    return await _commit(bench, wire, order, asked, anew=anew) if isinstance(asked, dict) else asked


async def _commit(bench: Bench, wire: Wire, order: ImageOrder, asked: Input, *, anew: bool) -> float | None:
    """The intent on disk, and then the order."""
    person = await bench.ledger.run(orders.person_of, order.job_id)
    terms = Terms(model=order.maker, counters=bench.counters(person))
    granted = await bench.ledger.run(order_intents.intend, order.id, bench.boot, terms, bench.now(), anew=anew)
    if isinstance(granted, Refusal):
        return await _refused(bench, wire, order, granted)
    if not isinstance(granted, ImageOrder):
        return None
    if is_late(granted.intent_at, bench.now()):
        return await put_back(bench, granted, 1.0, "the intent was too old to be sent")
    return await _send(bench, wire, granted, asked)


async def _lent(bench: Bench, wire: Wire, order: ImageOrder) -> Input | float | None:
    """What is sent, its photographs where the vendor finds them; else seconds until the next step, or None."""
    refused = await bench.ledger.run(order_intents.may_begin, order, bench.now())
    if refused is not None:
        return await _refused(bench, wire, order, refused)  # nobody gets a photograph for what is not bought
    try:
        return await as_sent(bench, wire, order)
    except VendorClosed as error:
        return await closed(bench, order, error)
    except (NotThereYet, VendorUnavailable, OutcomeUnknown):
        return 5 * bench.settings.look_again_s
    except (LabError, RequestError, VendorRejected) as error:
        cause = Unscored(cause=Cause.FAILED, detail=f"{str(error).removesuffix(NO_MONEY)}{NO_MONEY}")
        await after(bench, order, await bench.ledger.run(order_steps.not_begun, order, cause, bench.now()))
        return None


async def _refused(bench: Bench, wire: Wire, order: ImageOrder, refusal: Refusal) -> float | None:
    if refusal.why == "stored":
        # Another job made this very picture since the plan: it is copied; where it is gone, it is made.
        made = await bench.ledger.run(orders.made_before, [order.fingerprint])
        recorded = await copy_image(bench, order, made.get(order.fingerprint, ()))
        if recorded is None:
            return await _intend(bench, wire, order, anew=True)
        await after(bench, order, recorded)
    if refusal.why in {"over budget", "ended"}:
        await after(bench, order, await bench.ledger.run(orders.next_of, order.job_id))
    return refusal.wait_s


async def _send(bench: Bench, wire: Wire, order: ImageOrder, asked: Input) -> float | None:
    """The order, of which the intent is on disk."""
    call = wire.order(order.version, asked, bench.webhook_for(order))
    outcome = await place(bench, order, call)
    if isinstance(outcome, Refused):
        cause = Unscored(cause=Cause.FAILED, detail=outcome.why)
        free = not_charged(outcome.why)
        await after(bench, order, await for_sure(bench, order_steps.end, order, free, cause, bench.now()))
        return None
    if outcome is None:
        await bench.driver.kick("poll", order.vendor)
        await pump(bench)
    return outcome
