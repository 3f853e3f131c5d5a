"""What a result does not show at once: every axis, the judge, the money, and the sentences to copy."""

from typing import Any

from handlers.blocks.compared import named
from handlers.blocks.forms import shown
from handlers.blocks.kit import Block, context, fields, lines, seconds, section, sections
from handlers.ports import Opening
from handlers.views import ResultView
from pipeline.advice.next_steps import Step
from pipeline.evidence.compare import Rejudged
from pipeline.evidence.verdict import Tally
from pipeline.models import BARRED
from pipeline.money import dollars
from pipeline.surfaces import code, mrkdwn
from pipeline.wordlist import many

OPENS = "labs:open:details"


def form(opening: Opening, view: ResultView) -> dict[str, Any]:
    """The modal; there is nothing to send off."""
    state = view.state
    blocks: list[Block] = [section(f"{code('runs/' + state.run)} · {mrkdwn(state.matrix)}\n{mrkdwn(state.reason)}")]
    if state.verdict.scored:
        blocks += [section(text) for text in sections([mrkdwn(state.evidence)])]
    if state.verdict.scored and not state.leaderboard:
        blocks.append(fields([_axis(tally) for tally in state.verdict.tallies]))
    if view.rejudged:
        blocks.append(section(lines(rejudged(view.rejudged))))
    blocks += [section(text) for text in sections(["*Sentences to copy*", *map(_step, view.steps)])]
    blocks.append(context(money(view), judge(view)))
    return shown("Details", opening, blocks)


def _axis(tally: Tally) -> str:
    needs = " (it decides)" if tally.axis in BARRED else ""
    if not tally.scored:
        return f"*{tally.axis.title}*{needs}\nno cell scored"
    rest = f", {tally.unscored} unscored" if tally.unscored else ""
    return (
        f"*{tally.axis.title}*{needs}\n{tally.passed}/{tally.scored} = {100 * tally.passed / tally.scored:.0f} % ·"
        f" single look {tally.interval} · {tally.grade}{rest}"
    )


def rejudged(before: Rejudged) -> list[str]:
    """`*The same pictures, judged before* by claude-…, rubric v1`, with the cells that changed."""
    who = ", ".join(one for one in (before.model, f"rubric {before.rubric}" if before.rubric else None) if one)
    head = f"*The same pictures, judged before* by {mrkdwn(who or 'another judge')}"
    return [head, *(f"• {one.said}{named(one.worse, 'worse')}{named(one.better, 'better')}" for one in before.flips)]


def _step(step: Step) -> str:
    if not step.sentence:
        return f"• {mrkdwn(step.purpose)}"
    price = f"~{step.estimate}" if step.estimate.high_micros else "free"
    return f"• {code(step.sentence)}\n   {price} · {mrkdwn(step.purpose)}"


def money(view: ResultView) -> str:
    """What it was to cost, what it cost, and what came of it."""
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


def judge(view: ResultView) -> str:
    """By whom it was judged."""
    state = view.state
    if not state.model:
        return "not judged"
    return f"{code(state.model)}, rubric {mrkdwn(state.judge_version or '')}, against {code(state.reference or '')}"
