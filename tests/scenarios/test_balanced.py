"""Two processes in HTTP mode behind a load balancer: any of them takes any request."""

import itertools
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from bot.sandbox.world import World
from tests.channel import RUN, Channel, text
from tests.conftest import Start, speak_http
from tests.killing import ASK, outcome
from tests.ledger import table

pytestmark = pytest.mark.postgres


class Balancer:
    """Hands each request to the next of its processes; to none that refuses the connection."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session
        self.behind: list[str] = []
        self._turn = itertools.count()
        self.taken = Counter[tuple[str, str]]()

    async def hand_on(self, request: web.Request) -> web.Response:
        body = await request.read()
        for _ in self.behind:
            there = self.behind[next(self._turn) % len(self.behind)]
            try:
                sent = self._session.request(
                    request.method, f"{there}{request.raw_path}", data=body, headers=request.headers
                )
                async with sent as answer:
                    self.taken[there, request.path] += 1
                    return web.Response(status=answer.status, body=await answer.read())
            except aiohttp.ClientConnectorError:
                continue
        return web.Response(status=503)


@asynccontextmanager
async def balanced(public: str) -> AsyncIterator[Balancer]:
    async with aiohttp.ClientSession() as session:
        balancer = Balancer(session)
        app = web.Application(client_max_size=8 * 2**20)
        app.router.add_route("*", "/{rest:.*}", balancer.hand_on)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", int(public.rpartition(":")[2])).start()
        try:
            yield balancer
        finally:
            await runner.cleanup()


async def test_any_process_takes_any_request(start: Start, world: World, root: Path, public: str) -> None:
    world.replicate.run_s = 0.3
    speak_http(world, public)
    async with balanced(public) as balancer:
        said = list[str]()
        http = {"slack_mode": "http", "port": 0, "public_url": public, "poll_every_s": 60, "approval_above_usd": 0.01}
        one: Channel = await start(listening=said.append, **http)
        await start(listening=said.append, **http)
        balancer.behind = [there.removesuffix("/slack/events") for there in said]

        shown = [one.say(f"show runs/{RUN}") for _ in range(4)]
        asked = one.say(ASK)
        plan = await one.plan(asked)
        for _ in range(4):
            one.press(plan, "labs:approve", "U0SAM")  # each press at another one
        for ts in shown:
            await one.reply(ts, "Show the grid")
        result = await one.result(asked)
        await one.settled(asked)
        world.slack.sockets.command("U0DANA", "list runs")
        await one.whisper("U0DANA", RUN)

        assert "9 images made" in text(result)
        found = outcome(world, root, one, asked)
        assert (found.ordered_twice, found.cells_lost, found.posts_twice, found.books_wrong) == (0, 0, 0, 0)
        assert [len(one.replies(ts)) for ts in shown] == [1] * 4
        assert len([row for row in table(root, "decisions") if row["what"] == "approved"]) == 1
        for path in ("/slack/events", "/replicate/webhook"):
            assert len({there for there, taken in balancer.taken if taken == path}) == 2, balancer.taken
