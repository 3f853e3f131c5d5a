"""The result of a job: the picture, the verdict with its evidence, what failed and why, and how to go on."""

from handlers.blocks.compared import named
from handlers.blocks.kit import (
    Block,
    actions,
    button,
    clip,
    context,
    divider,
    fields,
    header,
    image,
    lines,
    says,
    seconds,
    section,
    sections,
)
from handlers.blocks.pages import open_run
from handlers.blocks.stamps import stopped
from handlers.blocks.standings import lacks, table
from handlers.blocks.upscales import upscaled
from handlers.message import Message
from handlers.views import ResultView
from pipeline.advice.next_steps import Step
from pipeline.evidence.compare import Rejudged
from pipeline.evidence.run_state import RunState, headline
from pipeline.evidence.verdict import Tally
from pipeline.models import BARRED, Axis, Cause, JudgedCell, Unscored
from pipeline.money import dollars
from pipeline.plan.settling import ended
from pipeline.surfaces import code, mrkdwn
from pipeline.wordlist import many


def result(view: ResultView) -> Message:
    """One message; its pictures are swapped in by id."""
    if view.canceled_by:
        return _canceled(view)
    if view.plan.action == "upscale":
        return upscaled(view, _money(view))
    if view.plan.judge is None:
        return _made(view)
    if view.state.leaderboard:
        return _bakeoff(view)
    state, verdict = view.state, view.state.verdict
    blocks: list[Block] = [
        header(headline(state)),
        section("\n".join([f"{view.mentions} {mrkdwn(verdict.reason)}", *map(mrkdwn, _evidence(state)), *_part(view)])),
        *_pictures(view),
        fields([_axis(tally) for tally in verdict.tallies]),
    ]
    if view.rejudged:
        blocks.append(section(lines(_rejudged(view.rejudged))))
    if failed := _failed(state, view.plan.axes):
        blocks.append(section(f"*Failed*\n{lines(failed)}"))
    if unscored := [_without(cell) for cell in state.cells if cell.scores is None]:
        blocks.append(section(f"*Unscored* (neither pass nor fail)\n{lines(unscored)}"))
    blocks += _onward(view)
    blocks.append(context(_money(view), _judge(view)))
    return Message(
        text=f"{verdict.said}: {state.run}. {verdict.reason} Evidence {verdict.grade}.", blocks=tuple(blocks)
    )


def _bakeoff(view: ResultView) -> Message:
    """The rows against each other, and what each lacks, by cause."""
    state = view.state
    blocks: list[Block] = [
        header(headline(state)),
        section("\n".join([f"{view.mentions} {mrkdwn(state.reason)}", mrkdwn(state.evidence), *_part(view)])),
        *_pictures(view),
        section(table(state.leaderboard)),
    ]
    if lacking := lacks(state):
        blocks.append(section(f"*Without a score* (neither pass nor fail)\n{lines(lacking)}"))
    blocks += _onward(view)
    blocks.append(context(_money(view), _judge(view)))
    return Message(text=f"{headline(state)}. {state.reason}", blocks=tuple(blocks))


def _rejudged(before: Rejudged) -> list[str]:
    """`*Against the judge before* (claude-…, rubric v1): …`, with the cells that changed."""
    judge = ", ".join(one for one in (before.model, f"rubric {before.rubric}" if before.rubric else None) if one)
    head = f"*The same pictures, judged before* by {mrkdwn(judge or 'another judge')}"
    return [head, *(f"• {one.said}{named(one.worse, 'worse')}{named(one.better, 'better')}" for one in before.flips)]


def _evidence(state: RunState) -> list[str]:
    """How far the verdict carries; and the older one, where this job brought none."""
    return [state.after_all] if state.after_all else [state.evidence]


def _part(view: ResultView) -> list[str]:
    """A verdict of which only a part was asked for says so; a job that was stopped, who stopped it."""
    request = view.plan.request
    said = []
    if request.action == "judge" and request.cells and len(request.cells) != view.total:
        said.append(f"You asked for {len(request.cells)} of {view.total} cells; the verdict covers all of them.")
    said += [ended(view.plan, view.state, view.made)] if view.plan.in_rounds else []
    return [*said, stopped(*view.stopped)] if view.stopped else said


def _without(cell: JudgedCell) -> str:
    return f"• {code(cell.cell.label)} {mrkdwn(clip(str(cell.outcome), 160))}"


def _onward(view: ResultView) -> list[Block]:
    return [
        divider(),
        *(section(text) for text in sections(["*How to continue*", *map(_step, view.steps)])),
        actions(*_buttons(view)),
    ]


def _made(view: ResultView) -> Message:
    """Images without a verdict: what was made, what was not, and the judge as the next step."""
    state, making = view.state, view.plan.making
    wanted = len(making.images) if making else 0
    ours = {image.label for image in making.images} if making else set()
    head = (
        f"{view.made} of {many(wanted, 'image')} made"
        if view.made < wanted
        else f"{wanted} image{'' if wanted == 1 else 's'} made"
    )
    if making is None and view.plan.training:
        head = "LoRA trained"
    what = making.diff if making else view.plan.training.diff if view.plan.training else ""
    said = f"{view.mentions} {code('runs/' + state.run)}: {mrkdwn(what)}."
    judged = [cell for cell in state.cells if cell.scores is not None]
    if judged:
        said += f"\n{state.sign} {state.said} as it stands: {mrkdwn(state.reason)}"
    said += f"\n{stopped(*view.stopped)}" if view.stopped else ""
    blocks: list[Block] = [header(f"🖼 {head} · {state.title}"), section(said), *_pictures(view)]
    missing = [
        cell
        for cell in state.cells
        if cell.cell.label in ours and isinstance(cell.outcome, Unscored) and cell.outcome.cause is not Cause.NOT_JUDGED
    ]
    if missing:
        blocks.append(section(f"*Not made*\n{lines([_without(cell) for cell in missing])}"))
    blocks += _onward(view)
    blocks.append(context(_money(view)))
    return Message(text=f"{head}: {state.run}", blocks=tuple(blocks))


def _canceled(view: ResultView) -> Message:
    kept = (
        f"{view.scored} of {view.total} cells are judged and kept; asking again buys only the others."
        if view.scored
        else "No cell was judged."
        if view.plan.judge
        else ""
    )
    if making := view.plan.making:
        kept = f"{view.made} of {many(len(making.images), 'image')} are made and kept. {kept}".rstrip()
    verdict = "" if view.verdict_written or not view.plan.judge else " The run's verdict stays as it was."
    text = f"Canceled by <@{view.canceled_by}>. {kept}{verdict}"
    return Message(
        text=f"Canceled: {view.state.run}. {kept}", blocks=(section(text), *_pictures(view), context(_money(view)))
    )


def _pictures(view: ResultView) -> list[Block]:
    blocks = [image(file_id, alt, f"grid-{file_id}") for file_id, alt in view.files]
    return [*blocks, context(mrkdwn(view.file_note))] if view.file_note else blocks


def _axis(tally: Tally) -> str:
    bar = " (bar)" if tally.axis in BARRED else ""
    if not tally.scored:
        return f"*{tally.axis.title}*{bar}\nno cell scored"
    rest = f", {tally.unscored} unscored" if tally.unscored else ""
    return (
        f"*{tally.axis.title}*{bar}\n{tally.passed}/{tally.scored} = {tally.passed / tally.scored:.0%} ·"
        f" single look {tally.interval} · {tally.grade}{rest}"
    )


def _failed(state: RunState, axes: tuple[str, ...] | None) -> list[str]:
    """One line for each cell with a failed axis: the lowest first."""
    found = [line for cell in state.cells if (line := _failed_line(cell, axes))]
    return [text for _score, text in sorted(found)]


def _failed_line(cell: JudgedCell, axes: tuple[str, ...] | None) -> tuple[float, str] | None:
    if cell.scores is None:
        return None
    missed = [
        (cell.scores[axis].score, axis)
        for axis in Axis
        if not cell.scores[axis].passed and (axes is None or axis.code in axes)
    ]
    if not missed:
        return None
    score, worst = min(missed)
    others = "".join(f", {axis.code.upper()} {one:.2f}" for one, axis in missed if axis is not worst)
    return (
        score,
        (
            f"• {code(cell.cell.label)} {worst.code.upper()} {score:.2f}{others}:"
            f" {mrkdwn(clip(cell.scores[worst].reason, 170))}"
        ),
    )


def _step(step: Step) -> str:
    if not step.sentence:
        return f"• {mrkdwn(step.purpose)}"
    price = f"~{step.estimate}" if step.estimate.high_micros else "free"
    return f"• {code(step.sentence)}\n   {price} · {mrkdwn(step.purpose)}"


def _buttons(view: ResultView) -> list[Block]:
    made = []
    for at, step in enumerate(view.steps):
        price = f" ~{dollars(step.estimate.usd_micros)}" if step.estimate.high_micros else ""
        made += says(f"{step.short}{price}", f"labs:say:{at}", step.sentence)
    page = [open_run(view.state.run)] if view.pages else []
    return [*made, *page, button("Full-size originals", "labs:originals", view.job_id)]


def _money(view: ResultView) -> str:
    parts = [f"estimated {view.plan.estimate}, actual *{dollars(view.spent_micros)}*"]
    parts += [f"of it {dollars(view.unknown_micros)} for answers that were lost"] if view.unknown_micros else []
    stored = view.plan.stored
    parts += [f"{many(view.made, 'image')} made"] if view.plan.making else []
    parts += (
        [f"{view.bought} judgements bought" + (f", {stored} stored before" if stored else "")]
        if view.plan.judge
        else []
    )
    parts += [f"in {seconds(view.took_s)}"] if view.took_s else []
    parts += ["*simulated*"] if view.simulated else []
    return " · ".join(parts) + f" · job `{view.job_id}`"


def _judge(view: ResultView) -> str:
    state = view.state
    return (
        f"{code(state.model)}, rubric {mrkdwn(state.judge_version or '')}, against {code(state.reference or '')}"
        if state.model
        else "not judged"
    )
