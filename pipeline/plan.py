"""A request and the lab's state become a plan: exactly which calls, for how much. Frozen, priced, hashed."""

from collections.abc import Callable

from pydantic import Field

from pipeline import pictures
from pipeline.errors import BadPicture, MissingPrompts, RequestError
from pipeline.folder import inside
from pipeline.judge import fingerprint, list_price, rubric
from pipeline.lab import Lab
from pipeline.models import Cell, Judge, Value, digest
from pipeline.money import Estimate
from pipeline.pictures import Picture
from pipeline.prices import TokenPrice, estimate_calls, token_price
from pipeline.requests import JudgeRun
from pipeline.runs import Run

MOST_VOTES = 9
SECONDS_A_CALL = 12.0
"""A judge call on claude-sonnet-4-6 with four reasons, where the ledger knows no better."""


Stored = Callable[[list[str]], set[str]]
"""Tells which of some fingerprints are judged already."""


class Defaults(Value):
    """The lab's settings that a plan rests on."""

    model: str
    pass_threshold: float
    proceed_threshold: float
    concurrency: int
    """Judge calls at once."""


class History(Value):
    """What the ledger remembers of like calls: charges in micro-dollars and durations in seconds."""

    charges: tuple[int, ...] = ()
    took_s: tuple[float, ...] = ()


class PlannedCall(Value):
    """One vote to buy on one cell."""

    label: str
    vote: int
    fingerprint: str
    image: str
    image_sha256: str
    prompt: str


class UnusableCell(Value):
    """A cell that cannot be judged, and why."""

    label: str
    detail: str


class Plan(Value):
    """What will be done, exactly. The hash binds an approval to it; the estimate is not part of the hash."""

    action: str = "judge"
    run: str
    request: JudgeRun
    judge: Judge
    cells: tuple[Cell, ...]
    """The whole matrix, in the run's order."""
    calls: tuple[PlannedCall, ...]
    """What is to be bought; judgements that are stored already are not here."""
    images: dict[str, str]
    """SHA-256 of each usable image, by label."""
    stored: int
    """Votes that the request asks for and the lab holds already."""
    votes: int
    """Votes a cell that the verdict will rest on."""
    unusable: tuple[UnusableCell, ...] = ()
    estimate: Estimate
    took_s: float
    """Seconds that the calls will take, all in all."""
    pass_threshold: float
    proceed_threshold: float
    notes: tuple[str, ...] = Field(default=())

    def fingerprints(self, cell: Cell) -> list[str]:
        """Of every vote that there could be on a cell by this plan's judge, in order."""
        image = self.images.get(cell.label)
        votes = range(1, MOST_VOTES + 1) if image else ()
        return [fingerprint(self.judge, image or "", cell.prompt or "", vote) for vote in votes]

    @property
    def hash(self) -> str:
        """Over inputs, versions, parameters and cap."""
        return digest(
            {
                "action": self.action,
                "run": self.run,
                "judge": self.judge.model_dump(),
                "calls": [call.fingerprint for call in self.calls],
                "cap": self.request.cap_usd,
                "thresholds": [self.pass_threshold, self.proceed_threshold],
            }
        )


def plan_judge(
    lab: Lab, request: JudgeRun, defaults: Defaults, stored: Stored, history: History
) -> Plan:
    """Plan the judging of a run.

    Reads and verifies every picture (CPU: call it on a thread). Spends nothing.

    Args:
        stored: Which of these fingerprints the ledger holds; asked once.
        history: Past calls of the same model.

    Raises:
        RequestError: Unknown run, reference or model; prompts unknown; nothing to judge.
        LabError: The folder is not as it should be.
    """
    run = lab.run(request.run)
    price = token_price(request.model or defaults.model)
    _check_cells(run)
    judge, reference = _judge(lab, run, request, defaults)
    found = pictures.verify_all([inside(lab.root, cell.image) for cell in run.cells])
    votes = request.repeats or 1
    wanted, unusable, sizes, images = [], [], [], {}
    for cell, picture in zip(run.cells, found, strict=True):
        if isinstance(picture, BadPicture):
            unusable.append(UnusableCell(label=cell.label, detail=str(picture)))
            continue
        sizes.append(picture)
        images[cell.label] = picture.sha256
        wanted += [_call(judge, cell, picture, vote) for vote in range(1, votes + 1)]
    known = stored([call.fingerprint for call in wanted]) | {vote.fingerprint for vote in run.log}
    calls = _once([call for call in wanted if call.fingerprint not in known])
    listed = _listed(run, price, reference, sizes)
    return Plan(
        run=run.name,
        request=request,
        judge=judge,
        cells=run.cells,
        calls=calls,
        images=images,
        stored=len(wanted) - len(calls),
        votes=votes,
        unusable=tuple(unusable),
        estimate=estimate_calls(len(calls), list(history.charges), listed),
        took_s=duration(len(calls), history, defaults.concurrency),
        pass_threshold=defaults.pass_threshold,
        proceed_threshold=defaults.proceed_threshold,
        notes=_notes(run, judge),
    )


def _once(calls: list[PlannedCall]) -> tuple[PlannedCall, ...]:
    """Two cells with the same picture and prompt need one judgement."""
    return tuple({call.fingerprint: call for call in reversed(calls)}.values())[::-1]


def _judge(lab: Lab, run: Run, request: JudgeRun, defaults: Defaults) -> tuple[Judge, Picture]:
    path = lab.reference(run, request.reference)
    reference = pictures.verify(inside(lab.root, path))
    words = rubric()
    judge = Judge(
        model=request.model or defaults.model,
        rubric=words.version,
        rubric_sha256=words.sha256,
        reference=path,
        reference_sha256=reference.sha256,
    )
    return judge, reference


def _listed(
    run: Run, price: TokenPrice, reference: Picture, cells: list[Picture]
) -> tuple[int, int]:
    """The list price of a call, by the largest cell and the longest prompt."""

    def tokens(picture: Picture) -> int:
        return pictures.patches(*pictures.fit(picture.width, picture.height, price))

    longest = max((len(cell.prompt or "") for cell in run.cells), default=0)
    return list_price(price, longest, tokens(reference), max(map(tokens, cells), default=0))


def _check_cells(run: Run) -> None:
    if not run.cells:
        raise RequestError(f"Run {run.name!r} has no cells yet. Nothing was spent.")
    unknown = dict.fromkeys(cell.prompt_id for cell in run.cells if not cell.prompt)
    if unknown:
        raise MissingPrompts(run.name, list(unknown))


def _call(judge: Judge, cell: Cell, picture: Picture, vote: int) -> PlannedCall:
    prompt = cell.prompt or ""
    return PlannedCall(
        label=cell.label, vote=vote, image=cell.image, image_sha256=picture.sha256, prompt=prompt,
        fingerprint=fingerprint(judge, picture.sha256, prompt, vote),
    )  # fmt: skip


def _notes(run: Run, judge: Judge) -> tuple[str, ...]:
    notes = []
    before = run.output
    if before and before.judge is None and before.cells:
        notes.append(
            f"The {len(before.cells)} stored judgements are by another judge ({before.judge_version or 'unknown version'}), "
            "so every cell is judged anew; the old file is kept beside the new one."
        )
    elif before and before.judge and before.judge != judge:
        notes.append(
            "The run's last verdict is by another judge (model, rubric or reference differ); both stay on record."
        )
    fixture = run.manifest.fixture if run.manifest else None
    if fixture and any(photo.sha256 == judge.reference_sha256 for photo in fixture.photos):
        notes.append("The reference is also in the training set: a memorised picture scores well.")
    return tuple(notes)


def duration(count: int, history: History, concurrency: int) -> float:
    """Seconds for `count` calls: one that fills the cache, then the rest side by side."""
    if not count:
        return 0.0
    each = sorted(history.took_s)[len(history.took_s) // 2] if history.took_s else SECONDS_A_CALL
    return each * (1 + -(-(count - 1) // concurrency))
