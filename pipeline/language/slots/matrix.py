"""Which images a request asks for: new seeds, new prompts, or more of what is there."""

from pipeline.language.lexicon import FINITE, REPORTS
from pipeline.language.reading import Reading
from pipeline.language.slots.seeds import SaidSeeds
from pipeline.models import MAX_SEED
from pipeline.request import LONGEST_PROMPT, MOST_PROMPTS, MOST_SEEDS

_PLACEHOLDER = (("<", ">"), ("[", "]"), ("{", "}"))


_MOST_PLACEHOLDER_WORDS = 6


def check_seeds(reading: Reading, seeds: SaidSeeds, run: str | None, *, needed: bool) -> None:
    """SaidSeeds out of bounds, a count beside other values, or one seed swapped of several: asked back."""
    both = bool(seeds.new) and seeds.count is not None
    empty = needed and not seeds.new and seeds.count is None
    own = reading.catalogue.seeds(run) if run else frozenset[int]()
    swapped = bool(seeds.old) and bool(own) and not own <= set(seeds.old)
    too_many = max(len(seeds.new), seeds.count or 0) > MOST_SEEDS
    if seeds.unclear or both or empty or swapped or too_many:
        reading.lack("seeds", why=_seeds_why(seeds, both=both, swapped=swapped))


def _seeds_why(seeds: SaidSeeds, *, both: bool, swapped: bool) -> str | None:
    """What is wrong with the seeds, where they are not just missing."""
    if len(seeds.new) > MOST_SEEDS or (seeds.count or 0) > MOST_SEEDS:
        return f"A request takes at most {MOST_SEEDS} seeds."
    if any(seed > MAX_SEED for seed in seeds.new):
        return f"A seed lies between 0 and {MAX_SEED}."
    if both:
        return "That is a number of seeds and a list of seeds at once."
    if swapped:
        return "A re-run replaces all seeds of the run, not some of them."
    return "The seeds are not clear." if seeds.unclear else None


def new_prompts(reading: Reading) -> tuple[str, ...] | None:
    """The lifted texts; a placeholder, an unclosed quotation or a text too long is asked back."""
    found = []
    for at, token in enumerate(reading.tokens):
        if token.kind != "quote" or reading.roles[at]:
            continue
        quote = reading.message.quotes[int(token.raw[1:-1])]
        reading.take(at, at + 1, "prompt", "a new prompt")
        said = quote.text.strip()
        empty = not said.strip(".… ") or any(
            said.startswith(start) and said.endswith(end) and len(said.split()) <= _MOST_PLACEHOLDER_WORDS
            for start, end in _PLACEHOLDER
        )
        if empty:
            reading.lack("prompts", why=f"“{said}” is a placeholder." if said else None)
        elif not quote.closed:
            reading.lack("prompts", why="The prompt's closing quotation mark is missing.")
        elif len(quote.text) > LONGEST_PROMPT:
            reading.lack(
                "prompts", why=f"A prompt has at most {LONGEST_PROMPT} characters; this one has {len(quote.text)}."
            )
        found.append(quote.text)
    if len(found) > MOST_PROMPTS:
        reading.lack("prompts", why=f"A request takes at most {MOST_PROMPTS} prompts.")
    return tuple(found) or None


def wants_prompt(reading: Reading, ids: tuple[str, ...] | None) -> bool:
    """As in "with a new prompt", and none is there."""
    return ids is None and any(
        token.word in {"prompt", "prompts"}
        and not reading.roles[at]
        and not {"same", "existing", "these", "all", "those", "its"}
        & {one.word for one in reading.tokens[max(0, at - 3) : at]}
        for at, token in enumerate(reading.tokens)
    )


def adds(reading: Reading) -> bool:
    """A word that adds, and adds seeds or prompts: not "no more than 2 hours", "it's also cheap"."""
    tokens = reading.tokens
    for at, token in enumerate(tokens):
        if reading.roles[at] or token.word not in {
            "add",
            "also",
            "more",
            "extra",
            "plus",
            "extend",
            "additional",
            "another",
        }:
            continue
        before = tokens[at - 1].word if at else ""
        after = tokens[at + 1].word if at + 1 < len(tokens) else ""
        told = any(one.word in FINITE | REPORTS for one in tokens[max(0, at - 3) : at])
        if before in {"no", "not", "nothing", "any", "and", "it's"} and token.word != "also":
            continue
        if told or before in {"it's", "please"} or after in {"or", "than", "variety", "wants"}:
            continue
        return True
    return False
