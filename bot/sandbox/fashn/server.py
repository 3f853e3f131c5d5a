"""FASHN's API on loopback: run, status, credits, and what the documents say that it refuses.

`POST /fashn/v1/run` `{"model_name", "inputs"}` → `{"id", "error"}`; `GET /fashn/v1/status/ID`; `GET /fashn/v1/credits`.
"""

import asyncio
import json
import secrets
import time
from collections import deque
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

from aiohttp import web
from jsonschema import Draft202012Validator
from PIL import Image

from bot.sandbox.faults import Faults
from bot.sandbox.replicate import gallery, studio

KEY = "fa_sandbox"
AT_ONCE = 6
CREDITS = {"face_reference": 4, None: 1}
LIKENESS = 0.87
"""Made up, as the gallery's are."""


@dataclass
class Job:
    """One picture that was ordered. `fate`: `completed`, `stuck`, or the name of an error."""

    inputs: dict[str, Any]
    ready_at: float
    fate: str
    id: str = field(default_factory=lambda: f"{secrets.token_hex(8)}-u1")

    @property
    def status(self) -> str:
        if time.time() < self.ready_at or self.fate == "stuck":
            return "processing"
        return "completed" if self.fate in {"completed", "black", "empty"} else "failed"

    @property
    def credits(self) -> int:
        return CREDITS["face_reference" if "face_reference" in self.inputs else None]


class FashnServer:
    """`ordered` holds every job that took effect: what the tests count."""

    def __init__(self) -> None:
        self.faults = Faults()
        self.run_s = 0.0
        self.scale = 1.0
        self.credits = 1000
        self.fates: deque[str] = deque()
        self.ordered: list[Job] = []
        self.exchanges: list[dict[str, Any]] = []
        """Every order's body, for the check against the schema."""
        self.url = ""

    def routes(self, app: web.Application) -> None:
        add = app.router
        add.add_post("/fashn/v1/run", self._guarded("fashn.run", self._run))
        add.add_get("/fashn/v1/status/{id}", self._guarded("fashn.status", self._status))
        add.add_get("/fashn/v1/credits", self._guarded("fashn.credits", self._credits))
        add.add_get("/fashn/cdn/{id}/output_0.png", self._picture)

    def _guarded(self, name: str, work: Any) -> Any:
        async def handle(request: web.Request) -> web.StreamResponse:
            async def answer() -> web.StreamResponse:
                if request.headers.get("Authorization") != f"Bearer {KEY}":
                    return _error(401, "UnauthorizedAccess", "Invalid API key")
                done: web.StreamResponse = await work(request)
                return done

            return await self.faults.serve(name, request, answer)

        return handle

    async def _run(self, request: web.Request) -> web.Response:
        body = await request.json()
        if fault := next(_model_create().iter_errors(body), None):
            return _error(400, "BadRequest", fault.message[:200])
        if strange := sorted(set(body["inputs"]) - set(_fields())):
            return _error(400, "BadRequest", f"Unknown input {strange[0]}")
        if sum(job.status == "processing" for job in self.ordered) >= AT_ONCE:
            return _error(429, "ConcurrencyLimitExceeded", "Too many concurrent jobs")
        made = Job(body["inputs"], time.time() + self.run_s, self.fates.popleft() if self.fates else "completed")
        if self.credits < made.credits:
            return _error(429, "OutOfCredits", "Not enough credits")
        self.credits -= made.credits if made.status != "failed" else 0
        self.exchanges.append(body)
        self.ordered.append(made)
        return web.json_response({"id": made.id, "error": None})

    def _find(self, request: web.Request) -> Job | None:
        return next((job for job in self.ordered if job.id == request.match_info["id"]), None)

    async def _status(self, request: web.Request) -> web.Response:
        job = self._find(request)
        if job is None:
            return _error(404, "NotFound", "Prediction not found")
        status = job.status
        error = {"name": job.fate, "message": "It could not be made."} if status == "failed" else None
        output = [f"{self.url}/fashn/cdn/{job.id}/output_0.png"] if status == "completed" else None
        body = {"id": job.id, "status": status, "output": [] if job.fate == "empty" else output, "error": error}
        headers = {"x-fashn-credits-used": str(job.credits)} if status == "completed" else {}
        return web.json_response(body, headers=headers)

    async def _credits(self, _request: web.Request) -> web.Response:
        left = {"total": self.credits, "subscription": 0, "on_demand": self.credits}
        return web.json_response({"credits": left})

    async def _picture(self, request: web.Request) -> web.StreamResponse:
        async def answer() -> web.StreamResponse:
            if "Authorization" in request.headers:
                return web.Response(status=400, text="this host wants no key")
            job = self._find(request)
            if job is None or job.status != "completed":
                return web.Response(status=404)
            content = await asyncio.to_thread(self._paint, job)
            return web.Response(body=content, content_type="image/png")

        return await self.faults.serve("fashn.picture", request, answer)

    def _paint(self, job: Job) -> bytes:
        photo = gallery.inside(job.inputs.get("face_reference", "")) or b""
        drawn = gallery.drawn("fashn", job.inputs, photo, self.scale, LIKENESS, turns=True)
        image = Image.new("RGB", drawn.size) if job.fate == "black" else drawn
        return studio.encode(image, {"output_format": "png"})[0]


def _error(status: int, name: str, message: str) -> web.Response:
    return web.json_response({"error": name, "message": message}, status=status)


@cache
def _model_create() -> Draft202012Validator:
    return Draft202012Validator(_schemas()["ModelCreate"])


def _fields() -> dict[str, Any]:
    found: dict[str, Any] = _schemas()["ModelCreate"]["properties"]["inputs"]["properties"]
    return found


@cache
def _schemas() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(resources.files("bot.sandbox").joinpath("schemas/fashn.json").read_text("utf-8"))
    return found
