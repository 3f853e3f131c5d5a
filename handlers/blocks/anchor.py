"""A job's one message: what was understood and what it will cost, then how far it is, then a line of how it ended."""

from handlers.blocks.deciding import approve_and_deny
from handlers.blocks.kit import Block, actions, button, context, header, image, lines, section, sections
from handlers.blocks.plan_details import OPENS
from handlers.blocks.plans import MAKES, brief, count, name, preflight_lines, subject, title, what, words_of
from handlers.blocks.progress import stage_blocks
from handlers.markup import mentions
from handlers.message import Message
from handlers.views import AnchorView
from pipeline.money import dollars
from pipeline.plan.plan import Plan
from pipeline.surfaces import mrkdwn

_HEADS = {
    "waiting": "Waits for an approval", "planned": "The plan", "grace": "Starts in a moment", "running": "At work",
    "canceling": "Stopping: what is under way is ended or finished, nothing new is begun",
    "finishing": "Writing it down", "done": "Done", "canceled": "Canceled", "denied": "Denied", "expired": "Expired",
    "failed": "Stopped", "changed": "Changed",
}  # fmt: skip
_BEFORE = frozenset({"waiting", "planned", "grace"})
"""States in which it can still be decided about."""
_OVER = {"done": "🏁", "canceled": "⏹", "denied": "⛔", "expired": "⌛", "failed": "⚠️", "changed": "✎"}
"""Signs of states that change no more."""


def anchor(view: AnchorView) -> Message:
    """The message as it should stand now."""
    plan, head = view.plan, head_of(view)
    said = f"{head}: {subject(plan)}, {count(plan)}, {plan.estimate} (job {view.job_id})"
    blocks = [_ended(view)] if view.state in _OVER else _before(view) if view.state in _BEFORE else _under_way(view)
    if view.unposted:
        blocks.append(_not_posted(view, view.unposted))
    if buttons := _buttons(view):
        blocks.append(actions(*buttons))
    if view.state not in _OVER:
        blocks.append(context(f"job `{view.job_id}` · asked by <@{view.asked_by}>"))
    return Message(text=said, blocks=tuple(blocks))


def _before(view: AnchorView) -> list[Block]:
    """What there is to decide: what it is, what is odd about it, and who may say yes."""
    plan = view.plan
    blocks = [header(title(plan)), *map(section, sections(brief(plan).split("\n")))]
    if plan.training:
        blocks += [section(text) for text in sections(preflight_lines(plan.training.preflight))]
    blocks += _picture(view)
    if plan.notes:
        # Large while it can be stopped: five seconds are short to read what is odd about a prompt.
        blocks.append(section(_notes(plan)))
    if view.needs_approval and view.state == "waiting":
        blocks.append(section(_who_approves(view)))
    return blocks + ([section(view.stamp)] if view.stamp else [])


def _under_way(view: AnchorView) -> list[Block]:
    """How far it is; what was decided about stays in a line, all of it in the details."""
    plan, head = view.plan, head_of(view)
    stamp = f" · {view.stamp}" if view.stamp else ""
    price = f"up to {dollars(plan.estimate.high_micros)}" if plan.buys else "free"
    blocks = [section(f"*{mrkdwn(name(plan))}* · {price}{stamp}"), context("\n".join(what(plan)))]
    if view.progress:
        blocks += stage_blocks(plan, view.progress, head.partition(":")[0])
    blocks += _picture(view)
    return blocks + ([context(_notes(plan))] if plan.notes else [])


def _ended(view: AnchorView) -> Block:
    """One line, with the way to the verdict and to everything that the plan said."""
    to_verdict = f" · {view.verdict}" if view.verdict else ""
    said = f"{_OVER[view.state]} *{head_of(view)}* · {mrkdwn(name(view.plan))} · {view.stamp or ''}{to_verdict}"
    block = section(f"{said} · job `{view.job_id}`")
    return block | {"accessory": button("Details…", OPENS, view.job_id)}


def _not_posted(view: AnchorView, code: str) -> Block:
    return section(
        f":warning: Its result cannot be posted: Slack says `{mrkdwn(code)}`, which an admin can mend."
        f" It is tried again; until then `labs show {mrkdwn(view.plan.run)}` has it."
    )


def _picture(view: AnchorView) -> list[Block]:
    return [image(view.picture[0], view.picture[1], f"grid-{view.picture[0]}")] if view.picture else []


def _who_approves(view: AnchorView) -> str:
    why = mrkdwn(view.needs_approval or "")
    at = view.expires_at
    until = f" until <!date^{int(at)}^{{date_short_pretty}} {{time}}|its expiry>" if at else ""
    if view.approvers:
        return f"{why} It can be approved by {mentions(view.approvers, '')}{until}."
    return (
        f"{why} :warning: Nobody can approve it{until}: nobody but who asked for it is an approver. Whoever runs the"
        " bot names others under `approvers` in `labs.toml`."
    )


def _notes(plan: Plan) -> str:
    return lines([f"• {mrkdwn(note)}" for note in plan.notes])


def head_of(view: AnchorView) -> str:
    """What a job is at, or how it ended."""
    if view.state == "running":
        trained = view.plan.training and not (view.progress and view.progress.training)
        return MAKES.busy if trained else words_of(view.plan).busy
    if view.state == "done":
        return _done(view)
    return _HEADS[view.state]


def _done(view: AnchorView) -> str:
    """`Made 6 of 6, judged 5 of 6`: no word without its number."""
    done, over = words_of(view.plan).done, view.outcome
    if over is None:
        return done
    most = "up to " if view.plan.in_rounds else ""
    parts = [f"made {over.made} of {most}{over.to_make}"] if over.to_make else []
    parts += [f"judged {over.judged} of {over.to_judge}"] if over.to_judge else []
    parts = ["trained", *parts] if view.plan.training else parts
    said = ", ".join(parts) or done
    return said[:1].upper() + said[1:]


def _buttons(view: AnchorView) -> list[Block]:
    job, plan = view.job_id, view.plan
    cancel, details = button("Cancel", "labs:cancel", job), button("Details…", OPENS, job)
    if view.state == "waiting":
        change = button("Change…", "labs:open:change", f"{job} {plan.hash}")
        decide = approve_and_deny(job, plan, *([change] if view.changeable else []))
        return [*decide, details, _withdraw(job)]
    if view.state == "grace":
        return [cancel, details]
    if view.state != "running":
        return []
    progress = view.progress
    made: list[Block] = []
    if progress and progress.undecided:
        made.append(
            button(
                f"Retry {len(progress.undecided)} (~{dollars(progress.undecided_micros)})",
                "labs:retry",
                job,
                style="primary",
            )
        )
        made.append(button("Mark failed", "labs:giveup", job))
    if (
        progress
        and progress.making
        and progress.made + progress.failed + progress.stopped + progress.making < progress.to_make
    ):
        made.append(button("Stop after these", "labs:rest", job))
    return [*made, cancel, details]


def _withdraw(job: str) -> Block:
    """Behind a menu: it is for whoever asked, and seldom."""
    words = {"type": "plain_text", "text": "Withdraw this plan"}
    return {"type": "overflow", "action_id": "labs:cancel", "options": [{"text": words, "value": job}]}
