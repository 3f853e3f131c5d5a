"""A vendor that no real one is: pictures over a small HTTP API that lists nothing and cancels nothing. Tests use it.

`POST /darkroom/v1/jobs` `{"model", "prompt", "seed"}` → `{"id"}`; `GET /darkroom/v1/jobs/ID` → `{"id", "state":
"working|ready", "picture"}`; `GET /darkroom/v1/pictures/ID.png`. Every ready picture costs what the price list says.
"""

import asyncio
import secrets
import time
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from bot.sandbox.faults import Faults
from bot.sandbox.replicate import studio

KEY = "dk_sandbox"


@dataclass
class DarkroomJob:
    """One picture that was ordered."""

    model: str
    input: dict[str, Any]
    ready_at: float
    id: str = field(default_factory=lambda: f"job_{secrets.token_hex(8)}")


class DarkroomServer:
    """`ordered` holds every job that took effect: what the tests count."""

    def __init__(self) -> None:
        self.faults = Faults()
        self.run_s = 0.0
        self.scale = 1.0
        self.ordered: list[DarkroomJob] = []
        self.url = ""

    def routes(self, app: web.Application) -> None:
        app.router.add_post("/darkroom/v1/jobs", self._guarded("darkroom.create", self._create))
        app.router.add_get("/darkroom/v1/jobs/{id}", self._guarded("darkroom.get", self._get))
        app.router.add_get("/darkroom/v1/pictures/{id}.png", self._guarded("darkroom.picture", self._picture))

    def _guarded(self, name: str, work: Any) -> Any:
        async def handle(request: web.Request) -> web.StreamResponse:
            async def answer() -> web.StreamResponse:
                if request.headers.get("X-Key") != KEY:
                    return web.json_response({"error": "no such key"}, status=401)
                done: web.StreamResponse = await work(request)
                return done

            return await self.faults.serve(name, request, answer)

        return handle

    async def _create(self, request: web.Request) -> web.Response:
        body = await request.json()
        if set(body) != {"model", "prompt", "seed"} or not body["prompt"]:
            return web.json_response({"error": "model, prompt and seed, and nothing else"}, status=422)
        asked = {"prompt": body["prompt"], "seed": body["seed"]}
        made = DarkroomJob(model=body["model"], input=asked, ready_at=time.time() + self.run_s)
        self.ordered.append(made)
        return web.json_response({"id": made.id}, status=201)

    def _find(self, request: web.Request) -> DarkroomJob | None:
        return next((one for one in self.ordered if one.id == request.match_info["id"]), None)

    async def _get(self, request: web.Request) -> web.Response:
        found = self._find(request)
        if found is None:
            return web.json_response({"error": "no such job"}, status=404)
        ready = time.time() >= found.ready_at
        picture = f"{self.url}/darkroom/v1/pictures/{found.id}.png" if ready else None
        state = "ready" if ready else "working"
        return web.json_response({"id": found.id, "state": state, "picture": picture})

    async def _picture(self, request: web.Request) -> web.Response:
        found = self._find(request)
        if found is None:
            return web.json_response({"error": "no such picture"}, status=404)
        drawn = await asyncio.to_thread(studio.draw, found.model, found.input, self.scale)
        content, _suffix = studio.encode(drawn, {"output_format": "png"})
        return web.Response(body=content, content_type="image/png")
