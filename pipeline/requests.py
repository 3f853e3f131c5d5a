"""What a person can ask for, as a closed union, and the sentence that asks for it.

`parse` (pipeline/parse) reads a sentence into one of these; `say` writes the canonical sentence that
reads back to the same value. Everything else (plans, buttons, "How to continue") uses these types.
"""

from typing import Annotated, Literal

from pydantic import Field

from pipeline.models import MAX_SEED, Value

Seed = Annotated[int, Field(ge=0, le=MAX_SEED)]
Seeds = Annotated[tuple[Seed, ...], Field(min_length=1, max_length=60)]
Prompt = Annotated[str, Field(min_length=1, max_length=2000)]
AxisCode = Literal["q1", "q2", "q3", "q4"]


class Spending(Value):
    """What every request that may cost money can carry."""

    dry_run: bool = False
    cap_usd: Annotated[float, Field(gt=0)] | None = None
    """A limit that the person sets for this request; it can only lower the lab's own."""
    stated_usd: float | None = None
    """A price that the text mentions: a note, never a limit."""


class JudgeRun(Spending):
    action: Literal["judge"] = "judge"
    run: str
    reference: str | None = None
    model: str | None = None
    axes: tuple[AxisCode, ...] | None = None
    repeats: Annotated[int, Field(ge=1, le=9)] | None = None


class RerunMatrix(Spending):
    action: Literal["rerun"] = "rerun"
    run: str
    seeds: Seeds | None = None
    n_seeds: Annotated[int, Field(ge=1, le=60)] | None = None
    prompt_ids: tuple[str, ...] | None = None
    then_judge: bool = False


class ExtendMatrix(Spending):
    action: Literal["extend"] = "extend"
    run: str
    prompts: Annotated[tuple[Prompt, ...], Field(max_length=20)] | None = None
    seeds: Seeds | None = None
    n_seeds: Annotated[int, Field(ge=1, le=60)] | None = None
    prompt_ids: tuple[str, ...] | None = None
    then_judge: bool = False


class ShowRun(Value):
    action: Literal["show"] = "show"
    run: str
    what: Literal["grid", "verdict", "card"] | None = None


class ListThings(Value):
    action: Literal["list"] = "list"
    what: Literal["runs", "fixtures", "jobs"]
    limit: Annotated[int, Field(ge=1, le=100)] | None = None
    identity: str | None = None


class Status(Value):
    action: Literal["status"] = "status"
    run: str | None = None
    job: str | None = None


class Cancel(Value):
    action: Literal["cancel"] = "cancel"
    run: str | None = None
    job: str | None = None


class Decide(Value):
    """Approve or deny a plan that waits."""

    action: Literal["approve", "deny"]
    job: str | None = None
    reason: str | None = None


class Spend(Value):
    action: Literal["spend"] = "spend"
    period: Literal["today", "week", "month", "all"] | None = None
    run: str | None = None
    identity: str | None = None


class Switch(Value):
    """Stop or allow every new paid call at once. Approvers only."""

    action: Literal["pause", "resume"]
    reason: str | None = None


class Help(Value):
    action: Literal["help"] = "help"
    topic: str | None = None


class Ask(Value):
    """A request in which something is missing: the bot asks back and does nothing."""

    action: Literal["ask"] = "ask"
    missing: tuple[str, ...]
    about: str | None = None
    """The words that were not understood, e.g. a misspelt run."""


class Talk(Value):
    """People talking. The bot stays silent."""

    action: Literal["none"] = "none"


Request = Annotated[
    JudgeRun
    | RerunMatrix
    | ExtendMatrix
    | ShowRun
    | ListThings
    | Status
    | Cancel
    | Decide
    | Spend
    | Switch
    | Help
    | Ask
    | Talk,
    Field(discriminator="action"),
]


def say(request: JudgeRun | RerunMatrix | ExtendMatrix | ShowRun) -> str:
    """The canonical sentence; `parse(say(request))` gives the request again."""
    if isinstance(request, ShowRun):
        return (
            f"show the {request.what} of runs/{request.run}"
            if request.what
            else f"show runs/{request.run}"
        )
    words: list[str]
    match request:
        case JudgeRun():
            words = [f"judge runs/{request.run}"]
            words += (
                [f"with {request.reference} as the identity reference"] if request.reference else []
            )
            words += [f"using {request.model}"] if request.model else []
            words += [f"--axes {','.join(request.axes)}"] if request.axes else []
            words += [f"--repeats {request.repeats}"] if request.repeats else []
        case RerunMatrix():
            words = [f"re-run runs/{request.run}", f"with {_seeds(request.seeds, request.n_seeds)}"]
            words += [f"--prompt-ids {','.join(request.prompt_ids)}"] if request.prompt_ids else []
        case ExtendMatrix():
            words = [f"extend runs/{request.run}"]
            words += [f'with a new prompt "{prompt}"' for prompt in request.prompts or ()]
            if request.seeds or request.n_seeds:
                words.append(
                    ("at " if request.prompts else "with ")
                    + _seeds(request.seeds, request.n_seeds, more=True)
                )
            words += [f"--prompt-ids {','.join(request.prompt_ids)}"] if request.prompt_ids else []
    words += ["--dry-run"] if request.dry_run else []
    words += [f"max ${request.cap_usd:g}"] if request.cap_usd is not None else []
    judged = not isinstance(request, JudgeRun) and request.then_judge
    return " ".join(words) + (", then judge" if judged else "")


def _seeds(seeds: tuple[int, ...] | None, n_seeds: int | None, *, more: bool = False) -> str:
    if n_seeds is not None:
        return f"{n_seeds}{' more' if more else ''} seed{'s' if n_seeds > 1 else ''}"
    return f"seeds [{', '.join(map(str, seeds or ()))}]"
