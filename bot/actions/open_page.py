"""*Open run*: a link of one's own to a run's page; and what a pasted link shows."""

import asyncio
from collections.abc import Sequence
from urllib.parse import unquote, urlsplit

from bot.actions.action import Reply
from bot.bench import Bench
from bot.ledger import money, visits, withdrawals
from bot.ledger.inbox import InboxRow
from bot.pages.links import HOURS, Links, page_of
from handlers.blocks import pages
from handlers.blocks.kit import Block
from pipeline.errors import LabsError, NotUnderstood
from pipeline.evidence.run_state import RunState, state_of


async def pressed(bench: Bench, row: InboxRow) -> Reply:
    """The link, which only who pressed sees. Raises: LabsError."""
    address = bench.settings.public_url
    if address is None:
        raise NotUnderstood("This bot shows no pages.", "Whoever runs it sets LABS_PUBLIC_URL; `labs view` needs none.")
    run = bench.lab.run(str((row.payload or {}).get("value", ""))).name
    links = Links(address, await bench.ledger.run(visits.key))
    return Reply(pages.link_for(links.to(row.person, page_of(run)), run, HOURS), alone=True)


async def unfurled(bench: Bench, addresses: Sequence[str]) -> dict[str, tuple[Block, ...]]:
    """The verdicts of runs whose pages are linked; nothing of other addresses, nor of runs that are gone."""
    found = {}
    for address in addresses:
        run = _run_of(bench, address)
        state = await asyncio.to_thread(_state, bench, run) if run else None
        gone = await bench.ledger.run(withdrawals.every)
        if state is None or any(withdrawals.touches(one, state.run) for one in gone):
            continue
        found[address] = pages.unfurled(state, await bench.ledger.run(money.spent_on_run, state.run))
    return found


def _run_of(bench: Bench, address: str) -> str | None:
    """The run whose page an address of ours names."""
    ours, parts = urlsplit(bench.settings.public_url or ""), urlsplit(address)
    path = parts.path.removeprefix(ours.path).split("/")
    same = ours.netloc != "" and (parts.scheme, parts.netloc) == (ours.scheme, ours.netloc)
    return unquote(path[2]) if same and len(path) in {3, 4} and path[1] == "runs" else None


def _state(bench: Bench, run: str) -> RunState | None:
    try:
        return state_of(bench.lab.run(run))
    except LabsError:
        return None
