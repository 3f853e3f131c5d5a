"""The matrix that comes after a training."""

from pipeline.actions.train import TrainLora
from pipeline.lab.run import Run
from pipeline.makers import flux_lora
from pipeline.makers.maker import CellToMake, Input, fingerprint
from pipeline.makers.trainers import Parameters
from pipeline.plan.inputs import Known, TrainingDefaults
from pipeline.plan.lint import lint
from pipeline.plan.names import label
from pipeline.plan.plan import Making, PlannedImage, Training

PENDING = "pending"
"""The version of images that wait for their training."""


def matrix_after(
    run: str,
    prefix: str,
    request: TrainLora,
    parent: Run | None,
    training: Training,
    defaults: TrainingDefaults,
    known: Known,
) -> Making:
    prompts, shapes = _prompts(parent, training, defaults)
    seeds = request.seeds or (parent.seeds if parent and parent.seeds else defaults.seeds)
    settings = flux_lora.settings_of(parent)[0] if parent else flux_lora.DEFAULTS
    images = tuple(
        _image(
            run,
            prefix,
            prompt_id,
            text,
            seed,
            known.maker.asked(CellToMake(text, seed, shapes.get(prompt_id, defaults.aspect), settings)),
        )
        for prompt_id, text in prompts.items()
        for seed in seeds
    )
    many = (
        f"{len(prompts)} prompt{'s' if len(prompts) != 1 else ''} × {len(seeds)} seed{'s' if len(seeds) != 1 else ''}"
    )
    return Making(
        maker=known.maker.name,
        vendor=known.maker.vendor.name,
        version=PENDING,
        images=images,
        matrix=f"{many} = {len(images)} new image{'s' if len(images) != 1 else ''}",
        diff=training.diff,
        settings=settings,
        estimate=known.maker.price.estimate(len(images), known.images.charges),
        lint=lint(prompts.values(), training.parameters["trigger_word"]),
    )


def _prompts(
    parent: Run | None, training: Training, defaults: TrainingDefaults
) -> tuple[dict[str, str], dict[str, str]]:
    """The matrix's prompts and their shapes: those of the run that is trained again, so that the two can be
    compared.
    """
    known = {cell.prompt_id: cell.prompt for cell in parent.cells if cell.prompt} if parent else {}
    old = parameters_before(parent).get("trigger_word")
    new = training.parameters["trigger_word"]
    if parent and known and (old is None or old == new):
        return known, flux_lora.aspects_of(parent)
    if parent and known:
        return {one: text.replace(str(old), new) for one, text in known.items()}, flux_lora.aspects_of(parent)
    person = f"{new} {training.class_noun}"
    return {one: text.replace("{person}", person) for one, text in defaults.prompts.items()}, {}


def _image(run: str, prefix: str, prompt_id: str, prompt: str, seed: int, asked: Input) -> PlannedImage:
    name = label(prefix, prompt_id, seed)
    return PlannedImage(
        label=name,
        prompt_id=prompt_id,
        prompt=prompt,
        seed=seed,
        image=f"runs/{run}/{name}.png",
        input=asked,
        fingerprint=fingerprint(PENDING, asked),
    )


def parameters_before(parent: Run | None) -> Parameters:
    """The parameters of the training that is done again, as far as they are on record."""
    trainer = parent.manifest.trainer if parent and parent.manifest else None
    return dict(trainer.parameters or {}) if trainer else {}
