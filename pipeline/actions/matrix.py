"""`rerun`, `extend`, `redo`: images on a trained version that is there."""

from typing import Annotated, Literal

from pydantic import Field

from pipeline.actions.action import Action, JobWords
from pipeline.request import MOST_PROMPTS, Names, Prompt, SeedCount, Seeds, ThenJudge, Wording


class RerunMatrix(ThenJudge):
    """A new matrix on the same trained version: other seeds replace the old ones."""

    action: Literal["rerun"] = "rerun"
    run: str
    seeds: Seeds | None = None
    n_seeds: SeedCount | None = None
    prompt_ids: tuple[str, ...] | None = None
    lora_scale: Annotated[float, Field(ge=0, le=2)] | None = None
    """How strongly the LoRA works; with it, seeds that are not named stay."""
    guidance: Annotated[float, Field(ge=0, le=10)] | None = None
    """How strongly the prompt works; with it, seeds that are not named stay."""
    wording: Wording | None = None
    """What the prompts say besides: what the person is, or that it is a plain photograph. Their ids, and seeds that are
    not named, stay."""


class ExtendMatrix(ThenJudge):
    """Add cells to a run: new prompts, extra seeds, or both."""

    action: Literal["extend"] = "extend"
    run: str
    prompts: Annotated[tuple[Prompt, ...], Field(max_length=MOST_PROMPTS)] | None = None
    seeds: Seeds | None = None
    n_seeds: SeedCount | None = None
    prompt_ids: tuple[str, ...] | None = None


class RedoCells(ThenJudge):
    """Make named cells again, with the same prompt and seed."""

    action: Literal["redo"] = "redo"
    run: str
    cells: Names | None = None
    which: Literal["failed"] | None = None


RERUN = Action(
    word="rerun",
    group="make",
    request=RerunMatrix,
    participles="repeated, rerun, re run",
    phrases="""
        same again but, same again [,] but with, again [,] [but] with, same again, the same again but, same as
        before but, rerun, re run, repeat, repeat [the] matrix, (swap|replace|change|switch|exchange) [out]
        [all|both] [of] [the] [old|current|existing] (seeds|seed), same but [rerun], same [again] with, same
        [matrix|prompts] [but] with, only with, again with, once more with, repeat it, (run|do|make)
        (it|this|that|them) again, again but with, do another (run|matrix|round) of, a new matrix for, same
        again but with, (run|do) another matrix (of|on|for|with), same matrix again, same thing [but|again]
        with, try again with, go again with
    """,
    nouns="""
        new matrix matrices fresh different other random unused same again set brand this time inference
    """,
    nominals="""
        [a|the] (rerun|re run), rerunning, re running, [a|the] (rerun|re run) of, [a|the] (rerun|new) matrix
        (of|from|on|for), another matrix (of|on|for)
    """,
    light="again, rerun, re run, rerun of, new matrix, another matrix, matrix",
    not_before={"rerun": "of results result", "repeat": "after", "re": "run"},
    sentence="re-run {run} {seeds} {n_seeds} {prompt_ids} {lora_scale} {guidance} {wording}",
    needs=("seeds n_seeds lora_scale guidance wording",),
    example=lambda place: RerunMatrix(run=place.run, seeds=(19023, 555, 999), then_judge=True),
    ways=("same but seeds 1-4", "swap the seeds of {run} for 11, 12 and 13, then judge"),
    job=JobWords("re-run", "Making", "Made"),
)


EXTEND = Action(
    word="extend",
    group="make",
    request=ExtendMatrix,
    participles="extended, added to, added",
    phrases="""
        # more (prompt|prompts), another prompt, (one|another) more prompt, # (new|extra|additional)
        (prompt|prompts), extend, add, append, grow, # more (seed|seeds), #
        (more|extra|additional|further|other) (seed|seeds), # (seed|seeds) more, (more|extra|additional|further)
        (seed|seeds), another seed, another # seeds, also (seed|seeds), plus, + # (seed|seeds), (a|some)
        (few|couple) more seeds, some more seeds
    """,
    nouns="new matrix more extra additional fresh different other random unused another prompt prompts also set",
    nominals="[an] extension (of|to), extending, adding",
    light="more, extra, additional, another, further",
    not_before={"plus": "he i it she the we"},
    sentence="extend {run} {prompts} {seeds} {n_more} {prompt_ids}",
    needs=("seeds n_seeds prompts",),
    example=lambda place: ExtendMatrix(run=place.run, prompts=("TOKR woman, seated, window light",), seeds=(42, 7301)),
    ways=("3 more seeds please", "add a new prompt “TOKR woman, seated, window light” to {run} at seed 42"),
    job=JobWords("extend", "Making", "Made"),
)


REDO = Action(
    word="redo",
    group="make",
    request=RedoCells,
    participles="redone, remade, made again, regenerated, retried, rendered again",
    phrases="""
        redo, re do, remake, re make, retry, re try, regenerate, re generate, rerender, re render, give …
        (a|another|one more) [second|new] (try|go|chance|shot|attempt), try … again,
        (make|generate|render|create) … again, (make|generate|render|create) … once more, have another go at, do
        … over
    """,
    nouns="""
        again try go attempt time same labels
    """,
    nominals="[a|the] redo (of|for), [a] redo, redoing, remaking, retrying, regenerating",
    not_before={"redo": "of", "retry": "of"},
    sentence="redo {which} {cells} {run}",
    needs=("cells which",),
    example=lambda place: RedoCells(run=place.run, which="failed"),
    ways=("redo seed 42 of {run}",),
    of_run=True,
    job=JobWords("redo cells of", "Making", "Made"),
)
