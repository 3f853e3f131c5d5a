"""Whose photographs, or which run, a training is about."""

import re
from typing import Any

from pipeline.language.fields.filling import Filling
from pipeline.language.fields.runs import run as one_run
from pipeline.language.fields.values import lora_rank as settings_rank
from pipeline.language.words import Chunk

WITHOUT = "A training without some photographs is another plan: I ask before I leave any out."


def fixture(filling: Filling) -> str | None:
    """`inputs/NAME`, by its name, or by the identity that has exactly one."""
    for one in filling.take("fixture", "unknown_fixture"):
        filling.choices = tuple(f"inputs/{name}" for name in filling.catalogue.fixtures_of(str(one.value)))
        filling.lack("fixture", filling.said(one))
    found: str | None = filling.one("fixture", "fixture")
    if "fixture" in filling.missing or filling.free("from_thread") or _again(filling):
        return found
    if found is not None:
        named = None if _stated(filling) else _code(filling)
        if named and named not in found.split("-"):
            filling.lack("fixture", named)  # "train JD with photos of mm"
        return found
    code = _code(filling)
    if code is None:
        filling.lack("fixture", _stranger(filling) or filling.values.get("identity"))
        return None
    fits = filling.catalogue.fixtures_of(code)
    if len(fits) == 1:
        return f"inputs/{fits[0]}"
    filling.choices = tuple(f"inputs/{name}" for name in fits)
    filling.lack("fixture", code)
    return None


def lora_rank(filling: Filling) -> Any:
    """As in "train JD rank 32": a setting, though a run's name may hold the very word."""
    found = settings_rank(filling)
    if found is not None or _retrains(filling):
        return found
    for one in filling.free("run"):
        ranks = [word for word in one.value[1] if re.fullmatch(r"rank\d+", word)]
        if len(ranks) == 1:
            rest = tuple(word for word in one.value[1] if word not in ranks)
            one.value = (one.value[0], rest, one.value[2])
            one.by = one.by or ("" if rest else "lora_rank")
            return int(ranks[0][4:])
    return None


def photos(filling: Filling) -> str | None:
    """`thread` for the photographs that were posted in it."""
    if not filling.take("photos", "from_thread"):
        return None
    return "thread"


def run(filling: Filling) -> str | None:
    """The run that is trained again: where the verb says so, or more than an identity's code is named."""
    if not _again(filling) or "fixture" in filling.missing:
        return None
    return one_run(filling, needed=filling.values.get("fixture") is None)


def identity(filling: Filling) -> str | None:
    """The code in names, else the person's words; null when only a fixture or a run is named."""
    stated: str | None = filling.one("identity", "identity")
    for one in filling.free("run") if stated else []:
        if one.value[1] == (stated,):
            one.by = "identity"  # "train JD, identity jd"
    if stated is not None or filling.values.get("run"):
        return stated
    code = _code(filling, take=True) or _stranger(filling)
    if code is None and filling.values.get("photos"):
        filling.lack("identity", why="Whose photographs are these? Name a short code, such as `jd`.")
    return code


def _again(filling: Filling) -> bool:
    return _retrains(filling) or any(_is_run(filling, one) for one in _named(filling))


def _retrains(filling: Filling) -> bool:
    """The verb itself says that a run is trained again."""
    orders = [one for one in filling.chunks if one.kind in {"order", "tail"}]
    return any(filling.text.word(place).startswith("retrain") for one in orders for place in range(one.start, one.end))


def _named(filling: Filling) -> list[Chunk]:
    return [one for one in filling.chunks if one.kind in {"run", "latest", "this"} and not one.excluded]


def _is_run(filling: Filling, one: Chunk) -> bool:
    if one.kind != "run":
        return True
    full, words, latest = one.value
    more = [word for word in words if word not in filling.catalogue.identities and word != "lora"]
    return full is not None or latest or bool(more)


def _stated(filling: Filling) -> bool:
    return any(one.kind == "identity" and not one.excluded for one in filling.chunks)


def _code(filling: Filling, *, take: bool = False) -> str | None:
    """As in "train JD": the code of a person, and nothing more of a run's name."""
    stated = [one.value for one in filling.chunks if one.kind == "identity" and not one.excluded]
    if stated and not take:
        return stated[0] if stated[0] in filling.catalogue.everybody else None
    chunks = [one for one in filling.free("run") if not _is_run(filling, one) and not one.excluded]
    codes = list(dict.fromkeys(word for one in chunks for word in one.value[1] if word != "lora"))
    if len(codes) > 1:
        filling.lack("fixture", why="I train one person at a time.")
        return None
    for one in chunks if take else []:
        one.by = "identity"
    return codes[0] if codes else None


def _stranger(filling: Filling) -> str | None:
    """As in "a LoRA of Jane Doe": a person whom the lab does not know yet."""
    said: list[str] = []
    for one in filling.free("unknown"):
        token = filling.text.tokens[one.start]
        before = filling.before(one)
        led = before in {"of", "for", "train"} or bool(said and said[-1] == before)
        if token.raw[:1].isupper() and token.word.isalpha() and led:
            one.by = "identity"
            said.append(token.word)
    return " ".join(said) or None


def without(filling: Filling) -> tuple[str, ...] | None:
    """What is struck of the parts that come after the training."""
    struck = [("matrix", filling.take("without", "no_matrix")), ("judge", filling.take("without", "not_judged"))]
    return tuple(part for part, found in struck if found) or None


def without_photos(filling: Filling) -> tuple[str, ...] | None:
    """Photographs of the fixture that are left out of the training."""
    keyed = any(one.kind == "key" and one.value == "without_photos" for one in filling.chunks)
    found = filling.take("without_photos", "photo")
    if found and not keyed and all(one.excluded for one in found):
        # Whose likeness is trained on is a matter of consent: the bot says which photographs remain, and asks.
        filling.choices = tuple(dict.fromkeys(str(one.value) for one in found))
        filling.lack("action", filling.said(found[0]), WITHOUT)
        return None
    unknown = filling.take("without_photos", "unknown_photo")
    fixture = str(filling.values.get("fixture") or "").removeprefix("inputs/")
    code = fixture.split("-")[1] if fixture.count("-") > 1 else None
    strange = [one for one in found if code and not str(one.value).lower().startswith(code)]
    if unknown or strange or (found and not keyed):
        filling.lack("reference", filling.said((unknown or strange or found)[0]))
        return None
    return tuple(dict.fromkeys(one.value for one in found)) or None
