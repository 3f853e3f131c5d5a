"""What may help a run that missed a bar: each remedy with its price and what it tests, the cheapest first; and what
helped before.

The order for Q1 (identity) and Q4 (photographic) is the lab's own: change what costs least, and one thing at a time.
"""

from pathlib import PurePosixPath

from pipeline import pictures
from pipeline.actions.matrix import RerunMatrix
from pipeline.actions.train import TrainLora
from pipeline.actions.upscale import UpscaleCells
from pipeline.advice.next_steps import Prices, Step, judge_calls, to_control
from pipeline.advice.tried import Remedy, missed
from pipeline.errors import BadPicture, LabError, RequestError
from pipeline.evidence.run_state import RunState, size_of
from pipeline.evidence.verdict import Word
from pipeline.judging.claude import face_rubric
from pipeline.lab.lab import Lab
from pipeline.lab.paths import inside
from pipeline.lab.run import Run
from pipeline.language.sentence import render
from pipeline.makers import flux_lora
from pipeline.makers.maker import Maker
from pipeline.makers.trainers import estimate_training
from pipeline.makers.upscale_prices import estimate_upscale, most_micros, usual_scale
from pipeline.models import Axis, Cell
from pipeline.money import Estimate
from pipeline.plan.wording import reworded
from pipeline.prices import NOTHING, add
from pipeline.request import Wording

SCALES, GENTLER = (1.2, 1.4), 2.5
"""LoRA scales and guidance that a remedy tries: one step more of the person at a time; less of the prompt's gloss (3
is usual)."""
MORE_STEPS, MOST_STEPS, MOST_RANK = 1.5, 3000, 64
CASES = 3
"""From so many cases on, what a remedy did before is told."""


def remedies(run: Run, state: RunState, prices: Prices, model: str) -> tuple[Step, ...]:
    """Remedies for the bars that a run missed; none where it missed none.

    Args:
        run: The run's folder, for its prompts and settings.
        state: Its state.
        prices: Past charges, and what helped before.
        model: The judge's.
    """
    if state.verdict.word is not Word.ITERATE or state.trained_version is None:
        return ()
    of_run = RunRemedies(run, state, prices, model)
    found: list[Step] = []
    if missed(state, Axis.IDENTITY):
        found += [
            one for one in (of_run.seeds(), of_run.noun(), of_run.scale(), of_run.retrain(), of_run.photos()) if one
        ]
    if missed(state, Axis.PHOTOGRAPHIC):
        found += [one for one in (of_run.wording(), of_run.guidance(), of_run.upscale()) if one]
    # What has no price can only be done once something else is there: it stands last.
    return tuple(sorted(found, key=lambda one: one.estimate.usd_micros or 10**12))


OTHER_SEEDS = 3


def new_photographs(run: Run) -> tuple[str, ...]:
    """Photographs of the run's fixture that it was not trained from; none where nothing tells what it was trained
    from.
    """
    recorded = run.manifest.fixture if run.manifest else None
    if recorded is None or not recorded.photos:
        return ()
    lab, trained = Lab(run.root), {photo.sha256 for photo in recorded.photos}
    there = lab.photos(PurePosixPath(recorded.path).name)
    kept_out = {run.manifest.reference if run.manifest else None}
    return tuple(one for one in there if one not in kept_out and _hash_of(run, one) not in trained)


def _put_through(run: Run, cell: Cell, maker: Maker) -> bool:
    """Whether this very picture went through it before: it is not sent again."""
    made = [one for one in (run.manifest.upscales if run.manifest else ()) if one.state == "made"]
    before = next((one for one in made if (one.cell, one.maker) == (cell.label, maker.name)), None)
    return before is not None and before.parent_sha256 == _hash_of(run, cell.image)


def _hash_of(run: Run, relative: str) -> str:
    try:
        return pictures.sha256(pictures.read(inside(run.root, relative)))
    except (BadPicture, LabError):
        return ""


class RunRemedies:
    """One run's remedies."""

    def __init__(self, run: Run, state: RunState, prices: Prices, model: str) -> None:
        self._run, self._state, self._prices, self._model = run, state, prices, model
        self._prompts = {cell.prompt_id: cell.prompt for cell in run.cells if cell.prompt}
        self._settings = flux_lora.settings_of(run)[0]

    def seeds(self) -> Step:
        # How many, not which: by the time that somebody presses it, a sibling may have made these.
        request = RerunMatrix(run=self._run.name, n_seeds=OTHER_SEEDS, then_judge=True)
        cells = self._cells(OTHER_SEEDS)
        return self._step(Remedy.SEEDS, Axis.IDENTITY, render(request), cells, "whether it was these seeds alone")

    def noun(self) -> Step | None:
        """Say what the person is, where prompts do not."""
        return self._reworded(
            Remedy.NOUN, Axis.IDENTITY, "class-noun", "whether “{words}” keeps the model from guessing"
        )

    def _reworded(self, remedy: Remedy, axis: Axis, wording: Wording, tests: str) -> Step | None:
        """A run of its own with the same seeds, so that the words alone are seen."""
        try:
            changed = reworded(self._run, self._prompts, wording)
        except RequestError:
            return None
        request = RerunMatrix(run=self._run.name, wording=wording, then_judge=True)
        price = self._priced(len(self._prompts) * max(1, len(self._run.seeds)), tuple(changed.prompts.values()))
        said = changed.diff.partition("“")[2].rstrip("”")
        return self._step(remedy, axis, render(request), price, tests.format(words=said))

    def scale(self) -> Step | None:
        """The next scale of the sweep: each is a run of its own, judged before the next is offered."""
        now = float(self._settings.get("lora_scale", 1))
        stronger = next((one for one in SCALES if one > now), None)
        if stronger is None:
            return None
        request = RerunMatrix(run=self._run.name, lora_scale=stronger, then_judge=True)
        return self._step(
            Remedy.SCALE,
            Axis.IDENTITY,
            render(request),
            self._cells(),
            f"whether more of the LoRA ({now:g} → {stronger:g}) brings the face back",
        )

    def retrain(self) -> Step | None:
        before_steps, before_rank = self._trained_with()
        steps = max(before_steps, min(MOST_STEPS, round(before_steps * MORE_STEPS)))
        rank = max(before_rank, min(MOST_RANK, 2 * before_rank)) if before_rank else None
        if (steps, rank) == (before_steps, before_rank):
            return None
        request = TrainLora(run=self._run.name, steps=steps, lora_rank=rank)
        more = f"{steps:,} steps{f' at rank {rank}' if rank else ''}"
        return self._step(
            Remedy.RETRAIN, Axis.IDENTITY, render(request), self._training(steps), f"whether {more} learn the face"
        )

    def photos(self) -> Step:
        """A retraining, once the fixture holds what the run was not trained from; until then only words."""
        steps, _rank = self._trained_with()
        request, recorded = TrainLora(run=self._run.name), self._run.manifest.fixture if self._run.manifest else None
        new = new_photographs(self._run)
        if new:
            tests = f"whether more photographs help: {len(new)} in {recorded.path if recorded else ''} are new"
            return self._step(Remedy.PHOTOS, Axis.IDENTITY, render(request), self._training(steps), tests)
        where = recorded.path if recorded else "the fixture"
        tests = f"whether more photographs help: add them to {where} first, then `{render(request)}`"
        return self._step(Remedy.PHOTOS, Axis.IDENTITY, "", NOTHING, tests)

    def wording(self) -> Step | None:
        tests = "whether plainer words make a plainer photograph"
        return self._reworded(Remedy.WORDING, Axis.PHOTOGRAPHIC, "plain", tests)

    def guidance(self) -> Step | None:
        now = float(self._settings.get("guidance_scale", 3))
        if now <= GENTLER:
            return None
        request = RerunMatrix(run=self._run.name, guidance=GENTLER, then_judge=True)
        return self._step(
            Remedy.GUIDANCE,
            Axis.PHOTOGRAPHIC,
            render(request),
            self._cells(),
            f"whether less guidance ({now:g} → {GENTLER:g}) loses the gloss",
        )

    def upscale(self) -> Step | None:
        """The cells that failed through the skin enhancer, each judged before and after."""
        axis = Axis.PHOTOGRAPHIC
        failed = [one.cell for one in self._state.cells if one.scores is not None and not one.scores[axis].passed]
        maker, history = self._prices.upscaler, self._prices.upscales
        sizes = [
            size
            for cell in failed
            if (size := size_of(self._run, cell.image)) and not _put_through(self._run, cell, maker)
        ]
        if not sizes or maker.upscaler is None:
            return None
        request = UpscaleCells.model_validate(
            {"run": self._run.name, "which": "failed", "axes": ("q4",), "vendor": maker.upscaler.vendor}
        )
        words = len(face_rubric().text)
        judged = judge_calls(2 * len(sizes), self._prices, self._model, self._state, words=words)
        most = [most_micros(maker, size, usual_scale(maker), history) for size in sizes]
        price = add(estimate_upscale(maker, most, history), judged)
        tests = f"whether {maker.upscaler.title} makes photographs of them, and keeps the face"
        return self._step(Remedy.UPSCALE, axis, render(request), price, tests)

    def _cells(self, seeds: int | None = None) -> Estimate:
        return self._priced(max(1, len(self._prompts)) * (seeds or max(1, len(self._run.seeds))))

    def _priced(self, cells: int, prompts: tuple[str, ...] = ()) -> Estimate:
        beside = to_control(self._state, self._prices, anew=True)
        judged = judge_calls(cells, self._prices, self._model, self._state, prompts, controls=beside)
        return add(self._prices.of_images(cells), judged)

    def _training(self, steps: int) -> Estimate:
        training, _took_s = estimate_training(self._prices.trainer, steps, self._prices.trainings)
        return add(training, self._cells())

    def _trained_with(self) -> tuple[int, int | None]:
        """Steps and rank that a retraining starts from: the run's, else the trainer's own; no rank where it has
        none.
        """
        trainer, recorded = self._prices.trainer, self._run.manifest.trainer if self._run.manifest else None
        known = {
            **trainer.defaults,
            **{
                name: value
                for name, value in ((recorded.parameters if recorded else None) or {}).items()
                if isinstance(value, int)
            },
        }
        return int(known[trainer.steps]), int(known[trainer.rank]) if trainer.rank else None

    def _step(self, remedy: Remedy, axis: Axis, sentence: str, price: Estimate, tests: str) -> Step:
        return Step(
            sentence=sentence,
            estimate=price,
            purpose=f"{axis.code.upper()}: tests {tests}{self._learnt(remedy)}.",
            short=f"{axis.code.upper()}: {remedy.words}",
        )

    def _learnt(self, remedy: Remedy) -> str:
        helped, cases = self._prices.learnt.get(remedy.value, (0, 0))
        return f"; it helped in {helped} of {cases} cases" if cases >= CASES else ""
