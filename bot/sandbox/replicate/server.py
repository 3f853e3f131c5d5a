"""Replicate's API on loopback: predictions that take their time, their pictures, and what the real one refuses."""

import asyncio
import contextlib
import hashlib
import hmac
import json
import secrets
from base64 import b64decode, b64encode
from collections import deque
from typing import Any
from urllib.parse import quote

import aiohttp
from aiohttp import web
from PIL import Image

from bot.sandbox.faults import Faults
from bot.sandbox.replicate import gallery, studio
from bot.sandbox.replicate.predictions import Clock, Fate, Prediction, inlined
from bot.sandbox.replicate.shelf import Shelf
from bot.sandbox.replicate.throttle import Throttle
from bot.sandbox.replicate.trainings import Training, TrainingRoom

TOKEN = "r8_sandbox"  # noqa: S105  # of the sandbox only
PAGE = 100
KNOWN = {"version", "input", "webhook", "webhook_events_filter", "webhook_completed", "stream"}
EVENTS = {"start", "output", "logs", "completed"}


class ReplicateServer:
    """`ordered` holds every prediction that took effect: what the tests count."""

    def __init__(self) -> None:
        self.faults = Faults()
        self.clock = Clock()
        self.throttle = Throttle()
        self.shelf = Shelf()
        self.trainings = TrainingRoom(self.shelf, self.clock)
        self.shelf.before_listing = self.trainings.settle_all
        self.trainings.report = self._report_later
        self.run_s = 0.0
        """Seconds that a prediction takes here."""
        self.scale = 1.0
        """Of a picture's sides; less for speed."""
        self.plain = False
        """True: quick patches of colour instead of drawings, for benches of the bot."""
        self.fates: deque[Fate] = deque()
        """What becomes of the next predictions; beyond them all succeed."""
        self.fate_of: dict[str, Fate] = {}
        """What becomes of each prediction of a model."""
        self.unknown_s = 0.0
        """How long a new prediction cannot be looked up yet: seen on the real one."""
        self.ordered: list[Prediction] = []
        self.exchanges: list[dict[str, Any]] = []
        """Every call with its answer, for the check against the published contract."""
        self.signing_key = f"whsec_{b64encode(secrets.token_bytes(24)).decode()}"
        self.url = ""
        self._by_id: dict[str, Prediction] = {}
        self._pictures: dict[str, tuple[bytes, str]] = {}
        self._hooks: set[asyncio.Task[None]] = set()

    def routes(self, app: web.Application) -> None:
        base = "/replicate/v1"
        self.shelf.routes(app, self._guarded)
        self.trainings.routes(app, self._guarded)
        app.router.add_get(f"{base}/account", self._guarded("account", self._account))
        app.router.add_post(f"{base}/predictions", self._guarded("predictions.create", self._create))
        app.router.add_post(
            f"{base}/models/{{owner}}/{{name}}/predictions", self._guarded("predictions.create", self._create_official)
        )
        app.router.add_get(f"{base}/predictions", self._guarded("predictions.list", self._list))
        app.router.add_get(f"{base}/predictions/{{id}}", self._guarded("predictions.get", self._get))
        app.router.add_post(f"{base}/predictions/{{id}}/cancel", self._guarded("predictions.cancel", self._cancel))
        app.router.add_get(f"{base}/webhooks/default/secret", self._guarded("webhooks.secret", self._secret))
        app.router.add_get("/replicate/delivery/{id}/{name}", self._delivery)

    async def close(self) -> None:
        for task in self._hooks:
            task.cancel()
        await asyncio.gather(*self._hooks, return_exceptions=True)

    def _guarded(self, name: str, work: Any) -> Any:
        """A handler that checks the token, plays faults, and keeps call and answer."""

        async def handle(request: web.Request) -> web.StreamResponse:
            async def answer() -> web.StreamResponse:
                if request.headers.get("Authorization") != f"Bearer {TOKEN}":
                    return problem(401, "You did not pass a valid authentication token", "Unauthenticated")
                done: web.Response = await work(request)
                await self._keep(request, done)
                return done

            return await self.faults.serve(name, request, answer)

        return handle

    async def _keep(self, request: web.Request, done: web.Response) -> None:
        raw = await request.read() if request.content_type == "application/json" else b""
        self.exchanges.append(
            {
                "method": request.method,
                "path": request.path.removeprefix("/replicate"),
                "body": json.loads(raw) if raw else None,
                "status": done.status,
                "answer": json.loads(done.body) if isinstance(done.body, bytes) and done.body else None,
            }
        )

    async def _account(self, _request: web.Request) -> web.Response:
        return web.json_response(
            {
                "type": "organization",
                "username": "sandbox-lab",
                "name": "Sandbox lab",
                "github_url": "https://github.com/sandbox-lab",
            }
        )

    async def _create(self, request: web.Request) -> web.Response:
        if refused := self.throttle.refuse(self.clock()):
            return refused
        body = await request.json()
        if refused := self._check(body):
            return refused
        version = body["version"].rpartition(":")[2]
        return await self._begin(version, gallery.by_version(version) or self.shelf.model_of(version), body)

    async def _create_official(self, request: web.Request) -> web.Response:
        """By a model's name; only official models are served so, and of them nobody hears a version."""
        if refused := self.throttle.refuse(self.clock()):
            return refused
        body, name = await request.json(), f"{request.match_info['owner']}/{request.match_info['name']}"
        if not gallery.is_official(name):
            return problem(404, "The requested resource could not be found.", "Not found")
        faults = gallery.faults_of(name, body.get("input"))
        if set(body) - KNOWN or "version" in body or faults:
            return problem(422, "\n".join(faults or ["- input is required"]), "Input validation failed")
        return await self._begin("hidden", name, body)

    async def _begin(self, version: str, model: str, body: dict[str, Any]) -> web.Response:
        now = self.clock()
        fate = self.fates.popleft() if self.fates else self.fate_of.get(model, Fate())
        photo, suffix = b"", ""
        if model in gallery.EXHIBITS:
            found = self._photo(gallery.photo_of(model, body["input"]))
            fate = await asyncio.to_thread(gallery.fate_of, model, body["input"], found, fate)
            photo, suffix = found or b"", gallery.suffix_of(model, body["input"])
        made = Prediction(
            version=version,
            model=model,
            input=body["input"],
            fate=fate,
            run_s=self.run_s if fate.run_s is None else fate.run_s,
            created=now,
            webhook=body.get("webhook"),
            suffix=suffix,
            photo=photo,
        )
        if fate.shape == "inline":
            content, suffix = await asyncio.to_thread(self._paint, made)
            made.inline = inlined(content, suffix)
        self.ordered.append(made)
        self._by_id[made.id] = made
        self._report_later(made)
        return web.json_response(made.shown(now, self.url), status=201)

    def _photo(self, address: str) -> bytes | None:
        """What lies at an address of this account's files, or stands in it."""
        if address.startswith("data:"):
            return gallery.inside(address)
        found = self.shelf.files.get(address.rpartition("/")[2])
        return found[1] if found else None

    def _report_later(self, made: Prediction | Training) -> None:
        if made.webhook:
            task = asyncio.create_task(self._report(made))
            self._hooks.add(task)
            task.add_done_callback(self._hooks.discard)

    def _check(self, body: Any) -> web.Response | None:
        """422 as the real one words it."""
        if not isinstance(body, dict) or set(body) - KNOWN or "version" not in body:
            return problem(422, "- version is required", "Input validation failed")
        public = gallery.by_version(str(body["version"]).rpartition(":")[2])
        if public is None and not self.shelf.has_version(body["version"]):
            said = "The specified version does not exist (or perhaps you don't have permission to use it?)"
            return problem(422, said, "Invalid version or not permitted")
        faults = gallery.faults_of(public, body.get("input")) if public else studio.faults_of(body.get("input"))
        if faults:
            return problem(422, "\n".join(faults), "Input validation failed")
        if set(body.get("webhook_events_filter") or []) - EVENTS:
            return problem(422, "- webhook_events_filter: unknown event", "Input validation failed")
        return None

    async def _list(self, request: web.Request) -> web.Response:
        now, base = self.clock(), f"{self.url}/replicate/v1/predictions"
        newest = [one for one in reversed(self.ordered) if now - one.created >= self.unknown_s]
        first = int(request.query.get("cursor", "0"))
        page = newest[first : first + PAGE]
        more = first + PAGE < len(newest)
        return web.json_response(
            {
                "previous": f"{base}?cursor={max(0, first - PAGE)}" if first else None,
                "next": f"{base}?cursor={quote(str(first + PAGE))}" if more else None,
                "results": [one.shown(now, self.url) for one in page],
            }
        )

    def _find(self, request: web.Request) -> Prediction | None:
        found = self._by_id.get(request.match_info["id"])
        return found if found and self.clock() - found.created >= self.unknown_s else None

    async def _get(self, request: web.Request) -> web.Response:
        found = self._find(request)
        if found is None:
            return problem(404, "The requested resource could not be found.", "Not found")
        return web.json_response(found.shown(self.clock(), self.url))

    async def _cancel(self, request: web.Request) -> web.Response:
        found = self._find(request)
        if found is None:
            return problem(404, "The requested resource could not be found.", "Not found")
        if found.canceled_at is None:
            found.canceled_at = self.clock()
        return web.json_response(found.shown(self.clock(), self.url))

    async def _secret(self, _request: web.Request) -> web.Response:
        return web.json_response({"key": self.signing_key})

    async def _delivery(self, request: web.Request) -> web.StreamResponse:
        async def answer() -> web.StreamResponse:
            if "Authorization" in request.headers:
                # A leak of the account's token to the host that only delivers files: a test must see it.
                return web.Response(status=400, text="this host wants no token")
            if (weights := self.trainings.weights(request.match_info["id"])) is not None:
                return web.Response(body=weights)
            found = self._by_id.get(request.match_info["id"])
            now = self.clock()
            if found is None or found.forgotten(now) or found.status(now) != "succeeded":
                return web.Response(status=404)
            content, suffix = await asyncio.to_thread(self._paint, found)
            return web.Response(body=content, content_type=f"image/{suffix}")

        return await self.faults.serve("delivery", request, answer)

    def _paint(self, made: Prediction) -> tuple[bytes, str]:
        if made.id in self._pictures:
            return self._pictures[made.id]
        if made.fate.shape == "text":
            return b"this is no picture", "plain"
        image = self._drawn(made)
        if made.fate.shape == "black":
            image = Image.new("RGB", image.size)
        else:
            # The same seed gives nearly the same picture, never the same bytes.
            image.putpixel((0, 0), (int(made.id[:2], 16), int(made.id[2:4], 16), 128))
        painted = studio.encode(image, made.input | ({"output_format": made.suffix} if made.suffix else {}))
        if not self.plain:
            self._pictures[made.id] = painted
        return painted

    def _drawn(self, made: Prediction) -> Image.Image:
        if self.plain:
            return studio.plain(made.input)
        if made.model in gallery.EXHIBITS:
            return gallery.draw(made.model, made.input, made.photo, self.scale)
        return studio.draw(made.version, made.input, self.scale, self.shelf.people.get(made.version))

    async def _report(self, made: Prediction | Training) -> None:
        """The webhook at the end, signed; tried three times, with the same id."""
        await asyncio.sleep(max(0.0, made.ends - self.clock()))
        body = json.dumps(made.shown(self.clock(), self.url))
        name = f"msg_{secrets.token_hex(8)}"
        for wait in (0.0, 0.3, 1.0):
            await asyncio.sleep(wait)
            with contextlib.suppress(aiohttp.ClientError, OSError):
                async with aiohttp.ClientSession() as session:
                    sent = session.post(made.webhook or "", data=body, headers=self.signed(name, body))
                    async with sent as answer:
                        if answer.status < 300:
                            return

    def signed(self, name: str, body: str) -> dict[str, str]:
        """The headers of a webhook."""
        at = str(int(self.clock()))
        key = b64decode(self.signing_key.removeprefix("whsec_"))
        proof = hmac.new(key, f"{name}.{at}.{body}".encode(), hashlib.sha256).digest()
        return {
            "webhook-id": name,
            "webhook-timestamp": at,
            "webhook-signature": f"v1,{b64encode(proof).decode()}",
            "content-type": "application/json",
        }


def problem(status: int, detail: str, title: str) -> web.Response:
    """An error in the form of RFC 7807, as Replicate sends them."""
    return web.json_response({"title": title, "detail": detail, "status": status}, status=status)
