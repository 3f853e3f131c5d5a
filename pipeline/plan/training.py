"""What it takes to train a LoRA: the photographs, the trainer's parameters, then the matrix and its judging, each
priced.
"""

from collections import Counter
from datetime import date
from pathlib import PurePosixPath

from pipeline.actions.train import TrainLora
from pipeline.errors import FixtureNotReady, LabError, RequestError
from pipeline.evidence.run_state import sizes_of
from pipeline.fixture.facts import default_trigger, identity_of, read_facts
from pipeline.fixture.findings import Level, Preflight, Rules
from pipeline.fixture.packing import PhotoToTrain
from pipeline.fixture.preflight import preflight
from pipeline.judging.claude import list_price
from pipeline.lab.lab import Lab
from pipeline.lab.paths import inside
from pipeline.lab.run import Run
from pipeline.makers.trainers import TRAINERS, Parameters, Trainer, estimate_training
from pipeline.models import Cell
from pipeline.pictures import verify
from pipeline.plan.difference import difference, of_whom
from pipeline.plan.durations import duration, making_duration
from pipeline.plan.inputs import Defaults, Known, TrainingDefaults
from pipeline.plan.judging import judge_against, prompts_of
from pipeline.plan.names import trained_name
from pipeline.plan.plan import Making, Plan, Training
from pipeline.plan.training_matrix import matrix_after, parameters_before
from pipeline.prices import add, estimate_calls


def plan_training(lab: Lab, request: TrainLora, defaults: Defaults, known: Known) -> Plan:
    """Plan a training with all that comes after it.

    Opens and measures every photograph (CPU: call it on a thread). Spends nothing, uploads nothing.

    Raises:
        FixtureNotReady: The pre-flight is red; its findings come with the error.
        RequestError: No such run or fixture, no owner for the model, the same training was made before.
        LabError: The folder is not as it should be.
    """
    if defaults.training is None:
        raise LookupError("a training is planned with the lab's settings for trainings")
    parent = lab.run(request.run) if request.run else None
    fixture = request.fixture or _fixture_of(lab, parent)
    before = parameters_before(parent)
    checked = preflight(
        lab,
        fixture,
        rules_of(lab, defaults.training, known.day),
        known.measurer,
        identity=request.identity,
        trigger_word=request.trigger_word or before.get("trigger_word"),
        without=request.without_photos or (),
    )
    _check_identity(request, checked)
    if checked.level is Level.RED:
        raise FixtureNotReady(checked)
    training = _training(lab, request, parent, checked, before, defaults.training, known)
    twin = known.trained(training.fingerprint)
    twin = twin if twin in lab.runs() else _twin_in(lab, training)
    if twin is not None:
        error = RequestError(f"Exactly this was trained before: it is runs/{twin}. Nothing was spent.")
        error.hint = (
            f"`extend runs/{twin} with 3 more seeds, then judge` makes more of it; other steps or another rank train"
            " another."
        )
        raise error
    run, prefix = trained_name(checked.identity, (*lab.runs(), *known.taken), known.today)
    making = matrix_after(run, prefix, request, parent, training, defaults.training, known)
    return _whole(lab, run, request, training, making, defaults, known)


def _twin_in(lab: Lab, training: Training) -> str | None:
    """A run whose own file says that it is of this very training, whatever ledger it stands in. Captions are kept in no
    run's file: with captions nothing can be told.
    """
    if any(photo.caption for photo in training.photos):
        return None
    photos = {photo.sha256 for photo in training.photos}
    for name in reversed(lab.runs()):
        try:
            manifest = Run(lab.root, name).manifest
        except LabError:
            continue
        if manifest is None or manifest.trainer is None or manifest.fixture is None:
            continue
        same = (manifest.trainer.version, manifest.trainer.parameters) == (training.version, training.parameters)
        if same and photos and {photo.sha256 for photo in manifest.fixture.photos} == photos:
            return name
    return None


def rules_of(lab: Lab, defaults: TrainingDefaults, today: date) -> Rules:
    """The lab's rules for fixtures, with the trigger words of everybody in it."""
    words = {}
    for fixture in lab.fixtures():
        try:
            facts = read_facts(lab, fixture)
        except LabError:
            continue  # another fixture's broken file is not this one's business
        code = (facts.identity if facts else None) or identity_of(fixture)
        if code:
            words[code] = (facts.trigger_word if facts else None) or default_trigger(code)
    return Rules(bases=defaults.consent_bases, today=today, trigger_words=words)


def _fixture_of(lab: Lab, run: Run | None) -> str:
    """The fixture that a run was trained from, or that its identity has. Raises: RequestError."""
    if run is None:
        raise RequestError("A training needs a fixture. Nothing was spent.")
    recorded = run.manifest.fixture if run.manifest else None
    if recorded is not None and PurePosixPath(recorded.path).name in lab.fixtures():
        return recorded.path
    own = [name for name in lab.fixtures() if identity_of(name) == run.identity]
    if len(own) == 1:
        return f"inputs/{own[0]}"
    error = RequestError(f"Nothing says which photographs {run.name!r} was trained from. Nothing was spent.")
    error.hint = f"Name the fixture: `retrain runs/{run.name} from inputs/lora-{run.identity}-fixture`."
    raise error


def _check_identity(request: TrainLora, checked: Preflight) -> None:
    asked = (request.identity or "").lower()
    if asked and asked.isalnum() and len(asked) <= 4 and asked != checked.identity:
        error = RequestError(
            f"{checked.fixture} holds photographs of {checked.identity!r}, not of {asked!r}. Nothing was spent."
        )
        error.hint = f"Name the fixture of {asked!r}, or ask for {checked.identity!r}."
        raise error


def _training(
    lab: Lab,
    request: TrainLora,
    parent: Run | None,
    checked: Preflight,
    before: Parameters,
    defaults: TrainingDefaults,
    known: Known,
) -> Training:
    trainer = TRAINERS[defaults.trainer]
    parameters = _parameters(trainer, request, before) | {"trigger_word": checked.trigger_word}
    estimate, took_s = estimate_training(trainer, parameters[trainer.steps], known.trainings)
    taken = (*lab.runs(), *known.taken)
    name = trained_name(checked.identity, taken, known.today)[0].partition("-")[2]
    return Training(
        trainer=trainer.model,
        version=trainer.version,
        destination=f"{_owner(lab, defaults, known)}/{name}",
        identity=checked.identity,
        class_noun=checked.class_noun,
        parameters=parameters,
        parameters_known=parent is None or bool(before),
        photos=_photos(checked),
        preflight=checked,
        parent=parent.name if parent else None,
        estimate=estimate,
        took_s=took_s,
        diff=difference(trainer, parameters, before, parent, checked) if parent else of_whom(lab, checked),
    )


def _parameters(trainer: Trainer, request: TrainLora, before: Parameters) -> Parameters:
    """The trainer's defaults, what the run was trained with before, and what is asked for now. Raises: RequestError."""
    kept = {name: before[name] for name in trainer.defaults if before.get(name) is not None}
    asked: Parameters = {trainer.steps: request.steps} if request.steps else {}
    if request.lora_rank is not None:
        if trainer.rank is None:
            error = RequestError(f"{trainer.model} has no rank to set. Nothing was spent.")
            error.hint = "Ask again without the rank."
            raise error
        asked[trainer.rank] = request.lora_rank
    return {**trainer.defaults, **kept, **asked}


def _owner(lab: Lab, defaults: TrainingDefaults, known: Known) -> str:
    """Whose model the trained version goes into. Raises: RequestError."""
    if defaults.owner:
        return defaults.owner
    owners: Counter[str] = Counter()
    for name in lab.runs():
        try:
            training = Run(lab.root, name).training
        except LabError:
            continue
        if training and training.version:
            owners[training.version.partition("/")[0]] += 1
    if known.account:
        return known.account
    if owners:
        return owners.most_common(1)[0][0]
    error = RequestError("Nobody says whose model at Replicate the training goes into. Nothing was spent.")
    error.hint = "Whoever runs the bot sets `replicate_owner` in `labs.toml`."
    raise error


def _photos(checked: Preflight) -> tuple[PhotoToTrain, ...]:
    return tuple(
        PhotoToTrain(
            name=photo.name,
            sha256=photo.sha256 or "",
            packed_as=f"{checked.identity}_{number}.jpg",
            caption=checked.captions.get(photo.name),
        )
        for number, photo in enumerate(checked.training, 1)
    )


def _whole(
    lab: Lab, run: str, request: TrainLora, training: Training, making: Making, defaults: Defaults, known: Known
) -> Plan:
    """The training, its images unless they are struck, and their judging unless that is."""
    struck = request.without or ()
    wanted = None if "matrix" in struck else making
    judge = None
    judging = estimate_calls(0, [], (0, 0))
    cells = tuple(
        Cell(label=one.label, prompt_id=one.prompt_id, seed=one.seed, prompt=one.prompt, image=one.image)
        for one in (wanted.images if wanted else ())
    )
    if wanted and "judge" not in struck:
        judge = judge_against(lab, defaults.model, training.preflight.reference)
        reference = verify(inside(lab.root, judge.reference))
        like = sizes_of(lab.run(training.parent)) if training.parent else ()
        listed = list_price(judge.model, prompts_of(cells), reference.size, like)
        judging = estimate_calls(len(cells), list(known.judging.charges), listed)
    seconds = training.took_s
    seconds += making_duration(len(cells), known.images, defaults.image_concurrency)
    seconds += duration(1, known.judging, 1) if judge else 0
    return Plan(
        action="train",
        run=run,
        request=request,
        judge=judge,
        cells=cells,
        training=training,
        making=wanted,
        judging_estimate=judging,
        estimate=add(training.estimate, wanted.estimate if wanted else judging, judging),
        took_s=seconds,
        pass_threshold=defaults.pass_threshold,
        proceed_threshold=defaults.proceed_threshold,
        notes=(*_left_out(request), *_notes(training, wanted)),
    )


def _left_out(request: TrainLora) -> tuple[str, ...]:
    names = request.without_photos
    return (f"Left out, as asked: {', '.join(names)}.",) if names else ()


def _notes(training: Training, making: Making | None) -> tuple[str, ...]:
    notes = list(making.lint) if making else []
    if not training.parameters_known:
        notes.append(
            f"{training.parent} does not say how it was trained: what is not asked for is the trainer's default."
        )
    return tuple(notes)
