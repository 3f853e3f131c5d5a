"""The lab's names in the words: runs, cells, prompt ids, photographs, fixtures, people, jobs."""

import re

from pipeline.lab.catalogue import Catalogue
from pipeline.language.lexicon import LEXICON
from pipeline.language.lexicon.grammar import DETERMINERS, PREDICATES, SUBJECTS
from pipeline.language.verbs import SINGLE
from pipeline.language.words import Chunk, Words
from pipeline.models import SEEDED
from pipeline.wordlist import words

IMAGES = (".jpg", ".jpeg", ".png", ".webp", ".heic")
_VERSION = re.compile(r"v\d+|r\d+|rank\d+")
_FULL = re.compile(r"\d{8}-[a-z0-9][a-z0-9-]*")
_LONGEST_ID = 4
"""Words that a prompt id is typed in: `upper front` for `upper-front`."""
_LATEST = words("latest last newest recent")
_BETWEEN = words("the run lora matrix inference of model version")
"""Words that may stand between the words of one name."""
_JOB = re.compile(r"(?=[a-z0-9-]*\d)[a-z0-9][a-z0-9-]{0,11}", re.ASCII)
_SHAPED = re.compile(r"(?=[a-z0-9]*\d)[a-z0-9]{3,8}", re.ASCII)
_SHORT_CODE = 3
_ORDINARY = PREDICATES | SUBJECTS | DETERMINERS
_GENERIC = words("lora run matrix")


def name(text: Words, at: int) -> Chunk | None:
    """The longest name that begins here."""
    found = [one for look in (_cell, _prompt_id, _file, _fixture, _identity, _job, _run) if (one := look(text, at))]
    return max(found, key=lambda one: one.end, default=None)


def _cell(text: Words, at: int) -> Chunk | None:
    token = text.tokens[at]
    word = token.word.removesuffix(".png")
    if token.kind not in {"word", "file", "path"} or (token.kind == "path" and "/" not in word):
        return None
    word = word.rsplit("/", 1)[-1]
    runs = text.catalogue.runs_by_label.get(word)
    if runs:
        label = next(one for one in text.catalogue.labels[runs[0]] if one.lower() == word)
        return Chunk("cell", at, at + 1, label)
    if SEEDED.match(word.upper()) and word.count("-") > 2:
        return Chunk("unknown_cell", at, at + 1, token.raw.removesuffix(".png"))
    return None


def _prompt_id(text: Words, at: int) -> Chunk | None:
    if text.word(at).split("-")[0] not in text.catalogue.prompt_id_heads:
        return None
    for length in range(_LONGEST_ID, 0, -1):
        if at + length <= len(text):
            joined = "-".join(text.word(place) for place in range(at, at + length))
            if joined in text.catalogue.every_prompt_id:
                return Chunk("prompt_id", at, at + length, text.catalogue.every_prompt_id[joined])
    return None


def _file(text: Words, at: int) -> Chunk | None:
    """A photograph by its file name; one of the lab also without its suffix, and by its path."""
    token = text.tokens[at]
    stem = token.raw.rstrip("/").split("/")[-1]
    known = text.catalogue.photos_by_name.get(stem.lower())
    if token.kind in {"file", "path", "word"} and known:
        return Chunk("photo", at, at + 1, known)
    if token.kind in {"file", "path"} and stem.lower().endswith(IMAGES):
        return Chunk("unknown_photo", at, at + 1, stem)
    return None


def _fixture(text: Words, at: int) -> Chunk | None:
    """`inputs/NAME`, a fixture's name, "the mm fixture", "fixture jd", "photos of cb", "jd's photos"."""
    token = text.tokens[at]
    parts = token.word.strip("/.").split("/")
    if "inputs" in parts[:-1] or token.word in text.catalogue.fixtures_by_name or token.word.endswith("-fixture"):
        named = parts[parts.index("inputs") + 1] if "inputs" in parts[:-1] else token.word
        known = text.catalogue.fixtures_by_name.get(named)
        return Chunk("fixture" if known else "unknown_fixture", at, at + 1, f"inputs/{known}" if known else token.raw)
    code = token.word.removesuffix("'s")
    if text.word(at + 1) in {"fixture", "photos", "photographs"} and token.kind == "word":
        if code in text.catalogue.identities:
            return _of_identity(text.catalogue, code, at, at + 2)
        coded = token.raw.isupper() or len(code) <= _SHORT_CODE
        if text.word(at + 1) == "fixture" and coded and not LEXICON.match(text.tokens, at) and code not in SINGLE:
            return Chunk("unknown_fixture", at, at + 2, code)
    if token.word in {"fixture", "photos", "photographs"}:
        place = text.skip(at + 1, words("of from the : = is"))
        if text.word(place).removesuffix("'s") in text.catalogue.identities:
            return _of_identity(text.catalogue, text.word(place).removesuffix("'s"), at, place + 1)
    return None


def _of_identity(catalogue: Catalogue, code: str, start: int, end: int) -> Chunk:
    fits = catalogue.fixtures_of(code)
    if len(fits) == 1:
        return Chunk("fixture", start, end, f"inputs/{fits[0]}")
    return Chunk("unknown_fixture", start, end, code)


def _identity(text: Words, at: int) -> Chunk | None:
    """As in "identity jd", `identity=jd`, "identity: Jane Doe"."""
    if text.word(at).lstrip("-") not in {"identity", "person", "subject"}:
        return None
    keyed = text.word(at).startswith("-") or text.word(at + 1) in {":", "="}
    start = text.skip(at + 1, words(": = is called named"))
    code = text.word(start).removesuffix("'s")
    if code in text.catalogue.everybody:
        return Chunk("identity", at, start + 1, code)
    end = start
    while end - start < 3 and end < len(text) and _is_new_name(text, end, keyed=keyed):
        end += 1
    if end == start:
        return None
    return Chunk("identity", at, end, " ".join(text.word(place) for place in range(start, end)))


def _is_new_name(text: Words, at: int, *, keyed: bool) -> bool:
    """A person that the lab does not have yet: written like a name, or behind a key."""
    token = text.tokens[at]
    plain = (
        token.word.isalpha() and text.word(at + 1) not in {"=", "fixture"} and token.word not in {"fixture", "trigger"}
    )
    return plain and not LEXICON.match(text.tokens, at) and (token.raw[:1].isupper() or keyed)


def _job(text: Words, at: int) -> Chunk | None:
    """What follows "job", "plan" or "#": one to twelve letters, digits and hyphens, with at least one digit."""
    start = text.skip(at, words("the"))
    if text.word(start) not in {"job", "plan", "#", "--job", "jobs"}:
        return _bare_job(text, at)
    place = text.skip(start + 1, words("# : = id number no no. nr nr. . with the called"))
    if text.kind(place) in {"word", "number", "date", "range"} and _JOB.fullmatch(text.word(place)):
        return Chunk("job", at, place + 1, text.word(place))
    return Chunk("job_word", at, start + 1) if text.word(start) in {"job", "plan"} else None


def _bare_job(text: Words, at: int) -> Chunk | None:
    """An id of the lab's form by itself: letters and digits, no part of a run's name."""
    word = text.word(at)
    mixed = text.kind(at) == "word" and _SHAPED.fullmatch(word) is not None and any(one.isalpha() for one in word)
    if not mixed or _VERSION.fullmatch(word) or re.fullmatch(r"s\d+|q\d|x\d+|\d+x|\d+k|\d+(?:am|pm|h|mm|px)", word):
        return None
    return (
        None if text.catalogue.fitting(word) or word in text.catalogue.everybody else Chunk("job_id", at, at + 1, word)
    )


def full_name(text: Words, at: int) -> str | None:
    """A run's whole name, whether or not the lab has it."""
    token = text.tokens[at]
    if token.kind in {"path", "url"}:
        parts = token.word.rstrip("/.").split("/")
        if "runs" in parts[:-1]:
            return parts[parts.index("runs") + 1]
        return parts[-1] if _FULL.fullmatch(parts[-1]) else None
    if token.kind == "word" and _FULL.fullmatch(token.word):
        return token.word
    return token.word if token.word in text.catalogue.runs_by_name else None


def _run(text: Words, at: int) -> Chunk | None:
    """A full name; or words of a name side by side, with "latest" among them. `value`: (full, words, latest)."""
    full = full_name(text, at)
    if full is not None:
        end = at + 1
        while re.fullmatch(r"r\d+", text.word(end)):
            full, end = f"{full} {text.word(end)}", end + 1
        return Chunk("run", at, end, (full, (), False))
    found: list[str] = []
    place = end = at
    latest = False
    while place < len(text) and place - at < 12:
        pieces = _pieces(text, place)
        if text.tokens[place].line and place > at and not pieces:
            break
        if pieces:
            found += pieces[0]
            place = end = pieces[1]
        elif text.word(place) in _LATEST and not _of_time(text, place + 1):
            latest, place, end = True, place + 1, place + 1
        elif text.word(place) in _BETWEEN and place > at:
            place += 1
        else:
            break
    if not found or (all(word in _GENERIC for word in found) and not latest):
        return Chunk("latest", at, end) if latest and not found else None
    return Chunk("run", at, end, (None, tuple(found), latest))


def _of_time(text: Words, at: int) -> bool:
    return text.word(at).removesuffix("'s") in {"week", "month", "year", "time", "night", "one", "thing"}


def _pieces(text: Words, at: int) -> tuple[list[str], int] | None:
    """The parts of a name in one word, and where it ends: `cb-lora`, `v1`, "version 2", a date."""
    token = text.tokens[at]
    if token.word == "version" and text.kind(at + 1) == "number":
        return [f"v{text.word(at + 1)}"], at + 2
    if token.word == "rank" and text.kind(at + 1) == "number" and text.catalogue.parts.get(f"rank{text.word(at + 1)}"):
        return [f"rank{text.word(at + 1)}"], at + 2
    word = token.word.removesuffix("'s")
    if token.kind == "date":
        word = word.replace("-", "")
    if word in text.catalogue.runs_by_label or SEEDED.match(word.upper()):
        return None
    if token.kind not in {"word", "date", "number"} or (token.kind == "number" and len(word) < 6):
        return None
    pieces = [piece for piece in word.split("-") if piece]
    known = text.catalogue.everybody
    fits = [bool(text.catalogue.fitting(piece)) or piece in known for piece in pieces]
    if not pieces or (not any(fits) and not all(_VERSION.fullmatch(piece) for piece in pieces)):
        return None
    whole = text.catalogue.parts.get(word) or word in known or _VERSION.fullmatch(word)
    if len(pieces) == 1 and not whole:
        # A mere beginning of a part, "ban" of "banner": no ordinary word may be taken for a name.
        ordinary = LEXICON.match(text.tokens, at) is not None or word in _ORDINARY
        short = not word[-1].isdigit() and len(word) < _SHORT_CODE and not token.raw.isupper()
        return None if ordinary or short else (pieces, at + 1)
    return pieces, at + 1
