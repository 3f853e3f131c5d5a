"""One loop for all orders in flight at a vendor: it looks at the vendor's listing, a page for a hundred, not at each
by its id; where nothing is listed, each is looked at by itself. It backs off as the orders age.
"""

import time

from bot.bench import Bench
from bot.ledger import order_steps, orders
from bot.ledger.orders import InFlight
from bot.work.purchase import pump
from pipeline.errors import VendorClosed, VendorRejected, VendorUnavailable
from pipeline.makers.outcome import Prediction
from pipeline.vendors.wire import Wire

LONGEST_S = 15.0
SECONDS_A_PAGE = 0.1
"""Ten pages a second at most: a fifth of what Replicate allows (3,000 calls a minute)."""
STRAY_S = 60.0
"""An order that no page shows for so long is asked for by its id."""


async def advance_poll(bench: Bench, name: str) -> float | None:
    """Look at everything in flight at a vendor; seconds until the next look, None when nothing is."""
    flying = await bench.ledger.run(orders.in_flight, name)
    wire = bench.wires.get(name)
    if not flying or wire is None:
        return None
    too_soon = bench.settings.poll_every_s - (time.monotonic() - bench.looks.polled.get(name, 0.0))
    if too_soon > 0:
        return too_soon
    bench.looks.polled[name] = time.monotonic()
    if not bench.makers.vendors[name].lists:
        for order in flying:
            await bench.driver.kick("order", str(order.id), order.due_at or None)
        return max(next_look(flying, bench.now()), bench.settings.poll_every_s)
    try:
        seen, pages = await _look(wire, {order.vendor_id for order in flying})
    except (VendorUnavailable, VendorClosed, VendorRejected):
        return min(LONGEST_S, 10 * bench.settings.poll_every_s)
    ended = [(order, found) for order in flying if (found := seen.get(order.vendor_id)) and found.ended]
    # First the free slots to the next orders, then what came of these.
    await bench.ledger.run(order_steps.over, [(order, found.status) for order, found in ended])
    bench.looks.saw([found for _order, found in ended])
    await pump(bench)
    still = await _kicked(bench, flying, seen)
    wait = next_look(still, bench.now())
    return max(wait, bench.settings.poll_every_s, pages * SECONDS_A_PAGE)


async def _kicked(bench: Bench, flying: list[InFlight], seen: dict[str, Prediction]) -> list[InFlight]:
    """Those that have ended, are called off, went astray or take too long have their own step; the others fly on."""
    still = []
    for order in flying:
        found = seen.get(order.vendor_id)
        age = bench.now() - order.ordered_at
        stray = (found is None and age > STRAY_S) or age > bench.settings.give_up_h * 3600
        if (found is not None and found.ended) or order.cancel_by or stray:
            await bench.driver.kick("order", str(order.id), order.due_at or None)
        else:
            still.append(order)
    return still


def next_look(flying: list[InFlight], now: float) -> float:
    """Seconds until the youngest order is a tenth older than it is: soon for new ones, ever later as all of them
    age.
    """
    ages = [max(0.0, now - order.ordered_at) for order in flying]
    return min(LONGEST_S, 0.1 * min(ages, default=0.0))


async def _look(wire: Wire, wanted: set[str]) -> tuple[dict[str, Prediction], int]:
    """The orders in flight, from as many pages as hold them."""
    found: dict[str, Prediction] = {}
    address: str | None = None
    most = 2 + len(wanted) // 50
    for pages in range(1, most + 1):
        page = await wire.page(address)
        found |= {seen.id: seen for seen in page.predictions if seen.id in wanted}
        address = page.next
        if len(found) == len(wanted) or address is None:
            return found, pages
    return found, most
