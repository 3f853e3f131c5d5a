"""A call whose process stood still while it connected: nothing of it arrives; a moment later the next one does."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import aiohttp
import httpx
import httpx2
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from handlers.message import Message
from handlers.slack import Slack, open_client, open_session
from handlers.slack_errors import SlackBusy
from pipeline.vendors.first_byte import FIRST_BYTE_S, at_once

Post = Callable[[str], Awaitable[object]]
"""Post something to an address, over one client."""
Client = Callable[[Callable[[], float]], AsyncIterator[Post]]


@pytest.fixture
async def server() -> AsyncIterator[tuple[str, list[str]]]:
    """Its address, and what arrived there."""
    arrived: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        arrived.append(request.method)
        return web.json_response({})

    app = web.Application()
    app.router.add_route("*", "/", answer)
    async with TestServer(app) as started:
        yield str(started.make_url("/")), arrived


async def slack(clock: Callable[[], float]) -> AsyncIterator[Post]:
    async with open_session(clock) as session:
        yield session.post


async def replicate(clock: Callable[[], float]) -> AsyncIterator[Post]:
    async with httpx.AsyncClient(event_hooks=at_once(httpx.ConnectTimeout, clock)) as client:
        yield client.post


async def claude(clock: Callable[[], float]) -> AsyncIterator[Post]:
    async with httpx2.AsyncClient(event_hooks=at_once(httpx2.ConnectTimeout, clock)) as client:
        yield client.post


def stood_still(times: Iterator[float]) -> Callable[[], float]:
    """A clock that jumps between two looks, once."""
    return lambda: next(times, 1000.0)


@pytest.mark.parametrize("client", [slack, replicate, claude])
@pytest.mark.parametrize("connected", [False, True])
async def test_what_would_go_out_late_does_not(
    server: tuple[str, list[str]], client: Client, *, connected: bool
) -> None:
    address, arrived = server
    before = [1.0, 1.0] if connected else []
    clock = stood_still(iter([*before, 1.0, 1.1 + FIRST_BYTE_S]))
    async for post in client(clock):
        if connected:
            await post(address)
        with pytest.raises((aiohttp.ConnectionTimeoutError, httpx.ConnectTimeout, httpx2.ConnectTimeout)):
            await post(address)
        assert arrived == ["POST"] * connected
        await post(address)

    assert arrived == ["POST"] * (1 + connected)


async def test_what_slack_was_not_sent_in_time_was_surely_not_posted(server: tuple[str, list[str]]) -> None:
    address, arrived = server
    async with open_session(stood_still(iter([1.0, 1.1 + FIRST_BYTE_S]))) as session:
        slack = Slack(open_client("xoxb-1", address, session), session)
        with pytest.raises(SlackBusy):
            await slack.whisper("C1", "U1", None, Message(text="To you alone", blocks=()))

    assert arrived == []
