"""The page of #labs in a browser: what Slack would show, live, with something to type in and buttons to press."""

import asyncio
import json
from importlib import resources
from typing import Any

from aiohttp import web

from bot.sandbox.people import People
from bot.sandbox.slack import SlackServer
from bot.sandbox.workspace import PEOPLE

_TYPES = {"index.html": "text/html", "page.js": "text/javascript", "page.css": "text/css"}


def routes(app: web.Application, server: SlackServer) -> None:
    workspace, people = server.workspace, People(server)

    async def asset(request: web.Request) -> web.Response:
        name = request.match_info.get("name") or "index.html"
        if name not in _TYPES:
            raise web.HTTPNotFound
        text = resources.files("bot.sandbox.page").joinpath(name).read_text("utf-8")
        return web.Response(text=text, content_type=_TYPES[name])

    async def state(_request: web.Request) -> web.Response:
        messages = [message for _ts, message in sorted(workspace.messages.items())]
        return web.json_response(
            {"messages": messages, "people": PEOPLE, "version": workspace.version}
        )

    async def changes(request: web.Request) -> web.StreamResponse:
        """Server-sent events: a version number whenever something changed."""
        stream = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )
        await stream.prepare(request)
        changed = asyncio.Event()
        workspace.watchers.append(changed.set)
        try:
            while True:
                await stream.write(f"data: {json.dumps(workspace.version)}\n\n".encode())
                changed.clear()
                await asyncio.wait_for(changed.wait(), 3600)
                await asyncio.sleep(0.05)
        except (ConnectionError, TimeoutError):
            return stream
        finally:
            workspace.watchers.remove(changed.set)

    async def picture(request: web.Request) -> web.Response:
        file = workspace.files.get(request.match_info["file_id"])
        if file is None or not file.content:
            raise web.HTTPNotFound
        return web.Response(body=file.content, content_type=file.mimetype)

    async def write(request: web.Request) -> web.Response:
        said: dict[str, Any] = await request.json()
        return web.json_response(
            {"ts": people.write(said["person"], said["text"], said.get("thread_ts"))}
        )

    async def press(request: web.Request) -> web.Response:
        pressed: dict[str, Any] = await request.json()
        people.press(pressed["person"], pressed["ts"], pressed["action_id"])
        return web.json_response({})

    app.router.add_get("/", asset)
    app.router.add_get("/page/{name}", asset)
    app.router.add_get("/page-state", state)
    app.router.add_get("/page-changes", changes)
    app.router.add_get("/page-file/{file_id}", picture)
    app.router.add_post("/page-write", write)
    app.router.add_post("/page-press", press)
