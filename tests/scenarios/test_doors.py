"""Signed HTTP from outside: whoever knocks without a signature costs a moment and no word; who is signed is heard."""

import asyncio
import contextlib
import hashlib
import hmac
import io
import json
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import aiohttp
import pytest
from structlog.testing import capture_logs

from bot.intake import doors
from bot.sandbox.slack.server import SIGNING_SECRET
from bot.sandbox.world import World
from tests.channel import RUN, Channel
from tests.conftest import Start, signed_post, speak_http

HEADERS_S = 1.0
PING = {"type": "url_verification", "challenge": "still there?"}


@pytest.fixture
async def where(start: Start, world: World, public: str) -> str:
    """The address of a bot that is reached by HTTP; its patience is short."""
    speak_http(world, public)
    port = int(public.rsplit(":", 1)[1])
    await start(slack_mode="http", port=port, public_url=public, headers_s=HEADERS_S, body_s=0.5)
    return public


def signed(body: bytes, **changed: str) -> dict[str, str]:
    at = str(int(time.time()))
    made = hmac.new(SIGNING_SECRET.encode(), b"v0:" + at.encode() + b":" + body, hashlib.sha256).hexdigest()
    proof = f"v0={made}"
    headers = {"content-type": "application/json", "x-slack-request-timestamp": at, "x-slack-signature": proof}
    return headers | {name.replace("_", "-"): value for name, value in changed.items()}


BODY = json.dumps(PING).encode()
DEEP = b"[" * 100_000
PLAIN = {"content-type": "application/json"}
STRANGE = {
    "no signature": (BODY, None, 401),
    "of other letters": (BODY, {"x_slack_signature": "v0=ééé"}, 401),
    "of another secret": (BODY, {"x_slack_signature": "v0=" + "0" * 64}, 401),
    "a moment of other letters": (BODY, {"x_slack_request_timestamp": "abc"}, 401),
    "long ago": (BODY, {"x_slack_request_timestamp": "1500000000"}, 401),
    "deep and unsigned": (DEEP, None, 401),
    "deep and signed": (DEEP, {}, 400),
    "no JSON, signed": (b"{", {}, 400),
    "no UTF-8, signed": (b"{\xff}", {}, 400),
    "an odd charset, signed": (BODY, {"content_type": "application/json; charset=klingon"}, 400),
    "too long": (b" " * 2_000_000, None, 413),
}
"""A body, what of its signed headers is changed (None: it is not signed), and the answer."""


@pytest.mark.parametrize("name", STRANGE)
async def test_what_is_not_signed_or_makes_no_sense_is_refused_in_a_few_bytes(
    where: str, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    body, changed, status = STRANGE[name]
    headers = PLAIN if changed is None else signed(body, **changed)  # now: Slack's signatures grow old

    with capture_logs() as logged:
        async with aiohttp.ClientSession() as session:
            for _ in range(3):
                async with session.post(f"{where}/slack/events", data=io.BytesIO(body), headers=headers) as answer:
                    assert answer.status == status

    assert len(json.dumps(logged)) < 200
    assert len("".join(capsys.readouterr())) < 200


async def test_an_unsigned_report_makes_no_call_at_the_vendor(where: str, world: World) -> None:
    before = len(world.replicate.exchanges)

    async with aiohttp.ClientSession() as session:
        for body in (b"{}", DEEP, b"\xff"):
            async with session.post(f"{where}/replicate/webhook?order=1&attempt=1", data=body) as answer:
                assert answer.status == 401
            signature = {"webhook-id": "é", "webhook-timestamp": str(int(time.time())), "webhook-signature": "v1,é v1"}
            async with session.post(f"{where}/replicate/webhook", data=body, headers=signature) as answer:
                assert answer.status == 401

    assert len(world.replicate.exchanges) == before


async def test_another_path_tells_a_stranger_nothing(where: str) -> None:
    for path in ("/", "/anything", "/slack/events/more", "/runs/20260529-cb-lora-v1/index.html"):
        async with aiohttp.ClientSession() as session, session.get(f"{where}{path}") as answer:
            assert answer.status == 403
            assert len(await answer.read()) < 400


NONSENSE = {
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00",
    "a broken chunk": b"POST /slack/events HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "a broken archive": b"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\n"
    b"Content-Length: 10\r\n\r\n0123456789",
    "long headers": b"POST /slack/events HTTP/1.1\r\nX: " + b"a" * 10_000 + b"\r\n\r\n",
}


@pytest.mark.parametrize("name", NONSENSE)
async def test_what_is_no_request_is_answered_without_a_word(
    where: str, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture, name: str
) -> None:
    async with knocking(where, NONSENSE[name], 1) as (reader,):
        assert b" 400 " in await reader.read()

    assert len("".join(capsys.readouterr())) < 200
    assert caplog.text == ""


_BEGUN = b"POST /slack/events HTTP/1.1\r\nHost: x\r\n"
HALVES = {"half headers": _BEGUN, "half a body": _BEGUN + b"Content-Length: 100\r\n\r\n{"}


@asynccontextmanager
async def knocking(where: str, sent: bytes, count: int) -> AsyncIterator[list[asyncio.StreamReader]]:
    """Connections that say half of something, and wait."""
    host, port = where.removeprefix("http://").split(":")
    async with AsyncExitStack() as stack:
        readers = []
        for _ in range(count):
            reader, writer = await asyncio.open_connection(host, int(port))
            stack.callback(writer.close)
            writer.write(sent)
            readers.append(reader)
        yield readers


@pytest.mark.parametrize("half", HALVES)
async def test_half_sent_requests_starve_nobody_and_are_dropped(
    where: str, capsys: pytest.CaptureFixture[str], half: str
) -> None:
    """More of them than connections are allowed: a signed event is answered at once, and they are gone before long."""
    async with knocking(where, HALVES[half], doors.MOST_OPEN + 44) as readers:
        async with asyncio.timeout(3):
            assert await signed_post(f"{where}/slack/events", PING, SIGNING_SECRET) == 200
        async with asyncio.timeout(HEADERS_S + 5):
            for reader in readers:
                with contextlib.suppress(ConnectionError):
                    await reader.read()
    assert len("".join(capsys.readouterr())) < 500


async def test_a_signed_request_is_heard_while_others_knock(where: str, world: World) -> None:
    async with knocking(where, HALVES["half headers"], 100):
        channel = Channel(world)
        await channel.reply(channel.say(f"show runs/{RUN}"), "not judged yet")
