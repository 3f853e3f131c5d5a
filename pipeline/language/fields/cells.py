"""Which cells, which prompts of a run, which failed: by label, by prompt id, by seed."""

from pipeline.language.fields.filling import Filling
from pipeline.language.fields.seeds import Seeds, seeds_said
from pipeline.language.words import Chunk
from pipeline.models import split_label


def cells(filling: Filling) -> tuple[str, ...] | None:
    """The labels meant: named in full, or those of the run that match the prompt ids and seeds; None for all."""
    run = filling.values.get("run")
    unknown = filling.take("cells", "unknown_cell")
    if unknown and filling.action != "cancel":
        filling.lack("cells", filling.said(unknown[0]))
        return None
    chosen_by = filling.free("cell", "prompt_id", "seeds")
    if any(filling.before(one) == "but" and not one.excluded for one in chosen_by):
        filling.lack("cells")  # "judge it but seed 42": nobody can tell which way
    labels = filling.take("cells", "cell")
    ids = filling.take("cells", "prompt_id")
    filling.take("cells", "prompt_word") if ids else None
    seeds = seeds_said(filling, "cells")
    wanted = tuple(dict.fromkeys(one.value for one in [*labels, *unknown] if not one.excluded))
    if run is None:
        return wanted or _of_remark(filling)
    own = filling.catalogue.labels.get(run, ())
    strange = [label for label in wanted if label not in own and not unknown]
    if strange:
        filling.lack("run" if filling.free("run") else "cells", strange[0])
    if seeds.unclear or seeds.vague or seeds.count is not None or seeds.old:
        filling.lack("cells")
        return None
    matching = _matching(filling, own, ids, seeds)
    if (ids or seeds.new or seeds.left_out) and not matching:
        filling.lack("cells", ", ".join(filling.said(one) for one in ids) or None)
    chosen = tuple(dict.fromkeys([*wanted, *matching]))
    if wanted and matching:
        filling.lack("cells", why="Cells by label, and by prompt or seed as well: name them one way.")
    left_out = {one.value for one in labels if one.excluded}
    if left_out - set(own) or (wanted and not left_out <= set(chosen)):
        filling.lack("cells", next(iter(left_out)))
    if left_out:
        chosen = tuple(one for one in chosen or own if one not in left_out)
        if not chosen:
            filling.lack("cells")  # all of them are left out
    if not chosen:
        return _of_remark(filling)
    return None if own and set(chosen) == set(own) and filling.action in {"judge", "upscale"} else chosen


def _matching(filling: Filling, own: tuple[str, ...], ids: list[Chunk], seeds: Seeds) -> tuple[str, ...]:
    """The run's labels by prompt id and seed; what is excluded is left out of the whole."""
    if not (ids or seeds.new or seeds.left_out):
        return ()
    good = {one.value for one in ids if not one.excluded}
    bad = {one.value for one in ids if one.excluded}
    known = {split_label(label)[1] for label in own}
    if (good and bad) or (seeds.new and seeds.left_out):
        filling.lack("cells")
        return ()
    if set(seeds.new) - known or set(seeds.left_out) - known or (good | bad) - {split_label(one)[0] for one in own}:
        filling.lack("cells")
        return ()
    return tuple(
        label
        for label, (prompt, seed) in ((one, split_label(one)) for one in own)
        if (not good or prompt in good)
        and prompt not in bad
        and (not seeds.new or seed in seeds.new)
        and seed not in seeds.left_out
    )


def _of_remark(filling: Filling) -> tuple[str, ...] | None:
    """As in "CB-LORA-front-full-S42 is not her. Mark it as a fail": the cell that was just spoken of."""
    spoken = tuple(dict.fromkeys(one.value for one in filling.remarked if one.kind == "cell"))
    return spoken if spoken and _this(filling) else None


def _this(filling: Filling) -> bool:
    return any(one.kind == "this" or filling.text.word(one.start) in {"them", "these"} for one in filling.chunks)


def which(filling: Filling) -> str | None:
    """`failed` or `passed`, where the request takes it."""
    failed, passed = filling.take("which", "failed"), []
    if filling.action == "upscale":
        passed = filling.take("which", "passed")
    if any(one.excluded for one in [*failed, *passed]) or (failed and passed):
        filling.lack("cells")
        return None
    if failed and filling.action == "redo" and filling.free("cell", "prompt_id", "seeds", "unknown_cell"):
        filling.lack("cells")  # which of the failed: the grammar does not know what failed
    return "failed" if failed else "passed" if passed else None


def prompt_ids(filling: Filling) -> tuple[str, ...] | None:
    """The run's prompts that are meant; one that it does not have is asked about."""
    run = filling.values.get("run")
    found = filling.take("prompt_ids", "prompt_id")
    known = filling.catalogue.prompt_ids(run) if run else ()
    if run is None or not found:
        return None
    filling.take("prompt_ids", "prompt_word")
    good = tuple(dict.fromkeys(one.value for one in found if not one.excluded))
    bad = {one.value for one in found if one.excluded}
    if (set(good) | bad) - set(known):
        filling.lack("prompt_ids", filling.said(found[0]))
    if (good and bad) or (bad and bad >= set(known)):
        filling.lack("prompt_ids")
    return good or tuple(one for one in known if one not in bad) or None
