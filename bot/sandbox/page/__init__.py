"""The page of #labs in a browser: what Slack would show, live, with something to type in, buttons to press and
modals to fill.
"""

import asyncio
import json
from base64 import b64decode
from importlib import resources
from typing import Any

from aiohttp import web

from bot.sandbox.page.guard import Guard, guarded
from bot.sandbox.slack.people import People
from bot.sandbox.slack.server import SlackServer
from bot.sandbox.slack.workspace import CHANNEL, PEOPLE

_TYPES = {
    "index.html": "text/html",
    "page.css": "text/css",
    **dict.fromkeys(("signs.js", "blocks.js", "views.js", "page.js"), "text/javascript"),
}


def routes(app: web.Application, server: SlackServer, guard: Guard) -> None:
    guarded(app, guard)
    page, add = Page(server, guard.token), app.router
    add.add_get("/", page.asset)
    add.add_get("/page/{name}", page.asset)
    add.add_get("/page-state", page.state)
    add.add_get("/page-changes", page.changes)
    add.add_get("/page-file/{file_id}", page.picture)
    add.add_post("/page-write", page.write)
    add.add_post("/page-press", page.press)
    add.add_post("/page-submit", page.submit)
    add.add_post("/page-command", page.command)


class Page:
    """One workspace, for a browser."""

    def __init__(self, server: SlackServer, token: str) -> None:
        self._server, self._workspace, self._people, self._token = server, server.workspace, People(server), token

    async def asset(self, request: web.Request) -> web.Response:
        name = request.match_info.get("name") or "index.html"
        if name not in _TYPES:
            raise web.HTTPNotFound
        text = resources.files("bot.sandbox.page").joinpath(name).read_text("utf-8")
        return web.Response(text=text.replace("{{token}}", self._token), content_type=_TYPES[name])

    async def state(self, _request: web.Request) -> web.Response:
        workspace = self._workspace
        messages = [message for _ts, message in sorted(workspace.messages.items())]
        views = dict(workspace.views.values())
        told = {
            "messages": messages,
            "whispers": workspace.whispers,
            "people": PEOPLE,
            "views": views,
            "homes": workspace.homes,
            "statuses": {f"{channel} {ts}": status for (channel, ts), status in workspace.statuses.items()},
            "prompts": workspace.prompts,
        }
        return web.json_response(told | {"version": workspace.version})

    async def changes(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events: a version number whenever something changed."""
        headers = {"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        stream = web.StreamResponse(headers=headers)
        await stream.prepare(request)
        changed = asyncio.Event()
        self._workspace.watchers.append(changed.set)
        try:
            while True:
                await stream.write(f"data: {json.dumps(self._workspace.version)}\n\n".encode())
                changed.clear()
                await asyncio.wait_for(changed.wait(), 3600)
                await asyncio.sleep(0.05)
        except (ConnectionError, TimeoutError):
            return stream
        finally:
            self._workspace.watchers.remove(changed.set)

    async def picture(self, request: web.Request) -> web.Response:
        file = self._workspace.files.get(request.match_info["file_id"])
        if file is None or not file.content:
            raise web.HTTPNotFound
        return web.Response(body=file.content, content_type=file.mimetype)

    async def write(self, request: web.Request) -> web.Response:
        said: dict[str, Any] = await request.json()
        files = [(file["name"], b64decode(file["data"])) for file in said.get("files") or ()]
        where = said.get("channel") or CHANNEL
        ts = self._people.write(said["person"], said["text"], said.get("thread_ts"), where, files)
        return web.json_response({"ts": ts})

    async def command(self, request: web.Request) -> web.Response:
        """`/labs …`, or a look at one's own page of the app or at one's messages with it."""
        said: dict[str, Any] = await request.json()
        sockets = self._server.sockets
        if tab := said.get("home"):
            sockets.open_home(said["person"], tab)
        else:
            sockets.command(said["person"], str(said["text"]))
        return web.json_response({})

    async def press(self, request: web.Request) -> web.Response:
        """Press a button or choose in a menu: of a message, of a modal, of one's own page."""
        pressed: dict[str, Any] = await request.json()
        person, action, option = pressed["person"], pressed["action_id"], pressed.get("option")
        if "view" in pressed:
            self._people.press_view(person, pressed["view"], action, option)
        else:
            self._people.press(person, pressed["ts"], action, option=option)
        return web.json_response({})

    async def submit(self, request: web.Request) -> web.Response:
        """Send a modal off, close it, or change a field of it."""
        sent: dict[str, Any] = await request.json()
        if sent.get("changed"):
            self._people.fill_in(sent["person"], sent["view"], sent["answers"], sent["changed"])
        elif sent["answers"] is None:
            self._workspace.views.pop(sent["view"], None)
            self._workspace.changed()
        else:
            self._people.submit(sent["person"], sent["view"], sent["answers"])
        return web.json_response({})
