"""The pages' way in: which people may look, and how what they say there reaches the channel."""

from collections.abc import AsyncIterator, Container
from contextlib import asynccontextmanager

from aiohttp import web

from bot.bench import Bench
from bot.intake.doors import Doors
from bot.intake.from_pages import ACTION
from bot.intake.front import Front
from bot.intake.standing import may_ask
from bot.ledger import visits
from bot.pages.desk import Desk
from bot.pages.doorkeeper import Doorkeeper, LedgerVisits
from bot.pages.links import Links
from bot.pages.rooms import Rooms
from bot.pages.server import open_pages
from bot.work.pages import face_of, office
from handlers.ports import Heard


async def add_pages(bench: Bench, app: web.Application, but: Container[str] = ()) -> None:
    """Put the pages into an application; only where this bot has an address of its own."""
    address, channel = bench.settings.public_url, bench.settings.channel
    if address is None or channel is None:
        return
    links = Links(address, await bench.ledger.run(visits.key))

    async def may_see(person: str) -> bool:
        return await may_ask(bench, person)

    async def say(person: str, sentence: str, once: str) -> None:
        payload = {"action_id": ACTION, "value": sentence, "message_ts": None}
        mark = f"page.{person}.{once}"[:120]
        await Front(bench).hear(Heard(channel=channel, ts=mark, kind="click", person=person, payload=payload))

    keeper = Doorkeeper(links, LedgerVisits(bench.ledger, bench.wall), may_see)
    rooms = Rooms(bench.lab, office(bench), bench.wall, face_of(bench.measurer), says=True)
    open_pages(app, rooms, keeper, Desk(bench.lab, bench.wall, say), but)


@asynccontextmanager
async def pages_alone(bench: Bench) -> AsyncIterator[None]:
    """Pages beside Socket Mode, which needs no HTTP of its own."""
    settings = bench.settings
    if settings.public_url is None:
        yield
        return
    app = web.Application()
    await add_pages(bench, app)
    async with Doors({}, settings.headers_s, settings.body_s, others=True).open(app, settings.host, settings.port):
        yield
