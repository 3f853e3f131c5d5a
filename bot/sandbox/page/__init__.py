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
from bot.sandbox.slack.workspace import PEOPLE

_TYPES = {
    "index.html": "text/html", "page.js": "text/javascript", "signs.js": "text/javascript", "page.css": "text/css",
}  # fmt: skip


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
    add.add_post("/page-home", page.press_home)


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
        ts = self._people.write(said["person"], said["text"], said.get("thread_ts"), files=files)
        return web.json_response({"ts": ts})

    async def command(self, request: web.Request) -> web.Response:
        """`/labs …`, or a look at one's own page of the app."""
        said: dict[str, Any] = await request.json()
        sockets = self._server.sockets
        if said.get("home"):
            sockets.open_home(said["person"])
        else:
            sockets.command(said["person"], str(said["text"]))
        return web.json_response({})

    async def press_home(self, request: web.Request) -> web.Response:
        pressed: dict[str, Any] = await request.json()
        view = self._workspace.homes[pressed["person"]]
        elements = [one for block in view["blocks"] for one in block.get("elements", [])]
        found = next(one for one in elements if one.get("action_id") == pressed["action_id"])
        action = {"action_id": found["action_id"], "value": found.get("value", "")}
        self._server.sockets.press_home(pressed["person"], view, action)
        return web.json_response({})

    async def press(self, request: web.Request) -> web.Response:
        pressed: dict[str, Any] = await request.json()
        option = pressed.get("option")
        self._people.press(pressed["person"], pressed["ts"], pressed["action_id"], option=option)
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
