"""Message batches at the sandbox's Anthropic: taken whole or refused, answered after a while, listed, called off."""

import asyncio
import contextlib
import json
import re
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web

from bot.sandbox.anthropic.checks import Refused, check_headers
from bot.sandbox.faults import Faults

MOST_BYTES = 256 * 2**20
MOST_REQUESTS = 100_000
PAGE, MOST_PAGE = 20, 1000
PLACE = "/anthropic/v1/messages/batches"
_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
Ask = Callable[[dict[str, Any], str], Awaitable[dict[str, Any]]]
"""Answers one question's body under an API version. Raises: Refused."""


@dataclass
class Held:
    """One batch."""

    id: str
    requests: list[dict[str, Any]]
    version: str
    made: datetime
    results: dict[str, dict[str, Any]] = field(default_factory=dict)
    called_off: datetime | None = None
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    """It was called off: it ends soon."""
    ended: datetime | None = None

    def count(self, kind: str) -> int:
        """Until the whole of it has ended, all of its questions count as being processed."""
        return sum(one["type"] == kind for one in self.results.values()) if self.ended else 0


class Batches:
    """The batches of one account. A question that is answered is charged: it is among the server's `asked`."""

    def __init__(self, faults: Faults, ask: Ask) -> None:
        self.held: list[Held] = []
        self.run_s = 1.0
        """Until the first question is answered."""
        self.ends_as: dict[int, dict[str, Any]] = {}
        """Results of the n-th questions from now on, instead of answers: `{"type": "expired"}`."""
        self._asked = 0
        self._faults, self._ask = faults, ask
        self._tasks: set[asyncio.Task[None]] = set()

    def routes(self, app: web.Application) -> None:
        app.router.add_post(PLACE, self._served("batches.create", self._create))
        app.router.add_get(PLACE, self._served("batches.list", self._list))
        app.router.add_get(f"{PLACE}/{{id}}", self._served("batches.retrieve", self._retrieve))
        app.router.add_post(f"{PLACE}/{{id}}/cancel", self._served("batches.cancel", self._cancel))
        app.router.add_get(f"{PLACE}/{{id}}/results", self._served("batches.results", self._results))
        app.on_cleanup.append(self._stop)

    async def _stop(self, _app: web.Application) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _served(
        self, name: str, work: Callable[[web.Request, str], Awaitable[web.Response]]
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def answer(request: web.Request) -> web.StreamResponse:
            async def checked() -> web.StreamResponse:
                try:
                    return await work(request, check_headers(request))
                except Refused as error:
                    body = {"type": "error", "error": {"type": error.kind, "message": str(error)}}
                    return web.json_response(body, status=error.status)

            return await self._faults.serve(name, request, checked)

        return answer

    async def _create(self, request: web.Request, version: str) -> web.Response:
        raw = await request.read()
        if len(raw) > MOST_BYTES:
            raise Refused(413, "request_too_large", "Request exceeds the maximum allowed number of bytes.")
        requests = json.loads(raw).get("requests")
        if not isinstance(requests, list) or not 1 <= len(requests) <= MOST_REQUESTS:
            raise Refused(400, "invalid_request_error", "requests: List should have between 1 and 100000 items")
        names = [one.get("custom_id") for one in requests]
        for at, one in enumerate(requests):
            if set(one) != {"custom_id", "params"}:
                raise Refused(400, "invalid_request_error", f"requests.{at}: Extra inputs are not permitted")
            if not isinstance(names[at], str) or not _NAME.fullmatch(names[at]):
                raise Refused(
                    400,
                    "invalid_request_error",
                    f"requests.{at}.custom_id: String should match pattern '^[a-zA-Z0-9_-]{{1,64}}$'",
                )
        if len(set(names)) < len(names):
            raise Refused(400, "invalid_request_error", "requests: custom_id must be unique within a batch")
        held = Held(f"msgbatch_{secrets.token_hex(12)}", requests, version, datetime.now(UTC))
        self.held.insert(0, held)
        task = asyncio.create_task(self._work(held))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return web.json_response(_told(held, request))

    async def _work(self, held: Held) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(held.stop.wait(), self.run_s)
        for one in held.requests:
            self._asked += 1
            if held.called_off:
                held.results[one["custom_id"]] = {"type": "canceled"}
            elif (forced := self.ends_as.pop(self._asked, None)) is not None:
                held.results[one["custom_id"]] = forced
            else:
                held.results[one["custom_id"]] = await self._answered(one["params"], held.version)
        held.ended = datetime.now(UTC)

    async def _answered(self, body: dict[str, Any], version: str) -> dict[str, Any]:
        try:
            return {"type": "succeeded", "message": await self._ask(body, version)}
        except Refused as error:
            fault = {"type": "error", "error": {"type": error.kind, "message": str(error)}, "request_id": None}
            return {"type": "errored", "error": fault}

    async def _list(self, request: web.Request, _version: str) -> web.Response:
        limit = int(request.query.get("limit", PAGE))
        if not 1 <= limit <= MOST_PAGE:
            raise Refused(400, "invalid_request_error", f"limit: should be between 1 and {MOST_PAGE}")
        ids = [one.id for one in self.held]
        after = request.query.get("after_id")
        start = ids.index(after) + 1 if after in ids else 0
        page = self.held[start : start + limit]
        return web.json_response(
            {
                "data": [_told(one, request) for one in page],
                "has_more": start + limit < len(ids),
                "first_id": page[0].id if page else None,
                "last_id": page[-1].id if page else None,
            }
        )

    async def _retrieve(self, request: web.Request, _version: str) -> web.Response:
        return web.json_response(_told(self._known(request), request))

    async def _cancel(self, request: web.Request, _version: str) -> web.Response:
        held = self._known(request)
        if held.ended is not None:
            raise Refused(400, "invalid_request_error", "The batch has ended: it cannot be canceled any more.")
        held.called_off = held.called_off or datetime.now(UTC)
        held.stop.set()
        return web.json_response(_told(held, request))

    async def _results(self, request: web.Request, _version: str) -> web.Response:
        held = self._known(request)
        if held.ended is None:
            raise Refused(400, "invalid_request_error", "The batch has not ended: its results are not available yet.")
        # In another order than they were asked: nobody may lean on it.
        lines = [json.dumps({"custom_id": name, "result": held.results[name]}) for name in sorted(held.results)]
        return web.Response(text="\n".join(lines) + "\n", content_type="application/x-jsonl")

    def _known(self, request: web.Request) -> Held:
        found = next((one for one in self.held if one.id == request.match_info["id"]), None)
        if found is None:
            raise Refused(404, "not_found_error", f"Message Batch {request.match_info['id']} not found.")
        return found


def _told(held: Held, request: web.Request) -> dict[str, Any]:
    over = {kind: held.count(kind) for kind in ("succeeded", "errored", "canceled", "expired")}
    status = "ended" if held.ended else "canceling" if held.called_off else "in_progress"
    return {
        "id": held.id,
        "type": "message_batch",
        "processing_status": status,
        "request_counts": {"processing": 0 if held.ended else len(held.requests), **over},
        "created_at": held.made.isoformat(),
        "ended_at": held.ended.isoformat() if held.ended else None,
        "expires_at": (held.made + timedelta(hours=24)).isoformat(),
        "archived_at": None,
        "cancel_initiated_at": held.called_off.isoformat() if held.called_off else None,
        "results_url": str(request.url.with_path(f"{PLACE}/{held.id}/results")) if held.ended else None,
    }
