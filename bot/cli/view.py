"""`labs view`."""

import asyncio
import contextlib
import secrets
import time
import webbrowser

import click

from bot.cli.terminal import free_port, out, plainly, settings, shell_person
from bot.settings.settings import Settings


@click.command()
@click.option("--port", default=0, help="By default any free one.")
@click.option("--no-browser", is_flag=True, help="Only print the link.")
@plainly
def view_command(port: int, *, no_browser: bool) -> None:
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_view(settings(), port, opens=not no_browser))


async def _view(read: Settings, port: int, *, opens: bool) -> None:
    """Serve the lab's pages to this machine until somebody presses Ctrl-C; nothing is said to Slack from there."""
    from aiohttp import web  # noqa: PLC0415

    from bot.intake.doors import Doors  # noqa: PLC0415
    from bot.ledger import past  # noqa: PLC0415
    from bot.pages.desk import Desk  # noqa: PLC0415
    from bot.pages.doorkeeper import Doorkeeper, OwnVisits  # noqa: PLC0415
    from bot.pages.links import Links  # noqa: PLC0415
    from bot.pages.rooms import Rooms  # noqa: PLC0415
    from bot.pages.server import open_pages  # noqa: PLC0415
    from bot.site_facts import Office  # noqa: PLC0415
    from bot.work.pages import face_of  # noqa: PLC0415
    from pipeline.fixture.measures import Measurer  # noqa: PLC0415
    from pipeline.lab.lab import Lab  # noqa: PLC0415
    from pipeline.makers.registry import MAKERS  # noqa: PLC0415

    async def anybody(_person: str) -> bool:
        return True  # whoever is at this machine got the link

    host = "127.0.0.1"
    lab, port = Lab(read.root), port or free_port()
    links = Links(f"http://{host}:{port}", secrets.token_urlsafe(32))
    office = Office(past.glances(read.ledger_at), read, MAKERS.matrix)
    find_face = face_of(Measurer.opened(faces=read.check_faces))
    app = web.Application()
    keeper = Doorkeeper(links, OwnVisits(), anybody)
    open_pages(app, Rooms(lab, office, time.time, find_face, says=False), keeper, Desk(lab, time.time, None))
    async with Doors({}, read.headers_s, read.body_s, others=True).open(app, host, port):
        link = links.to(shell_person(), "/site/index.html")
        out.print(f"The lab's pages, for this machine (Ctrl-C ends them): {link}", soft_wrap=True)
        if opens:
            webbrowser.open(link)
        await asyncio.Event().wait()
