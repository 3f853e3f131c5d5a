"""The demo's page is for the person at this machine: no other web page writes into it, frames it or reads it.

Whoever can write there writes as an approver, too. A page elsewhere in the browser can send requests to every port of
this machine, under any name that it lets point here; so the name, the page that it comes from and a token are checked.
"""

import hmac
import secrets
from http import HTTPStatus

from aiohttp import web
from aiohttp.typedefs import Handler

TOKEN_HEADER = "X-Labs-Token"  # noqa: S105  # a header's name
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
}


class Guard:
    """One world's names, and the token of its page."""

    def __init__(self) -> None:
        self.token = secrets.token_urlsafe()
        self.names: frozenset[str] = frozenset()
        """Names and ports under which it answers; known once it listens."""

    def listens(self, port: int) -> None:
        self.names = frozenset(f"{host}:{port}" for host in ("127.0.0.1", "localhost"))

    def why_not(self, request: web.Request) -> HTTPStatus | None:
        """What a request that is not welcome is answered with; None: it is."""
        if request.host not in self.names:
            return HTTPStatus.MISDIRECTED_REQUEST
        if request.method != "POST" or not request.path.startswith("/page"):
            return None
        origin = request.headers.get("Origin")
        from_here = origin.removeprefix("http://") in self.names if origin is not None else self._same(request)
        told = hmac.compare_digest(request.headers.get(TOKEN_HEADER, "").encode(), self.token.encode())
        if not from_here or not told:
            return HTTPStatus.FORBIDDEN
        return None if request.content_type == "application/json" else HTTPStatus.UNSUPPORTED_MEDIA_TYPE

    @staticmethod
    def _same(request: web.Request) -> bool:
        """Without an origin it is no page's, or the browser says that it is this one's."""
        return request.headers.get("Sec-Fetch-Site", "none") in {"none", "same-origin"}


def guarded(app: web.Application, guard: Guard) -> None:
    """Every request through the guard, every answer of the page with its headers."""

    @web.middleware
    async def at_the_door(request: web.Request, handler: Handler) -> web.StreamResponse:
        refused = guard.why_not(request)
        if refused is not None:
            return web.Response(status=refused, text=refused.phrase)
        try:
            return await handler(request)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            if not request.path.startswith("/page"):
                raise
            return web.Response(status=HTTPStatus.BAD_REQUEST, text="That makes no sense.")

    async def with_headers(request: web.Request, response: web.StreamResponse) -> None:
        if request.path == "/" or request.path.startswith("/page"):
            response.headers.update(HEADERS)

    app.middlewares.append(at_the_door)
    app.on_response_prepare.append(with_headers)
