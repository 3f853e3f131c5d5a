"""Magnific's API on loopback: a picture in, a task, a picture out; it says no price, cancels nothing, lists nothing.

`POST /magnific/v1/ai/MODE` → `{"data": {"task_id", "status", "generated"}}`; `GET /magnific/v1/ai/PATH/TASK`.
"""

import asyncio
import base64
import contextlib
import hashlib
import hmac
import json
import time
import uuid
from collections import deque
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

import aiohttp
from aiohttp import web
from jsonschema import Draft202012Validator

from bot.sandbox import likeness
from bot.sandbox.faults import Faults
from bot.sandbox.replicate import studio

KEY = "mg_sandbox"
WEBHOOK_SECRET = "whsec_bWdfc2FuZGJveA=="  # noqa: S105  # of the sandbox only
LEAST_SIDE = 160


@dataclass
class Task:
    """One picture that was put through. `fate`: `COMPLETED`, `FAILED`, `stuck`, `black`, `empty`, or `drift`."""

    mode: str
    inputs: dict[str, Any]
    ready_at: float
    fate: str
    id: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def status(self) -> str:
        if time.time() < self.ready_at or self.fate == "stuck":
            return "IN_PROGRESS"
        return "FAILED" if self.fate == "FAILED" else "COMPLETED"

    @property
    def path(self) -> str:
        return "skin-enhancer" if self.mode.startswith("skin-enhancer/") else self.mode


class MagnificServer:
    """`ordered` holds every task that took effect: what the tests count."""

    def __init__(self) -> None:
        self.faults = Faults()
        self.run_s = 0.0
        self.fates: deque[str] = deque()
        self.ordered: list[Task] = []
        self.url = ""
        self._hooks: set[asyncio.Task[None]] = set()

    async def close(self) -> None:
        for task in self._hooks:
            task.cancel()
        await asyncio.gather(*self._hooks, return_exceptions=True)

    async def _report(self, task: Task) -> None:
        """The webhook at the end, signed: the task as it is, without `data`."""
        await asyncio.sleep(max(0.0, task.ready_at - time.time()))
        body = json.dumps({"task_id": task.id, "status": task.status, "generated": self._generated(task)})
        async with aiohttp.ClientSession() as session:
            with contextlib.suppress(aiohttp.ClientError, OSError):
                await session.post(task.inputs["webhook_url"], data=body, headers=signed(body))

    def _generated(self, task: Task) -> list[str]:
        made = task.status == "COMPLETED" and task.fate != "empty"
        return [f"{self.url}/magnific/cdn/{task.id}.png"] if made else []

    def routes(self, app: web.Application) -> None:
        add = app.router
        for mode in _bodies():
            add.add_post(f"/magnific/v1/ai/{mode}", self._guarded("magnific.order", self._order(mode)))
        for path in sorted({mode.partition("/")[0] for mode in _bodies()}):
            add.add_get(f"/magnific/v1/ai/{path}/{{id}}", self._guarded("magnific.look", self._look(path)))
        add.add_get("/magnific/cdn/{id}.png", self._picture)

    def _guarded(self, name: str, work: Any) -> Any:
        async def handle(request: web.Request) -> web.StreamResponse:
            async def answer() -> web.StreamResponse:
                if request.headers.get("x-magnific-api-key") != KEY:
                    return _message(401, "Invalid API key")
                done: web.StreamResponse = await work(request)
                return done

            return await self.faults.serve(name, request, answer)

        return handle

    def _order(self, mode: str) -> Any:
        async def order(request: web.Request) -> web.Response:
            body = await request.json()
            if wrong := _wrong(mode, body):
                return web.json_response({"message": "Validation error", "invalid_params": wrong}, status=400)
            made = Task(mode, body, time.time() + self.run_s, self.fates.popleft() if self.fates else "COMPLETED")
            self.ordered.append(made)
            if "webhook_url" in body:
                self._hooks.add(task := asyncio.create_task(self._report(made)))
                task.add_done_callback(self._hooks.discard)
            return web.json_response({"data": {"task_id": made.id, "status": "CREATED", "generated": []}})

        return order

    def _look(self, path: str) -> Any:
        async def look(request: web.Request) -> web.Response:
            task = self._find(request.match_info["id"])
            if task is None or task.path != path:
                return _message(404, "Task not found")
            shown = {"task_id": task.id, "status": task.status, "generated": self._generated(task)}
            return web.json_response({"data": shown})

        return look

    def _find(self, task_id: str) -> Task | None:
        return next((one for one in self.ordered if one.id == task_id), None)

    async def _picture(self, request: web.Request) -> web.StreamResponse:
        async def answer() -> web.StreamResponse:
            if "x-magnific-api-key" in request.headers:
                return web.Response(status=400, text="this host wants no key")
            task = self._find(request.match_info["id"])
            if task is None or task.status != "COMPLETED":
                return web.Response(status=404)
            return web.Response(body=await asyncio.to_thread(_paint, task), content_type="image/png")

        return await self.faults.serve("magnific.picture", request, answer)


def signed(body: str) -> dict[str, str]:
    """The headers of a report."""
    name, at = f"msg_{uuid.uuid4().hex[:8]}", str(int(time.time()))
    key = base64.b64decode(WEBHOOK_SECRET.removeprefix("whsec_"))
    proof = base64.b64encode(hmac.new(key, f"{name}.{at}.{body}".encode(), hashlib.sha256).digest()).decode()
    headers = {"webhook-id": name, "webhook-timestamp": at, "webhook-signature": f"v1,{proof}"}
    return {**headers, "content-type": "application/json"}


def _paint(task: Task) -> bytes:
    scale = int(str(task.inputs.get("scale_factor", 1)).removesuffix("x"))
    drift = 0.6 if task.fate == "drift" else 0.0
    drawn = likeness.upscaled(base64.b64decode(task.inputs["image"]), scale, grain_too=True, drift=drift)
    image = drawn.point(lambda _level: 0) if task.fate == "black" else drawn
    return studio.encode(image, {"output_format": "png"})[0]


def _wrong(mode: str, body: Any) -> list[dict[str, str]]:
    faults = [
        {"name": ".".join(map(str, one.absolute_path)) or "body", "reason": one.message[:200]}
        for one in Draft202012Validator(_bodies()[mode]).iter_errors(body)
    ]
    strange = sorted(set(body) - set(_bodies()[mode]["properties"])) if isinstance(body, dict) else []
    faults += [{"name": one, "reason": "unknown"} for one in strange]
    return faults or _unfit(body["image"])


def _unfit(image: str) -> list[dict[str, str]]:
    try:
        picture = likeness.opened(base64.b64decode(image, validate=True))
    except ValueError:
        picture = None
    if picture is None:
        return [{"name": "image", "reason": "is no base64 picture"}]
    width, height = picture.size
    small = min(width, height) < LEAST_SIDE
    return [{"name": "image", "reason": f"is smaller than {LEAST_SIDE} pixels"}] if small else []


def _message(status: int, words: str) -> web.Response:
    return web.json_response({"message": words}, status=status)


@cache
def _bodies() -> dict[str, Any]:
    text = resources.files("bot.sandbox").joinpath("schemas/magnific.json").read_text("utf-8")
    found: dict[str, Any] = json.loads(text)
    return found
