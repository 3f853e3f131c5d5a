"""Further seeds, bought a round at a time until the evidence is settled or the limit is reached."""

from pipeline.actions.matrix import ExtendMatrix
from pipeline.actions.settle import SettleEvidence
from pipeline.errors import RequestError
from pipeline.evidence.controls import is_control
from pipeline.evidence.run_state import RunState, state_of
from pipeline.evidence.settling import SETTLED, rounds, to_decision
from pipeline.lab.lab import Lab
from pipeline.money import Estimate, as_said, micros
from pipeline.plan.controls import with_controls
from pipeline.plan.inputs import Defaults, Known
from pipeline.plan.making import plan_matrix
from pipeline.plan.plan import Plan
from pipeline.plan.turns import seed_by_seed
from pipeline.request import MOST_SEEDS
from pipeline.wordlist import many


def plan_settle(lab: Lab, request: SettleEvidence, defaults: Defaults, known: Known) -> Plan:
    """As many seeds of every prompt as the limit holds, of which only as many are made as it takes.

    Reads and verifies the run's pictures (CPU: call it on a thread). Spends nothing.

    Raises:
        RequestError: It is settled; no such run or prompt; nothing can be made from the run.
    """
    state = state_of(lab.run(request.run))
    if state.verdict.grade in SETTLED:
        error = RequestError(f"There is nothing left to settle: {state.evidence} Nothing was spent.")
        error.hint = f"`extend runs/{request.run} with 3 more seeds, then judge` adds cells all the same."
        raise error
    if state.verdict.flag:
        error = RequestError(f"More cells would settle nothing. {state.verdict.flag} Nothing was spent.")
        error.hint = f"`judge runs/{request.run} using …` has another judge look at it."
        raise error
    one = _with(lab, request, 1, defaults, known)
    each = _apart(_with(lab, request, 2, defaults, known).estimate, one.estimate)
    cap = micros(request.cap_usd)
    # Not one seed fits: that is said where every limit is, with this plan.
    seeds = max(1, min(MOST_SEEDS, 1 + (cap - one.estimate.high_micros) // max(1, each)))
    made = _with(lab, request, seeds, defaults, known)
    while made.estimate.high_micros > cap and seeds > 1:  # prices are not wholly even
        seeds -= 1
        made = _with(lab, request, seeds, defaults, known)
    return _in_rounds(made, request, state)


def _with(lab: Lab, request: SettleEvidence, seeds: int, defaults: Defaults, known: Known) -> Plan:
    asked = {"run": request.run, "n_seeds": seeds, "prompt_ids": request.prompt_ids, "then_judge": True}
    more = ExtendMatrix.model_validate(asked | {"without_controls": request.without_controls})
    return with_controls(lab, plan_matrix(lab, more, defaults, known), defaults, known)  # the limit covers them, too


def _apart(two: Estimate, one: Estimate) -> int:
    return two.high_micros - one.high_micros


def _in_rounds(made: Plan, request: SettleEvidence, state: RunState) -> Plan:
    """The same images seed by seed: what is stopped leaves whole seeds."""
    if made.making is None:
        raise LookupError("an extension makes images")
    seeds, prompts = made.making.seeds, len({one.prompt_id for one in made.making.images})
    ordered = seed_by_seed(made.making.images, lambda one: one.seed)
    most = f"up to {many(len(seeds), 'seed')} × {many(prompts, 'prompt')} = {many(len(ordered), 'new image')}"
    matrix = f"{most}, seed by seed until the evidence is strong or against"
    making = made.making.model_copy(update={"images": tuple(ordered), "matrix": matrix})
    first = min(rounds(state.verdict, prompts), len(seeds))
    soonest = (
        f"As it stands ({state.verdict.grade}), {many(to_decision(state.verdict), 'further cell')} can settle it at the"
        f" earliest, so {many(first, 'seed')} {'goes' if first == 1 else 'go'} out at once; after that only what it"
        " still takes."
        if state.verdict.scored and all(is_control(call.label) for call in made.calls)
        else "The cells that are there are judged first; after that goes out only what it still takes."
    )
    short = (
        [f"The limit may end it before that: it holds {many(len(ordered), 'cell')}."]
        if (state.verdict.more_cells or 0) > len(ordered)
        else []
    )
    return made.model_copy(
        update={"action": "settle", "request": request, "making": making, "notes": (*made.notes, soonest, *short)}
    )


def ended(plan: Plan, state: RunState, made: int) -> str:
    """How a settling job ended, in a sentence."""
    after = f"after {many(made, 'further image')}"
    if state.verdict.grade in SETTLED:
        return f"Settled {after}, of {many(len(plan.making.images) if plan.making else 0, 'image')} at most."
    if plan.making is not None and made >= len(plan.making.images):
        return f"Not settled: the limit of {as_said(plan.request.cap_usd or 0)} is reached {after}."
    return f"Not settled: it ended {after}."
