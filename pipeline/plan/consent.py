"""Whether everybody in a plan's photographs still consents."""

from datetime import date
from pathlib import PurePosixPath

from pipeline.errors import RequestError
from pipeline.fixture.consent import _fixture_of, _is_of
from pipeline.fixture.facts import read_facts
from pipeline.lab.lab import Lab
from pipeline.lab.run import Run
from pipeline.plan.plan import Plan


def must_stand(lab: Lab, plan: Plan, today: date) -> None:
    """Nothing is made or judged with a likeness whose consent is over. Raises: RequestError, naming the photograph
    or the fixture.

    A fixture without `fixture.toml`, as older runs have, says nothing about it; only a training asks for more.
    """
    run = Run(lab.root, (plan.making.parent if plan.making else None) or plan.run)
    of_run = [
        name
        for name in lab.fixtures()
        if name == _fixture_of(run) or (run.identity and _is_of(lab, name, run.identity))
    ]
    likeness = [(name, "") for name in of_run]
    if plan.judge is not None:
        parts = PurePosixPath(plan.judge.reference).parts
        likeness += [(parts[1], parts[-1])] if parts[0] == "inputs" and len(parts) > 2 else []
    for fixture, photo in likeness:
        facts = read_facts(lab, fixture)
        over = facts.of(photo).ended(today) if facts else None
        if over:
            error = RequestError(f"inputs/{fixture}{'/' * bool(photo)}{photo} is not used: {over}. Nothing was spent.")
            error.hint = (
                "Judge against another reference." if photo else "No picture of this person is made or judged any more."
            )
            raise error
