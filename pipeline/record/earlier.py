"""Another judge's verdict on a run: kept beside the new one, and read again to tell what changed with the judge."""

import re

from pipeline.errors import LabError
from pipeline.evidence.run_state import RunState, state_of
from pipeline.lab.files import JudgeOutput
from pipeline.lab.run import VERDICT, Run
from pipeline.plan.plan import Plan


def keep_verdict(run: Run, before: JudgeOutput) -> None:
    """The file as it is, byte for byte, beside the one that takes its place. Raises: LabError."""
    content = (run.path / VERDICT).read_bytes()
    version = re.sub(r"[^\w.-]", "-", before.judge_version or "earlier")
    stem = f"judge_output.{version}"
    for name in (f"{stem}.json", *(f"{stem}.{number}.json" for number in range(2, 1000))):
        path = run.path / name
        if not path.exists():
            run.write(name, content)
            return
        if path.read_bytes() == content:
            return


def earlier_verdict(run: Run, plan: Plan) -> RunState | None:
    """What another judge than the plan's said of a run before this job; None: nothing, or no judge is asked.

    A job that goes by rounds has put that verdict aside itself after its first, when it judges older cells anew.
    """
    if plan.judge is None:
        return None
    if run.output is not None and run.output.judge != plan.judge:
        return state_of(run, sized=False)
    older = {cell.label for cell in run.cells} - {one.label for one in (plan.making.images if plan.making else ())}
    if not plan.in_rounds or not older & {call.label for call in plan.calls}:
        return None
    kept = sorted(run.path.glob("judge_output.?*.json"), key=lambda path: path.stat().st_mtime_ns)
    if not kept:
        return None
    before = Run(run.root, run.name, verdict=kept[-1].name)
    try:
        return state_of(before, sized=False) if before.output and before.output.judge != plan.judge else None
    except LabError:
        return None  # a person's own file of that name: it is no word of a judge
