"""Which of rerun, extend and redo is meant: words that add make an extension, cells without other seeds a redo."""

from pipeline.language.opening import Opening
from pipeline.language.words import Chunk, Words


def settled(opening: Opening, text: Words) -> str:
    """The action, by the verb and by what stands beside it."""
    chunks = [one for one in opening.chunks if not one.by]
    if opening.action != "rerun":
        return opening.action
    kinds = {one.kind for one in chunks if not one.excluded}
    if _adds(chunks, text) or {"prompt", "prompt_word"} <= kinds:
        return "extend"
    seeds = kinds & {"seeds", "n_seeds", "seeds_unclear", "old", "numbers"}
    if kinds & {"failed", "cell", "unknown_cell"} and not seeds:
        return "redo"
    return opening.action


def _adds(chunks: list[Chunk], text: Words) -> bool:
    if any(one.kind in {"seeds", "n_seeds", "seeds_unclear"} and one.value[1] for one in chunks):
        return True
    return any(one.kind == "adds" or (one.kind == "glue" and text.word(one.start) == "also") for one in chunks)
