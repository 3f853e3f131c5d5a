"""How to continue: sentences with their prices, each of which the bot itself understands."""

from pathlib import PurePosixPath

from pipeline.judge import TYPICAL_OUTPUT_TOKENS
from pipeline.models import BARRED, Value
from pipeline.money import Estimate
from pipeline.prices import MODELS, add, estimate_calls, estimate_images
from pipeline.requests import ExtendMatrix, JudgeRun, RerunMatrix, ShowRun
from pipeline.sentence import render
from pipeline.state import RunState
from pipeline.verdict import Grade, Word

FRESH_SEEDS = (19023, 555, 999, 2718, 31415, 1618)
"""Seeds to suggest: the lab's own favourites first, skipping those that the run has."""


class Step(Value):
    """One way to go on: the sentence, what it costs and what it is for."""

    sentence: str
    estimate: Estimate
    purpose: str
    short: str
    """A button's text, ≤ 75 characters with its price."""


def next_steps(state: RunState, charges: tuple[int, ...], model: str) -> tuple[Step, ...]:
    """Up to four steps, the most useful first.

    Args:
        state: The run as it stands.
        charges: Past judge calls of this model, micro-dollars, to price by.
        model: The judge's model, where the run was judged by none.
    """
    judge = state.model if state.model in MODELS else model
    verdict = state.verdict
    steps: list[Step] = []
    if verdict.tallies[0].unscored:
        steps.append(_judge_missing(state, charges, judge))
    failed = [axis for axis in BARRED if verdict.tally(axis).passed < verdict.tally(axis).scored]
    if verdict.scored and verdict.word is Word.ITERATE:
        steps.append(_rerun(state, charges, judge, "/".join(axis.code.upper() for axis in failed)))
    if verdict.scored and verdict.more_cells and verdict.grade in {Grade.WEAK, Grade.INCONCLUSIVE}:
        steps.append(_settle(state, charges, judge, verdict.more_cells))
    if verdict.scored and state.reference and state.model:
        steps.append(_another_vote(state, charges, judge))
    steps.append(Step(
        sentence=render(ShowRun(run=state.run, what="grid")), estimate=estimate_calls(0, [], (0, 0)),
        purpose="The grid and the verdict as they stand.", short="Show the grid",
    ))  # fmt: skip
    return tuple(steps[:4])


def _calls(count: int, charges: tuple[int, ...], model: str) -> Estimate:
    """Judge calls priced from history, else by the list for a 1024² cell and reference (1,369 patches each)."""
    price = MODELS[model]
    prefix, own = 1369 + 1600, 1369 + 100
    each = own * price.input + TYPICAL_OUTPUT_TOKENS * price.output
    listed = (int(prefix * price.cache_write + each) + 1, int(prefix * price.cache_read + each) + 1)
    return estimate_calls(count, list(charges), listed)


def _judge_missing(state: RunState, charges: tuple[int, ...], model: str) -> Step:
    count = state.verdict.tallies[0].unscored
    reference = PurePosixPath(state.reference).name if state.reference else None
    request = JudgeRun(run=state.run, reference=reference, model=state.model)
    whole = count == len(state.cells)
    return Step(
        sentence=render(request),
        estimate=_calls(count, charges, model),
        purpose=f"Judge all {count} cells."
        if whole
        else f"Ask again about the {count} unscored; stored judgements are not bought twice.",
        short=f"Judge {'these' if whole else 'the missing'} {count}",
    )


def _settle(state: RunState, charges: tuple[int, ...], model: str, more: int) -> Step:
    prompts = max(1, len({cell.cell.prompt_id for cell in state.cells}))
    seeds = min(60, -(-more // prompts))
    cells = seeds * prompts
    return Step(
        sentence=render(ExtendMatrix(run=state.run, n_seeds=seeds, then_judge=True)),
        estimate=add(estimate_images(cells), _calls(cells, charges, model)),
        purpose=f"{more} more clean cell{'s' if more > 1 else ''} would make the evidence strong: {seeds} seed{'s' if seeds > 1 else ''} × {prompts} prompt{'s' if prompts > 1 else ''}.",
        short=f"{seeds} more seeds",
    )


def _rerun(state: RunState, charges: tuple[int, ...], model: str, failed: str) -> Step:
    used = {cell.cell.seed for cell in state.cells}
    seeds = tuple(seed for seed in FRESH_SEEDS if seed not in used)[:3]
    cells = len(seeds) * len({cell.cell.prompt_id for cell in state.cells})
    return Step(
        sentence=render(RerunMatrix(run=state.run, seeds=seeds, then_judge=True)),
        estimate=add(estimate_images(cells), _calls(cells, charges, model)),
        purpose=f"Tests other seeds for {failed} before anything is retrained.",
        short=f"{len(seeds)} other seeds",
    )


def _another_vote(state: RunState, charges: tuple[int, ...], model: str) -> Step:
    votes = 1 + max(
        (len(cell.scores.q1_identity.votes or (0,)) for cell in state.cells if cell.scores),
        default=1,
    )
    reference = PurePosixPath(state.reference or "").name
    request = JudgeRun(run=state.run, reference=reference, model=state.model, repeats=votes)
    return Step(
        sentence=render(request),
        estimate=_calls(len(state.cells), charges, model),
        purpose="Another vote on every cell; the median counts.",
        short="Another vote",
    )
