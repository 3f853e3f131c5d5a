"""How Slack's Web API takes arguments and hands out pages."""

import json
from typing import Any

from aiohttp import web


async def arguments(request: web.Request) -> dict[str, Any]:
    """Query string and body together: the SDK puts arguments into either."""
    merged: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        merged |= await request.json()
    elif request.can_read_body:
        merged |= {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
    return merged


def decoded(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def page(messages: list[dict[str, Any]], arguments: dict[str, Any]) -> dict[str, Any]:
    limit, first = int(arguments.get("limit", 100)), int(arguments.get("cursor") or 0)
    shown = [dict(message) for message in messages[first : first + limit]]
    if str(arguments.get("include_all_metadata", "")).lower() not in {"true", "1"}:
        for message in shown:
            message.pop("metadata", None)
    more = first + limit < len(messages)
    return {
        "messages": shown,
        "has_more": more,
        "response_metadata": {"next_cursor": str(first + limit) if more else ""},
    }
