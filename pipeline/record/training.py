"""The folder of a run that a training begins: `run.json` with every parameter, `training_state.json` in the card's
shape.
"""

from pipeline.fixture.packing import PhotoToTrain
from pipeline.lab.files import FixtureRecord, Manifest, Photo, PromptRecord, TrainerRecord, TrainingState
from pipeline.lab.run import Run
from pipeline.makers.trained import Told
from pipeline.models import Value
from pipeline.plan.plan import Plan, Training


class TrainedFacts(Value):
    """What a training left, from the ledger."""

    version: str
    """`owner/model:64 hex digits`."""
    training_id: str
    zip_url: str | None
    told: Told
    usd_micros: int
    asked_by: str
    asked_at: str
    """Aware UTC, ISO 8601."""


def begin_trained_run(run: Run, plan: Plan, facts: TrainedFacts) -> None:
    """Make the run's folder, before its first image; doing it twice changes nothing. Raises: LabError."""
    if plan.training is None or run.manifest is not None:
        return
    run.make_folder()
    run.write("training_state.json", _state(facts).write())
    run.write("run.json", _manifest(run, plan, plan.training, facts).write())


def _state(facts: TrainedFacts) -> TrainingState:
    result: dict[str, object] = {
        "status": "succeeded",
        "version": facts.version,
        "created_at": facts.told.created_at,
        "started_at": facts.told.started_at,
        "completed_at": facts.told.completed_at,
    }
    # Ours, behind the keys that other tools know.
    result |= {"weights": facts.told.weights, "weights_sha256": facts.told.weights_sha256}
    return TrainingState(zip_url=facts.zip_url, training_id=facts.training_id, training_result=result, inference=[])


def _manifest(run: Run, plan: Plan, training: Training, facts: TrainedFacts) -> Manifest:
    images = plan.making.images if plan.making else ()
    prompts = {one.prompt_id: one.prompt for one in images}
    return Manifest(
        run=run.name,
        title=f"{training.identity.upper()} LoRA identity validation",
        asked_by=facts.asked_by,
        asked_at=facts.asked_at,
        plan_hash=plan.hash,
        parent=training.parent,
        fixture=FixtureRecord(path=training.preflight.fixture, photos=tuple(map(_photo, training.photos))),
        trainer=TrainerRecord(model=training.trainer, version=training.version, parameters=training.parameters),
        trained_version=facts.version,
        prompts=tuple(PromptRecord(id=one, text=text) for one, text in prompts.items()),
        seeds=plan.making.seeds if plan.making else (),
        inference=plan.making.settings if plan.making else None,
        reference=training.preflight.reference,
    )


def _photo(photo: PhotoToTrain) -> Photo:
    return Photo(name=photo.name, sha256=photo.sha256)
