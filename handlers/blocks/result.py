"""The result of a job at a glance: what was decided and how sure that is, the picture, what failed, what next."""

from handlers.blocks.failures import at_a_glance, failures_button
from handlers.blocks.kit import Block, actions, button, clip, context, divider, header, image, lines, says, section
from handlers.blocks.more import more
from handlers.blocks.pages import open_run
from handlers.blocks.plans import left_out
from handlers.blocks.result_details import OPENS, money
from handlers.blocks.stamps import stopped
from handlers.blocks.standings import lacks, standings
from handlers.blocks.upscales import upscaled
from handlers.message import Message
from handlers.views import ResultView
from pipeline.evidence.run_state import RunState, badge, headline
from pipeline.evidence.verdict import Tally, Word
from pipeline.models import BARRED, Axis, Cause, JudgedCell, Unscored
from pipeline.money import dollars
from pipeline.plan.settling import ended
from pipeline.surfaces import code, mrkdwn
from pipeline.wordlist import many

FIRST = 2
"""Steps that are buttons of their own; the others are in the menu behind them."""
SOME = 3
"""Unscored cells that are named at once."""
_FILES = {"sheet": "The whole sheet", "originals": "Originals, and a zip of them", "data": "Data: JSON and CSV"}
"""What comes as files, by the name of the wish."""
_WORDS = {Word.PROCEED: "Proceed", Word.ITERATE: "Not yet", Word.INCOMPLETE: "Undecided", Word.IN_FLIGHT: "Not judged"}


def result(view: ResultView) -> Message:
    """One message; its pictures are swapped in by id."""
    if view.canceled_by:
        return _canceled(view)
    if view.plan.action == "upscale":
        return upscaled(view, money(view))
    if view.plan.judge is None:
        return _made(view)
    if view.state.leaderboard:
        return _bakeoff(view)
    state, verdict = view.state, view.state.verdict
    said = [f"{view.mentions} {code('runs/' + state.run)}", decided(state), *map(mrkdwn, _sure(state)), *_part(view)]
    blocks: list[Block] = [header(title(state)), section("\n".join(said)), *_pictures(view)]
    if view.rejudged:
        moved = [one for one in view.rejudged.flips if one.worse or one.better]
        changed = "; ".join(one.said for one in moved) or "no axis of any cell"
        blocks.append(context(f"Against the judge before, changed: {mrkdwn(changed)}."))
    if failing := at_a_glance(state):
        blocks.append(section(failing))
    if unscored := [_without(cell) for cell in state.cells if cell.scores is None]:
        blocks.append(section(f"*Unscored* (neither pass nor fail)\n{_some(unscored)}"))
    blocks += [actions(*_onward(view)), context(money(view))]
    return Message(
        text=f"{verdict.said}: {state.run}. {verdict.reason} Evidence {verdict.grade}.", blocks=tuple(blocks)
    )


def title(state: RunState) -> str:
    """`🔁 Not yet: CB is recognised in 43 of 60`: the word for people, and the count that decided it."""
    verdict = state.verdict
    word = _WORDS[verdict.word]
    if not verdict.scored:
        return f"{badge(verdict)} {word}: {state.title}"
    tallies = [verdict.tally(axis) for axis in BARRED]
    missed = [one for one in tallies if (one.rate or 0) < verdict.threshold and verdict.word is Word.ITERATE]
    tally = (missed or tallies)[0]
    who = state.identity.upper() if state.identity else "the person"
    what = f"{who} is recognised" if tally.axis is Axis.IDENTITY else "the look is photographic"
    rest = f", {tally.unscored} unscored" if tally.unscored else ""
    return f"{badge(verdict)} {word}: {what} in {tally.passed} of {tally.scored}{rest}"


def decided(state: RunState) -> str:
    """`*ITERATE*: Q1 identity 72 %, needs 80 % (likely 59–81 %) · Q4 photographic 93 %, needs 80 % (likely …)`."""
    verdict = state.verdict
    if not verdict.scored:
        return f"*{verdict.said}*: {mrkdwn(verdict.reason)}"
    each = " · ".join(_claim(verdict.tally(axis), verdict.threshold) for axis in BARRED)
    return f"*{verdict.said}*: {each}"


def _claim(tally: Tally, threshold: float) -> str:
    share = f"{tally.passed}/{tally.scored} = {100 * (tally.rate or 0):.0f} %"
    return f"{tally.axis.title} {share}, needs {100 * threshold:g} % (likely {tally.interval})"


def _sure(state: RunState) -> list[str]:
    """How far that carries, in a line; all of it stands in the details."""
    if state.after_all:
        return [state.after_all]
    verdict = state.verdict
    if not verdict.scored:
        return []
    parts = [f"Evidence: {verdict.grade}; however often you look, {verdict.settled_said}."]
    if verdict.more_cells and verdict.grade.value in {"weak", "inconclusive"}:
        parts.append(f"{verdict.more_cells} more cells that pass would settle it.")
    if state.judged_here:
        parts.append(state.controls.said if state.controls else "No controls.")
    parts += [f"⚠ {verdict.flag}"] if verdict.flag else []
    parts += [state.people.sentences[0]] if state.people and state.people.sentences else []
    return [" ".join(parts)]


def _bakeoff(view: ResultView) -> Message:
    """The rows against each other, and what each lacks, by cause."""
    state = view.state
    blocks: list[Block] = [
        header(headline(state)),
        section("\n".join([f"{view.mentions} {mrkdwn(state.reason)}", mrkdwn(state.evidence), *_part(view)])),
        *_pictures(view),
        standings(state.leaderboard),
    ]
    if lacking := lacks(state):
        blocks.append(section(f"*Without a score* (neither pass nor fail)\n{lines(lacking)}"))
    if view.plan.making and view.plan.making.left_out:
        blocks.append(context("\n".join(map(left_out, view.plan.making.left_out))))
    blocks += [divider(), actions(*_onward(view)), context(money(view))]
    return Message(text=f"{headline(state)}. {state.reason}", blocks=tuple(blocks))


def _part(view: ResultView) -> list[str]:
    """A verdict of which only a part was asked for says so; a job that was stopped, who stopped it."""
    request = view.plan.request
    said = []
    if request.action == "judge" and request.cells and len(request.cells) != view.total:
        said.append(f"You asked for {len(request.cells)} of {view.total} cells; the verdict covers all of them.")
    said += [ended(view.plan, view.state, view.made)] if view.plan.in_rounds else []
    return [*said, stopped(*view.stopped)] if view.stopped else said


def _some(texts: list[str]) -> str:
    """The first few; the others are counted, and stand behind *Failures…*."""
    left = len(texts) - SOME
    return "\n".join([*texts[:SOME], *([f"… and {left} more: *Failures…*"] if left > 0 else [])])


def _without(cell: JudgedCell) -> str:
    return f"• {code(cell.cell.label)} {mrkdwn(clip(str(cell.outcome), 160))}"


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
    blocks += [actions(*_onward(view)), context(money(view))]
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
        text=f"Canceled: {view.state.run}. {kept}", blocks=(section(text), *_pictures(view), context(money(view)))
    )


def _pictures(view: ResultView) -> list[Block]:
    blocks = [image(file_id, alt, f"grid-{file_id}") for file_id, alt in view.files]
    return [*blocks, context(mrkdwn(view.file_note))] if view.file_note else blocks


def _onward(view: ResultView) -> list[Block]:
    """The best ways on with their prices, what failed, the page, everything else in a menu."""
    said = [(at, step, f"{step.short}{_price(step.estimate.usd_micros)}") for at, step in enumerate(view.steps)]
    made: list[Block] = []
    for at, step, words in said[:FIRST]:
        made += says(words, f"labs:say:{at}", step.sentence)
    unwell = any(cell.scores is None or not all(cell.scores[axis].passed for axis in Axis) for cell in view.state.cells)
    made += (
        [failures_button(view.job_id)] if unwell and view.state.verdict.scored and not view.state.leaderboard else []
    )
    made += [open_run(view.state.run)] if view.pages else []
    made.append(button("Details…", OPENS, view.job_id))
    rest = {str(at): words for at, step, words in said[FIRST:] if step.sentence}
    return [*made, more(view.job_id, rest | _FILES)]


def _price(micros: int) -> str:
    return f" ~{dollars(micros)}" if micros else ""
