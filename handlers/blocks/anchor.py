"""A job's one message: what was understood and what it will cost, then how far it is, then how it ended."""

from handlers.blocks.kit import Block, actions, button, context, escape, seconds, section
from handlers.slack import Message
from handlers.views import AnchorView, Progress
from pipeline.money import dollars
from pipeline.plan import Plan

_HEADS = {
    "waiting": "Waits for an approval",
    "grace": "Starts in a moment",
    "running": "Judging",
    "canceling": "Stopping: calls in flight are finished, no new ones are made",
    "finishing": "Writing the verdict",
    "done": "Judged",
    "canceled": "Canceled",
    "denied": "Denied",
    "expired": "Expired",
    "failed": "Stopped",
}
_BAR = 18


def anchor(view: AnchorView) -> Message:
    """The message as it should stand now."""
    plan = view.plan
    head = _HEADS[view.state]
    blocks: list[Block] = [section(f"*{head}* · judge `runs/{escape(plan.run)}`\n{_what(plan)}")]
    if view.progress and view.state in {"running", "canceling", "finishing"}:
        blocks.append(section(_progress(view.progress)))
    if view.state in {"waiting", "grace"}:
        blocks += (
            [section("\n".join(f"• {escape(note)}" for note in plan.notes))] if plan.notes else []
        )
    if view.needs_approval and view.state == "waiting":
        who = (
            ", ".join(f"<@{person}>" for person in view.approvers)
            or "nobody (no approvers are set)"
        )
        until = (
            f" until <!date^{int(view.expires_at)}^{{date_short_pretty}} {{time}}|its expiry>"
            if view.expires_at
            else ""
        )
        blocks.append(section(f"{escape(view.needs_approval)} It can be approved by {who}{until}."))
    if view.stamp:
        blocks.append(section(view.stamp))
    if buttons := _buttons(view):
        blocks.append(actions(*buttons))
    blocks.append(context(f"job `{view.job_id}` · asked by <@{view.asked_by}>"))
    return Message(
        text=f"{head}: judge runs/{plan.run}, {len(plan.calls)} calls, {plan.estimate} (job {view.job_id})",
        blocks=tuple(blocks),
    )


def _what(plan: Plan) -> str:
    votes = f", {plan.votes} votes a cell" if plan.votes > 1 else ""
    cells = len(plan.cells)
    what = [f"{cells} cell{'' if cells == 1 else 's'} on all four axes{votes}"]
    if plan.stored:
        what.append(
            f"{plan.stored} stored judgement{'s' if plan.stored > 1 else ''} used again, {len(plan.calls)} to buy"
        )
    if plan.unusable:
        what.append(f"{len(plan.unusable)} without a usable image")
    price = (
        f"*{plan.estimate}* ({escape(plan.estimate.basis)}), about {seconds(plan.took_s)}"
        if plan.calls
        else "*$0.00*: nothing to buy"
    )
    return "\n".join(
        [
            " · ".join(what),
            f"Judge `{escape(plan.judge.model)}`, rubric {plan.judge.rubric}, against `{escape(plan.judge.reference)}`",
            f"Estimate {price}"
            + (f", stops at ${plan.request.cap_usd:g}" if plan.request.cap_usd is not None else ""),
        ]
    )


def _progress(progress: Progress) -> str:
    filled = round(_BAR * progress.done / max(1, progress.total))
    bar = "▓" * filled + "░" * (_BAR - filled)
    facts = [f"{progress.done} of {progress.total}"]
    facts += [f"about {seconds(progress.seconds_left)} left"] if progress.seconds_left else []
    facts += [f"{dollars(progress.spent_micros)} so far"] if progress.spent_micros else []
    text = f"`{bar}` {' · '.join(facts)}"
    if progress.tallies:
        text += "\n" + " · ".join(
            f"{title} {passed}/{scored}" for title, passed, scored in progress.tallies
        )
    return f"{text}\n:double_vertical_bar: {progress.held}" if progress.held else text


def _buttons(view: AnchorView) -> list[Block]:
    job, plan = view.job_id, view.plan
    cancel = button("Cancel", "labs:cancel", job)
    if view.state == "waiting":
        value = f"{job} {plan.hash}"
        price = f"Approve {dollars(plan.estimate.high_micros)}"
        sure = (
            "Approve this plan?",
            f"Judge `runs/{escape(plan.run)}` for up to {dollars(plan.estimate.high_micros)}.",
        )
        return [
            button(price, "labs:approve", value, style="primary", confirm=sure),
            button("Deny", "labs:deny", value, style="danger"),
            cancel,
        ]
    return [cancel] if view.state in {"grace", "running"} else []
