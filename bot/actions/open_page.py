"""*Open run*: a link of one's own to a run's page."""

from bot.actions.action import Reply
from bot.bench import Bench
from bot.ledger import visits
from bot.ledger.inbox import InboxRow
from bot.pages.links import HOURS, Links, page_of
from handlers.blocks.pages import link_for
from pipeline.errors import NotUnderstood


async def pressed(bench: Bench, row: InboxRow) -> Reply:
    """The link, which only who pressed sees. Raises: LabsError."""
    address = bench.settings.public_url
    if address is None:
        raise NotUnderstood("This bot shows no pages.", "Whoever runs it sets LABS_PUBLIC_URL; `labs view` needs none.")
    run = bench.lab.run(str((row.payload or {}).get("value", ""))).name
    links = Links(address, await bench.ledger.run(visits.key))
    return Reply(link_for(links.to(row.person, page_of(run)), run, HOURS), alone=True)
