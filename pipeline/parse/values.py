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


def money(text: str) -> dict[str, Any]:
    cap = re.search(
        r"(?:\bmax(?:imum)?|\bunder|\bat most|\bup to|\bbudget(?: of)?|\blimit)\s*(?:of\s*)?(?:\$\s*(\d+(?:\.\d+)?)|(\d+(?:\.\d+)?)\s*(?:dollars|usd|\$))",
        text,
    )
    stated = re.search(r"\bcosts?:?\s*(?:about\s*|is\s*)?~?\s*\$\s*(\d+(?:\.\d+)?)", text)
    dry = re.search(
        r"\bdry[- ]?run\b|\bplan only\b|\bprice only\b|\bonly the (?:price|plan)\b|\bjust the (?:price|plan)\b|\bhow much would\b|\bwhat would it cost\b|\bwhat does it cost\b",
        text,
    )
    return {
        "cap_usd": float(cap[1] or cap[2]) if cap else None,
        "stated_usd": float(stated[1]) if stated else None,
        "dry_run": bool(dry),
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
