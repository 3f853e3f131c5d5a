"""A job's one message: what was understood and what it will cost, then how far it is, then how it ended."""

from handlers.blocks.kit import Block, actions, button, context, image, lines, seconds, section, sections
from handlers.blocks.plans import MAKES, count, preflight_lines, subject, told, words_of
from handlers.markup import mentions
from handlers.message import Message
from handlers.views import AnchorView, Progress, TrainingView, Undecided
from pipeline.models import Cause
from pipeline.money import dollars
from pipeline.plan.plan import Plan
from pipeline.surfaces import code, mrkdwn
from pipeline.wordlist import many

_HEADS = {
    "waiting": "Waits for an approval", "planned": "The plan", "grace": "Starts in a moment", "running": "At work",
    "canceling": "Stopping: what is under way is ended or finished, nothing new is begun",
    "finishing": "Writing it down", "done": "Done", "canceled": "Canceled", "denied": "Denied", "expired": "Expired",
    "failed": "Stopped", "changed": "Changed",
}  # fmt: skip
_BAR = 18


def anchor(view: AnchorView) -> Message:
    """The message as it should stand now."""
    plan = view.plan
    head = head_of(view)
    said = f"*{head}* · {mrkdwn(subject(plan))}\n{told(plan)}"
    blocks: list[Block] = [section(text) for text in sections(said.split("\n"))]
    if plan.training:
        blocks += [section(text) for text in sections(preflight_lines(plan.training.preflight))]
    if view.progress and view.state in {"running", "canceling", "finishing"}:
        blocks.append(section(progress_of(view.progress)))
    if view.picture:
        file_id, alt = view.picture
        blocks.append(image(file_id, alt, f"grid-{file_id}"))
    if plan.notes:
        # They stay: five seconds are too short to read what is odd about a prompt.
        blocks.append(_notes(plan, small=view.state not in {"waiting", "grace"}))
    if view.needs_approval and view.state == "waiting":
        blocks.append(section(_who_approves(view)))
    if view.stamp:
        blocks.append(section(view.stamp))
    if view.unposted:
        blocks.append(
            section(
                f":warning: Its result cannot be posted: Slack says `{mrkdwn(view.unposted)}`, which an admin can mend."
                f" It is tried again; until then `labs show {mrkdwn(plan.run)}` has it."
            )
        )
    if buttons := _buttons(view):
        blocks.append(actions(*buttons))
    blocks.append(context(f"job `{view.job_id}` · asked by <@{view.asked_by}>"))
    return Message(
        text=f"{head}: {subject(plan)}, {count(plan)}, {plan.estimate} (job {view.job_id})", blocks=tuple(blocks)
    )


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


def _notes(plan: Plan, *, small: bool) -> Block:
    words = lines([f"• {mrkdwn(note)}" for note in plan.notes])
    return context(words) if small else section(words)


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


def progress_of(progress: Progress) -> str:
    """How far it is, and what it waits for."""
    if progress.training:
        return _training(progress, progress.training)
    over = progress.done + progress.made + progress.failed + progress.stopped
    filled = round(_BAR * over / max(1, progress.total + progress.to_make))
    bar = "▓" * filled + "░" * (_BAR - filled)
    facts = []
    if progress.to_make:
        most = "up to " if progress.so_far else ""
        facts.append(f"{progress.made} of {most}{many(progress.to_make, 'image')}")
        facts += [f"{progress.making} being made"] if progress.making else []
        facts += [f"{progress.lost} asked for, of which the answer is looked for"] if progress.lost else []
        facts += [f"{progress.failed} failed"] if progress.failed else []
        facts += [f"{progress.stopped} called off"] if progress.stopped else []
    if progress.total:
        words, most = " judged" if progress.to_make else "", "up to " if progress.so_far else ""
        facts.append(f"{progress.done} of {most}{progress.total}{words}")
    stands = progress.blocked or progress.undecided or progress.held
    left = f"about {seconds(progress.seconds_left or 0)} left{' in this round' if progress.so_far else ''}"
    facts += [left] if progress.seconds_left and not stands else []
    facts += [f"{dollars(progress.spent_micros)} so far"] if progress.spent_micros else []
    said = [f"`{bar}` {' · '.join(facts)}"]
    if progress.ahead:
        said.append(f":hourglass: behind {progress.ahead} image{'' if progress.ahead == 1 else 's'} of older jobs")
    if progress.so_far:
        said.append(mrkdwn(progress.so_far))
    if progress.tallies:
        said.append(" · ".join(f"{title} {passed}/{scored}" for title, passed, scored in progress.tallies))
    if progress.blocked:
        count, other = progress.blocked
        said.append(
            f":hourglass: {count} image{'' if count == 1 else 's'} wait for a decision on job `{other}`, which asked"
            " for the same"
        )
    if progress.undecided:
        said.append(_undecided(progress))
    if progress.held:
        said.append(f":double_vertical_bar: {progress.held}")
    return "\n".join(said)


def _training(progress: Progress, training: TrainingView) -> str:
    share = (training.percent or 0) / 100
    filled = round(_BAR * share)
    facts = [training.at]
    if training.percent is not None:
        facts.append(f"{training.percent} % · step {training.step:,} of {training.steps:,}")
    stands = progress.undecided or progress.held
    facts += [f"about {seconds(progress.seconds_left)} left"] if progress.seconds_left and not stands else []
    said = [f"`{'▓' * filled + '░' * (_BAR - filled)}` {' · '.join(facts)}"]
    if progress.undecided:
        said.append(
            ":grey_question: The training needs your word: nobody can tell any more whether it was begun, or what it"
            " made. What it may have cost is on the books. *Retry* trains once more for up to"
            f" {dollars(progress.undecided_micros)}; *Mark failed* gives it up."
        )
    said += [f":double_vertical_bar: {progress.held}"] if progress.held else []
    return "\n".join(said)


_WHY = {
    Cause.EXPIRED: "made, but the vendor deleted it before it could be fetched",
    Cause.FAILED: "ended without a picture",
}
_NOBODY_KNOWS = "the answer was lost, and the vendor's list cannot tell what came of it"
_NAMED = 10


def waits_for_word(undecided: tuple[Undecided, ...]) -> list[str]:
    """Which cells wait for a person, and why nobody else can tell: a line for each cause."""
    said = []
    for why in dict.fromkeys(map(_why, undecided)):
        labels = [one.label for one in undecided if _why(one) == why]
        more = f" and {len(labels) - _NAMED} more" if len(labels) > _NAMED else ""
        named = ", ".join(code(label) for label in labels[:_NAMED])
        said.append(f"{named}{more}: {mrkdwn(why)}")
    return said


def _why(one: Undecided) -> str:
    return _WHY.get(one.why) or one.detail or _NOBODY_KNOWS


def _undecided(progress: Progress) -> str:
    count = len(progress.undecided)
    them = "it" if count == 1 else "them"
    head = f":grey_question: {count} image{'' if count == 1 else 's'} {'needs' if count == 1 else 'need'} your word."
    tail = (
        f"What {'it' if count == 1 else 'they'} may have cost is on the books. *Retry* orders {them} again for up to"
        f" {dollars(progress.undecided_micros)}; *Mark failed* leaves {them} out."
    )
    return "\n".join([head, *(f"• {one}" for one in waits_for_word(progress.undecided)), tail])


def _buttons(view: AnchorView) -> list[Block]:
    job, plan = view.job_id, view.plan
    cancel = button("Cancel", "labs:cancel", job)
    if view.state == "waiting":
        return [*_decide(view, plan), cancel]
    if view.state == "grace":
        return [cancel]
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
    return [*made, cancel]


def _decide(view: AnchorView, plan: Plan) -> list[Block]:
    value = f"{view.job_id} {plan.hash}"
    price = dollars(plan.estimate.high_micros)
    sure = ("Approve this plan?", f"{mrkdwn(subject(plan))} for up to {price}.")
    ambers = plan.training.preflight.ambers if plan.training else ()
    if ambers:
        # They are named in a modal: a button's own question is too short for them.
        made = [button(f"Approve {price} with {len(ambers)} amber…", "labs:open:approve", value, style="primary")]
    else:
        made = [button(f"Approve {price}", "labs:approve", value, style="primary", confirm=sure)]
    made += [button("Change…", "labs:open:change", value)] if view.changeable else []
    return [*made, button("Deny…", "labs:open:deny", value, style="danger")]
