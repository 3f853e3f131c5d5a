"""What a vendor says of something that it makes for us, and what that amounts to. Pure; the vendor is in `vendors/`.

Images and trainings are alike here: an order gets an id, is looked at until it has ended, and then has outputs,
an error, and machine seconds to pay for.
"""

import base64
import binascii
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from pipeline import pictures
from pipeline.errors import BadPicture, VendorRejected
from pipeline.models import Cause, Unscored, Value

ENDED = frozenset({"succeeded", "failed", "canceled", "aborted"})
_FILTER = ("nsfw", "safety", "sensitive", "flagged", "moderation", "prohibited")
_INTERRUPTED = ("interrupted", "please retry", "unexpected error", "could not be started", "worker")


class Prediction(BaseModel):
    """One order as the vendor's JSON gives it; what we do not use is left out.

    The SDK's own class raises on the status `aborted` and drops metrics of trainings, so the raw JSON is read.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    status: str
    model: str | None = None
    version: str | None = None
    """Of an official model, which has none that one could order, no version but `hidden`."""
    input: dict[str, Any] | None = None
    output: Any = None
    error: Any = None
    logs: str | None = None
    metrics: dict[str, Any] | None = None
    created_at: str | None = None
    started_at: str | None = None
    completed_at: str | None = None
    data_removed: bool = False

    @property
    def ended(self) -> bool:
        return self.status in ENDED

    @property
    def created(self) -> float | None:
        """Unix seconds, by the vendor's clock."""
        try:
            return datetime.fromisoformat(self.created_at or "").timestamp()
        except ValueError:
            return None

    @property
    def took_s(self) -> float | None:
        """Seconds from the order to its end, both by the vendor's clock."""
        return _between(self.created_at, self.completed_at)

    @property
    def outputs(self) -> tuple[str, ...]:
        """Addresses of what it made: of a list, of one address, or none."""
        found = self.output if isinstance(self.output, list) else [self.output]
        return tuple(one for one in found if isinstance(one, str) and one)

    @property
    def seconds(self) -> float | None:
        """Machine seconds that are paid for; None when the vendor does not say."""
        measured = (self.metrics or {}).get("predict_time")
        if isinstance(measured, int | float):
            return float(measured)
        if self.status == "aborted" or (self.ended and self.started_at is None):
            return 0.0  # it never ran
        return _between(self.started_at, self.completed_at)


class Listing(Value):
    """One page of the vendor's recent orders, newest first."""

    predictions: tuple[Prediction, ...]
    next: str | None
    """Where the next page is."""


def read_prediction(content: object) -> Prediction | None:
    """None when it is no such object."""
    try:
        return Prediction.model_validate(content)
    except ValidationError:
        return None


def _between(start: str | None, end: str | None) -> float | None:
    try:
        span = datetime.fromisoformat(end or "") - datetime.fromisoformat(start or "")
    except (ValueError, TypeError):
        return None
    return max(0.0, span.total_seconds())


def same_order(seen: Prediction, version: str, asked: dict[str, Any]) -> bool | None:
    """Whether this is what we asked for; None when the vendor has forgotten what was asked."""
    model, _, pinned = version.partition(":")
    named, is_so = (seen.version, pinned) if pinned else (seen.model, model)
    if named not in {None, is_so}:
        return False
    if not seen.input:
        return None
    return all(_alike(seen.input.get(name), value) for name, value in asked.items())


def _alike(seen: object, asked: object) -> bool:
    """Whether they are the same; a picture of which nobody knows where it lay may be any address."""
    if isinstance(asked, dict) and "$picture" in asked:
        return isinstance(seen, str)
    if isinstance(asked, list) and isinstance(seen, list):
        return len(seen) == len(asked) and all(map(_alike, seen, asked))
    return seen == asked


def why_ended(seen: Prediction) -> Unscored:
    """The cause of an order that ended without an image."""
    said = " ".join(str(seen.error or "").split())[:300]
    if any(word in said.lower() for word in _FILTER):
        return Unscored(cause=Cause.FILTERED, detail=said)
    if seen.status == "canceled":
        return Unscored(cause=Cause.DROPPED, detail="")
    return Unscored(cause=Cause.FAILED, detail=said or f"it ended as {seen.status}")


def may_order_again(seen: Prediction) -> bool:
    """Whether an order ended by the vendor's own fault before it cost anything."""
    if seen.status == "aborted":
        return True
    said = str(seen.error or "").lower()
    return seen.status == "failed" and not seen.seconds and any(one in said for one in _INTERRUPTED)


def inline(address: str) -> bytes | None:
    """The bytes of a `data:` address; None of any other. Raises: VendorRejected when it is damaged."""
    if not address.startswith("data:"):
        return None
    head, comma, body = address.partition(",")
    try:
        if not comma or not head.endswith(";base64"):
            raise ValueError
        return base64.b64decode(body, validate=True)
    except (ValueError, binascii.Error):
        raise VendorRejected("The vendor's inline picture is damaged.") from None


class Verified(Value):
    """An output that is a picture, as it is filed: PNG."""

    content: bytes
    sha256: str


def verify(content: bytes, label: str) -> Verified | Unscored:
    """Open the output fully; a black picture is what the safety filter leaves. PNG stays as it came, else it becomes
    PNG.
    """
    try:
        image = pictures.decode(content, label)
    except BadPicture as error:
        return Unscored(cause=Cause.NO_IMAGE, detail=str(error))
    if pictures.is_black(image):
        return Unscored(cause=Cause.FILTERED, detail="the picture is black")
    if not pictures.is_png(content):
        filed = pictures.as_png(image)
    elif (end := pictures.png_end(content)) is None:
        return Unscored(cause=Cause.NO_IMAGE, detail=f"The picture {label!r} has no end: it was cut off.")
    else:
        filed = content[:end]  # what follows a PNG's end is no picture
    return Verified(content=filed, sha256=pictures.sha256(filed))
