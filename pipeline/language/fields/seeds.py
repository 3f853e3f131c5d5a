"""Seeds of a matrix: new ones, a number of fresh ones, old ones that are replaced."""

from dataclasses import dataclass, field

from pipeline.language.fields.filling import Filling
from pipeline.models import MAX_SEED
from pipeline.request import MOST_SEEDS

_SWAPS = ("swap", "replace", "(swap|", "(replace", "change", "switch", "exchange")

_WHOLE = frozenset({"all", "both", "each", "every"})
_ALREADY = "The run has these seeds already."


@dataclass
class Seeds:
    """What the words say about seeds."""

    new: list[int] = field(default_factory=list)
    old: list[int] = field(default_factory=list)
    left_out: list[int] = field(default_factory=list)
    count: int | None = None
    vague: bool = False
    unclear: bool = False
    adds: bool = False


def seeds_said(filling: Filling, by: str) -> Seeds:
    """Every seed of the free chunks; notes nothing as missing."""
    found = Seeds()
    for one in filling.take(by, "seeds", "seeds_unclear"):
        values, adds = one.value
        found.adds = found.adds or adds
        found.unclear = found.unclear or one.kind == "seeds_unclear"
        (found.left_out if one.excluded else found.new).extend(values)
    for one in filling.take(by, "n_seeds"):
        count, adds = one.value
        found.adds = found.adds or adds
        if one.excluded or count != int(count) or (found.count is not None and found.count != count):
            found.unclear = True
        elif count == 0:
            found.vague = True
        else:
            found.count = int(count)
    filling.take(by, "seeds_word")
    found.new = list(dict.fromkeys(found.new))
    return found


def swaps(filling: Filling) -> bool:
    """As in "swap the seeds for …", "replace seed 1 by 2"."""
    return filling.verb.startswith(_SWAPS)


def seeds(filling: Filling) -> tuple[int, ...] | None:
    """The seeds of a rerun, an extension or a training's matrix; sets `n_seeds` beside them."""
    named_before = bool(filling.free("seeds_word"))
    if (filling.take("seeds", "swapped") and filling.take("seeds", "numbers") is not None) or (
        swaps(filling) and _ranged(filling)
    ):
        filling.lack("seeds", why="A re-run replaces all seeds of the run, not some of them.")
    found = seeds_said(filling, "seeds")
    old = filling.take("seeds", "old", "instead")
    found.old = [value for one in old if one.kind == "old" for value in one.value]
    if swaps(filling) or ((named_before or found.vague) and not found.new and found.count is None) or old:
        _bare(filling, found, named=named_before or found.vague)
    for one in filling.take("seeds", "fresh"):
        if filling.text.word(one.end) not in {"matrix", "set", "seeds", "seed"} or filling.before(one) == "other":
            one.by = ""
    own = filling.catalogue.seeds(filling.values["run"]) if filling.values.get("run") else frozenset[int]()
    why = _asked_again(filling, found, own) or _why(found, own) or _listed_again(filling, found, own)
    if filling.action == "extend" and _in_all(filling, found):
        why = "Is that how many more, or how many in all?"
    if filling.action == "train" and (found.count is not None or found.old or found.vague):
        why = "The seeds of the matrix after a training are named one by one."
    if why or found.unclear or found.vague or found.left_out:
        filling.lack("seeds", why=why)
    filling.values["n_seeds"] = found.count if not found.new else None
    if found.count is not None and found.new and len(found.new) != found.count:
        filling.lack("seeds", why="That is a number of seeds and a list of seeds at once.")
    elif found.count is not None and found.new:
        filling.values["n_seeds"] = None
    return tuple(found.new) or None


def _asked_again(filling: Filling, found: Seeds, own: frozenset[int]) -> str | None:
    """Of "the same seeds", which a re-run takes only to change something else."""
    others = found.count is not None or found.vague or (found.new and set(found.new) != own)
    if filling.action == "rerun" and _sets_another(filling) and not others:
        for one in filling.free("own_seeds"):
            led = filling.text.word(one.start - 2)
            some = one.excluded or (filling.before(one) == "of" and led not in _WHOLE)  # "one of the same seeds"
            one.by = "" if some else "seeds"
    again = filling.free("own_seeds") and (filling.action == "rerun" or found.new or found.count is not None)
    return _ALREADY if again else None


def _listed_again(filling: Filling, found: Seeds, own: frozenset[int]) -> str | None:
    same = filling.action == "rerun" and bool(found.new) and set(found.new) == own
    return _ALREADY if same and not _sets_another(filling) else None


def _sets_another(filling: Filling) -> bool:
    """A setting that a re-run changes instead of its seeds, or words for one, which are asked about by themselves."""
    strange = any(one.kind == "unsaid" for one in filling.strange)
    return strange or bool(filling.free("lora_scale", "guidance", "class-noun", "plain", "unsaid"))


def _bare(filling: Filling, found: Seeds, *, named: bool) -> None:
    """Numbers without the word, where the verb or a word before them says that they are seeds."""
    bare = filling.free("numbers")
    if not bare:
        return
    if swaps(filling) and found.new:  # "replace seed 555 by 556": what is named first is what is replaced
        found.old, found.new = found.new, []
    if not (swaps(filling) or named or found.old):
        return
    for one in bare:
        one.by = "seeds"
        values, clear = one.value
        found.unclear = found.unclear or not clear or bool(one.excluded)
        found.new += values
        found.vague = False


def _in_all(filling: Filling, found: Seeds) -> bool:
    """As in "extend it to 5 seeds"."""
    counts = [one for one in filling.chunks if one.kind == "n_seeds"]
    return not found.adds and any(filling.before(one) == "to" for one in counts)


def _ranged(filling: Filling) -> bool:
    """As in "change seed 42 to 43": behind such a verb "to" is no range."""
    chunks = filling.free("seeds", "numbers")
    return any(filling.text.word(place) == "to" for one in chunks for place in range(one.start, one.end))


def _why(found: Seeds, own: frozenset[int]) -> str | None:
    """What is wrong with the seeds, where they are not just missing."""
    if len(found.new) > MOST_SEEDS or (found.count or 0) > MOST_SEEDS:
        return f"A request takes at most {MOST_SEEDS} seeds."
    if any(seed > MAX_SEED for seed in found.new):
        return f"A seed lies between 0 and {MAX_SEED}."
    if found.new and found.count is not None and len(found.new) != found.count:
        return "That is a number of seeds and a list of seeds at once."
    if found.old and own and own != set(found.old):
        return "A re-run replaces all seeds of the run, not some of them."
    return "The seeds are not clear." if found.unclear else None
