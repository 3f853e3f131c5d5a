"""Predictions of the sandbox's Replicate: their life from `starting` to the day when all of it is deleted."""

import base64
import secrets
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

Status = Literal["starting", "processing", "succeeded", "failed", "canceled", "aborted"]
Shape = Literal["picture", "black", "text", "inline", "several", "nothing", "elsewhere", "single"]
ENDED = {"succeeded", "failed", "canceled", "aborted"}
FORGETS_S = 3600.0
"""Inputs, outputs and logs of API predictions are deleted an hour after they ended."""


@dataclass(frozen=True)
class Fate:
    """What becomes of a prediction."""

    status: Literal["succeeded", "failed", "aborted", "canceled"] = "succeeded"
    shape: Shape = "picture"
    """What its output is like."""
    error: str | None = None
    boot_s: float = 0.0
    """In `starting`: a cold boot."""
    run_s: float | None = None
    """In `processing`; None: the server's own."""
    measured: bool = True
    """False: no metrics, as of an answer that came early."""
    billed_s: float | None = None
    """What `predict_time` says; None: what a real image takes, so that prices look real."""


@dataclass
class Prediction:
    """One order."""

    version: str
    model: str
    input: dict[str, Any]
    fate: Fate
    run_s: float
    created: float
    webhook: str | None = None
    id: str = field(default_factory=lambda: secrets.token_hex(13))
    canceled_at: float | None = None

    def status(self, now: float) -> Status:
        began, ended = self.began, self.ends
        if self.canceled_at is not None and self.canceled_at < ended:
            return "canceled" if now >= self.canceled_at else "processing"
        if now >= ended:
            return self.fate.status
        return "processing" if now >= began and self.fate.status != "aborted" else "starting"

    @property
    def began(self) -> float:
        return self.created + self.fate.boot_s

    @property
    def ends(self) -> float:
        return self.began + self.run_s

    def forgotten(self, now: float) -> bool:
        return now >= min(self.ends, self.canceled_at or self.ends) + FORGETS_S

    def billed(self, now: float) -> float:
        """Seconds on the machine so far, at the pace of a real one."""
        whole = (
            self.fate.billed_s if self.fate.billed_s is not None else 6.5 + (int(self.input.get("seed") or 0) % 29) / 10
        )
        if self.status(now) == "canceled" and self.canceled_at is not None:
            share = (self.canceled_at - self.began) / self.run_s if self.run_s else 0.0
            return round(max(0.0, min(1.0, share)) * whole, 3)
        return whole

    def shown(self, now: float, url: str) -> dict[str, Any]:
        """As the API shows it."""
        status, gone = self.status(now), self.forgotten(now)
        ended = status in ENDED
        never_ran = status == "aborted" or (status == "canceled" and (self.canceled_at or 0) < self.began)
        over = min(self.ends, self.canceled_at or self.ends)
        here = f"{url}/replicate/v1/predictions/{self.id}"
        found: dict[str, Any] = {
            "id": self.id,
            "model": self.model,
            "version": self.version,
            "input": {} if gone else self.input,
            "output": None if gone or status != "succeeded" else self._output(url),
            "logs": None if gone else f"Using seed: {self.input.get('seed')}\n",
            "error": self.fate.error if status == "failed" else None,
            "status": status,
            "source": "api",
            "data_removed": gone,
            "created_at": _iso(self.created),
            "started_at": _iso(self.began) if not never_ran and now >= self.began else None,
            "completed_at": _iso(over) if ended else None,
            "urls": {
                "get": here,
                "cancel": f"{here}/cancel",
                "web": f"https://replicate.com/p/{self.id}",
                "stream": f"https://stream.replicate.com/v1/files/{self.id}",
            },
        }
        if ended and self.fate.measured and not never_ran:
            seconds = self.billed(now)
            found["metrics"] = {"predict_time": seconds, "total_time": round(seconds + self.fate.boot_s, 3)}
        return found

    def _output(self, url: str) -> Any:
        suffix = self.suffix or self.input.get("output_format", "webp")
        address = f"{url}/replicate/delivery/{self.id}/out-0.{suffix}"
        match self.fate.shape:
            case "inline":
                return [self.inline]
            case "several":
                return [address, address.replace("out-0", "out-1")]
            case "nothing":
                return []
            case "elsewhere":
                return [f"https://files.example.com/{self.id}/out-0.{suffix}"]
            case "single":
                return address
            case _:
                return [address]

    suffix: str = ""
    """Of its picture; empty: as was asked for."""
    photo: bytes = b""
    """The photograph that it is drawn from."""
    inline: str = ""
    """The output as a `data:` address, where its shape says so."""


def inlined(content: bytes, suffix: str) -> str:
    return f"data:image/{suffix};base64,{base64.b64encode(content).decode()}"


def _iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")


class Clock:
    """The sandbox's time, which tests can set forward."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead
