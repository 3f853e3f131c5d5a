"""Anthropic's Messages API on loopback.

It refuses what the real one refuses, counts tokens and cache, and judges by the pixels it was sent.
"""

import asyncio
import base64
import binascii
import io
import json
import math
import secrets
import time
import zlib
from collections import deque
from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import Any

from aiohttp import web
from PIL import Image

from bot.sandbox.anthropic.batches import Batches
from bot.sandbox.anthropic.checks import MODELS, Refused, blocks_of, check_body, check_headers, text_of
from bot.sandbox.anthropic.eyes import Face, find_face
from bot.sandbox.anthropic.files import Files
from bot.sandbox.anthropic.opinion import erring, opinion
from bot.sandbox.anthropic.understanding import formed, is_reading, understood
from bot.sandbox.faults import Faults

MEDIA = {"image/png": "PNG", "image/jpeg": "JPEG", "image/gif": "GIF", "image/webp": "WEBP"}
MOST_IMAGE_BYTES = 5 * 2**20
MOST_REQUEST_BYTES = 32 * 2**20
MOST_PIXELS = 8000
CACHE_S = 300
SMALLEST_CACHE = 2048


class AnthropicServer:
    """`asked` holds, for every request that took effect, what the tests count."""

    def __init__(self, latency_s: float = 0.0, *, look: bool = True) -> None:
        self.faults = Faults()
        self.latency_s = latency_s
        self.prefill_s: float | None = None
        """Of a call that only has its beginning kept, which writes nothing; None: as long as any other."""
        self.look = look
        """False: do not measure pixels, answer a plain pass. For benches of the bot, not of the sandbox."""
        self.errs: tuple[float, float] | None = None
        """Sensitivity and specificity with which it tells people apart, instead of as well as its eyes can."""
        self.asked: list[dict[str, Any]] = []
        self.warmed: list[dict[str, int]] = []
        """The usage of each call that only had its beginning kept."""
        self.files = Files()
        self.batches = Batches(self.faults, self._batched)
        self.readings: deque[Any] = deque()
        """What it takes the next messages for; a text is sent as it is. Empty: a few words that it knows."""
        self.most_at_once = 0
        self._now = 0
        self._cache: dict[int, float] = {}
        self.url = ""

    def routes(self, app: web.Application) -> None:
        app.router.add_post("/anthropic/v1/messages", self._messages)
        self.batches.routes(app)
        app.router.add_get("/anthropic/v1/models", self._models)
        app.router.add_post("/anthropic/v1/files", self._upload)
        app.router.add_delete("/anthropic/v1/files/{id}", self._delete)

    async def _models(self, request: web.Request) -> web.StreamResponse:
        try:
            check_headers(request)
        except Refused as error:
            return _error(error)
        data = [
            {"type": "model", "id": model, "display_name": model, "created_at": "2026-02-17T00:00:00Z"}
            for model in MODELS
        ]
        return web.json_response({"data": data, "has_more": False, "first_id": MODELS[0], "last_id": MODELS[-1]})

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        return await self.faults.serve("files.upload", request, lambda: self._filed(request, self.files.upload))

    async def _delete(self, request: web.Request) -> web.StreamResponse:
        async def deleted(request: web.Request) -> dict[str, Any]:
            return self.files.delete(request.match_info["id"])

        return await self.faults.serve("files.delete", request, lambda: self._filed(request, deleted))

    async def _filed(
        self, request: web.Request, work: Callable[[web.Request], Awaitable[dict[str, Any]]]
    ) -> web.StreamResponse:
        try:
            check_headers(request)
            return web.json_response(await work(request))
        except Refused as error:
            return _error(error)

    async def _messages(self, request: web.Request) -> web.StreamResponse:
        return await self.faults.serve("messages", request, lambda: self._answer(request))

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self._now += 1
        self.most_at_once = max(self.most_at_once, self._now)
        try:
            version = check_headers(request)
            raw = await request.read()
            if len(raw) > MOST_REQUEST_BYTES:
                raise Refused(413, "request_too_large", "Request exceeds the maximum allowed number of bytes.")
            body = json.loads(raw)
            check_body(body, version)
            began = time.monotonic()
            answer = await self._message(body, raw)
            takes = self.latency_s if body["max_tokens"] or self.prefill_s is None else self.prefill_s
            await asyncio.sleep(max(0.0, takes - (time.monotonic() - began)))
        except Refused as error:
            return _error(error)
        finally:
            self._now -= 1
        return web.json_response(answer, headers={"request-id": f"req_{secrets.token_hex(8)}"})

    async def _batched(self, body: dict[str, Any], version: str) -> dict[str, Any]:
        """One question of a batch. Raises: Refused."""
        check_body(body, version)
        return await self._message(body, json.dumps(body).encode())

    async def _message(self, body: dict[str, Any], raw: bytes) -> dict[str, Any]:
        """The answer to a body that is as it should be, counted. Raises: Refused."""
        self.files.fill(body)
        images = [_decode(block) for block in blocks_of(body) if block["type"] == "image"]
        if body["max_tokens"] == 0:
            self.warmed.append(self._usage(body, images, ""))
            return _message(body, [], "max_tokens", self.warmed[-1])
        said = await self._say(body)
        usage = self._usage(body, images, said)
        key = f"{zlib.crc32(raw):08x}"
        asked = {"crc": key, "model": body["model"], "images": len(images), "text": text_of(body)}
        self.asked.append({**asked, "usage": usage, "at": time.time(), "bytes": len(raw)})
        stopped = said.pop("stop_reason", "end_turn") if isinstance(said, dict) else "end_turn"
        text = said if isinstance(said, str) else said.pop("text", None) or json.dumps(said)
        return _message(body, [{"type": "text", "text": text}], stopped, usage)

    async def _say(self, body: dict[str, Any]) -> Any:
        if is_reading(body):
            return self._scripted(body) if self.readings else understood(body, text_of(body))
        said = await asyncio.to_thread(_look, body) if self.look else _plain_pass()
        return erring(said, self.errs, zlib.crc32(pictures_of(body))) if self.errs else said

    def _scripted(self, body: dict[str, Any]) -> Any:
        """The next answer of the script: requests are put into the schema's form, a text is sent as it is, and a
        `stop_reason` with its `text` ends the answer so.
        """
        said = self.readings.popleft()
        if isinstance(said, dict) and "action" in said:
            said = [said]
        return formed(body, said, "Scripted.") if isinstance(said, list) else said

    def _usage(self, body: dict[str, Any], images: list[Image.Image], said: Any) -> dict[str, int]:
        """Tokens as the real one counts them, roughly; the prefix up to the cache mark is written once, then read."""
        tokens = sum(len(part["text"]) for part in body.get("system") or []) // 4 + 350
        form = (body.get("output_config") or {}).get("format") or {}
        tokens += len(json.dumps(form)) // 4
        fixed = any(part.get("cache_control") for part in body.get("system") or [])
        marked, pictures = (tokens if fixed else 0), iter(images)
        prefix = zlib.crc32(f"{body['model']}{body.get('system')}".encode())
        for block in blocks_of(body):
            image = block["type"] == "image"
            tokens += _patches(next(pictures)) if image else len(block["text"]) // 4
            if not marked and not fixed:
                prefix = zlib.crc32((block["source"]["data"] if image else block["text"]).encode(), prefix)
            if block.get("cache_control"):
                marked = tokens
        usage = {
            "input_tokens": tokens,
            "output_tokens": len(json.dumps(said)) // 4 if said else 0,
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": 0,
        }
        if marked >= SMALLEST_CACHE:
            warm = self._cache.get(prefix, 0.0) > time.time()
            self._cache[prefix] = time.time() + CACHE_S
            kind = "cache_read_input_tokens" if warm else "cache_creation_input_tokens"
            usage |= {"input_tokens": tokens - marked, kind: marked}
        return usage


def _decode(block: dict[str, Any]) -> Image.Image:
    source = block.get("source") or {}
    if source.get("media_type") not in MEDIA:
        raise Refused(400, "invalid_request_error", "image.source.media_type: unsupported")
    if len(source.get("data", "")) > MOST_IMAGE_BYTES:
        raise Refused(400, "invalid_request_error", "image exceeds 5 MB maximum")
    try:
        image = Image.open(io.BytesIO(binascii.a2b_base64(source["data"], strict_mode=True)))
    except (OSError, ValueError):
        raise Refused(400, "invalid_request_error", "Could not process image") from None
    if image.format != MEDIA[source["media_type"]]:
        raise Refused(
            400,
            "invalid_request_error",
            f"The image was specified using the {source['media_type']} media type, but it appears to be another",
        )
    if max(image.size) > MOST_PIXELS:
        raise Refused(400, "invalid_request_error", "image dimensions exceed 8000 pixels")
    return image


def _patches(image: Image.Image) -> int:
    """⌈w/28⌉ · ⌈h/28⌉, at most 1,568: the real one shrinks what is larger."""
    return min(1568, math.ceil(image.width / 28) * math.ceil(image.height / 28))


def _message(body: dict[str, Any], content: list[Any], stopped: str, usage: dict[str, int]) -> dict[str, Any]:
    return {
        "id": f"msg_{secrets.token_hex(8)}",
        "type": "message",
        "role": "assistant",
        "model": body["model"],
        "content": content,
        "stop_reason": stopped,
        "stop_sequence": None,
        "usage": usage,
    }


def _error(error: Refused) -> web.Response:
    body = {
        "type": "error",
        "error": {"type": error.kind, "message": str(error)},
        "request_id": f"req_{secrets.token_hex(8)}",
    }
    return web.json_response(body, status=error.status)


def _plain_pass() -> dict[str, Any]:
    axis = {"reason": "Not looked at.", "conclusion": "meets", "score": 0.9}
    return {name: dict(axis) for name in ("q1_identity", "q2_pose", "q3_framing", "q4_photographic")}


def pictures_of(body: dict[str, Any]) -> bytes:
    """The cell's bytes, by which an error is the same whenever it is asked about."""
    return str([block["source"]["data"] for block in blocks_of(body) if block["type"] == "image"][1:]).encode()


def _look(body: dict[str, Any]) -> Any:
    """Compares the second picture with the first, a reference; a third is of the second's face."""
    pictures = [block["source"]["data"] for block in blocks_of(body) if block["type"] == "image"]
    return opinion(_face_in(pictures[0]), _face_in(pictures[1] if len(pictures) > 1 else pictures[0]), text_of(body))


@lru_cache(maxsize=256)
def _face_in(data: str) -> Face | None:
    """Measured once: a reference comes with every cell, and cells are judged again."""
    return find_face(Image.open(io.BytesIO(base64.b64decode(data))))
