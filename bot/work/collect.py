"""An order that the vendor has: is it over, what did it cost, and its image into the folder, verified."""

import asyncio

from bot import logs
from bot.bench import Bench
from bot.ledger import money, order_holds, order_steps, orders
from bot.ledger.calls import Recorded
from bot.ledger.orders import ImageOrder, Order
from bot.messages.anchors import touch_others
from bot.work.purchase import for_sure, keep_made
from pipeline.errors import LabError, OutputGone, VendorClosed, VendorRejected, VendorUnavailable
from pipeline.judging.claude import fingerprint
from pipeline.lab.filing import MadeImage, place
from pipeline.makers import outcome
from pipeline.makers.maker import pictures_in
from pipeline.makers.outcome import Prediction, Verified
from pipeline.makers.prices import Basis
from pipeline.models import Cause, Unscored
from pipeline.plan.plan import Plan, PlannedCall
from pipeline.vendors.wire import Wire

MOST_FREE_REPEATS = 3
"""How often an order is placed again that the vendor dropped before it cost anything."""
MOST_EMPTY = 3
"""Looks at what is said to have succeeded and shows no output: the output can lag behind the word."""
TRAINING_PATIENCE = 7.2
"""How many times longer than an image a training may be missing: six hours, by the defaults."""
CANCEL_ASKED = "cancel asked"
DROPPED = "dropped by the vendor before it ran"
LONGEST_LOOK_S = 60.0
LONGEST_HELD_S = 300.0
LONGEST_IMAGE_S, LONGEST_TRAINING_S = 1800.0, 6 * 3600.0
"""Longer than this nothing takes: it is a clock's fault, or ours."""

NOTHING = Unscored(
    cause=Cause.FAILED, detail="the vendor says that it succeeded, and gave no picture; often its safety filter took it"
)

Step = tuple[float | None, Recorded | None]
"""Seconds until the next step, and what was recorded when it is over."""


async def collect(bench: Bench, wire: Wire, order: ImageOrder) -> Step:
    """One look at an order that the vendor has."""
    try:
        cancels = bench.makers.named(order.maker).vendor.cancels
        if order.cancel_by and order.vendor_status != CANCEL_ASKED and cancels:
            await _cancel(bench, wire, order)
        seen = _listed(bench, order) or await wire.look(order.vendor_id or "")
    except (VendorUnavailable, VendorClosed, VendorRejected):
        return await _later_or_never(bench, order, "the vendor has not told of it")
    if seen is None:
        return await unknown_for_now(bench, order)
    if order.missing_since is not None:
        await bench.ledger.run(order_steps.known_again, order)
    if not seen.ended:
        # The poll comes back to it.
        return await _given_up(bench, order, "the vendor has not ended it") or (None, None)
    return await _ended(bench, wire, order, seen)


def _listed(bench: Bench, order: ImageOrder) -> Prediction | None:
    """What the poll has just seen of it, when that tells all: what it made, and what it cost."""
    seen = bench.looks.ended.pop(order.vendor_id or "", None)
    whole = seen is not None and seen.seconds is not None and (seen.outputs or seen.status != "succeeded")
    return seen if whole else None


async def _cancel(bench: Bench, wire: Wire, order: ImageOrder) -> None:
    """Call it off at the vendor; one that the vendor will not end has ended already, and is fetched."""
    try:
        await wire.cancel(order.vendor_id or "")
    except VendorClosed:
        raise  # it was not heard: asked again
    except VendorRejected:
        pass
    await bench.ledger.run(order_steps.seen, order, CANCEL_ASKED)
    logs.get().info("order.canceled", job=order.job_id, cell=order.label)


async def _later(bench: Bench, order: Order) -> float:
    wait: float = min(LONGEST_LOOK_S, bench.settings.look_again_s * 2 ** min(order.tries, 6))
    await bench.ledger.run(order_steps.look_again, order, bench.now() + wait)
    return wait


async def _later_or_never(bench: Bench, order: ImageOrder, why: str, charge: money.Charge | None = None) -> Step:
    return await _given_up(bench, order, why, charge) or (await _later(bench, order), None)


def given_up(bench: Bench, order: ImageOrder, *, ended: bool = False) -> bool:
    """Whether an order has been out for longer than anybody waits for it.

    One that was called off where nothing can be called off is waited for as one that is missing: its end is paid.
    Of one that has ended the vendor keeps the picture for a while, and no longer.
    """
    vendor = bench.makers.named(order.maker).vendor
    most = vendor.keeps_s + LONGEST_IMAGE_S if ended else bench.settings.give_up_h * 3600
    most = min(most, bench.settings.missing_s) if order.cancel_by and not vendor.cancels else most
    return bench.now() - (order.ordered_at or bench.now()) > most


async def _given_up(bench: Bench, order: ImageOrder, why: str, charge: money.Charge | None = None) -> Step | None:
    """An order that is out for too long is left to a person; what it may have cost is on the books. None: it is not."""
    if not given_up(bench, order, ended=charge is not None):
        return None
    hours = f"{(bench.now() - (order.ordered_at or bench.now())) / 3600:.0f} hours"
    unknown = money.Charge(state="unknown", usd_micros=order.estimate_micros, reason=why)
    detail = f"{why} for {hours}"
    cause = Cause.UNKNOWN if charge is None else Cause.EXPIRED
    return await hold(bench, order, charge or unknown, Unscored(cause=cause, detail=detail))


async def unknown_for_now(
    bench: Bench, order: Order, charge: money.Charge | None = None, cause: Cause = Cause.UNKNOWN
) -> Step:
    """The vendor does not know an order, or has not its picture: looked for again, for long; then a person decides.

    Args:
        bench: The ledger, and how long.
        order: What is missing.
        charge: What it cost, where that is known; else its estimate is booked as unknown.
        cause: What a person is told in the end.
    """
    since = await bench.ledger.run(order_steps.missing, order, bench.now())
    patience = bench.settings.missing_s * (TRAINING_PATIENCE if order.kind == orders.TRAINING else 1.0)
    if bench.now() - since < patience:
        return await _later(bench, order), None
    why = "the vendor does not know it any more"
    lost = charge or money.Charge(state="unknown", usd_micros=order.estimate_micros, reason=why)
    return await hold(bench, order, lost, Unscored(cause=cause, detail=why))


async def hold(bench: Bench, order: Order, charge: money.Charge, cause: Unscored) -> Step:
    """Leave it to a person; what may have been paid is on the books."""
    until = bench.now() + bench.settings.approval_expires_h * 3600
    await for_sure(bench, order_holds.hold, order, charge, cause, until, bench.now())
    logs.get().warning("order.held", job=order.job_id, cell=order.label, cause=cause.cause.value)
    await touch_others(bench, order.job_id)
    return next_look(bench, until - bench.now()), await bench.ledger.run(orders.next_of, order.job_id)


def next_look(bench: Bench, wait: float) -> float:
    """Seconds until what is held is looked for once more, for it may show itself; `wait`: until nobody decided."""
    return min(wait, LONGEST_HELD_S, 100 * bench.settings.look_again_s)


def charge_of(order: Order, seen: Prediction, known: int | None, now: float) -> money.Charge:
    """The fact of what an ended order cost, in micro-dollars; where the vendor does not say, the estimate, as
    unknown.
    """
    took = _took(order, seen, now) if seen.status == "succeeded" else None
    if known is None:
        return money.Charge(
            state="unknown",
            usd_micros=order.estimate_micros,
            request_id=seen.id,
            reason="the vendor did not say what it cost",
        )
    return money.Charge(state="charged", usd_micros=known, request_id=seen.id, took_s=took)


def _took(order: Order, seen: Prediction, now: float) -> float | None:
    """Seconds that later estimates learn from: an hour's downtime, or a clock that jumped, teaches nothing."""
    took = seen.took_s if seen.took_s is not None else now - (order.ordered_at or now)
    longest = LONGEST_TRAINING_S if order.kind == orders.TRAINING else LONGEST_IMAGE_S
    return round(took, 3) if 0 < took <= longest else None


async def _ended(bench: Bench, wire: Wire, order: ImageOrder, seen: Prediction) -> Step:
    price = bench.makers.named(order.maker).price
    known = price.charge(seen, len(set(pictures_in(order.spec.input))))
    if price.basis is Basis.STEP and seen.status == "succeeded":
        known = order.estimate_micros
    charge = charge_of(order, seen, known, bench.now())
    if seen.status != "succeeded":
        return None, await _without_image(bench, order, seen, charge)
    if seen.data_removed:
        return await hold(bench, order, charge, Unscored(cause=Cause.EXPIRED))
    if not seen.outputs:
        if order.tries < MOST_EMPTY:
            return await _later(bench, order), None
        return None, await for_sure(bench, order_steps.end, order, charge, NOTHING, bench.now())
    return await _fetched(bench, wire, order, seen.outputs[0], charge)


async def _fetched(bench: Bench, wire: Wire, order: ImageOrder, address: str, charge: money.Charge) -> Step:
    """The picture from its address into the run's folder."""
    try:
        content = await wire.fetch(address)
        found = await asyncio.to_thread(outcome.verify, content, order.label)
        if isinstance(found, Unscored):
            return None, await for_sure(bench, order_steps.end, order, charge, found, bench.now())
        image = await asyncio.to_thread(_place, bench, order, found)
    except OutputGone:
        return await unknown_for_now(bench, order, charge, Cause.EXPIRED)
    except VendorRejected as error:
        cause = Unscored(cause=Cause.FAILED, detail=str(error))
        return None, await for_sure(bench, order_steps.end, order, charge, cause, bench.now())
    except (VendorUnavailable, LabError) as error:
        # It stays at the vendor for an hour; a full disk may have room again by then.
        logs.get().warning("order.not_fetched", job=order.job_id, cell=order.label, error=type(error).__name__)
        return await _later_or_never(bench, order, "its picture could not be fetched", charge)
    return None, await _made(bench, order, charge, image)


async def _without_image(bench: Bench, order: ImageOrder, seen: Prediction, charge: money.Charge) -> Recorded:
    again = outcome.may_order_again(seen) and not order.cancel_by
    if again and await bench.ledger.run(order_holds.refusals, order.id, DROPPED) < MOST_FREE_REPEATS:
        free = money.Charge(state="released", usd_micros=0, request_id=seen.id, reason=DROPPED)
        return await for_sure(bench, order_steps.back, order, free, bench.now(), bench.now())
    return await for_sure(bench, order_steps.end, order, charge, outcome.why_ended(seen), bench.now())


def _place(bench: Bench, order: ImageOrder, found: Verified) -> MadeImage:
    place(bench.lab.root, order.spec.image, found.content)
    return MadeImage(image=order.spec.image, sha256=found.sha256)


async def _made(bench: Bench, order: ImageOrder, charge: money.Charge, image: MadeImage) -> Recorded:
    votes, each = await votes_for(bench, order, image)
    logs.get().info("cell.made", job=order.job_id, cell=order.label, usd_micros=charge.usd_micros, took_s=charge.took_s)
    recorded = await for_sure(bench, order_steps.made, order, charge, image, votes, each, bench.now())
    await keep_made(bench, order, charge, image.image, image.sha256)
    return recorded


async def votes_for(bench: Bench, order: ImageOrder, image: MadeImage) -> tuple[list[PlannedCall], int]:
    """The judge's calls that an image is now ready for, and what each may cost."""
    plan, each = await bench.ledger.run(orders.plan_of, order.job_id)
    return planned_votes(plan, order, image), each


def planned_votes(plan: Plan, order: ImageOrder, image: MadeImage) -> list[PlannedCall]:
    if plan.judge is None:
        return []
    prompt = order.spec.prompt
    return [
        PlannedCall(
            label=order.label,
            vote=vote,
            image=image.image,
            image_sha256=image.sha256,
            prompt=prompt,
            fingerprint=fingerprint(plan.judge, image.sha256, prompt, vote),
        )
        for vote in range(1, plan.votes + 1)
    ]
