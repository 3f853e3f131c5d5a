"""The demo's page listens to the person at this machine: no other page writes, reads or frames it."""

import aiohttp
import pytest

from bot.sandbox.world import World

SAID = {"person": "U0SAM", "text": "approve", "thread_ts": None}


def honest(world: World) -> dict[str, str]:
    return {"Origin": world.url, "X-Labs-Token": world.guard.token, "Content-Type": "application/json"}


CHANGED = {
    "another page": ({"Origin": "http://evil.example"}, 403),
    "no origin": ({"Origin": "null"}, 403),
    "no token": ({"X-Labs-Token": ""}, 403),
    "a token of other letters": ({"X-Labs-Token": "é"}, 403),
    "another name that points here": ({"Host": "evil.example:80"}, 421),
    "a form": ({"Content-Type": "text/plain"}, 415),
}


@pytest.mark.parametrize("path", ["/page-write", "/page-press", "/page-submit"])
@pytest.mark.parametrize("name", CHANGED)
async def test_what_does_not_come_from_the_page_itself_changes_nothing(world: World, name: str, path: str) -> None:
    changed, status = CHANGED[name]
    async with aiohttp.ClientSession() as session:
        sent = session.post(f"{world.url}{path}", json=SAID, headers=honest(world) | changed)
        async with sent as answer:
            assert answer.status == status
    assert world.slack.workspace.messages == {}


async def test_the_page_itself_is_heard_and_carries_its_policy(world: World) -> None:
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{world.url}/") as answer:
            assert world.guard.token in await answer.text()
            headers = answer.headers
        async with session.post(f"{world.url}/page-write", json=SAID, headers=honest(world)) as answer:
            assert answer.status == 200

    assert [one["text"] for one in world.slack.workspace.messages.values()] == ["approve"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/", "/page-state", "/page-changes", "/api/auth.test"])
async def test_nothing_is_read_under_another_name(world: World, path: str) -> None:
    named = {"Host": "evil.example"}
    async with aiohttp.ClientSession() as session, session.get(f"{world.url}{path}", headers=named) as answer:
        assert answer.status == 421


@pytest.mark.parametrize("body", [b"{", b"[" * 100_000, b"[]", b"{}", b'{"person": 1}'])
async def test_what_makes_no_sense_is_answered_in_words(world: World, body: bytes) -> None:
    async with aiohttp.ClientSession(world.url, headers=honest(world)) as session:
        answer = await session.post("/page-write", data=body)
        assert answer.status == 400
