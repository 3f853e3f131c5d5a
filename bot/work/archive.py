"""The photographs' archive on its way to the vendor and out of it again: packed, uploaded once, deleted when the
training is over.
"""

import asyncio
from datetime import date

from bot import logs
from bot.bench import Bench
from bot.ledger import trainings
from bot.ledger.orders import TrainingOrder
from bot.ledger.trainings import Zip
from bot.work.purchase import for_sure
from pipeline import pictures
from pipeline.errors import LabError, OutcomeUnknown, VendorRejected, VendorUnavailable
from pipeline.fixture.facts import FixtureFacts, read_facts
from pipeline.fixture.packing import pack
from pipeline.vendors.replicate_training import Trainings
from pipeline.vendors.wire import VendorFile

FRESH_S = 20 * 3600.0
"""Replicate deletes a file a day after its upload; an older archive is uploaded anew."""


async def archive(bench: Bench, vendor: Trainings, order: TrainingOrder) -> str:
    """The address of the training's photographs at the vendor: packed and uploaded unless they are there.

    Raises:
        LabError: A photograph has changed, or may not be used any more; nothing was uploaded by this call.
        VendorUnavailable, OutcomeUnknown, VendorClosed, VendorRejected: Nothing was charged.
    """
    content = await asyncio.to_thread(_packed, bench, order)
    sha256 = pictures.sha256(content)
    before = await bench.ledger.run(trainings.zip_of, order.id)
    if before is not None and before.sha256 == sha256 and (address := await _there(bench, vendor, before)):
        return address
    name = name_of(order)
    await bench.ledger.run(trainings.intend_upload, order, name, sha256, len(content), bench.now())
    found = await vendor.upload(name, content, "application/zip")
    await for_sure(bench, trainings.uploaded, order.id, found.id, found.address, bench.now())
    logs.get().info("photos.uploaded", job=order.job_id, photos=len(order.spec.photos), bytes=len(content))
    return found.address


def name_of(order: TrainingOrder) -> str:
    """Of the archive at the vendor: it tells whose it is, and nothing else."""
    return f"labs-{order.job_id}-{order.id}.zip"


def _packed(bench: Bench, order: TrainingOrder) -> bytes:
    check_consent(bench, order)
    return pack(bench.lab, order.spec.preflight.fixture, order.spec.photos)


def check_consent(bench: Bench, order: TrainingOrder) -> None:
    """Consent may have ended, or been withdrawn, since the plan was made. Raises: LabError."""
    fixture = order.spec.preflight.fixture
    facts = read_facts(bench.lab, fixture) or FixtureFacts()
    today = date.fromisoformat(bench.settings.day(bench.wall()))
    for photo in order.spec.preflight.photos:  # the reference too: the judge is shown it
        if lacking := facts.of(photo.name).lacks(bench.settings.consent_bases, today):
            raise LabError(f"The photograph {photo.name!r} may not be used any more: {lacking}. Nothing was spent.")


async def _there(bench: Bench, vendor: Trainings, before: Zip) -> str | None:
    """Where an upload of before lies, its answer known or lost."""
    if before.state == "uploaded" and bench.now() - (before.uploaded_at or 0) < FRESH_S:
        return before.address
    if before.state != "uploading":
        return None
    for found in await vendor.files():
        if found.name == before.name and found.sha256 == before.sha256:
            await for_sure(bench, trainings.uploaded, before.order_id, found.id, found.address, bench.now())
            return found.address
    return None


async def tidy(bench: Bench, vendor: Trainings, order: TrainingOrder) -> float | None:
    """Delete the photographs at the vendor, whatever copies of them an answer that was lost has left there."""
    lying = await bench.ledger.run(trainings.zip_of, order.id)
    if lying is None or lying.state == "deleted":
        return None
    try:
        await delete_archive(bench, vendor, lying)
    except (VendorUnavailable, VendorRejected, OutcomeUnknown):
        return max(1.0, 15 * bench.settings.look_again_s)
    return None


async def delete_archive(bench: Bench, vendor: Trainings, lying: Zip) -> None:
    """Delete every copy of one archive. Raises: VendorRejected, VendorUnavailable, OutcomeUnknown; then it may be
    there still.
    """
    for found in await vendor.files():
        if _ours(found, lying):
            await vendor.delete_file(found.id)
    if lying.file_id:
        await vendor.delete_file(lying.file_id)
    await for_sure(bench, trainings.zip_deleted, lying.order_id, bench.now())
    logs.get().info("photos.deleted_at_vendor", order=lying.order_id)


def _ours(found: VendorFile, lying: Zip) -> bool:
    return found.name == lying.name or found.id == lying.file_id
