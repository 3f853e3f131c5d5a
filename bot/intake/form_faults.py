"""What is wrong in a modal that somebody sends off, said in the modal: it stays open, with everything that was typed.

Only what the person can mend there. Whatever else stands in the way is told as after any other click.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from typing import Any

from bot.actions import photos
from bot.actions.propose import admit
from bot.bench import Bench
from bot.intake.from_pages import FORM
from bot.ledger import incoming, jobs
from bot.ledger.jobs import Origin
from bot.plan_inputs import plan
from handlers.blocks import anything
from handlers.ports import Heard
from pipeline.actions.registry import JobRequests
from pipeline.errors import LabsError, WrongField
from pipeline.language.parse import parse
from pipeline.language.question import question
from pipeline.plan.change import changed_request
from pipeline.request import Ask, Talk

WITHIN_S = 2.0
"""Slack wants an answer in three seconds; what takes longer is told afterwards."""
LONGEST = 300
Faults = dict[str, str]


async def faults_of(bench: Bench, heard: Heard) -> Faults:
    """What is wrong, by the name of the field; empty: nothing, or nothing that the form could mend. Reads only."""
    payload = heard.payload or {}
    check = _CHECKS.get(str(payload.get("action_id", "")))
    fields = payload.get("fields") or {}
    if check is None or not fields:
        return {}
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(WITHIN_S):
            found = await check(bench, heard, fields)
            return {name: words[:LONGEST] for name, words in found.items() if name in fields}
    return {}


async def _change(bench: Bench, heard: Heard, fields: dict[str, Any]) -> Faults:
    job_id, _, plan_hash = str((heard.payload or {}).get("value", "")).partition(" ")
    job = await bench.ledger.run(jobs.get, job_id)
    if job is None or job.state != "waiting" or job.plan_hash != plan_hash:
        return {}
    try:
        made = await plan(bench, changed_request(job.plan, fields), instead_of=job.id)
        admit(bench, made, job.origin)
    except WrongField as error:
        return {error.field: f"{error} {error.hint}"}
    except LabsError as error:
        return {"seeds" if "seeds" in fields else next(iter(fields)): f"{error} {error.hint}"}
    return {}


async def _else(bench: Bench, heard: Heard, fields: dict[str, Any]) -> Faults:
    sentence = anything.sentence(fields)
    catalogue = await asyncio.to_thread(bench.lab.catalogue)
    request = await asyncio.to_thread(parse, f"in the labs channel: {sentence}", catalogue)
    if isinstance(request, Ask):
        return {"more": question(request, sentence, catalogue).words}
    if isinstance(request, Talk) or not isinstance(request, JobRequests):
        return {}
    try:
        admit(bench, await plan(bench, request), Origin(person=heard.person, channel=heard.channel))
    except LabsError as error:
        return {"more": f"{error} {error.hint}"}
    return {}


async def _facts(bench: Bench, heard: Heard, fields: dict[str, Any]) -> Faults:
    subject = str((heard.payload or {}).get("value", ""))
    found = await bench.ledger.run(incoming.get, int(subject)) if subject.isdigit() else None
    if found is None or found.state != "waiting":
        return {}
    try:
        facts = photos.facts_of(found, fields, heard.person)
    except WrongField as error:
        return {error.field: str(error)}
    today = date.fromisoformat(bench.settings.day(bench.wall()))
    if not (lacking := facts.all.lacks(bench.settings.consent_bases, today)):
        return {}
    ended = bool(fields.get("until")) and date.fromisoformat(fields["until"]) < today
    return {
        "until" if ended else "licence" if "licence" in lacking else "consent": f"{lacking[:1].upper()}{lacking[1:]}."
    }


_CHECKS: Mapping[str, Callable[[Bench, Heard, dict[str, Any]], Awaitable[Faults]]] = {
    "labs:form:change": _change,
    "labs:form:facts": _facts,
    FORM: _else,
}
"""By the modal's callback id."""
