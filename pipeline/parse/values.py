"""Values in the words: money, axes, seeds, prompt ids."""

import re
from typing import Any

from pipeline.requests import AxisCode

_NUMBERS = {
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
}
_AXES: dict[str, AxisCode] = {
    "identity": "q1", "face": "q1", "pose": "q2", "framing": "q3", "photographic": "q4", "realism": "q4",
    "q1": "q1", "q2": "q2", "q3": "q3", "q4": "q4",
}  # fmt: skip


_AMOUNT = re.compile(
    r"(?:\$\s*(?P<before>\d*\.?\d+)|(?P<after>\d*\.?\d+)\s*(?P<unit>\$|dollars?\b|usd\b|bucks\b|cents?\b))"
)
_LIMITS = re.compile(
    r"(?:\bmax(?:imum)?|\bunder|\bbelow|\bless than|\bmore than|\bat most|\bup to|\bbudget|\blimit|\bcap)\b[\s:=]*(?:of|is|at|to)?\s*$"
)
_LIMITS_AFTER = re.compile(r"^\s*(?:max\b|at most\b|or less\b|limit\b|cap\b|tops\b)")
_STATES = re.compile(r"\bcosts?\b[\s:]*(?:is|about|around)?\s*~?\s*$")
_PRICE_ONLY = re.compile(
    r"\bdry[- ]?run\b|\bplan only\b|\b(?:just|only) the (?:price|plan|cost)\b|\b(?:price|prices|pricing|estimate|how much|quote)\b"
    r"|\bcost\b|\b(?:don't|do not|without) start"
)


class UnclearAmount(ValueError):
    """An amount of money that is neither a limit nor a price that the text states: asked back, never dropped."""


def money(text: str) -> dict[str, Any]:
    """`cap_usd`, `stated_usd` and `dry_run`. Raises: UnclearAmount."""
    cap, stated, rest, end = None, None, [], 0
    for found in _AMOUNT.finditer(text):
        usd = float(found["before"] or found["after"]) / (
            100 if (found["unit"] or "").startswith("cent") else 1
        )
        before, after = (
            text[max(0, found.start() - 40) : found.start()],
            text[found.end() : found.end() + 12],
        )
        if _LIMITS.search(before) or _LIMITS_AFTER.match(after):
            cap = min(usd, cap) if cap is not None else usd
        elif word := _STATES.search(before):
            stated = usd
            rest.append(text[end : found.start() - (len(before) - word.start())])
            end = found.end()
            continue
        elif not re.search(r"\b(?:raise|approv)\w*\b[^.;]*$", before):
            raise UnclearAmount(found[0])
        rest.append(text[end : found.start()])
        end = found.end()
    rest.append(text[end:])
    return {
        "cap_usd": cap,
        "stated_usd": stated,
        "dry_run": bool(_PRICE_ONLY.search(" ".join(rest))),
    }


def axes(text: str) -> tuple[AxisCode, ...] | None:
    """The axes named; all four, or none, is null."""
    if excluded := re.search(r"(?:except|but not|without)\s+(q[1-4])\b", text):
        return tuple(code for code in ("q1", "q2", "q3", "q4") if code != excluded[1])
    # "the identity judge" and "identity reference" name the judge and the photo, no axis.
    text = re.sub(
        r"identity (?:judge|reference)|face_is_source_identity|pose_adherence|looks_photographic",
        " ",
        text,
    )
    limited = re.search(r"\b(?:only|axes|axis|just)\b", text)
    found = {
        _AXES[word]
        for word in re.findall(
            r"\b(q[1-4]|identity|face|pose|framing|photographic|realism)\b", text
        )
    }
    if not found or len(found) == 4 or not limited:
        return None
    return tuple(sorted(found))


def seeds(text: str) -> dict[str, Any]:
    """`seeds` or `n_seeds`: "8 seeds" is a count, "seed 8" a value, "seeds 1-8" a range with both ends."""
    text = re.sub(r"\binstead of\b.*?(?=[.;\n]|$)|(?:runs/)?\b\d{8}-[\w-]+", " ; ", text)
    if count := re.search(
        r"\b(\d+|one|two|three|four|five|six|seven|eight|nine|ten)\s+(?:(?:more|extra|other|new|additional)\s+)?seeds?\b(?!\s*[:=\[]?\s*\d)",
        text,
    ):
        return {"n_seeds": _NUMBERS.get(count[1]) or int(count[1])}
    listed = re.search(
        r"(?:--)?\bseeds?\b(?:\s+of\s+[\w -]+?\s+for)?\s*[:=]?\s*((?:\[|\d|s\d)[\ds,.&\s\[\]-]*(?:(?:and|to)\s+s?\d+)?[\d\]]*)",
        text,
    )
    if not listed:
        return {}
    found: list[int] = []
    for first, last in re.findall(r"s?(\d+)(?:\s*(?:-|\.\.|to)\s*s?(\d+))?", listed[1]):
        if last and int(last) - int(first) >= 60:
            return {"n_seeds": 61}  # refused by its bound
        found += range(int(first), int(last) + 1) if last else [int(first)]
    return {"seeds": tuple(dict.fromkeys(found))}


def prompt_ids(text: str) -> tuple[str, ...] | None:
    found = re.search(r"--prompt-ids?[= ]([\w,-]+)|prompt_ids=([\w,-]+)", text)
    if not found:
        return None
    return tuple(part for part in (found[1] or found[2]).split(",") if part)


def narrows(text: str) -> bool:
    """Words that limit a matrix to some prompts, which this grammar reads only as a flag: asked back, never guessed."""
    return (
        bool(re.search(r"\bonly (?:the )?[\w-]+ prompt|[\w-]+ only\b|\bprompt_ids\b", text))
        and "only with seed" not in text
    )


def then_judge(text: str) -> bool:
    return bool(re.search(r"\b(?:then|and) (?:then )?judge\b", text))
