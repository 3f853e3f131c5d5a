"""Consent taken back: listed, approved, then deleted here, in Slack and at the vendor; whatever is killed, it goes
on.
"""

import asyncio
import contextlib
from datetime import date

from bot import logs
from bot.actions.action import Reply, Turn
from bot.actions.photos import drop_one
from bot.actions.withdraw_pictures import delete_in_slack
from bot.bench import Bench
from bot.deciders import must_be_approver
from bot.ledger import incoming, job_steps, notices, trainings, withdrawals
from bot.ledger.inbox import InboxRow
from bot.ledger.notices import Notice
from bot.ledger.outbox_stamps import stamp_at
from bot.ledger.withdrawals import Withdrawal
from bot.messages.anchors import touch_anchor
from bot.work.archive import delete_archive
from bot.work.judgement import forget_pictures
from bot.work.lending import delete_lent
from bot.work.pages import LAB
from handlers.blocks import withdrawals as blocks
from handlers.blocks.notices import link
from handlers.markup import mention
from handlers.message import Message
from handlers.slack_errors import SlackBusy, SlackLost
from pipeline.actions.withdraw import WithdrawConsent
from pipeline.errors import LabError, NotUnderstood, OutcomeUnknown, VendorClosed, VendorRejected, VendorUnavailable
from pipeline.fixture import consent
from pipeline.fixture.consent import Holdings
from pipeline.lab.lab import Lab
from pipeline.lab.run import Run
from pipeline.site.thumbnails import forget

RETRY_S = 30.0


async def _holdings(bench: Bench, identity: str) -> Holdings:
    """What the lab's folder, the ledger and the hidden folder hold of a person. Raises: LabsError."""
    held = await asyncio.to_thread(consent.holdings, bench.lab, identity)
    waiting = await bench.ledger.run(incoming.waiting, bench.now() + 1, identity)
    trained = await bench.ledger.run(withdrawals.trained, identity)
    gone = await bench.ledger.run(withdrawals.latest, identity)
    deleted = set(gone.holdings.versions) if gone and gone.state == "done" else set()
    versions = tuple(sorted({*held.versions, *(set(trained) - deleted)}))
    return held.model_copy(update={"versions": versions, "waiting": sum(len(one.names) for one in waiting)})


async def answer(bench: Bench, turn: Turn, request: WithdrawConsent) -> Reply:
    del turn
    return Reply(await listing(bench, request.identity))


async def listing(bench: Bench, identity: str) -> Message:
    """What holds a person's likeness, with the button that an approver presses. Raises: LabsError."""
    held = await _holdings(bench, identity)
    if held.nothing:
        raise NotUnderstood(
            f"The lab holds nothing of {identity!r}. Nothing was deleted.",
            "`list fixtures` shows whose photographs are here.",
        )
    under_way = await bench.ledger.run(withdrawals.active_jobs, held.runs, identity)
    posted = await _posted(bench, identity)
    return blocks.listing(held, under_way, bench.settings.approvers, posted)


async def _posted(bench: Bench, identity: str) -> list[str]:
    """The threads in which people posted photographs: those files are theirs to delete."""
    found = await bench.ledger.run(incoming.threads, identity)
    return [link(bench.team_url, channel, thread_ts) for channel, thread_ts in found]


async def pressed(bench: Bench, row: InboxRow) -> Reply:
    """*Delete all*: what it came to; the list that was decided about has no button any more. Raises: as `approved`."""
    payload = row.payload or {}
    identity, _, shown = str(payload.get("value", "")).partition(" ")
    begun = await approved(bench, row, identity, shown)
    words = f"{mention(row.person)} approved the deletion."
    key = await bench.ledger.run(stamp_at, row.channel, str(payload.get("message_ts")), words)
    if key:
        await bench.driver.kick("post", key)
    return Reply(begun)


async def approved(bench: Bench, row: InboxRow, identity: str, shown: str) -> Message:
    """An approver's word: from here on it is deleted. Raises: LabsError, and then nothing is."""
    must_be_approver(bench, row.person, "decides that")
    earlier = await bench.ledger.run(withdrawals.latest, identity)
    if earlier is not None and earlier.listed == shown:
        return blocks.begun(earlier.holdings, earlier.person, done=earlier.state == "done")
    held = await _holdings(bench, identity)
    if held.hash != shown:
        raise NotUnderstood(
            "What the lab holds has changed since that list was made. Nothing more was deleted.",
            f"Ask again: `withdraw consent for {identity}`.",
        )
    where = (row.channel, row.thread_ts)
    begun = await bench.ledger.run(withdrawals.begin, held, row.person, where, bench.now())
    if begun is None:
        raise NotUnderstood(f"The deletion for {identity!r} is under way already.", "Its thread hears when it is done.")
    logs.get().info("consent.withdrawn", identity=identity)
    await bench.driver.kick("withdrawal", str(begun))
    return blocks.begun(held, row.person)


async def advance_withdrawal(bench: Bench, key: str) -> float | None:
    """One step: first nobody may use it any more, then it is deleted everywhere. Seconds until the next try, or
    None.
    """
    found = await bench.ledger.run(withdrawals.get, int(key))
    if found is None or found.state != "deleting":
        return None
    today = date.fromisoformat(bench.settings.day(bench.wall()))
    try:
        await asyncio.to_thread(consent.mark_withdrawn, bench.lab, found.holdings, today)
        if await _stop_jobs(bench, found):
            return max(0.05, bench.settings.look_again_s)
        # A job that was under way may have left more than was listed.
        held = found.holdings.and_(await _holdings(bench, found.holdings.identity))
        await bench.ledger.run(withdrawals.keep_holdings, found.id, held)
        for waiting in await bench.ledger.run(incoming.waiting, bench.now() + 1, held.identity):
            await drop_one(bench, waiting)
        kept = await _delete_archives(bench, held.identity)
        kept += await _delete_lent(bench, held)
        kept += await _delete_at_vendor(bench, held)
        kept += await delete_in_slack(bench, held)
        bench.measurer.forget()
        forget_pictures()
        await asyncio.to_thread(consent.delete_here, bench.lab, held)
        await asyncio.to_thread(forget_small_copies, bench.lab, held)
        left = await asyncio.to_thread(consent.holdings, bench.lab, held.identity)
    except (VendorUnavailable, VendorClosed, OutcomeUnknown, SlackBusy, SlackLost, LabError) as error:
        logs.get().warning("withdrawal.waits", error=type(error).__name__)
        return min(RETRY_S, 15 * bench.settings.look_again_s)
    if left.photos or left.runs or left.others:
        return max(0.05, bench.settings.look_again_s)
    await bench.ledger.run(withdrawals.done, found.id, kept)
    await bench.driver.kick("pages", LAB)
    await _report(bench, found.model_copy(update={"holdings": held}), kept)
    logs.get().info("withdrawal.done", identity=held.identity, kept=len(kept))
    return None


def forget_small_copies(lab: Lab, held: Holdings) -> None:
    """A run of somebody else may have been judged against this person's photograph. Raises: LabError."""
    folders = {*(f"inputs/{name}" for name in held.fixtures), *(f"runs/{name}" for name in held.runs)}
    for name in lab.runs():
        forget(Run(lab.root, name), folders)


async def _stop_jobs(bench: Bench, found: Withdrawal) -> bool:
    """Cancel what works with the likeness; True while some of it is still under way."""
    jobs = await bench.ledger.run(withdrawals.active_jobs, found.holdings.runs, found.holdings.identity)
    for job_id in jobs:
        await bench.ledger.run(job_steps.cancel, job_id, found.person, bench.now())
        await bench.driver.kick("job", job_id)
        await touch_anchor(bench, job_id)
    return bool(await bench.ledger.run(withdrawals.active_jobs, found.holdings.runs, found.holdings.identity))


async def _delete_archives(bench: Bench, identity: str) -> list[str]:
    """The packed photographs of trainings; what the vendor would not delete, in words."""
    kept = []
    for lying in await bench.ledger.run(trainings.archives_of, identity):
        if bench.replicate is None:
            kept.append(f"the photographs' archive {lying.name} at Replicate: no token is set")
            continue
        try:
            await delete_archive(bench, bench.replicate.trainings, lying)
        except VendorClosed:
            raise  # the account needs a person; it goes on after that
        except VendorRejected as error:
            kept.append(f"the photographs' archive {lying.name} at Replicate: {error}")
    return kept


async def _delete_lent(bench: Bench, held: Holdings) -> list[str]:
    """Photographs that lie at vendors for bake-offs; what lies where nothing can be deleted, in words."""
    kept = []
    if bench.anthropic is not None:
        await bench.anthropic.take_back()  # references; what a process before this one left there expires in an hour
    for one in await bench.ledger.run(withdrawals.lent_of, held.runs, held.identity):
        try:
            await delete_lent(bench, one)
        except VendorClosed:
            raise  # the account needs a person; it goes on after that
        except VendorRejected as error:
            kept.append(f"a photograph, {one.name}, at {one.vendor.capitalize()}: {error}")
    for name in await bench.ledger.run(withdrawals.shown_to, held.runs, held.identity):
        if vendor := bench.makers.vendors.get(name):
            kept += [f"what {name.capitalize()} was sent and made: {vendor.forgets}"] if vendor.forgets else []
    return kept


async def _delete_at_vendor(bench: Bench, held: Holdings) -> list[str]:
    """Versions with their weights, then their models; what the vendor would not delete, in words."""
    if bench.replicate is None:
        return [f"{version} at Replicate: no token is set" for version in held.versions]
    vendor, kept = bench.replicate.trainings, []
    for version in held.versions:
        model, _, name = version.partition(":")
        try:
            await vendor.delete_version(model, name)
        except VendorClosed:
            raise  # the account needs a person; it goes on after that
        except VendorRejected as error:
            kept.append(f"{version} at Replicate: {error}")
    for model in dict.fromkeys(version.partition(":")[0] for version in held.versions):
        # One that has versions of other runs stays; its own versions are gone.
        with contextlib.suppress(VendorRejected):
            await vendor.delete_model(model)
    return kept


async def stuck(bench: Bench, key: str) -> None:
    """An error that nobody foresaw: its thread hears that not all is gone; every sweep tries again."""
    found = await bench.ledger.run(withdrawals.get, int(key))
    if found is None or found.state != "deleting" or found.channel is None:
        return
    body = blocks.stuck(found.holdings).model_dump_json()
    notice = Notice(key=f"withdrawal-stuck:{found.id}", channel=found.channel, thread_ts=found.thread_ts, body=body)
    await bench.ledger.run(notices.put, [notice], bench.now())
    await bench.driver.kick("post", notice.key)


async def _report(bench: Bench, found: Withdrawal, kept: list[str]) -> None:
    if found.channel is None:
        return
    posted = await _posted(bench, found.holdings.identity)
    body = blocks.done(found.holdings, kept, posted).model_dump_json()
    notice = Notice(key=f"withdrawn:{found.id}", channel=found.channel, thread_ts=found.thread_ts, body=body)
    await bench.ledger.run(notices.put, [notice], bench.now())
    await bench.driver.kick("post", notice.key)
