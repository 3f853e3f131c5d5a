"""Which photographs a judging takes along as controls, and what they cost."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePosixPath

from pipeline import pictures
from pipeline.errors import BadPicture, LabError
from pipeline.evidence.controls import label_of
from pipeline.fixture.consent import is_of
from pipeline.fixture.facts import FixtureFacts, identity_of, read_facts
from pipeline.judging.claude import ASSUMED_PIXELS, fingerprint
from pipeline.lab.lab import Lab
from pipeline.lab.paths import inside
from pipeline.lab.run import Run
from pipeline.models import Value, digest
from pipeline.money import Estimate
from pipeline.plan.inputs import Defaults, Known
from pipeline.plan.plan import Control, Plan, PlannedCall
from pipeline.wordlist import many

PROMPT = "a photograph of a person"
"""What a control is said to have been asked for: the same for all, so that a photograph is bought once. Only its Q1
counts."""
MOST_LOOKED_AT = 24
"""Photographs of a side that are read for one plan."""


class Photograph(Value):
    """One that consent and facts allow."""

    path: str
    identity: str
    noun: str | None


def with_controls(lab: Lab, plan: Plan, defaults: Defaults, known: Known) -> Plan:
    """The plan with its controls, where it buys judgements; a note says which, or why there are none.

    Reads photographs (CPU and disk). Spends nothing. Raises: LabError.
    """
    if plan.judge is None or plan.action == "upscale" or not plan.judged:
        return plan
    if plan.request.without_controls or not defaults.controls:
        return plan.model_copy(update={"notes": (*plan.notes, "No controls, as asked.")} if defaults.controls else {})
    identity = _identity(lab, plan)
    fit = _fit(lab, plan, identity, defaults, known)
    chosen = [
        *_chosen(lab, plan, (one for one in fit if one.identity == identity), defaults, known, same=True),
        *_chosen(lab, plan, _like(fit, identity, plan, lab), defaults, known, same=False),
    ]
    bought = known.stored([one.fingerprint for one in chosen])
    calls = [_call(one) for one in chosen if one.fingerprint not in bought]
    judging = _more(plan.judging_estimate, plan.judged, len(calls))
    return plan.model_copy(
        update={
            "controls": tuple(chosen),
            "control_size": _size(lab, plan),
            "calls": _among(plan.calls, calls),
            "judging_estimate": judging,
            "estimate": _replaced(plan.estimate, plan.judging_estimate, judging),
            "notes": (*plan.notes, _note(chosen, len(calls), identity)),
        }
    )


def _identity(lab: Lab, plan: Plan) -> str:
    if plan.training is not None:
        return plan.training.identity
    parts = PurePosixPath(plan.judged_by.reference).parts
    if plan.judged_by.reference.startswith("inputs/") and len(parts) > 2:
        facts = read_facts(lab, parts[1])
        return (facts.identity if facts else None) or identity_of(parts[1]) or ""
    return Run(lab.root, plan.run).identity or ""


def _fit(lab: Lab, plan: Plan, identity: str, defaults: Defaults, known: Known) -> list[Photograph]:
    """Every photograph of the lab that may be a control, of whomever: consent and licence stand today, it is not the
    reference, and no maker of these pictures had it.
    """
    rules, kept_out = defaults.consent(known.day), _trained_on(lab, plan)
    found = []
    for fixture in lab.fixtures():
        try:
            facts = read_facts(lab, fixture) or FixtureFacts()
        except LabError:
            continue  # a file that cannot be read allows nothing
        own = is_of(lab, fixture, identity)
        if not own and facts.identity is None:
            continue  # whose it is stands nowhere for sure: it may be the same person's
        who = identity if own else facts.identity or ""
        references = {PurePosixPath(one).name for one in facts.references}
        for path in lab.photos(fixture):
            name = PurePosixPath(path).name
            if path == plan.judged_by.reference or facts.of(name).lacks(rules.bases, rules.today):
                continue
            # Of the person only what surely was not trained on: where nothing tells, only what is always kept out.
            unseen = kept_out is not None or name in references
            if who != identity or unseen:
                found.append(Photograph(path=path, identity=who, noun=facts.class_noun))
    return found


def _trained_on(lab: Lab, plan: Plan) -> frozenset[str] | None:
    """SHA-256 of photographs that these pictures were made from, and paths of those that went to vendors; None: nothing
    tells what was trained on.
    """
    if plan.training is not None:
        return frozenset(one.sha256 for one in plan.training.photos)
    parent = plan.making.parent if plan.making else None
    manifest = Run(lab.root, plan.run if parent is None or plan.run in lab.runs() else parent).manifest
    sent = {one.source for one in (plan.making.references if plan.making else ())}
    sent |= {one.source for one in manifest.references} if manifest else set()
    recorded = manifest.fixture if manifest else None
    if recorded is None or not recorded.photos:
        return None
    return frozenset({one.sha256 for one in recorded.photos} | sent)


def _like(fit: Sequence[Photograph], identity: str, plan: Plan, lab: Lab) -> Iterator[Photograph]:
    """Photographs of others; first of those who are what the person is, as far as the fixtures say."""
    own = next((one.noun for one in fit if one.identity == identity and one.noun), None) or _noun(lab, plan)
    others = [one for one in fit if one.identity != identity]
    yield from sorted(others, key=lambda one: one.noun != own)


def _noun(lab: Lab, plan: Plan) -> str | None:
    parts = PurePosixPath(plan.judged_by.reference).parts
    facts = read_facts(lab, parts[1]) if parts[0] == "inputs" and len(parts) > 2 else None
    return facts.class_noun if facts else None


def _chosen(
    lab: Lab, plan: Plan, fit: Iterable[Photograph], defaults: Defaults, known: Known, *, same: bool
) -> list[Control]:
    """So many of a side; those first that this judge has not seen yet, so that controls add up over runs."""
    candidates = sorted(fit, key=lambda one: digest([plan.judged_by.reference_sha256, one.path]))
    never = {plan.judged_by.reference_sha256, *((_trained_on(lab, plan) or ()) if same else ())}
    controls = []
    for one in candidates[:MOST_LOOKED_AT]:
        try:
            sha256 = pictures.sha256(pictures.read(inside(lab.root, one.path)))
        except (BadPicture, LabError):
            continue
        if sha256 not in never and one.path not in never:
            never.add(sha256)  # one photograph is one control, however often it lies there
            label = label_of(one.identity, one.path, same=same)
            name = fingerprint(plan.judged_by, sha256, PROMPT, 1)
            controls.append(Control(label=label, photo=one.path, sha256=sha256, same_person=same, fingerprint=name))
    bought = known.stored([one.fingerprint for one in controls])
    ordered = sorted(controls, key=lambda one: one.fingerprint in bought)
    return [one for one in ordered if _readable(lab, one)][: defaults.controls]


def _readable(lab: Lab, control: Control) -> bool:
    try:
        pictures.measure(inside(lab.root, control.photo))
    except (BadPicture, LabError):
        return False
    return True


def _call(control: Control) -> PlannedCall:
    return PlannedCall(
        label=control.label,
        vote=1,
        fingerprint=control.fingerprint,
        image=control.photo,
        image_sha256=control.sha256,
        prompt=PROMPT,
    )


def _among(cells: tuple[PlannedCall, ...], controls: list[PlannedCall]) -> tuple[PlannedCall, ...]:
    """Shuffled into each other, the same way for the same plan: nobody could tell by its place which one is which."""
    return tuple(sorted((*cells, *controls), key=lambda call: call.fingerprint)) if controls else cells


def _size(lab: Lab, plan: Plan) -> tuple[int, int]:
    """What the run's pictures have: a control is sent no larger than a cell."""
    sizes = []
    for cell in plan.cells:
        try:
            sizes.append(pictures.measure(inside(lab.root, cell.image)))
        except (BadPicture, LabError):
            continue
        break
    return sizes[0] if sizes else ASSUMED_PIXELS


def _more(judging: Estimate, judged: int, calls: int) -> Estimate:
    """Of so many calls more, each as dear as the others."""

    def scaled(micros: int) -> int:
        return -(-micros * (judged + calls) // judged)

    return Estimate(
        usd_micros=scaled(judging.usd_micros),
        low_micros=scaled(judging.low_micros),
        high_micros=scaled(judging.high_micros),
        basis=judging.basis,
    )


def _replaced(whole: Estimate, before: Estimate, after: Estimate) -> Estimate:
    return Estimate(
        usd_micros=whole.usd_micros - before.usd_micros + after.usd_micros,
        low_micros=whole.low_micros - before.low_micros + after.low_micros,
        high_micros=whole.high_micros - before.high_micros + after.high_micros,
        basis=whole.basis,
    )


def _note(chosen: Sequence[Control], calls: int, identity: str) -> str:
    who = identity.upper() or "the person"
    same = [PurePosixPath(one.photo).name for one in chosen if one.same_person]
    others = [PurePosixPath(one.photo).name for one in chosen if not one.same_person]
    lacking = f"no photograph of {who} has its licence and consent and was surely not trained on" if not same else ""
    alone = "no other person's photograph has its licence and consent" if not others else ""
    if not chosen:
        return f"No controls: {lacking}, and {alone}."
    parts = [f"{', '.join(same)} must pass Q1"] if same else []
    parts += [f"{', '.join(others)}, of other people, must fail it"] if others else []
    price = f"{many(calls, 'judgement')} more" if calls else "all bought before"
    said = f"Controls ({price}): {'; '.join(parts)}."
    missing = lacking or alone
    return f"{said} {missing[:1].upper()}{missing[1:]}." if missing else said
