"""What stands before everything that is reached by HTTP: few connections, little time, and a signature before a word
is read.
"""

import asyncio
import hashlib
import hmac
import json
import logging
import re
import resource
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs

from aiohttp import web
from aiohttp.typedefs import Handler

from bot import logs

MOST_OPEN = 256
"""Connections at once; fewer where the process may open few files."""
OLD_S = 300
"""Slack's own advice: what was signed longer ago is somebody else's copy."""
SAID_EVERY_S = 60.0
BACKLOG = 128

Proof = Callable[[Mapping[str, str], bytes], bool | None]
"""Whether a request's sender signed it, by its headers in lower case and its body; None: nobody can tell just now."""


def signed_by_slack(secret: str) -> Proof:
    """As Slack signs: `v0=` and the HMAC of version, moment and body."""

    def proof(headers: Mapping[str, str], body: bytes) -> bool:
        at = headers.get("x-slack-request-timestamp", "")
        if not re.fullmatch(r"[0-9]{1,12}", at) or abs(time.time() - int(at)) > OLD_S:
            return False
        made = hmac.new(secret.encode(), b"v0:" + at.encode() + b":" + body, hashlib.sha256).hexdigest()
        return hmac.compare_digest(f"v0={made}".encode(), headers.get("x-slack-signature", "").encode())

    return proof


def _silent() -> logging.Logger:
    """Aiohttp tells with a traceback of everything that is no HTTP."""
    logger = logging.getLogger("labs.doors")
    logger.disabled = True
    return logger


class Doors:
    """The connections of one server, and who may come in."""

    def __init__(self, proofs: Mapping[str, Proof], headers_s: float, body_s: float, *, others: bool = False) -> None:
        """Where, and how patiently.

        Args:
            proofs: By path.
            headers_s: How long the first lines of a request may take to come.
            body_s: And then what is in it.
            others: Other paths are let through, to whoever asks there for a visit; else they are not answered.
        """
        self._others = others
        self._proofs = proofs
        self._headers_s, self._body_s = headers_s, body_s
        self._inside: set[object] = set()
        self._refused, self._said_at = 0, 0.0
        files, _most = resource.getrlimit(resource.RLIMIT_NOFILE)
        self._most = min(MOST_OPEN, max(8, files // 2))

    @asynccontextmanager
    async def open(self, app: web.Application, host: str, port: int) -> AsyncIterator[int]:
        """Serve the app behind these doors; the port that it got."""

        @web.middleware
        async def door(request: web.Request, handler: Handler) -> web.StreamResponse:
            return await self._enter(request, handler)

        app.middlewares.insert(0, door)
        runner = web.AppRunner(app, access_log=None, keepalive_timeout=self._headers_s, logger=_silent())
        await runner.setup()
        server = runner.server
        if server is None:
            raise RuntimeError("a runner without a server")

        def accept() -> asyncio.Protocol:
            waiting = [one for one in server.connections if one not in self._inside]
            for one in waiting[: len(server.connections) + 1 - self._most]:
                one.force_close()  # the oldest: who has proved nothing gives way
            return server()

        listening = await asyncio.get_running_loop().create_server(accept, host, port, backlog=BACKLOG)
        try:
            yield listening.sockets[0].getsockname()[1]
        finally:
            listening.close()
            await runner.cleanup()

    async def _enter(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        proof = self._proofs.get(request.path)
        if proof is None and not self._others:
            return web.Response(status=404)
        body = await self._body(request)
        if isinstance(body, web.Response):
            return body
        if proof is None:
            return await handler(request)
        headers = {name.lower(): value for name, value in request.headers.items()}
        proved = proof(headers, body)
        if not proved:
            self._refuse(request)
            return web.Response(status=503 if proved is None else 401)
        if not _makes_sense(request, body):
            return web.Response(status=400)
        self._inside.add(request.protocol)
        try:
            return await handler(request)
        except web.HTTPException:
            raise
        except Exception:  # noqa: BLE001  # said here, in our own words; others would quote what came in
            logs.get().exception("door.failed", path=request.path)
            return web.Response(status=500)
        finally:
            self._inside.discard(request.protocol)

    async def _body(self, request: web.Request) -> bytes | web.Response:
        """What is in the request, which keeps it for whoever comes next; or why not."""
        try:
            async with asyncio.timeout(self._body_s):
                return await request.read()
        except TimeoutError:
            request.protocol.force_close()
            return web.Response(status=408)
        except web.HTTPRequestEntityTooLarge:
            return web.Response(status=413)
        except (ConnectionError, web.RequestPayloadError):
            self._refuse(request)
            return web.Response(status=400)

    def _refuse(self, request: web.Request) -> None:
        """Counted, and said once a minute: whoever knocks for ever fills no disk."""
        self._refused += 1
        now = time.monotonic()
        if now - self._said_at > SAID_EVERY_S or not self._said_at:
            logs.get().warning("door.refused", path=request.path, refused=self._refused)
            self._refused, self._said_at = 0, now


def _makes_sense(request: web.Request, body: bytes) -> bool:
    """Whether it can be read at all: others parse it after us, and would fail in their own ways."""
    if (request.charset or "utf-8").lower() not in {"utf-8", "utf8"}:
        return False
    try:
        text = body.decode("utf-8")
        said: Any = text if text.lstrip()[:1] in {"{", "["} else (parse_qs(text).get("payload") or ["{}"])[0]
        return isinstance(json.loads(said), dict)
    except (ValueError, RecursionError):
        return False
