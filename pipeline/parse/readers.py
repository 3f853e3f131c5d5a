"""How the words of each verb become a request: one reader a verb."""

import re
from collections.abc import Callable

from pipeline.lab import Catalogue
from pipeline.models import Value
from pipeline.parse import values
from pipeline.parse.names import named_runs, says_this
from pipeline.parse.words import Words
from pipeline.requests import (
    Ask,
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

_PLACEHOLDER = re.compile(r"^<[^<>]*>$")


class Reading(Value):
    """What the readers of each verb look at."""

    words: Words
    rest: str
    catalogue: Catalogue
    thread_run: str | None

    @property
    def text(self) -> str:
        return self.words.text


def _one_run(reading: Reading) -> str | Ask:
    named = named_runs(reading.text, reading.catalogue)
    if len(named.runs) == 1:
        return named.runs[0]
    if reading.thread_run and (not named.runs or reading.thread_run in named.runs):
        return (
            reading.thread_run
            if not named.said or named.runs
            else Ask(missing=("run",), about=named.said)
        )
    return Ask(missing=("run",), about=named.said or None)


def _judge(reading: Reading) -> Request:
    run = _one_run(reading)
    if isinstance(run, Ask):
        return run
    text = reading.text
    reference = re.search(r"\b([\w-]+\.(?:jpe?g|png|webp))\b", text)
    model = re.search(r"\b(claude-[a-z0-9.-]*[a-z0-9])\b", text)
    repeats = re.search(
        r"(?:--repeats|repeats?)\s*=?\s*(\d+)|\b(?:each cell |every cell )?(\d+) (?:times|votes)\b|\bx(\d)\b",
        text,
    )
    return JudgeRun.model_validate(
        {
            "run": run,
            "reference": reference[1] if reference else None,
            "model": model[1] if model else None,
            "axes": values.axes(text),
            "repeats": int(next(group for group in repeats.groups() if group)) if repeats else None,
            **values.money(text),
        }
    )


def _rerun(reading: Reading) -> Request:
    run = _one_run(reading)
    seeds = values.seeds(reading.text)
    if isinstance(run, Ask):
        return run
    if (
        not seeds
        or re.search(r"\bswap seed \d", reading.text)
        or (values.narrows(reading.text) and not values.prompt_ids(reading.text))
    ):
        return Ask(missing=("seeds",) if not seeds else ("prompt_ids",))
    return RerunMatrix.model_validate(
        {
            "run": run,
            "prompt_ids": values.prompt_ids(reading.text),
            "then_judge": values.then_judge(reading.text),
            **seeds,
            **values.money(reading.text),
        }
    )


def _extend(reading: Reading) -> Request:
    run = _one_run(reading)
    if isinstance(run, Ask):
        return run
    seeds, prompts = values.seeds(reading.text), reading.words.prompts or None
    if prompts and any(_PLACEHOLDER.match(prompt) for prompt in prompts):
        return Ask(missing=("prompts",))
    if "prompt" in reading.text and not prompts and not values.prompt_ids(reading.text):
        return Ask(missing=("prompts",))
    if not seeds and not prompts:
        return Ask(missing=("seeds",))
    if values.narrows(reading.text) and not values.prompt_ids(reading.text):
        return Ask(missing=("prompt_ids",))
    return ExtendMatrix.model_validate(
        {
            "run": run,
            "prompts": prompts,
            "prompt_ids": values.prompt_ids(reading.text),
            "then_judge": values.then_judge(reading.text),
            **seeds,
            **values.money(reading.text),
        }
    )


def _show(reading: Reading) -> Request:
    run = _one_run(reading)
    if isinstance(run, Ask):
        return run
    what = re.search(r"\b(grid|verdict|card)\b", reading.text)
    return ShowRun.model_validate({"run": run, "what": what[1] if what else None})


def _list(reading: Reading) -> Request:
    what = re.search(r"\b(runs|fixtures|jobs)\b", reading.text)
    if not what:
        return Ask(missing=("what",))
    limit = re.search(r"\b(?:limit[= ]|last |first )(\d+)", reading.text)
    identity = re.search(r"\bidentity[= ]([a-z0-9]+)|\bfor ([a-z0-9]+)\b", reading.text)
    return ListThings.model_validate(
        {
            "what": what[1],
            "limit": int(limit[1]) if limit else None,
            "identity": (identity[1] or identity[2]) if identity else None,
        }
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
        return (
            Ask(missing=("job",)) if reading.words.addressed or says_this(reading.text) else Talk()
        )
    return Cancel(job=job, run=run)


def _decide(action: str) -> Callable[[Reading], Request]:
    def reader(reading: Reading) -> Request:
        job = _job(reading)
        reason = re.search(r"(?:because|reason:|:| -+)\s*(.+)$", reading.rest)
        if job is None and reading.thread_run is None:
            return Ask(missing=("job",))
        return Decide.model_validate(
            {"action": action, "job": job, "reason": reason[1].strip() if reason else None}
        )

    return reader


def _switch(action: str) -> Callable[[Reading], Request]:
    def reader(reading: Reading) -> Request:
        reason = re.search(r"(?:because|reason:|:| -+)\s*(.+)$", reading.rest)
        return Switch.model_validate(
            {"action": action, "reason": reason[1].strip() if reason else None}
        )

    return reader


def _spend(reading: Reading) -> Request:
    period = re.search(r"\b(today|week|month|all)\b", reading.text)
    named = named_runs(reading.text, reading.catalogue)
    identity = re.search(r"\bidentity ([a-z0-9]+)", reading.text)
    run = (
        named.runs[0]
        if len(named.runs) == 1 and not identity
        else reading.thread_run
        if says_this(reading.text)
        else None
    )
    return Spend.model_validate(
        {
            "period": period[1] if period else None,
            "run": run,
            "identity": identity[1] if identity else None,
        }
    )


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
