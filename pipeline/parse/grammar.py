"""The table of verbs, and how the words of each become a request."""

import re
from collections.abc import Callable

from pydantic import ValidationError

from pipeline.lab import Catalogue
from pipeline.models import Value
from pipeline.parse.names import named_runs, says_this
from pipeline.parse.words import BOT, Words, read
from pipeline.requests import (
    Ask,
    AxisCode,
    Cancel,
    Decide,
    ExtendMatrix,
    Help,
    JudgeRun,
    ListThings,
    Request,
    RerunMatrix,
    ShowRun,
    Spend,
    Status,
    Switch,
    Talk,
)

# verb, and the words that mean it when they open a request. First match in this order wins: what adds wins over what replaces.
VERBS: tuple[tuple[str, str], ...] = (
    ("none", r"(?:don't|do not|never|not)\b"),
    ("unsupported", r"(?:re-?train|train|upscale|pipe|compare|put .* side by side|(?:run )?(?:a )?bakeoff|redo|retry the failed|make the failed|label|mark|(?:stop watching|unwatch|watch|tell me when))\b"),
    ("extend", r"(?:extend|add|(?:run )?(?:\d+|two|three|four|five|six|seven|eight) (?:more|extra) seeds?|(?:re-?run|run) .*\b(?:more|extra) seeds?)\b"),
    ("rerun", r"(?:same but |only )*(?:re-?run|rerun|swap the seeds)\b"),
    ("judge", r"(?:re-?judge|judge|(?:re-?)?run (?:the )?(?:identity )?judge)\b"),
    ("cancel", r"(?:cancel|stop|abort|kill)\b"),
    ("approve", r"approve\b"),
    ("deny", r"deny\b"),
    ("pause", r"pause (?:all )?spending\b"),
    ("resume", r"resume (?:all )?spending\b"),
    ("help", r"help\b"),
    ("spend", r"(?:spend\b|how much (?:have we |did we |was |has been )?(?:spent|spend)|show me what we spent)"),
    ("list", r"(?:list|which (?:runs|fixtures|jobs))\b"),
    ("show", r"(?:show|what's the verdict|what is the verdict|(?:the )?(?:grid|verdict|card) (?:of|on|for))\b"),
    ("status", r"(?:status|what's running|what is running|what's up|how is|how's)\b"),
)  # fmt: skip
_COMPILED = tuple((verb, re.compile(pattern)) for verb, pattern in VERBS)
_NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}
_AXES: dict[str, AxisCode] = {
    "identity": "q1", "face": "q1", "pose": "q2", "framing": "q3", "photographic": "q4", "realism": "q4",
    "q1": "q1", "q2": "q2", "q3": "q3", "q4": "q4",
}  # fmt: skip
_PLACEHOLDER = re.compile(r"^<[^<>]*>$")


def parse(text: str, catalogue: Catalogue, thread_run: str | None = None, bot: str = BOT) -> Request:
    """Read one message.

    Args:
        text: As Slack delivers it.
        catalogue: The names of this lab.
        thread_run: The run that the message's thread is about.
        bot: The bot's own Slack id.

    Never raises: what cannot be read is `Ask`, and talk is `Talk`.
    """
    words = read(text[:40_000], bot)
    verb, rest = _verb(words)
    if verb in {"none", ""}:
        silent = verb == "none" or words.to_another or not words.addressed
        return Talk() if silent else Ask(missing=("action",), about=words.text[:80])
    if verb == "unsupported":
        return Ask(missing=("action",), about=words.text[:80])
    if _second_verb(verb, words):
        return Ask(missing=("action",), about=words.text[:80])
    reading = Reading(words=words, rest=rest, catalogue=catalogue, thread_run=thread_run)
    try:
        return READERS[verb](reading)
    except ValidationError as error:
        fields = [str(found["loc"][-1]) for found in error.errors() if found["loc"]]
        return Ask(missing=tuple(dict.fromkeys(field for field in fields if not field.isdigit())) or ("action",))


class Reading(Value):
    """What the readers of each verb look at."""

    words: Words
    rest: str
    catalogue: Catalogue
    thread_run: str | None

    @property
    def text(self) -> str:
        return self.words.text


def _verb(words: Words) -> tuple[str, str]:
    """The request's verb and the text after it; empty when the words open with none."""
    if words.to_another and not words.addressed:
        return "none", ""
    if not words.bare and not words.addressed:
        return "none", ""
    for verb, pattern in _COMPILED:
        if found := pattern.match(words.text):
            return verb, words.text[found.end() :]
    if words.addressed:
        # Settings may stand before the verb: "reference cb_12.jpg, Q4 only, judge the latest run".
        for verb, pattern in _COMPILED:
            if verb != "none" and (found := re.search(rf"(?:[,:;.!-] |please |cost to |just |^)(?:{pattern.pattern})", words.text)):
                return verb, words.text[found.end() :]
        return "", ""
    return "none", ""


def _second_verb(verb: str, words: Words) -> bool:
    """Two different requests in one message, beyond "then judge"."""
    text = re.sub(r"\b(?:no|don't|do not|without|skip)\s+(?:any\s+)?(?:re-?)?train\w*", "", words.text)
    others = re.findall(r"\b(?:and|then|&)\s+(?:also\s+|then\s+)?(judge|re-?run|extend|train|retrain|upscale|redo|compare|cancel|approve)\b", text)
    return any(other != "judge" or verb not in {"rerun", "extend"} for other in others)


def _one_run(reading: Reading) -> str | Ask:
    named = named_runs(reading.text, reading.catalogue)
    if len(named.runs) == 1:
        return named.runs[0]
    if reading.thread_run and (not named.runs or reading.thread_run in named.runs):
        return reading.thread_run if not named.said or named.runs else Ask(missing=("run",), about=named.said)
    return Ask(missing=("run",), about=named.said or None)


def _money(text: str) -> dict[str, float | bool | None]:
    cap = re.search(r"(?:\bmax(?:imum)?|\bunder|\bat most|\bup to|\bbudget(?: of)?|\blimit)\s*(?:of\s*)?(?:\$\s*(\d+(?:\.\d+)?)|(\d+(?:\.\d+)?)\s*(?:dollars|usd|\$))", text)
    stated = re.search(r"\bcosts?:?\s*(?:about\s*|is\s*)?~?\s*\$\s*(\d+(?:\.\d+)?)", text)
    dry = re.search(r"\bdry[- ]?run\b|\bplan only\b|\bprice only\b|\bonly the (?:price|plan)\b|\bjust the (?:price|plan)\b|\bhow much would\b|\bwhat would it cost\b|\bwhat does it cost\b", text)
    return {
        "cap_usd": float(cap[1] or cap[2]) if cap else None,
        "stated_usd": float(stated[1]) if stated else None,
        "dry_run": bool(dry),
    }


def _judge(reading: Reading) -> Request:
    run = _one_run(reading)
    if isinstance(run, Ask):
        return run
    text = reading.text
    reference = re.search(r"\b([\w-]+\.(?:jpe?g|png|webp))\b", text)
    model = re.search(r"\b(claude-[a-z0-9.-]*[a-z0-9])\b", text)
    repeats = re.search(r"(?:--repeats|repeats?)\s*=?\s*(\d+)|\b(?:each cell |every cell )?(\d+) (?:times|votes)\b|\bx(\d)\b", text)
    return JudgeRun(
        run=run,
        reference=reference[1] if reference else None,
        model=model[1] if model else None,
        axes=_axes(text),
        repeats=int(next(group for group in repeats.groups() if group)) if repeats else None,
        **_money(text),  # type: ignore[arg-type]  # pydantic checks each
    )


def _axes(text: str) -> tuple[AxisCode, ...] | None:
    """The axes named; all four, or none, is null."""
    if excluded := re.search(r"(?:except|but not|without)\s+(q[1-4])\b", text):
        return tuple(code for code in ("q1", "q2", "q3", "q4") if code != excluded[1])
    # "the identity judge" and "identity reference" name the judge and the photo, no axis.
    text = re.sub(r"identity (?:judge|reference)|face_is_source_identity|pose_adherence|looks_photographic", " ", text)
    limited = re.search(r"\b(?:only|axes|axis|just)\b", text)
    found = {_AXES[word] for word in re.findall(r"\b(q[1-4]|identity|face|pose|framing|photographic|realism)\b", text)}
    if not found or len(found) == 4 or not limited:
        return None
    return tuple(sorted(found))


def _seeds(text: str) -> dict[str, tuple[int, ...] | int | None]:
    """`seeds` or `n_seeds`: "8 seeds" is a count, "seed 8" a value, "seeds 1-8" a range with both ends."""
    text = re.sub(r"\binstead of\b.*?(?=[.;\n]|$)|(?:runs/)?\b\d{8}-[\w-]+", " ; ", text)
    if count := re.search(r"\b(\d+|one|two|three|four|five|six|seven|eight|nine|ten)\s+(?:(?:more|extra|other|new|additional)\s+)?seeds?\b(?!\s*[:=\[]?\s*\d)", text):
        return {"n_seeds": _NUMBERS.get(count[1]) or int(count[1])}
    listed = re.search(r"(?:--)?\bseeds?\b(?:\s+of\s+[\w -]+?\s+for)?\s*[:=]?\s*((?:\[|\d|s\d)[\ds,.&\s\[\]-]*(?:(?:and|to)\s+s?\d+)?[\d\]]*)", text)
    if not listed:
        return {}
    seeds: list[int] = []
    for first, last in re.findall(r"s?(\d+)(?:\s*(?:-|\.\.|to)\s*s?(\d+))?", listed[1]):
        if last and int(last) - int(first) >= 60:
            return {"n_seeds": 61}  # refused by its bound
        seeds += range(int(first), int(last) + 1) if last else [int(first)]
    return {"seeds": tuple(dict.fromkeys(seeds))}


def _prompt_ids(text: str) -> tuple[str, ...] | None:
    found = re.search(r"--prompt-ids?[= ]([\w,-]+)|prompt_ids=([\w,-]+)", text)
    if not found:
        return None
    return tuple(part for part in (found[1] or found[2]).split(",") if part)


def _rerun(reading: Reading) -> Request:
    run = _one_run(reading)
    seeds = _seeds(reading.text)
    if isinstance(run, Ask):
        return run
    if not seeds or re.search(r"\bswap seed \d", reading.text) or (_narrows(reading.text) and not _prompt_ids(reading.text)):
        return Ask(missing=("seeds",) if not seeds else ("prompt_ids",))
    return RerunMatrix(run=run, prompt_ids=_prompt_ids(reading.text), then_judge=_then_judge(reading.text), **seeds, **_money(reading.text))  # type: ignore[arg-type]  # pydantic checks each


def _narrows(text: str) -> bool:
    """Words that limit a matrix to some prompts, which this grammar reads only as a flag: asked back, never guessed."""
    return bool(re.search(r"\bonly (?:the )?[\w-]+ prompt|[\w-]+ only\b|\bprompt_ids\b", text)) and "only with seed" not in text


def _extend(reading: Reading) -> Request:
    run = _one_run(reading)
    if isinstance(run, Ask):
        return run
    seeds, prompts = _seeds(reading.text), reading.words.prompts or None
    if prompts and any(_PLACEHOLDER.match(prompt) for prompt in prompts):
        return Ask(missing=("prompts",))
    if "prompt" in reading.text and not prompts and not _prompt_ids(reading.text):
        return Ask(missing=("prompts",))
    if not seeds and not prompts:
        return Ask(missing=("seeds",))
    if _narrows(reading.text) and not _prompt_ids(reading.text):
        return Ask(missing=("prompt_ids",))
    return ExtendMatrix(run=run, prompts=prompts, prompt_ids=_prompt_ids(reading.text), then_judge=_then_judge(reading.text), **seeds, **_money(reading.text))  # type: ignore[arg-type]  # pydantic checks each


def _then_judge(text: str) -> bool:
    return bool(re.search(r"\b(?:then|and) (?:then )?judge\b", text))


def _show(reading: Reading) -> Request:
    run = _one_run(reading)
    if isinstance(run, Ask):
        return run
    what = re.search(r"\b(grid|verdict|card)\b", reading.text)
    return ShowRun(run=run, what=what[1] if what else None)  # type: ignore[arg-type]  # the pattern holds the three


def _list(reading: Reading) -> Request:
    what = re.search(r"\b(runs|fixtures|jobs)\b", reading.text)
    if not what:
        return Ask(missing=("what",))
    limit = re.search(r"\b(?:limit[= ]|last |first )(\d+)", reading.text)
    identity = re.search(r"\bidentity[= ]([a-z0-9]+)|\bfor ([a-z0-9]+)\b", reading.text)
    return ListThings(
        what=what[1],  # type: ignore[arg-type]  # the pattern holds the three
        limit=int(limit[1]) if limit else None,
        identity=(identity[1] or identity[2]) if identity else None,
    )


_JOB = re.compile(r"(?:\bjob\s+#?|\bplan\s+#?|#)([a-z0-9]{4,})\b")


def _job(reading: Reading) -> str | None:
    named = _JOB.search(reading.text) or re.match(r"\W*#?([0-9a-f]{4,8})\b(?![-\w])", reading.rest)
    return named[1] if named else None


def _job_or_run(reading: Reading) -> tuple[str | None, str | None] | Ask:
    if job := _job(reading):
        return job, None
    named = named_runs(reading.text, reading.catalogue)
    if len(named.runs) == 1:
        return None, named.runs[0]
    if named.said and not named.runs:
        return Ask(missing=("run",), about=named.said)
    return None, reading.thread_run


def _status(reading: Reading) -> Request:
    found = _job_or_run(reading)
    return found if isinstance(found, Ask) else Status(job=found[0], run=found[1])


def _cancel(reading: Reading) -> Request:
    if "watching" in reading.text:
        return Ask(missing=("action",))
    found = _job_or_run(reading)
    if isinstance(found, Ask):
        return found
    job, run = found
    if not (job or run):
        return Ask(missing=("job",)) if reading.words.addressed or says_this(reading.text) else Talk()
    return Cancel(job=job, run=run)


def _decide(action: str) -> Callable[[Reading], Request]:
    def reader(reading: Reading) -> Request:
        job = _job(reading)
        reason = re.search(r"(?:because|reason:|:| -+)\s*(.+)$", reading.rest)
        if job is None and reading.thread_run is None:
            return Ask(missing=("job",))
        return Decide(action=action, job=job, reason=reason[1].strip() if reason else None)  # type: ignore[arg-type]  # approve or deny, by the table below

    return reader


def _switch(action: str) -> Callable[[Reading], Request]:
    def reader(reading: Reading) -> Request:
        reason = re.search(r"(?:because|reason:|:| -+)\s*(.+)$", reading.rest)
        return Switch(action=action, reason=reason[1].strip() if reason else None)  # type: ignore[arg-type]  # pause or resume, by the table below

    return reader


def _spend(reading: Reading) -> Request:
    period = re.search(r"\b(today|week|month|all)\b", reading.text)
    named = named_runs(reading.text, reading.catalogue)
    identity = re.search(r"\bidentity ([a-z0-9]+)", reading.text)
    run = named.runs[0] if len(named.runs) == 1 and not identity else reading.thread_run if says_this(reading.text) else None
    return Spend(period=period[1] if period else None, run=run, identity=identity[1] if identity else None)  # type: ignore[arg-type]  # the pattern holds the four


def _help(reading: Reading) -> Request:
    topic = re.match(r"\W*(?:with |on |for )?([a-z]+)", reading.rest)
    return Help(topic=topic[1] if topic else None)


READERS: dict[str, Callable[[Reading], Request]] = {
    "judge": _judge,
    "rerun": _rerun,
    "extend": _extend,
    "show": _show,
    "list": _list,
    "status": _status,
    "cancel": _cancel,
    "approve": _decide("approve"),
    "deny": _decide("deny"),
    "pause": _switch("pause"),
    "resume": _switch("resume"),
    "spend": _spend,
    "help": _help,
}
