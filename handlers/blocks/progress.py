"""How far a job is: its stages in order, each with its count, and below them what it waits for."""

import re
from typing import Literal, NamedTuple

from handlers.blocks.kit import Block, seconds, section
from handlers.blocks.newer import newer
from handlers.views import Progress, TrainingView, Undecided
from pipeline.models import Cause
from pipeline.money import dollars
from pipeline.plan.plan import Plan
from pipeline.surfaces import code, mrkdwn
from pipeline.wordlist import many

_BAR = 18
_SIGNS = {"complete": "✓", "in_progress": "▸", "pending": "○"}
_MOMENT = re.compile(r"<!date\^[^|>]*\|([^>]*)>")


class Stage(NamedTuple):
    """A part of a job: train, make, judge."""

    title: str
    status: Literal["complete", "in_progress", "pending"]
    facts: str


def stages(plan: Plan, progress: Progress) -> list[Stage]:
    """What the job does, in order, and how far each is."""
    found = []
    training = progress.training
    if plan.training:
        found.append(
            Stage("Train", "in_progress" if training else "complete", _trained(training) if training else "done")
        )
    over = progress.made + progress.failed + progress.stopped
    if progress.to_make:
        status = _status(over >= progress.to_make, waits=training is not None)
        found.append(Stage("Make", status, _made(progress)))
    if progress.total:
        waits = not progress.judging_over and (training is not None or (progress.to_make > 0 and not over))
        status = _status(progress.judging_over >= progress.total, waits=waits)
        tallies = [f"{title} {passed}/{scored}" for title, passed, scored in progress.tallies]
        facts = " · ".join([_judged(progress, " judged"), *tallies])
        found.append(Stage("Judge", status, facts))
    return found


def _status(over: bool, *, waits: bool) -> Literal["complete", "in_progress", "pending"]:  # noqa: FBT001  # read aloud at its two calls
    return "complete" if over else "pending" if waits else "in_progress"


def stage_blocks(plan: Plan, progress: Progress, head: str) -> list[Block]:
    """The stages as Slack's own plan, else as a bar; below them what the job waits for."""
    left = _left(progress)
    title = " · ".join([head, *left])
    tasks = [
        {
            "type": "task_card",
            "task_id": stage.title.lower(),
            "title": stage.title,
            "status": stage.status,
            "details": _rich(stage.facts),
        }
        for stage in stages(plan, progress)
    ]
    shown: list[Block] = [
        newer({"type": "plan", "title": title, "tasks": tasks}, [section(f"*{head}*\n{_bar(plan, progress)}")])
    ]
    waits = waits_for(progress)
    return [*shown, section("\n".join(waits))] if waits else shown


def _rich(text: str) -> Block:
    """Words as they are: no markup is read in them."""
    said = {"type": "text", "text": _MOMENT.sub(r"\1", text) or "–"}
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [said]}]}


def progress_of(plan: Plan, progress: Progress) -> str:
    """How far it is, and what it waits for, as text."""
    return "\n".join([_bar(plan, progress), *waits_for(progress)])


def _bar(plan: Plan, progress: Progress) -> str:
    """`▓▓▓░░░ 2 of 9 images · 1 being made · about 40 s left`; of several stages, which is under way."""
    each = stages(plan, progress)
    training = progress.training
    share = (training.percent or 0) / 100 if training else progress.over / max(1, progress.total + progress.to_make)
    filled = round(_BAR * share)
    facts = [_trained(training)] if training else [_counts(progress)]
    said = [f"`{'▓' * filled + '░' * (_BAR - filled)}` {' · '.join([*facts, *_left(progress)])}"]
    if len(each) > 1:
        said.insert(0, " → ".join(f"{_SIGNS[one.status]} {one.title}" for one in each))
    if progress.tallies:
        said.append(" · ".join(f"{title} {passed}/{scored}" for title, passed, scored in progress.tallies))
    return "\n".join(said)


def _counts(progress: Progress) -> str:
    facts = [_made(progress)] if progress.to_make else []
    words = " judged" if progress.to_make else ""
    return " · ".join([*facts, *([_judged(progress, words)] if progress.total else [])])


def _judged(progress: Progress, words: str) -> str:
    most = "up to " if progress.so_far else ""
    facts = [f"{progress.done} of {most}{progress.total}{words}"]
    facts += [f"{progress.unanswered} without an answer"] if progress.unanswered else []
    facts += [f"{progress.called_off} called off"] if progress.called_off else []
    return " · ".join(facts)


def _made(progress: Progress) -> str:
    most = "up to " if progress.so_far else ""
    facts = [f"{progress.made} of {most}{many(progress.to_make, 'image')}"]
    facts += [f"{progress.making} being made"] if progress.making else []
    facts += [f"{progress.lost} asked for, of which the answer is looked for"] if progress.lost else []
    facts += [f"{progress.failed} failed"] if progress.failed else []
    facts += [f"{progress.stopped} called off"] if progress.stopped else []
    return " · ".join(facts)


def _trained(training: TrainingView) -> str:
    if training.percent is None:
        return training.at
    return f"{training.at} · {training.percent} % · step {training.step:,} of {training.steps:,}"


def _left(progress: Progress) -> list[str]:
    """Time that is left, and money that has gone."""
    stands = progress.blocked or progress.undecided or progress.held
    left = f"about {seconds(progress.seconds_left or 0)} left{' in this round' if progress.so_far else ''}"
    facts = [left] if progress.seconds_left and not stands else []
    return facts + ([f"{dollars(progress.spent_micros)} so far"] if progress.spent_micros else [])


def waits_for(progress: Progress) -> list[str]:
    """Why it is not further, or not decided yet; a line for each cause."""
    said = []
    if progress.ahead:
        said.append(f":hourglass: behind {many(progress.ahead, 'image')} of older jobs")
    if progress.so_far:
        said.append(mrkdwn(progress.so_far))
    if progress.blocked:
        count, other = progress.blocked
        said.append(
            f":hourglass: {many(count, 'image')} wait for a decision on job `{other}`, which asked for the same"
        )
    if progress.undecided:
        said.append(_undecided_training(progress) if progress.training else _undecided(progress))
    if progress.batch:
        said.append(f":hourglass: {progress.batch}")
    if progress.held:
        said.append(f":double_vertical_bar: {progress.held}")
    return said


def _undecided_training(progress: Progress) -> str:
    return (
        ":grey_question: The training needs your word: nobody can tell any more whether it was begun, or what it"
        " made. What it may have cost is on the books. *Retry* trains once more for up to"
        f" {dollars(progress.undecided_micros)}; *Mark failed* gives it up."
    )


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
    head = f":grey_question: {many(count, 'image')} {'needs' if count == 1 else 'need'} your word."
    tail = (
        f"What {'it' if count == 1 else 'they'} may have cost is on the books. *Retry* orders {them} again for up to"
        f" {dollars(progress.undecided_micros)}; *Mark failed* leaves {them} out."
    )
    return "\n".join([head, *(f"• {one}" for one in waits_for_word(progress.undecided)), tail])
