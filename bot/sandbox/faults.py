"""Faults on demand, and calls held still at a chosen moment so that a test can kill the bot there."""

import asyncio
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from aiohttp import web

Kind = Literal["answer", "answer after", "hang up before", "hang up after", "slow", "garbage"]
Stage = Literal["before", "during", "after"]


@dataclass(frozen=True)
class Fault:
    """What goes wrong with one call. "answer" comes instead of taking effect, "answer after" comes after it."""

    kind: Kind
    status: int = 500
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0


@dataclass
class Hold:
    """A call stopped: before it takes effect, after that but before the answer, or after the answer was sent."""

    stage: Stage
    at_call: int
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    release: asyncio.Event = field(default_factory=asyncio.Event)


class Faults:
    """The faults and holds of one server, by the call's name."""

    def __init__(self) -> None:
        self._queued: dict[str, deque[Fault]] = defaultdict(deque)
        self._holds: dict[str, list[Hold]] = defaultdict(list)
        self._seen: dict[str, int] = defaultdict(int)
        self.chance: Callable[[str], Fault | None] | None = None
        """Faults by chance, for calls of a name, where none is queued."""

    def add(self, name: str, *faults: Fault) -> None:
        self._queued[name].extend(faults)

    def hold(self, name: str, stage: Stage, at_call: int = 1) -> Hold:
        """Stop the n-th call from now on."""
        hold = Hold(stage=stage, at_call=self._seen[name] + at_call)
        self._holds[name].append(hold)
        return hold

    async def serve(
        self, name: str, request: web.Request, work: Callable[[], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        """Answer a call by `work`, with whatever fault or hold waits for it."""
        self._seen[name] += 1
        held = [hold for hold in self._holds[name] if hold.at_call == self._seen[name]]
        fault = self._queued[name].popleft() if self._queued[name] else None
        if fault is None and self.chance is not None:
            fault = self.chance(name)
        await _pause(held, "before")
        if fault is not None:
            if fault.kind == "answer":
                return _answer(fault)
            if fault.kind == "hang up before":
                raise _hang_up(request)
            if fault.kind == "slow":
                await asyncio.sleep(fault.seconds)
        answer = await work()
        if fault is not None and fault.kind == "garbage":
            return web.Response(text="<html>502 Bad Gateway</html>", content_type="application/json")
        await _pause(held, "during")
        if fault is not None and fault.kind == "hang up after":
            raise _hang_up(request)
        if fault is not None and fault.kind == "answer after":
            return _answer(fault)
        for hold in held:
            if hold.stage == "after":
                asyncio.get_running_loop().call_later(0.02, hold.reached.set)
        return answer


def _answer(fault: Fault) -> web.Response:
    """Its body as JSON; bytes as the page of somebody in between."""
    if isinstance(fault.body, bytes):
        return web.Response(body=fault.body, status=fault.status, headers=fault.headers, content_type="text/html")
    return web.json_response(fault.body, status=fault.status, headers=fault.headers)


async def _pause(held: list[Hold], stage: Stage) -> None:
    for hold in held:
        if hold.stage == stage:
            hold.reached.set()
            await hold.release.wait()


def _hang_up(request: web.Request) -> ConnectionResetError:
    if request.transport is not None:
        request.transport.abort()
    return ConnectionResetError("the sandbox hung up, as it was asked to")
