"""What the real API refuses, with its own errors, and the SDK's types held against every request."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from aiohttp import web
from pydantic import TypeAdapter, ValidationError

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
SCHEMA_REFUSES = {"minimum", "maximum", "minLength", "maxLength", "multipleOf"}


class Refused(Exception):
    """An answer with an error status."""

    def __init__(self, status: int, kind: str, message: str) -> None:
        super().__init__(message)
        self.status, self.kind = status, kind


def check_headers(request: web.Request) -> str:
    key = request.headers.get("x-api-key") or request.headers.get("Authorization", "").removeprefix("Bearer ")
    if key != KEY:
        raise Refused(401, "authentication_error", "invalid x-api-key")
    version = request.headers.get("anthropic-version", "")
    if not version:
        raise Refused(400, "invalid_request_error", "anthropic-version: header is required")
    return version


def check_body(body: dict[str, Any], version: str) -> None:
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
    marks = sum(1 for block in blocks_of(body) if block.get("cache_control")) + sum(
        1 for part in body.get("system") or [] if part.get("cache_control")
    )
    if marks > 4:
        raise Refused(400, "invalid_request_error", "A maximum of 4 blocks with cache_control may be provided.")
    form = (body.get("output_config") or {}).get("format")
    if form is not None:
        _check_schema(form.get("schema") or {})
    _check_types(body)


@cache
def _types() -> TypeAdapter[Any]:
    """What the SDK says a request is; imported when the first one comes."""
    from anthropic.types.message_create_params import MessageCreateParamsNonStreaming  # noqa: PLC0415

    return TypeAdapter(MessageCreateParamsNonStreaming)


def _check_types(body: dict[str, Any]) -> None:
    """Every part of a request is of the SDK's own types, whatever the SDK let through."""
    try:
        _look_through(_types().validate_python(body))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise Refused(400, "invalid_request_error", f"{where}: {first['msg']}") from None


def _look_through(value: Any) -> None:
    """Validation of what is iterable happens when one iterates."""
    if isinstance(value, dict):
        for part in value.values():
            _look_through(part)
    elif isinstance(value, Iterable) and not isinstance(value, str | bytes):
        for part in value:
            _look_through(part)


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


def blocks_of(body: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for message in body["messages"]:
        content = message["content"]
        found += [{"type": "text", "text": content}] if isinstance(content, str) else content
    return found


def text_of(body: dict[str, Any]) -> str:
    return "\n".join(block["text"] for block in blocks_of(body) if block["type"] == "text")
