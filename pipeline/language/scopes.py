"""What "except", "but not" and "not" leave out: the values behind them, as far as they belong together."""

from pipeline.language.words import Chunk, Words
from pipeline.wordlist import words

VALUES = words("""
    run latest this cell unknown_cell prompt_id photo unknown_photo fixture unknown_fixture identity job job_id
    seeds n_seeds seeds_word seeds_unclear old numbers number cap stated amount foreign steps lora_rank repeats
    lora_scale guidance class-noun plain limit whole below above axis vendor all_vendors six_vendors photo_set mode
    scale model unknown_model prompt prompt_word trigger_word failed passed what things period no_period ranked rest
    swapped from_thread per own_seeds both runs_word vague adds fresh key then_judge flag
""")
"""Kinds of chunks that say something about a request."""
_FARTHEST, _NEAR = 130, 10
_WHOLE = words("""
    all whole entire full axis axes everything vendor vendors prompt prompts cell cells ones images
""")
"""Before "but" these mean an exception: "every axis but realism"."""
_LIST = words("glue mark")
_JOINS = words("and , & the of for from all cell cells prompt prompts in on a an with ones those seed")
_STOPS = words("with on for in from at")
"""Behind a value that is left out, these lead to one that is wanted."""


def _whole_before(text: Words, at: int) -> bool:
    """As in "everything here but seed 7301"."""
    for place in range(at - 1, max(-1, at - _NEAR), -1):
        if text.parts(place):
            return False
        if text.word(place) in _WHOLE:
            return True
    return False


def exclude(text: Words, chunks: list[Chunk]) -> None:
    """Mark the values that are left out; a marker with none behind it stays left over."""
    for at, one in enumerate(chunks):
        of = text.word(one.start) == "but" and one.kind == "glue" and _whole_before(text, one.start)
        of = of or (one.kind == "instead" and text.word(one.end - 1) in {"of", "than"})
        if one.kind not in {"except", "not"} and not of:
            continue
        kind: str | None = None
        joined = False
        for other in chunks[at + 1 : at + _FARTHEST]:
            joins = other.kind in _LIST and all(text.word(place) in _JOINS for place in range(other.start, other.end))
            if other.kind not in VALUES and not joins:
                break
            if joins:
                word = text.word(other.start)
                if (word == "," and one.kind == "not") or (kind is not None and word in _STOPS):
                    break
                joined = joined or (kind is not None and word in {"and", "&"})
                continue
            if kind is not None and other.kind != kind:
                if joined:
                    other.excluded = "mixed"  # "except front-full and seed 42": nobody can tell what is wanted
                break
            joined = False
            kind, other.excluded = other.kind, one.kind if one.kind != "glue" else "except"
        if kind is not None:
            one.by = "left out"
