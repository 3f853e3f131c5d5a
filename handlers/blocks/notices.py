"""What is said to one person alone, and what reminds a thread."""

from typing import Any

from handlers.blocks import stamps
from handlers.blocks.deciding import approve_and_deny
from handlers.blocks.kit import actions, button, clip, context, lines, section
from handlers.blocks.plan_details import OPENS
from handlers.blocks.plans import brief, name, subject, title
from handlers.markup import mention, mentions
from handlers.message import Message
from pipeline.evidence.run_state import RunState
from pipeline.money import dollars
from pipeline.plan.plan import Plan
from pipeline.surfaces import mrkdwn
from pipeline.wordlist import many

_UNDONE = frozenset({"denied", "changed", "expired", "canceled", "being stopped"})
"""States that nobody approved, or that somebody has ended; all else follows an approval."""


def link(
    team_url: str | None, channel: str, thread_ts: str | None, *, reply: str | None = None, words: str = "its thread"
) -> str:
    """Where it stands in Slack: the address of a thread, or of a reply in it; the channel's name where that is
    unknown.
    """
    if not team_url or not thread_ts:
        return f"<#{channel}>"
    at = f"{team_url.rstrip('/')}/archives/{channel}/p{(reply or thread_ts).replace('.', '')}"
    return f"<{at}{f'?thread_ts={thread_ts}&amp;cid={channel}' if reply else ''}|{words}>"


def waits(plan: Plan, job_id: str, asked_by: str, where: str) -> Message:
    """To an approver: a plan waits, and can be decided on here; its picture comes after the first block."""
    said = f"A plan waits for an approval: {subject(plan)}"
    ambers = plan.training.preflight.ambers if plan.training else ()
    more = f"\nThe pre-flight is amber about {mrkdwn(clip(', '.join(ambers), 300))}." if ambers else ""
    blocks = [
        section(f":bell: *{mrkdwn(title(plan))}*\n{brief(plan)}{more}\nAsked for by <@{asked_by}> in {where}."),
        *([section(lines([f"• {mrkdwn(note)}" for note in plan.notes]))] if plan.notes else []),
        actions(*approve_and_deny(job_id, plan), button("Details…", OPENS, job_id)),
        context(f"job `{job_id}`"),
    ]
    return Message(text=f"{said}, {plan.estimate} (job {job_id})", blocks=tuple(blocks))


def decided(plan: Plan, job_id: str, shown: str, person: str | None, where: str) -> Message:
    """In the place of `waits` and `expires`, once somebody has decided.

    Args:
        plan: What waited.
        job_id: Its job.
        shown: The job's state, for people.
        person: Who decided; None: nobody did.
        where: Its thread, as a link.
    """
    ended = shown if shown in _UNDONE else "approved"
    by = f" by {mention(person)}" if person else ""
    said = f"*{mrkdwn(name(plan))}* waits no more: {ended}{by} · {where} · job `{job_id}`"
    return Message(text=f"{name(plan)} waits no more: {ended}.", blocks=(context(said),))


def expires(plan: Plan, job_id: str, approvers: tuple[str, ...], hours: float) -> Message:
    """To the thread: nobody has decided yet, and it ends soon."""
    who = mentions(approvers, "an approver")
    left = f"{round(hours)} hours" if hours >= 1.5 else f"{max(1, round(hours * 60))} minutes"
    said = f"Job {job_id} still waits for a decision"
    return Message(
        text=f"{said}; it expires in {left}.",
        blocks=(
            section(
                f":hourglass: {said} by {who}: {mrkdwn(subject(plan))}, {plan.estimate}. It expires in {left}; nothing"
                " is spent until then."
            ),
        ),
    )


def not_posted(plan: Plan, job_id: str, code: str) -> Message:
    """To who asked: their job cannot be shown where they asked for it."""
    said = f"I cannot post about your request there: Slack says {code}. It is tried again; an admin can mend it."
    where = f"Nothing starts unseen. In a shell, `labs jobs` shows job `{job_id}`."
    block = section(f":warning: {mrkdwn(subject(plan))}\n{said} {where}")
    return Message(text=f"{subject(plan)}: {said}", blocks=(block,))


def vendor_away(plan: Plan, job_id: str, title: str, since: float) -> Message:
    """To the thread: a vendor answers no order; its listing shows that nothing was made."""
    said = f"{stamps.vendor_down(title, since)} *Cancel* on the plan ends it."
    return Message(
        text=f"{subject(plan)}: {title} answers no order. Nothing was made, nothing is charged.",
        blocks=(section(f":hourglass: {said}"), context(f"job `{job_id}`")),
    )


def restored(taken: dict[str, Any], why: str) -> Message:
    """To the channel: the ledger is older than what stands around it.

    Args:
        taken: How many `images`, `trainings`, `judgements`, `orders`, `posts` it was told of, `usd_micros` that they
            cost, and the `jobs` that it does not know.
        why: How it was found out.
    """
    names = ("image", "training", "judgement")
    found = [many(taken[f"{name}s"], name) for name in names if taken[f"{name}s"]]
    found += [f"{many(taken['orders'], 'order')} that the vendor has"] if taken["orders"] else []
    kept = f" Taken over from the lab's folder: {', '.join(found)} ({dollars(taken['usd_micros'])})." if found else ""
    lost = ", ".join(f"`{job}`" for job in taken["jobs"][:10])
    jobs = f" Begun since, and unknown to me now: {lost}; what they made lies in their runs, ask again." if lost else ""
    said = f"My ledger is older than the lab ({why}): it was restored from a backup."
    rest = " Before I buy or post, I look whether it is there already."
    return Message(text=said, blocks=(section(f":rewind: {said}{kept}{jobs}{rest}"),))


def not_trained(plan: Plan, job_id: str, asked_by: str, why: str) -> Message:
    """To who asked: the training is over, and there is no LoRA."""
    return Message(
        text=f"{subject(plan)}: {why}",
        blocks=(
            section(f":x: <@{asked_by}> {mrkdwn(subject(plan))} came to nothing. {mrkdwn(why)}"),
            context(f"job `{job_id}`"),
        ),
    )


def verdict_of(state: RunState) -> str:
    """What a watcher is told, in a line: the same line is the same verdict."""
    return state.reason if state.leaderboard else f"{state.said} ({state.verdict.grade.value})"


def verdict_is(state: RunState, before: str | None, where: str) -> Message:
    """To a watcher: the verdict is in, or has changed."""
    was = f" It was {mrkdwn(before)}." if before else ""
    said = f"{state.sign} {state.said if state.leaderboard else verdict_of(state)}: runs/{state.run}"
    return Message(
        text=f"{said}. {state.reason}",
        blocks=(
            section(f"*{mrkdwn(said)}*\n{mrkdwn(state.reason)}{was} The grid is in {where}."),
            context("You watch this run; `unwatch` in #labs ends that."),
        ),
    )


def in_vain(run: str) -> Message:
    """To a watcher: there will be no verdict."""
    said = (
        f"There will be no verdict of runs/{run}: it is not there, and nobody makes it. Its plan was denied or changed,"
        " its training failed, or it was deleted."
    )
    return Message(text=said, blocks=(section(mrkdwn(said)), context("You no longer watch it.")))
