"""Photographs on their way to those who make pictures from them, and back: uploaded once a job, deleted at its end; or
inside the order, where the vendor takes them so.
"""

import asyncio
import base64
import contextlib
from collections.abc import Collection
from datetime import date
from pathlib import PurePosixPath
from typing import NamedTuple

from bot import logs
from bot.bench import Bench
from bot.ledger import lent
from bot.ledger.orders import ImageOrder
from bot.work.purchase import for_sure
from pipeline import pictures
from pipeline.errors import BadPicture, LabError, OutcomeUnknown, VendorRejected, VendorUnavailable
from pipeline.lab.paths import inside
from pipeline.lab.run import Run
from pipeline.makers.maker import Input, Lends, pictures_in, with_pictures
from pipeline.plan.consent import must_be_lent
from pipeline.plan.reference import FOLDER
from pipeline.vendors.wire import Store, Wire

FRESH_S = 20 * 3600.0
"""Replicate deletes a file a day after its upload."""


class NotThereYet(Exception):
    """The job is about to put its photographs into the run's folder."""


class Picture(NamedTuple):
    """A picture of a run's folder: a photograph that was made ready, or a cell."""

    sha256: str
    content: bytes

    @property
    def suffix(self) -> str:
        return "png" if pictures.is_png(self.content) else "jpg"

    @property
    def media_type(self) -> str:
        return "image/png" if pictures.is_png(self.content) else "image/jpeg"

    def inside(self, lends: Lends) -> str:
        """As it stands in an order."""
        bare = base64.b64encode(self.content).decode()
        return bare if lends is Lends.BARE else f"data:{self.media_type};base64,{bare}"


async def as_sent(bench: Bench, wire: Wire, order: ImageOrder) -> Input:
    """An order's input as its vendor takes it, with every photograph that it names where the vendor finds it.

    Raises:
        LabError, RequestError: A photograph is not what it was, or its vendor may not see it; nothing was sent.
        NotThereYet: Nothing was sent; soon it is there.
        VendorUnavailable, OutcomeUnknown, VendorClosed, VendorRejected: Nothing was charged.
    """
    wanted = dict.fromkeys(pictures_in(order.spec.input))
    if not wanted:
        return order.spec.input
    own = await asyncio.to_thread(_pictures, bench, order, wanted)
    vendor = bench.makers.named(order.maker).vendor
    if vendor.lends is Lends.UPLOADED:
        found = {one.sha256: await _address(bench, wire, order, one) for one in own}
    else:
        found = {one.sha256: one.inside(vendor.lends) for one in own}
    return with_pictures(order.spec.input, found)


async def as_was_sent(bench: Bench, order: ImageOrder) -> Input:
    """An order's input as it must stand in its vendor's list; a photograph that was never uploaded stays unnamed."""
    wanted = dict.fromkeys(pictures_in(order.spec.input))
    rows = [await bench.ledger.run(lent.get, order.job_id, order.vendor, one) for one in wanted]
    known = {row.sha256: row.address for row in rows if row and row.address}
    return with_pictures(order.spec.input, known) if known.keys() == wanted.keys() else order.spec.input


def _pictures(bench: Bench, order: ImageOrder, wanted: Collection[str]) -> list[Picture]:
    """The pictures of an order. Their consent may have ended since the plan, or the facts about it have changed."""
    run = Run(bench.lab.root, PurePosixPath(order.spec.image).parts[1])
    own = [_picture(run, order, sha256) for sha256 in wanted]
    today = date.fromisoformat(bench.settings.day(bench.wall()))
    must_be_lent(bench.lab, run, order.vendor, wanted, bench.settings.defaults.consent(today))
    return own


def _picture(run: Run, order: ImageOrder, sha256: str) -> Picture:
    try:
        content = pictures.read(inside(run.root, order.spec.source or f"runs/{run.name}/{FOLDER}/{sha256[:16]}.jpg"))
    except BadPicture as error:
        filed = {one.sha256 for one in run.manifest.references} if run.manifest else set()
        if order.spec.source is None and sha256 not in filed:
            raise NotThereYet from None
        raise LabError(f"The picture that was to be sent is not there: {error}") from None
    if pictures.sha256(content) != sha256:
        raise LabError("The picture that was to be sent is another than in the plan.")
    return Picture(sha256, content)


async def _address(bench: Bench, wire: Wire, order: ImageOrder, one: Picture) -> str:
    """Where a photograph lies at the vendor, uploaded unless it is there; one at a time."""
    if wire.store is None:
        raise LookupError("a vendor that keeps photographs has a store")
    async with bench.lending:
        before = await bench.ledger.run(lent.get, order.job_id, order.vendor, one.sha256)
        if before is not None and (address := await _there(bench, wire.store, before)):
            return address
        name = f"labs-{order.job_id}-{one.sha256[:16]}.{one.suffix}"
        await bench.ledger.run(lent.intend, order.job_id, order.vendor, one.sha256, name, bench.now())
        found = await wire.store.upload(name, one.content, one.media_type)
        row = await bench.ledger.run(lent.get, order.job_id, order.vendor, one.sha256)
        if row is not None:
            await for_sure(bench, lent.uploaded, row, found.id, found.address, bench.now())
        logs.get().info("reference.uploaded", job=order.job_id, vendor=order.vendor, bytes=len(one.content))
        return found.address


async def _there(bench: Bench, store: Store, before: lent.Lent) -> str | None:
    """Where an upload of before lies, its answer known or lost."""
    if before.state == "uploaded" and bench.now() - (before.uploaded_at or 0) < FRESH_S:
        return before.address
    if before.state != "uploading":
        return None
    for found in await store.files():
        if found.name == before.name:
            await for_sure(bench, lent.uploaded, before, found.id, found.address, bench.now())
            return found.address
    return None


async def take_back(bench: Bench) -> None:
    """Delete at the vendors what no job needs any more; what cannot be deleted now is tried again by the next sweep."""
    for one in await bench.ledger.run(lent.overdue):
        with contextlib.suppress(VendorUnavailable, VendorRejected, OutcomeUnknown):
            await delete_lent(bench, one)


async def delete_lent(bench: Bench, one: lent.Lent) -> None:
    """Delete every copy of a photograph at its vendor.

    Raises: VendorRejected, VendorUnavailable, OutcomeUnknown; then it may be there still.
    """
    wire = bench.wires.get(one.vendor)
    if wire is None or wire.store is None:
        raise VendorRejected(f"There is no key for {one.vendor} any more.")
    # Whatever copies an answer that was lost has left there.
    for found in await wire.store.files():
        if found.name == one.name or found.id == one.file_id:
            await wire.store.delete_file(found.id)
    if one.file_id:
        await wire.store.delete_file(one.file_id)  # a listing may lag
    await for_sure(bench, lent.deleted, one)
    logs.get().info("reference.deleted_at_vendor", job=one.job_id, vendor=one.vendor)
