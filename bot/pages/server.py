"""The pages' HTTP: every request through the doorkeeper, every answer with headers that let nothing in or out."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Container
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from aiohttp import web
from aiohttp.helpers import content_disposition_header
from aiohttp.typedefs import Handler

from bot import logs
from bot.pages.desk import Desk
from bot.pages.doorkeeper import Doorkeeper, refused
from bot.pages.rooms import Found, Rooms
from handlers.slack_errors import SlackBusy, SlackLost
from pipeline.errors import LabError, LabsError, UnknownRun
from pipeline.scrub import scrub
from pipeline.site.pages import render

VISITOR = web.RequestKey("visitor", dict[str, str])
"""Under this a request carries whom it comes from."""
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "private, no-store",
}
_BARE = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"
"""Of files: a picture or a table runs nothing, whatever it holds."""
_PAGE = "frame-ancestors 'none'; object-src 'none'"
"""Beside what each page says of itself."""
CHUNK = 1_000_000
OPEN = frozenset({"/enter", "/robots.txt"})
"""What is answered without a visit."""


def open_pages(app: web.Application, rooms: Rooms, keeper: Doorkeeper, desk: Desk, but: Container[str] = ()) -> None:
    """Put the pages into an application, behind their door; paths `but` have doors of their own."""
    door = _at_the_door(keeper, rooms)

    @web.middleware
    async def of_pages(request: web.Request, handler: Handler) -> web.StreamResponse:
        return await (handler(request) if request.path in but else door(request, handler))

    app.middlewares.append(of_pages)
    _add_routes(app, Site(rooms, keeper, desk))


def _add_routes(app: web.Application, site: "Site") -> None:
    add = app.router
    add.add_get("/robots.txt", site.robots)
    add.add_get("/enter", site.ask_in)
    add.add_post("/enter", site.enter)
    add.add_post("/leave", site.leave)
    add.add_get("/", site.home)
    add.add_get("/site/index.html", site.index)
    add.add_get("/site/prompts.html", site.prompts)
    add.add_get("/site/takeover.html", site.takeover)
    add.add_get("/site/compare", site.compare_asked)
    add.add_get("/site/compare/{pair}.html", site.compare)
    add.add_get("/runs/{run}/", site.run)
    add.add_get("/runs/{run}/index.html", site.run)
    add.add_get("/runs/{run}/label", site.label)
    add.add_post("/runs/{run}/label", site.keep_label)
    add.add_get("/runs/{run}/originals.zip", site.originals)
    add.add_get("/runs/{run}/{name}", site.file)
    add.add_get("/runs/{run}/thumbs/{name}", site.file)
    add.add_post("/say", site.say)


def _at_the_door(keeper: Doorkeeper, rooms: Rooms) -> Callable[[web.Request, Handler], Awaitable[web.StreamResponse]]:
    async def door(request: web.Request, handler: Handler) -> web.StreamResponse:
        response = await _answered(keeper, rooms, request, handler)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Content-Security-Policy", _PAGE)
        return response

    return door


async def _answered(keeper: Doorkeeper, rooms: Rooms, request: web.Request, handler: Handler) -> web.StreamResponse:
    """What was asked for; nothing of an error but that it was one."""
    try:
        return await _no_entry(keeper, rooms, request) or await handler(request)
    except web.HTTPException as error:
        if isinstance(error, web.HTTPRedirection):
            return web.Response(status=error.status_code, headers={"Location": error.headers["Location"]})
        return refused("There is no such page.", HTTPStatus(error.status_code))
    except (SlackBusy, SlackLost):
        return refused("Slack does not say just now who belongs here. Try again.", HTTPStatus.SERVICE_UNAVAILABLE)
    except (LabError, UnknownRun, OSError):
        return refused("There is no such page.", HTTPStatus.NOT_FOUND)
    except LabsError as error:
        return refused(str(error), HTTPStatus.CONFLICT)
    except Exception as error:  # noqa: BLE001  # a page's boundary: what broke is for the log, not for a browser
        logs.get().exception("page.failed", error=type(error).__name__)
        return refused("Something went wrong here.", HTTPStatus.INTERNAL_SERVER_ERROR)


async def _no_entry(keeper: Doorkeeper, rooms: Rooms, request: web.Request) -> web.Response | None:
    """Why a request is not let in; None: it is, and it carries whom it comes from."""
    if not keeper.is_ours(request):
        return web.Response(status=HTTPStatus.MISDIRECTED_REQUEST)
    if request.path in OPEN:
        return None
    visitor = await keeper.visitor(request)
    if visitor is None:
        return refused("Nobody is let in without a link of their own: *Open run* in Slack gives you one.")
    if request.method == "POST" and not keeper.may_change(request, visitor):
        return web.Response(status=HTTPStatus.FORBIDDEN)
    request[VISITOR] = visitor
    run = request.match_info.get("run")
    gone = await asyncio.to_thread(rooms.gone, run) if run is not None else None
    return refused(gone, HTTPStatus.GONE) if gone else None


class Site:
    """What each address does."""

    def __init__(self, rooms: Rooms, keeper: Doorkeeper, desk: Desk) -> None:
        self._rooms, self._keeper, self._desk = rooms, keeper, desk
        self._packing = asyncio.Semaphore(1)

    async def robots(self, _request: web.Request) -> web.Response:
        return web.Response(text="User-agent: *\nDisallow: /\n")

    async def ask_in(self, request: web.Request) -> web.Response:
        """One tap: whoever only previews a link, as chat programs do, must not use it up."""
        token = request.query.get("t", "")
        if self._keeper.links.read(token) is None:
            return refused("This link is not good any more. *Open run* in Slack gives you another one.")
        return _page(render("notice.html.j2", (), words="This link opens pages of the lab for you alone.", form=token))

    async def enter(self, request: web.Request) -> web.Response:
        form = await request.post()
        return await self._keeper.enter(str(form.get("t", "")))

    async def leave(self, request: web.Request) -> web.Response:
        return await self._keeper.leave(request[VISITOR]["id"])

    async def home(self, _request: web.Request) -> web.Response:
        raise web.HTTPSeeOther("/site/index.html")

    async def index(self, _request: web.Request) -> web.Response:
        return _page(await asyncio.to_thread(self._rooms.index))

    async def prompts(self, _request: web.Request) -> web.Response:
        return _page(await asyncio.to_thread(self._rooms.prompts))

    async def takeover(self, _request: web.Request) -> web.Response:
        return _page(await asyncio.to_thread(self._rooms.takeover))

    async def compare_asked(self, request: web.Request) -> web.Response:
        one, other = request.query.get("a", ""), request.query.get("b", "")
        await self._must_be_there(one, other)
        raise web.HTTPSeeOther(f"/site/compare/{quote(one, safe='')}--{quote(other, safe='')}.html")

    async def compare(self, request: web.Request) -> web.Response:
        one, other = _pair(request.match_info["pair"], await asyncio.to_thread(self._rooms.lab.runs))
        await self._must_be_there(one, other)
        return _page(await asyncio.to_thread(self._rooms.compare, one, other))

    async def _must_be_there(self, *runs: str) -> None:
        """Raises: HTTPNotFound; HTTPGone where somebody has withdrawn."""
        for run in runs:
            if await asyncio.to_thread(self._rooms.gone, run):
                raise web.HTTPGone
            if run not in await asyncio.to_thread(self._rooms.lab.runs):
                raise web.HTTPNotFound

    async def run(self, request: web.Request) -> web.Response:
        token = self._keeper.form_token(request[VISITOR])
        return _page(await asyncio.to_thread(self._rooms.run, request.match_info["run"], token))

    async def file(self, request: web.Request) -> web.Response:
        run, name = request.match_info["run"], request.match_info["name"]
        thumbs = request.path.split("/")[3] == "thumbs" and request.path.count("/") == 4
        return _file(await asyncio.to_thread(self._rooms.file, run, ("thumbs", name) if thumbs else (name,)))

    async def originals(self, request: web.Request) -> web.StreamResponse:
        """One at a time: packing reads hundreds of megabytes."""
        run = request.match_info["run"]
        async with self._packing:
            packed = await asyncio.to_thread(self._rooms.originals, run)
            with packed:
                name = content_disposition_header("attachment", filename=f"{run}-originals.zip")
                headers = {"Content-Disposition": name, "Content-Type": "application/zip"}
                response = web.StreamResponse(headers={**HEADERS, **headers, "Content-Security-Policy": _BARE})
                await response.prepare(request)
                while part := await asyncio.to_thread(packed.read, CHUNK):
                    await response.write(part)
                await response.write_eof()
                return response

    async def label(self, request: web.Request) -> web.Response:
        token = self._keeper.form_token(request[VISITOR])
        person, count = request[VISITOR]["person"], request.query.get("n", "")
        most = min(60, int(count)) if re.fullmatch("[1-9][0-9]{0,3}", count) else None
        return _page(await self._desk.sitting(request.match_info["run"], person, most, token))

    async def keep_label(self, request: web.Request) -> web.Response:
        said = await _json(request)
        told = await self._desk.keep(request.match_info["run"], request[VISITOR]["person"], said)
        return web.json_response(told)

    async def say(self, request: web.Request) -> web.Response:
        said = await _json(request)
        await self._desk.say(request[VISITOR]["person"], str(said.get("sentence", "")), str(said.get("once", "")))
        return web.json_response({"said": True})


async def _json(request: web.Request) -> dict[str, Any]:
    """Raises: HTTPBadRequest."""
    try:
        said = await request.json()
    except ValueError:
        raise web.HTTPBadRequest from None
    if not isinstance(said, dict) or request.content_type != "application/json":
        raise web.HTTPBadRequest
    return said


def _pair(named: str, runs: Container[str]) -> tuple[str, str]:
    """Two runs, whose names may hold the sign between them. Raises: HTTPNotFound."""
    parts = named.split("--")
    for at in range(1, len(parts)):
        one, other = "--".join(parts[:at]), "--".join(parts[at:])
        if one in runs and other in runs:
            return one, other
    raise web.HTTPNotFound


def _page(body: bytes) -> web.Response:
    return web.Response(text=scrub(body.decode()), content_type="text/html", charset="utf-8")


def _file(found: Found) -> web.Response:
    charset = "utf-8" if found.media_type.startswith("text/") else None
    headers = {"Content-Security-Policy": _BARE}
    return web.Response(body=found.content, content_type=found.media_type, charset=charset, headers=headers)
