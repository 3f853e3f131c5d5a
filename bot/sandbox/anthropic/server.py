"""Anthropic's Messages API on loopback.

It refuses what the real one refuses, counts tokens and cache, and judges by the pixels it was sent.
"""

import asyncio
import binascii
import io
import json
import math
import secrets
import time
import zlib
from collections import deque
from typing import Any

from aiohttp import web
from PIL import Image

from bot.sandbox.anthropic.eyes import Face, find_face
from bot.sandbox.anthropic.opinion import opinion
from bot.sandbox.anthropic.understanding import is_reading, understood
from bot.sandbox.faults import Faults

KEY = "sk-ant-sandbox"
MODELS = (
    "claude-sonnet-4-6",
    "claude-opus-4-6",
    "claude-opus-4-5",
    "claude-haiku-4-5",
    "claude-sonnet-5-5",
    "claude-opus-5-5",
    "claude-haiku-5-5",
)
KNOWN = {
    "model", "max_tokens", "messages", "system", "output_config", "cache_control", "thinking", "tools", "tool_choice",
    "stop_sequences", "stream", "metadata", "service_tier", "inference_geo", "container", "speed", "diagnostics",
}  # fmt: skip
GONE = {"temperature", "top_p", "top_k"}
"""Removed with the API version of 2026-10-21: refused even at their old defaults."""
GONE_SINCE = "2026-10-21"
MEDIA = {"image/png": "PNG", "image/jpeg": "JPEG", "image/gif": "GIF", "image/webp": "WEBP"}
MOST_IMAGE_BYTES = 5 * 2**20
MOST_REQUEST_BYTES = 32 * 2**20
MOST_PIXELS = 8000
CACHE_S = 300
SMALLEST_CACHE = 2048
SCHEMA_REFUSES = {"minimum", "maximum", "minLength", "maxLength", "multipleOf"}


class Refused(Exception):
    """An answer with an error status."""

    def __init__(self, status: int, kind: str, message: str) -> None:
        super().__init__(message)
        self.status, self.kind = status, kind


class AnthropicServer:
    """`asked` holds, for every request that took effect, what the tests count."""

    def __init__(self, latency_s: float = 0.0, *, look: bool = True) -> None:
        self.faults = Faults()
        self.latency_s = latency_s
        self.look = look
        """False: do not measure pixels, answer a plain pass. For benches of the bot, not of the sandbox."""
        self.asked: list[dict[str, Any]] = []
        self.readings: deque[Any] = deque()
        """What it takes the next messages for; a text is sent as it is. Empty: a few words that it knows."""
        self.most_at_once = 0
        self._now = 0
        self._cache: dict[int, float] = {}
        self._faces: dict[int, Face | None] = {}
        self.url = ""

    def routes(self, app: web.Application) -> None:
        app.router.add_post("/anthropic/v1/messages", self._messages)
        app.router.add_get("/anthropic/v1/models", self._models)

    async def _models(self, request: web.Request) -> web.StreamResponse:
        try:
            _check_headers(request)
        except Refused as error:
            return _error(error)
        data = [
            {"type": "model", "id": model, "display_name": model, "created_at": "2026-02-17T00:00:00Z"}
            for model in MODELS
        ]
        return web.json_response({"data": data, "has_more": False, "first_id": MODELS[0], "last_id": MODELS[-1]})

    async def _messages(self, request: web.Request) -> web.StreamResponse:
        return await self.faults.serve("messages", request, lambda: self._answer(request))

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self._now += 1
        self.most_at_once = max(self.most_at_once, self._now)
        try:
            version = _check_headers(request)
            raw = await request.read()
            if len(raw) > MOST_REQUEST_BYTES:
                raise Refused(413, "request_too_large", "Request exceeds the maximum allowed number of bytes.")
            body = json.loads(raw)
            _check_body(body, version)
            images = [_decode(block) for block in _blocks(body) if block["type"] == "image"]
            began = time.monotonic()
            said = await self._say(body, images)
            await asyncio.sleep(max(0.0, self.latency_s - (time.monotonic() - began)))
            usage = self._usage(body, images, said)
        except Refused as error:
            return _error(error)
        finally:
            self._now -= 1
        key = f"{zlib.crc32(raw):08x}"
        asked = {"crc": key, "model": body["model"], "images": len(images), "text": _text(body)}
        self.asked.append({**asked, "usage": usage, "at": time.time()})
        answer = {
            "id": f"msg_{secrets.token_hex(8)}",
            "type": "message",
            "role": "assistant",
            "model": body["model"],
            "content": [{"type": "text", "text": said if isinstance(said, str) else json.dumps(said)}],
            "stop_reason": "end_turn",
            "stop_sequence": None,
            "usage": usage,
        }
        return web.json_response(answer, headers={"request-id": f"req_{secrets.token_hex(8)}"})

    async def _say(self, body: dict[str, Any], images: list[Image.Image]) -> Any:
        if is_reading(body):
            return self.readings.popleft() if self.readings else understood(body, _text(body))
        return await asyncio.to_thread(self._look, body, images) if self.look else _plain_pass()

    def _look(self, body: dict[str, Any], images: list[Image.Image]) -> Any:
        """Compares the last picture with the first, a reference, which is measured once."""
        first = next(block for block in _blocks(body) if block["type"] == "image")
        key = zlib.crc32(first["source"]["data"].encode())
        if key not in self._faces:
            self._faces[key] = find_face(images[0])
        return opinion(self._faces[key], find_face(images[-1]), _text(body))

    def _usage(self, body: dict[str, Any], images: list[Image.Image], said: Any) -> dict[str, int]:
        """Tokens as the real one counts them, roughly; the prefix up to the cache mark is written once, then read."""
        tokens = sum(len(part["text"]) for part in body.get("system") or []) // 4 + 350
        marked, pictures = 0, iter(images)
        prefix = zlib.crc32(f"{body['model']}{body.get('system')}".encode())
        for block in _blocks(body):
            image = block["type"] == "image"
            tokens += _patches(next(pictures)) if image else len(block["text"]) // 4
            if not marked:
                prefix = zlib.crc32((block["source"]["data"] if image else block["text"]).encode(), prefix)
            if block.get("cache_control"):
                marked = tokens
        usage = {
            "input_tokens": tokens,
            "output_tokens": len(json.dumps(said)) // 4,
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": 0,
        }
        if marked >= SMALLEST_CACHE:
            warm = self._cache.get(prefix, 0.0) > time.time()
            self._cache[prefix] = time.time() + CACHE_S
            kind = "cache_read_input_tokens" if warm else "cache_creation_input_tokens"
            usage |= {"input_tokens": tokens - marked, kind: marked}
        return usage


def _check_headers(request: web.Request) -> str:
    key = request.headers.get("x-api-key") or request.headers.get("Authorization", "").removeprefix("Bearer ")
    if key != KEY:
        raise Refused(401, "authentication_error", "invalid x-api-key")
    version = request.headers.get("anthropic-version", "")
    if not version:
        raise Refused(400, "invalid_request_error", "anthropic-version: header is required")
    return version


def _check_body(body: dict[str, Any], version: str) -> None:
    for name in body:
        if name in GONE and version >= GONE_SINCE:
            raise Refused(400, "invalid_request_error", f"{name}: this parameter is not supported")
        if name not in KNOWN | GONE:
            raise Refused(400, "invalid_request_error", f"{name}: Extra inputs are not permitted")
    for name in ("model", "max_tokens", "messages"):
        if name not in body:
            raise Refused(400, "invalid_request_error", f"{name}: Field required")
    if body["model"] not in MODELS:
        raise Refused(404, "not_found_error", f"model: {body['model']}")
    marks = sum(1 for block in _blocks(body) if block.get("cache_control")) + sum(
        1 for part in body.get("system") or [] if part.get("cache_control")
    )
    if marks > 4:
        raise Refused(400, "invalid_request_error", "A maximum of 4 blocks with cache_control may be provided.")
    form = (body.get("output_config") or {}).get("format")
    if form is not None:
        _check_schema(form.get("schema") or {})


def _check_schema(schema: Any) -> None:
    if isinstance(schema, list):
        for item in schema:
            _check_schema(item)
    if not isinstance(schema, dict):
        return
    if refused := SCHEMA_REFUSES & set(schema):
        raise Refused(400, "invalid_request_error", f"output_config.format.schema: unsupported keyword {min(refused)}")
    if schema.get("type") == "object" and schema.get("additionalProperties") is not False:
        raise Refused(400, "invalid_request_error", "output_config.format.schema: additionalProperties must be false")
    for value in schema.values():
        _check_schema(value)


def _blocks(body: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for message in body["messages"]:
        content = message["content"]
        found += [{"type": "text", "text": content}] if isinstance(content, str) else content
    return found


def _text(body: dict[str, Any]) -> str:
    return "\n".join(block["text"] for block in _blocks(body) if block["type"] == "text")


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
