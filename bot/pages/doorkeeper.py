"""Who may look at pages: a link of one's own, good once and for twelve hours, becomes a visit with a cookie."""

from collections.abc import Awaitable, Callable
from html import escape
from http import HTTPStatus
from typing import Protocol
from urllib.parse import urlsplit

from aiohttp import web

from bot.ledger import visits
from bot.ledger.store import Ledger
from bot.pages.links import LIFE_S, Links, read_signed

FORM_TOKEN = "X-Labs-Token"  # noqa: S105  # a header's name


class Visits(Protocol):
    """Where visits are remembered."""

    async def begin(self, visit_id: str, person: str) -> bool:
        """Use a link; False when it was used before."""
        ...

    async def person(self, visit_id: str) -> str | None:
        """Whose visit it is; None when it is over."""
        ...

    async def end(self, visit_id: str) -> None: ...


class LedgerVisits:
    """In the ledger, so that a restart neither opens nor closes anything."""

    def __init__(self, ledger: Ledger, wall: Callable[[], float]) -> None:
        self._ledger, self._wall = ledger, wall

    async def begin(self, visit_id: str, person: str) -> bool:
        now = self._wall()
        return await self._ledger.run(visits.begin, visit_id, person, now + LIFE_S, now)

    async def person(self, visit_id: str) -> str | None:
        return await self._ledger.run(visits.person, visit_id, self._wall())

    async def end(self, visit_id: str) -> None:
        await self._ledger.run(visits.end, visit_id, self._wall())


class OwnVisits:
    """In memory, for `labs view`: they end with the command."""

    def __init__(self) -> None:
        self._people: dict[str, str | None] = {}

    async def begin(self, visit_id: str, person: str) -> bool:
        if visit_id in self._people:
            return False
        self._people[visit_id] = person
        return True

    async def person(self, visit_id: str) -> str | None:
        return self._people.get(visit_id)

    async def end(self, visit_id: str) -> None:
        self._people[visit_id] = None


class Doorkeeper:
    """One server's: its own address, its secret, and who was let in."""

    def __init__(self, links: Links, kept: Visits, may_see: Callable[[str], Awaitable[bool]]) -> None:
        """How it decides.

        Args:
            links: Of the address under which the pages are reached.
            kept: Remembers visits.
            may_see: Whether somebody still belongs to those who may look.
        """
        parts = urlsplit(links.address)
        self.links = links
        self.origin = f"{parts.scheme}://{parts.netloc}"
        self._host, self._secure = parts.netloc, parts.scheme == "https"
        self._port = parts.port
        self._cookies = links.signer("visit")
        self._forms = links.signer("form")
        self._visits, self._may_see = kept, may_see

    @property
    def cookie(self) -> str:
        """Its name; over https one that no other host can set. Browsers tell ports of one host not apart."""
        return "__Host-labs" if self._secure else f"labs-{self._port}"

    async def enter(self, token: str) -> web.Response:
        """Exchange a link for a visit."""
        said = self.links.read(token)
        if said is None or not await self._may_see(said["person"]):
            return refused("This link is not good any more.")
        if not await self._visits.begin(said["id"], said["person"]):
            return refused("This link was used already.")
        response = web.Response(status=HTTPStatus.SEE_OTHER, headers={"Location": said["to"]})
        value = self._cookies.dumps({"id": said["id"], "person": said["person"]})
        response.set_cookie(
            self.cookie, value, max_age=LIFE_S, httponly=True, samesite="Lax", secure=self._secure, path="/"
        )
        return response

    async def visitor(self, request: web.Request) -> dict[str, str] | None:
        """Whom a request comes from; None: nobody who may look."""
        said = read_signed(self._cookies, request.cookies.get(self.cookie, ""), ("id", "person"))
        if said is None or await self._visits.person(said["id"]) != said["person"]:
            return None
        return said if await self._may_see(said["person"]) else None

    async def leave(self, visit_id: str) -> web.Response:
        """End a visit; its cookie opens nothing any more."""
        await self._visits.end(visit_id)
        response = refused("You have left. *Open run* in Slack lets you in again.", HTTPStatus.OK)
        response.del_cookie(self.cookie, path="/", secure=self._secure, httponly=True, samesite="Lax")
        return response

    def form_token(self, visitor: dict[str, str]) -> str:
        """What a page of this visit sends along when it changes something."""
        return str(self._forms.dumps({"id": visitor["id"]}))

    def is_ours(self, request: web.Request) -> bool:
        """Whether a request was meant for this address, and a change comes from a page of it."""
        if request.host.lower() != self._host:
            return False
        if request.method in {"GET", "HEAD"} or request.headers.get("Origin") == self.origin:
            return True
        # A form on a page without referrer names no origin; that it is ours the browser says here, and no page can.
        silent = request.headers.get("Origin", "null") == "null"
        return silent and request.headers.get("Sec-Fetch-Site") == "same-origin"

    def may_change(self, request: web.Request, visitor: dict[str, str]) -> bool:
        """Whether a page of this very visit sends the change."""
        said = read_signed(self._forms, request.headers.get(FORM_TOKEN, ""), ("id",))
        return said is not None and said["id"] == visitor["id"]


def refused(words: str, status: HTTPStatus = HTTPStatus.FORBIDDEN) -> web.Response:
    """Why there is no page, in a few bytes: whoever knocks for ever costs little."""
    said = f"<!doctype html><meta charset=utf-8><title>labs</title><p>{escape(words)}</p>"
    return web.Response(status=status, text=said, content_type="text/html", charset="utf-8")
