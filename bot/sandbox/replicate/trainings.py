"""Trainings of the sandbox's Replicate: they read the archive, take their time, say how far they are, and make a
version.

Who appears in the pictures of a trained version follows from the photographs in its archive.
"""

import asyncio
import hashlib
import json
import secrets
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from typing import Any, Literal

from aiohttp import web
from jsonschema import Draft202012Validator

from bot.sandbox.replicate.photographs import photos_in, whose
from bot.sandbox.replicate.predictions import ENDED, FORGETS_S, Clock
from bot.sandbox.replicate.shelf import Guard, Shelf

OSTRIS = "ostris/flux-dev-lora-trainer"
OSTRIS_VERSION = "e440909d3512c31646ee2e0c7d6f6f4923224863a6a10c494606e79fb5844497"
FAST = "replicate/fast-flux-trainer"
FAST_VERSION = "8b10794665aed907bb98a1a5324cd1d3a8bea0e9b31e65210967fb9c9e2e08ed"
WEIGHTS = b"simulated weights, "
PAGE = 100


@dataclass(frozen=True)
class TrainingFate:
    """What becomes of a training."""

    status: Literal["succeeded", "failed", "canceled", "aborted"] = "succeeded"
    error: str | None = None
    run_s: float | None = None
    """None: the server's own."""
    boot_s: float = 0.0
    measured: bool = True
    forgets_output: bool = False
    """The outcome is deleted at once, as after an hour's outage."""


@dataclass
class Training:
    """One training."""

    trainer: str
    version: str
    destination: str
    input: dict[str, Any]
    photos: int
    fate: TrainingFate
    run_s: float
    created: float
    trained: str = ""
    """The version that it makes, 64 hex digits."""
    webhook: str | None = None
    id: str = field(default_factory=lambda: secrets.token_hex(13))
    canceled_at: float | None = None
    shelved: bool = False

    @property
    def began(self) -> float:
        return self.created + self.fate.boot_s

    @property
    def ends(self) -> float:
        return self.began + self.run_s

    @property
    def steps(self) -> int:
        return int(self.input.get("steps") or self.input.get("training_steps") or 1000)

    def status(self, now: float) -> str:
        if self.canceled_at is not None and self.canceled_at < self.ends:
            return "canceled"
        if now >= self.ends:
            return self.fate.status
        return "processing" if now >= self.began else "starting"

    def share(self, now: float) -> float:
        until = min(now, self.canceled_at or now)
        return max(0.0, min(1.0, (until - self.began) / self.run_s if self.run_s else 1.0))

    def billed(self, now: float) -> float:
        """Machine seconds at a real one's pace: 1.26 s a step, all of it."""
        return round(self.share(now) * self.steps * 1.26, 3)

    def logs(self, now: float) -> str:
        """As the trainer prints it: what it unpacked, then tqdm's lines."""
        if now < self.began:
            return ""
        said = [f"Extracted {self.photos} files from zip to input_images", "Starting train job"]
        done = round(self.share(now) * self.steps)
        gone, left = round(done * 1.05), round((self.steps - done) * 1.05)
        percent = 100 * done // self.steps
        bar = "█" * (percent // 10) + " " * (10 - percent // 10)
        said.append(
            f"flux_train_replicate: {percent:3d}%|{bar}| {done}/{self.steps} [{_clock(gone)}<{_clock(left)},  1.05s/it,"
            " lr: 4.0e-04 loss: 2.472e-01]"
        )
        return "\n".join(said)

    def shown(self, now: float, url: str) -> dict[str, Any]:
        """As the API shows it; `urls.get` names a prediction, as the real one's does."""
        status = self.status(now)
        ended = status in ENDED
        over = min(self.ends, self.canceled_at or self.ends)
        gone = ended and (now >= over + FORGETS_S or self.fate.forgets_output)
        here = f"{url}/replicate/v1/predictions/{self.id}"
        found: dict[str, Any] = {
            "id": self.id,
            "model": self.trainer,
            "version": self.version,
            "input": {} if gone else self.input,
            "output": self._output(url) if status == "succeeded" and not gone else None,
            "logs": "" if gone else self.logs(now),
            "error": self.fate.error if status == "failed" else None,
            "status": status,
            "source": "api",
            "data_removed": gone,
            "created_at": _iso(self.created),
            "started_at": _iso(self.began) if now >= self.began else None,
            "completed_at": _iso(over) if ended else None,
            "urls": {"get": here, "cancel": f"{here}/cancel", "web": f"https://replicate.com/p/{self.id}"},
        }
        if ended and self.fate.measured:
            found["metrics"] = {"predict_time": self.billed(now), "total_time": round(self.billed(now) + 12, 3)}
        return found

    def _output(self, url: str) -> dict[str, str]:
        return {
            "version": f"{self.destination}:{self.trained}",
            "weights": f"{url}/replicate/delivery/{self.id}/trained_model.tar",
        }


class TrainingRoom:
    """`ordered` holds every training that took effect."""

    def __init__(self, shelf: Shelf, clock: Clock) -> None:
        self.shelf, self.clock = shelf, clock
        self.run_s = 0.0
        """Seconds that a training takes here."""
        self.fates: deque[TrainingFate] = deque()
        self.ordered: list[Training] = []
        self.unknown_s = 0.0
        self.url = ""
        self.report: Callable[[Training], None] = lambda _made: None
        self._by_id: dict[str, Training] = {}
        for model, version in ((OSTRIS, OSTRIS_VERSION), (FAST, FAST_VERSION)):
            shelf.train(model, version, visibility="public")

    def routes(self, app: web.Application, guard: Guard) -> None:
        base, add = "/replicate/v1", app.router
        add.add_post(
            f"{base}/models/{{owner}}/{{name}}/versions/{{id}}/trainings", guard("trainings.create", self._create)
        )
        add.add_get(f"{base}/trainings", guard("trainings.list", self._list))
        add.add_get(f"{base}/trainings/{{id}}", guard("trainings.get", self._get))
        add.add_post(f"{base}/trainings/{{id}}/cancel", guard("trainings.cancel", self._cancel))

    async def _create(self, request: web.Request) -> web.Response:
        body = await request.json()
        model = f"{request.match_info['owner']}/{request.match_info['name']}"
        version = request.match_info["id"]
        if self.shelf.versions.get(version) != model:
            return _problem(404, "The specified version does not exist")
        if refused := self._check(body, model):
            return refused
        content = self._archive(body["input"]["input_images"])
        photos = photos_in(content) if content is not None else None
        fate = self.fates.popleft() if self.fates else TrainingFate()
        if photos is None:
            fate = TrainingFate(status="failed", error="input_images must be a zip file")
        made = Training(
            trainer=model,
            version=version,
            destination=body["destination"],
            input=body["input"],
            photos=len(photos or ()),
            fate=fate,
            run_s=self.run_s if fate.run_s is None else fate.run_s,
            created=self.clock(),
            webhook=body.get("webhook"),
        )
        made.trained = hashlib.sha256((made.id + json.dumps(made.input, sort_keys=True)).encode()).hexdigest()
        self.ordered.append(made)
        self._by_id[made.id] = made
        if photos:
            self.shelf.people[made.trained] = await asyncio.to_thread(whose, photos)
        self.report(made)
        return web.json_response(made.shown(self.clock(), self.url), status=201)

    def _check(self, body: Any, model: str) -> web.Response | None:
        if not isinstance(body, dict) or not isinstance(body.get("input"), dict):
            return _problem(422, "- input is required")
        if body.get("destination") not in self.shelf.models:
            return _problem(404, "The specified training destination does not exist")
        schema = _input_schema() if model == OSTRIS else None
        faults = [fault.message[:200] for fault in schema.iter_errors(body["input"])] if schema else []
        return _problem(422, "\n".join(f"- input: {fault}" for fault in faults)) if faults else None

    def _archive(self, address: str) -> bytes | None:
        """The archive's bytes, where the address is that of a file on our shelf."""
        one = address.rpartition("/")[2].removesuffix(".zip")
        found = self.shelf.files.get(one)
        return found[1] if found else None

    def settle(self, made: Training) -> None:
        """A training that has ended well has left a version."""
        if made.status(self.clock()) == "succeeded" and not made.shelved:
            made.shelved = True
            self.shelf.train(made.destination, made.trained, at=made.ends)

    def settle_all(self) -> None:
        for made in self.ordered:
            self.settle(made)

    def _shown(self, made: Training) -> dict[str, Any]:
        self.settle(made)
        return made.shown(self.clock(), self.url)

    def _find(self, request: web.Request) -> Training | None:
        found = self._by_id.get(request.match_info["id"])
        return found if found and self.clock() - found.created >= self.unknown_s else None

    async def _get(self, request: web.Request) -> web.Response:
        found = self._find(request)
        return web.json_response(self._shown(found)) if found else _problem(404, "Not found")

    async def _list(self, request: web.Request) -> web.Response:
        newest = [one for one in reversed(self.ordered) if self.clock() - one.created >= self.unknown_s]
        first = int(request.query.get("cursor", "0"))
        more = first + PAGE < len(newest)
        following = f"{self.url}/replicate/v1/trainings?cursor={first + PAGE}" if more else None
        # Logs come with one training only, as in the real list.
        results = [{**self._shown(one), "logs": ""} for one in newest[first : first + PAGE]]
        return web.json_response({"previous": None, "next": following, "results": results})

    async def _cancel(self, request: web.Request) -> web.Response:
        found = self._find(request)
        if found is None:
            return _problem(404, "Not found")
        if found.canceled_at is None:
            found.canceled_at = self.clock()
        return web.json_response(self._shown(found))

    def weights(self, training_id: str) -> bytes | None:
        """The trained weights, as long as they are kept."""
        found = self._by_id.get(training_id)
        if found is None or found.status(self.clock()) != "succeeded":
            return None
        return WEIGHTS + found.trained.encode()


@cache
def _input_schema() -> Draft202012Validator:
    """What ostris/flux-dev-lora-trainer takes: its published input, 2024-10."""
    text = resources.files("bot.sandbox").joinpath("schemas/flux-dev-lora-trainer.input.json").read_text("utf-8")
    return Draft202012Validator(json.loads(text))


def _clock(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{rest:02d}" if minutes >= 60 else f"{minutes:02d}:{rest:02d}"


def _iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")


def _problem(status: int, detail: str) -> web.Response:
    return web.json_response({"title": "Refused", "detail": detail, "status": status}, status=status)
