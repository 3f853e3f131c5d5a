"""Who is told what, beside the thread: approvers of a plan that waits, watchers of a verdict; not in quiet hours."""

from collections.abc import Sequence

from bot.bench import Bench
from bot.deciders import who_may
from bot.ledger.jobs import Job, Origin
from bot.ledger.notices import Notice
from bot.ledger.watches import Watcher
from handlers.blocks import notices
from handlers.message import Message
from pipeline.evidence.run_state import RunState
from pipeline.evidence.verdict import Word
from pipeline.plan.plan import Plan


def to_approvers(
    bench: Bench, plan: Plan, job_id: str, origin: Origin, pictures: Sequence[tuple[str, str, str]] = ()
) -> list[Notice]:
    """A plan waits: every approver hears of it with its picture, but for who asked."""
    if origin.channel is None:
        return []
    where = notices.link(bench.team_url, origin.channel, origin.thread_ts)
    message = notices.waits(plan, job_id, origin.person, where)
    return [
        _notice(bench, f"waits:{job_id}:{person}", person, message, job_id).model_copy(
            update={"pictures": tuple(pictures)}
        )
        for person in bench.settings.approvers
        if person != origin.person
    ]


def reminder(bench: Bench, job: Job) -> list[Notice]:
    """In the thread, before a plan expires."""
    if job.origin.channel is None or job.expires_at is None:
        return []
    hours = (job.expires_at - bench.now()) / 3600
    message = notices.expires(job.plan, job.id, who_may(bench, job), hours)
    return [
        Notice(
            key=f"remind:{job.id}",
            job_id=job.id,
            channel=job.origin.channel,
            thread_ts=job.origin.thread_ts,
            body=message.model_dump_json(),
            not_before=0.0,
        )
    ]


def not_posted(job: Job, code: str) -> list[Notice]:
    """To who asked, alone: Slack does not take their job's messages."""
    if job.origin.channel is None:
        return []
    message = notices.not_posted(job.plan, job.id, code)
    return [Notice(key=f"unposted:{job.id}", channel=job.origin.person, body=message.model_dump_json())]


def vendor_away(job: Job, title: str, vendor: str, since: float) -> list[Notice]:
    """In the thread, once for each time: a vendor answers no order, and nothing is lost."""
    if job.origin.channel is None:
        return []
    message = notices.vendor_away(job.plan, job.id, title, since)
    return [
        Notice(
            key=f"down:{job.id}:{vendor}:{since:.0f}",
            channel=job.origin.channel,
            thread_ts=job.origin.thread_ts,
            body=message.model_dump_json(),
        )
    ]


def not_trained(job: Job, why: str) -> list[Notice]:
    """In the thread: a training has ended without a version."""
    if job.origin.channel is None:
        return []
    message = notices.not_trained(job.plan, job.id, job.origin.person, why)
    return [
        Notice(
            key=f"untrained:{job.id}",
            channel=job.origin.channel,
            thread_ts=job.origin.thread_ts,
            body=message.model_dump_json(),
        )
    ]


def to_watchers(bench: Bench, job: Job, state: RunState, watching: list[Watcher]) -> list[Notice]:
    """A verdict is in, or has changed: those who asked elsewhere hear of it alone; the thread's own are mentioned in
    it.
    """
    if state.verdict.word is Word.IN_FLIGHT:
        return []
    here = (job.origin.channel, job.origin.thread_ts)
    where = notices.link(bench.team_url, *here) if job.origin.channel else "the lab's folder"  # type: ignore[arg-type]  # a channel, just checked
    return [
        _notice(bench, f"verdict:{job.id}:{one.person}", one.person, notices.verdict_is(state, one.told, where))
        for one in watching
        if one.told != notices.verdict_of(state)
        and (one.channel, one.thread_ts) != here
        and one.person != job.origin.person
    ]


def in_vain(bench: Bench, one: Watcher) -> Notice:
    """The run that somebody watches is neither there nor on its way."""
    return _notice(bench, f"vain:{one.run}:{one.person}:{bench.now():.0f}", one.person, notices.in_vain(one.run))


def _notice(bench: Bench, key: str, person: str, message: Message, job_id: str | None = None) -> Notice:
    quiet_until = bench.settings.quiet_until(bench.now())
    return Notice(key=key, channel=person, body=message.model_dump_json(), not_before=quiet_until, job_id=job_id)
