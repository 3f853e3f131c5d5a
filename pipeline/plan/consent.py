"""Whether everybody in a plan's photographs still consents, and to whom."""

from collections.abc import Collection, Mapping
from datetime import date
from pathlib import PurePosixPath

from pipeline.errors import RequestError
from pipeline.fixture.consent import _fixture_of, is_of
from pipeline.fixture.facts import FixtureFacts, PhotoFacts, read_facts
from pipeline.lab.lab import Lab
from pipeline.lab.run import Run
from pipeline.models import Value
from pipeline.plan.plan import Plan

USUAL = frozenset({"replicate"})
"""Vendors that a consent basis of the lab allows anyway: they train and make its images today."""


class ConsentRules(Value):
    """What the lab's settings allow, today."""

    bases: tuple[str, ...]
    allowed: Mapping[str, tuple[str, ...]]
    """Vendors that a basis allows beside the usual ones."""
    today: date


def forbids(vendor: str, facts: PhotoFacts, allowed: Mapping[str, Collection[str]]) -> str | None:
    """Why a vendor may not see a photograph that the lab may use; None: it may."""
    if vendor in USUAL or vendor in allowed.get(facts.consent or "", ()):
        return None
    return f"its consent basis “{facts.consent}” does not allow {vendor} (`consent_vendors` in `labs.toml`)"


def not_usable(lab: Lab, photo: str, rules: ConsentRules) -> str | None:
    """Why a photograph of the lab's `inputs/` may be used for nothing today; None: it may. Raises: LabError."""
    folder, fixture, name = (*PurePosixPath(photo).parts, "", "", "")[:3]
    known = read_facts(lab, fixture) if folder == "inputs" and fixture else None
    return (known or FixtureFacts()).of(name).lacks(rules.bases, rules.today)


def may_not_see(lab: Lab, photo: str, vendor: str, rules: ConsentRules) -> str | None:
    """Why a vendor may not see a photograph of the lab's `inputs/` today (or of a whole fixture); None: it may.

    Raises: LabError: the fixture's facts cannot be read.
    """
    folder, fixture, name = (*PurePosixPath(photo).parts, "", "", "")[:3]
    known = read_facts(lab, fixture) if folder == "inputs" and fixture else None
    own = (known or FixtureFacts()).of(name)
    return own.lacks(rules.bases, rules.today) or forbids(vendor, own, rules.allowed)


def must_be_lent(lab: Lab, run: Run, vendor: str, pictures: Collection[str], rules: ConsentRules) -> None:
    """What a vendor gets of a run may be shown to it: photographs by their own facts, a cell by those of the run's
    reference, which the usual vendors saw when it was made.

    Args:
        lab: The lab.
        run: Whose pictures they are.
        vendor: Who is to see them.
        pictures: Their SHA-256.
        rules: The lab's.

    Raises: RequestError.
    """
    manifest = run.derived_manifest()
    sent = {one.sha256: one.source for one in manifest.references}
    reference = manifest.reference if (manifest.reference or "").startswith("inputs/") else None
    person = reference or (manifest.fixture.path if manifest.fixture else "")
    for sha256 in pictures:
        if sha256 not in sent and vendor in USUAL:
            continue
        photo = sent.get(sha256, person)
        if why := may_not_see(lab, photo, vendor, rules):
            of = photo or "a person of whom no photograph is named"
            error = RequestError(f"{vendor} may not see pictures of {of}: {why}. Nothing was spent.")
            error.hint = (
                "`labs facts inputs/…` writes facts down; `consent_vendors` in `labs.toml` says who may see it."
            )
            raise error


def must_stand(lab: Lab, plan: Plan, today: date) -> None:
    """Nothing is made or judged with a likeness whose consent is over. Raises: RequestError, naming the photograph
    or the fixture.

    A fixture without `fixture.toml`, as older runs have, says nothing about it; only a training asks for more.
    """
    run = Run(lab.root, (plan.making.parent if plan.making else None) or plan.run)
    of_run = [
        name for name in lab.fixtures() if name == _fixture_of(run) or (run.identity and is_of(lab, name, run.identity))
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
