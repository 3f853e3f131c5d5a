"""How to continue: sentences with their prices, each of which the bot itself understands."""

from collections.abc import Sequence
from pathlib import PurePosixPath

from pydantic import Field, InstanceOf

from pipeline.actions.judge import JudgeRun
from pipeline.actions.matrix import ExtendMatrix, RedoCells, RerunMatrix
from pipeline.actions.settle import SettleEvidence
from pipeline.actions.show import ShowRun
from pipeline.evidence.run_state import RunState
from pipeline.evidence.verdict import Grade, Word
from pipeline.judging.claude import list_price, rubric
from pipeline.language.sentence import render
from pipeline.makers.crystal import MAKER as CRYSTAL
from pipeline.makers.flux_lora import MAKER as FLUX_LORA
from pipeline.makers.maker import Maker
from pipeline.makers.trainers import OSTRIS, PastTraining, Trainer
from pipeline.models import BARRED, NO_PICTURE, JudgedCell, Unscored, Value
from pipeline.money import CENT, Estimate
from pipeline.prices import MODELS, NOTHING, add, estimate_calls
from pipeline.request import MOST_SEEDS
from pipeline.wordlist import many

MOST_STEPS = 5
SLACK = 2
"""Times the clean cells that would settle it: a few of them will fail."""


class Prices(Value):
    """What next steps are priced by: past charges in micro-dollars, and the lab's trainer."""

    judging: tuple[int, ...] = ()
    controls: int = 0
    """Photographs that a judging takes along at most."""
    maker: InstanceOf[Maker] = FLUX_LORA
    images: tuple[int, ...] = ()
    """Of this maker."""
    trainer: Trainer = OSTRIS
    trainings: tuple[PastTraining, ...] = ()
    """Of this trainer."""
    upscaler: InstanceOf[Maker] = CRYSTAL
    """That cells can be put through, by the lab's keys and its consent."""
    upscales: tuple[int, ...] = ()
    """Of that one."""
    learnt: dict[str, tuple[int, int]] = Field(default_factory=dict)
    """By remedy: in how many cases it helped, and how many there were."""

    def of_images(self, count: int) -> Estimate:
        """What so many new images cost."""
        return self.maker.price.estimate(count, self.images)


class Step(Value):
    """One way to go on: the sentence, what it costs and what it is for."""

    sentence: str
    """Empty: there is nothing to ask for yet; the purpose says what is to be done first."""
    estimate: Estimate
    purpose: str
    short: str
    """A button's text, ≤ 75 characters with its price."""


def next_steps(state: RunState, prices: Prices, model: str, remedies: tuple[Step, ...] = ()) -> tuple[Step, ...]:
    """Up to five steps, the most useful first; and the remedies, where a bar is missed.

    Args:
        state: The run as it stands.
        prices: Past charges.
        model: The judge's model, where the run was judged by none.
        remedies: For the bars that it missed (`remedies.py`).
    """
    judge = state.model if state.model in MODELS else model
    verdict = state.verdict
    steps: list[Step] = []
    broken = [cell for cell in state.cells if _broken(cell)]
    if broken and state.trained_version:
        steps.append(_redo(state, prices, judge, len(broken)))
    if verdict.tallies[0].unscored > len(broken):
        steps.append(_judge_missing(state, prices, judge, len(broken)))
    failed = [axis for axis in BARRED if verdict.tally(axis).passed < verdict.tally(axis).scored]
    makes = state.trained_version is not None
    steps += remedies
    if makes and verdict.scored and verdict.word is Word.ITERATE and not remedies:
        steps.append(_rerun(state, prices, judge, "/".join(axis.code.upper() for axis in failed)))
    weak = verdict.grade in {Grade.WEAK, Grade.INCONCLUSIVE}
    if makes and verdict.scored and verdict.more_cells and weak:
        steps.append(_settle(state, prices, judge, verdict.more_cells))
    elif makes and state.cells and not verdict.scored:
        steps.append(_more_seeds(state, prices, judge))
    steps += _votes(state, prices, judge)
    steps.append(
        Step(
            sentence=render(ShowRun(run=state.run, what="grid")),
            estimate=NOTHING,
            purpose="The grid and the verdict as they stand.",
            short="Show the grid",
        )
    )
    return tuple(steps[: MOST_STEPS + len(remedies)])


def _redo(state: RunState, prices: Prices, judge: str, count: int) -> Step:
    judged = state.verdict.scored > 0
    return Step(
        sentence=render(RedoCells(run=state.run, which="failed", then_judge=judged)),
        estimate=add(
            prices.of_images(count), _judging(count + to_judge(state), prices, judge, state) if judged else NOTHING
        ),
        purpose=(
            f"Make the {count} cell{'s' if count > 1 else ''} without an image again{', then judge' if judged else ''}."
        ),
        short="Redo failed",
    )


def _more_seeds(state: RunState, prices: Prices, judge: str) -> Step:
    cells = 3 * _prompt_count(state)
    return Step(
        sentence=render(ExtendMatrix(run=state.run, n_seeds=3, then_judge=True)),
        estimate=add(prices.of_images(cells), _judging(cells + to_judge(state), prices, judge, state)),
        purpose="Three more seeds of every prompt, then the judge over all of it.",
        short="3 more seeds, judged",
    )


def _prompt_count(state: RunState) -> int:
    return max(1, len({cell.cell.prompt_id for cell in state.cells}))


def to_judge(state: RunState, votes: int = 1) -> int:
    """Calls until each cell of the run that has a picture has so many votes of the judge that goes on with it."""
    there = [cell.cell.label for cell in state.cells if not _broken(cell)]
    return sum(max(0, votes - state.votes.get(label, 0)) for label in there)


def _broken(cell: JudgedCell) -> bool:
    return isinstance(cell.outcome, Unscored) and cell.outcome.cause in NO_PICTURE


def to_control(state: RunState, prices: Prices, *, anew: bool = False) -> int:
    """Controls that a judging buys at most: none where the lab has no fit photographs, as the run's own judging tells.

    Args:
        state: The run.
        prices: With what a judging takes along.
        anew: Of a new run, which begins its own.
    """
    if state.judged_here and state.controls is None and not anew:
        return 0
    return prices.controls


def judge_calls(
    count: int,
    prices: Prices,
    model: str,
    state: RunState,
    new_prompts: Sequence[str] = (),
    *,
    controls: int = 0,
    words: int | None = None,
) -> Estimate:
    """Judge calls on such cells as the run has: priced from history, else by the list.

    Args:
        count: How many.
        prices: With past charges.
        model: The judge's.
        state: The run.
        new_prompts: Of cells to come, beside the run's own.
        controls: Calls beside these, where there are any.
        words: Characters of the rubric; None: of the one in force.
    """
    prompts = [*(cell.cell.prompt for cell in state.cells if cell.cell.prompt), *new_prompts]
    listed = list_price(model, prompts, state.reference_size, state.cell_sizes, words)
    return estimate_calls(count + controls if count else 0, list(prices.judging), listed)


def _rubric(state: RunState) -> str | None:
    """That of the run's own judge, where it is none that is in force anyway."""
    return state.judge_version if state.judged_here and state.judge_version != rubric().version else None


def _judging(count: int, prices: Prices, model: str, state: RunState, *, anew: bool = False) -> Estimate:
    """With its controls."""
    return judge_calls(count, prices, model, state, controls=to_control(state, prices, anew=anew))


def _judge_missing(state: RunState, prices: Prices, model: str, broken: int) -> Step:
    count = state.verdict.tallies[0].unscored - broken
    reference = PurePosixPath(state.reference).name if state.reference else None
    request = JudgeRun(run=state.run, reference=reference, model=state.model, rubric=_rubric(state))
    whole = count == len(state.cells) - broken
    return Step(
        sentence=render(request),
        estimate=_judging(to_judge(state), prices, model, state),
        purpose=(
            f"Judge all {count} cells."
            if whole
            else f"Ask again about the {count} unscored; stored judgements are not bought twice."
        ),
        short=f"Judge {'these' if whole else 'the missing'} {count}",
    )


def _settle(state: RunState, prices: Prices, model: str, more: int) -> Step:
    """Seeds by rounds until it is settled: enough for a fail or two, and no more than it takes."""
    prompts = _prompt_count(state)
    seeds = min(MOST_SEEDS, -(-more * SLACK // prompts))
    cells = seeds * prompts
    price = add(prices.of_images(cells), _judging(cells + to_judge(state), prices, model, state))
    cap = -(-price.high_micros // CENT) / 100
    return Step(
        sentence=render(SettleEvidence(run=state.run, cap_usd=cap)),
        estimate=price,
        purpose=(
            f"Seed by seed until it is settled, whichever way: {many(more, 'cell')} that pass would do, up to {cells}"
            " are made."
        ),
        short="Settle it",
    )


OTHER_SEEDS = 3


def _rerun(state: RunState, prices: Prices, model: str, failed: str) -> Step:
    cells = OTHER_SEEDS * _prompt_count(state)
    return Step(
        sentence=render(RerunMatrix(run=state.run, n_seeds=OTHER_SEEDS, then_judge=True)),
        estimate=add(prices.of_images(cells), _judging(cells, prices, model, state, anew=True)),
        purpose=f"Tests other seeds for {failed} before anything is retrained.",
        short=f"{OTHER_SEEDS} other seeds",
    )


def _votes(state: RunState, prices: Prices, model: str) -> list[Step]:
    """More votes of the run's judge: where a score lies near its bar, and everywhere."""
    near = [cell for cell in state.cells if _near(cell, state.pass_threshold)]
    found = [_vote_near(state, prices, model, near)] if state.judged_here and 0 < len(near) < len(state.cells) else []
    again = state.verdict.scored and state.reference and state.model
    return [*found, _another_vote(state, prices, model)] if again else found


NEAR = 0.05
"""A score that lies no further from its bar than this may fall on the other side with another vote."""


def _near(cell: JudgedCell, bar: float) -> bool:
    return cell.scores is not None and any(abs(cell.scores[axis].score - bar) <= NEAR + 1e-9 for axis in BARRED)


def _vote_near(state: RunState, prices: Prices, model: str, near: Sequence[JudgedCell]) -> Step:
    """One vote more, so many as most of them have by now."""
    labels = tuple(cell.cell.label for cell in near)
    votes = 1 + max((state.votes.get(label, 0) for label in labels), default=0)
    reference = PurePosixPath(state.reference or "").name
    more = {"rubric": _rubric(state), "repeats": votes}
    request = JudgeRun.model_validate(
        {"run": state.run, "cells": labels, "reference": reference, "model": state.model, **more}
    )
    missing = sum(max(0, votes - state.votes.get(label, 0)) for label in labels)
    return Step(
        sentence=render(request),
        estimate=_judging(missing, prices, model, state),
        purpose=f"{many(len(labels), 'cell')} within {NEAR:g} of a bar: one more vote on each; the median counts.",
        short=f"Vote again on {len(labels)} near the bar",
    )


def _another_vote(state: RunState, prices: Prices, model: str) -> Step:
    votes = 1 + max(state.votes.values(), default=0)
    reference = PurePosixPath(state.reference or "").name
    more = {"rubric": _rubric(state), "repeats": votes if votes > 1 else None}
    request = JudgeRun.model_validate({"run": state.run, "reference": reference, "model": state.model, **more})
    return Step(
        sentence=render(request),
        estimate=_judging(to_judge(state, votes), prices, model, state),
        purpose="Another vote on every cell; the median counts."
        if votes > 1
        else "Every cell by this lab's own judge; the verdict that stands is another's.",
        short="Another vote" if votes > 1 else "Judge anew",
    )
