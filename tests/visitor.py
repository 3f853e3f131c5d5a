"""Somebody with a browser and a link from Slack, without the browser."""

import json
import re
from html import unescape
from types import TracebackType
from typing import Any, Self

import aiohttp

from tests.channel import RUN, Channel, Message, text

JUDGE = f"in the labs channel: judge runs/{RUN}"
PAGE = f"/runs/{RUN}/index.html"
CELL = "CB-LORA-front-full-S42"


async def link_of(channel: Channel, message: Message, person: str = "U0DANA") -> str:
    """What *Open run* gives to whoever presses it."""
    channel.press(message, "labs:page", person)
    told = await channel.whisper(person, "/enter?t=")
    channel.workspace.whispers.remove(told)
    found = re.search(r"<(http[^|>]+)\|", text(told))
    assert found is not None
    return found[1]


class Visitor:
    """A visit, with its cookies."""

    def __init__(self, link: str = "", origin: str = "") -> None:
        self.link = link
        self.origin = origin or link.partition("/enter")[0]

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        await self._session.close()

    @property
    def cookies(self) -> dict[str, str]:
        return {one.key: one.value for one in self._session.cookie_jar}

    async def enter(self) -> int:
        """Tap the link's button; the status of what comes."""
        token = self.link.partition("t=")[2]
        status, _body = await self.post("/enter", data={"t": token})
        return status

    async def get(self, path: str, **more: Any) -> tuple[int, bytes]:
        async with self._session.get(self.origin + path, allow_redirects=False, **more) as answer:
            return answer.status, await answer.read()

    async def post(self, path: str, **more: Any) -> tuple[int, bytes]:
        headers = {"Origin": self.origin} | more.pop("headers", {})
        answered = self._session.post(self.origin + path, allow_redirects=False, headers=headers, **more)
        async with answered as answer:
            return answer.status, await answer.read()

    async def data(self, path: str) -> dict[str, Any]:
        """What a page's script is told."""
        status, body = await self.get(path)
        assert status == 200, body
        found = re.search(rb'(?s)<script type="application/json" id="data">(.*?)</script>', body)
        assert found is not None
        told: dict[str, Any] = json.loads(unescape(found[1].decode()))
        return told


async def judged(channel: Channel) -> Message:
    asked = channel.say(JUDGE)
    await channel.settled(asked)
    return await channel.result(asked)


async def entered(channel: Channel, message: Message, person: str = "U0DANA") -> Visitor:
    """Somebody who is inside; to be closed."""
    visitor = await Visitor(await link_of(channel, message, person)).__aenter__()
    assert await visitor.enter() == 303
    return visitor
