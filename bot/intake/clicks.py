"""The inbox's clicks: decisions about a job, its originals, and choices that count once."""

from collections.abc import Callable, Mapping
from typing import Any

from bot.actions import decide
from bot.actions.change import change
from bot.bench import Bench
from bot.ledger import inbox, questions
from bot.ledger.inbox import InboxRow
from bot.ledger.jobs import Job
from bot.ledger.lifecycle import ask_files
from bot.messages.anchors import touch_anchor
from bot.messages.downloads import WANTED, parts_of
from handlers.blocks import anything, readings
from handlers.blocks import questions as blocks
from handlers.blocks.more import MORE
from handlers.blocks.photos import WHOSE, train_sentence
from pipeline.errors import Forbidden, LabsError, NotUnderstood
from pipeline.record.job import Filed

SAYS = "labs:say"
"""Says a sentence in the name of whoever presses it, as often as it is pressed."""
DOES = readings.DOES
"""Begins the very plan that the card shows, once."""
DECIDES = frozenset({"labs:approve", "labs:form:approve", "labs:deny", "labs:form:deny", "labs:withdraw"})
"""Decisions, which colleagues alone take."""
CHOOSES = "labs:choose"
"""Says a sentence once: the first click takes the buttons away."""
SENTENCES: Mapping[str, Callable[[dict[str, Any]], str]] = {anything.FORM: anything.sentence, WHOSE: train_sentence}
"""What a modal says that is a sentence put together."""
FILLED = (*SENTENCES, "labs:form:facts", "labs:form:leave", "labs:form:wrong")
"""Modals that are requests: what stands in their way is for the thread."""


class TooLate(NotUnderstood):
    """Another click was first."""


def hears_alone(row: InboxRow, error: LabsError) -> bool:
    """Whether only who pressed a button hears what it came to: of a decision about a job that was none.

    What a button *says*, or a modal asks for, is a request like any other; its thread hears of it.
    """
    if row.kind != "click":
        return False
    says = str((row.payload or {}).get("action_id", "")).startswith((SAYS, CHOOSES, DOES, MORE, *FILLED))
    return isinstance(error, TooLate) or (not says and isinstance(error, Forbidden | NotUnderstood))


async def sentence_of(bench: Bench, row: InboxRow) -> str | None:
    """What a click says; None when it is no saying button. Raises: TooLate when another click was first."""
    payload = row.payload or {}
    action, value = payload.get("action_id", ""), payload.get("value", "")
    if action == MORE:
        return await _of_menu(bench, str(value))
    if action.startswith(SAYS):
        return str(value)
    if not action.startswith((CHOOSES, DOES)):
        return None
    value = str(value).partition(" ")[2] if action.startswith(DOES) else str(value)
    no = action == f"{CHOOSES}:no"
    stamp = blocks.declined(row.person) if no else blocks.chosen(row.person, value)
    key = await bench.ledger.run(
        questions.choose, row.id, row.channel, payload.get("message_ts") or "", stamp, bench.now()
    )
    if key:
        await bench.driver.kick("post", key)
    if key is None:
        raise TooLate("Somebody chose before you.", "The message shows what; say it again if you want something else.")
    if no:
        await bench.ledger.run(inbox.settle, row.id)
        return None
    return value


def words_of_form(row: InboxRow) -> str | None:
    """The sentence that a modal says; None of any other click."""
    payload = row.payload or {}
    made = SENTENCES.get(str(payload.get("action_id", "")))
    return made(payload.get("fields") or {}) if made else None


async def _of_menu(bench: Bench, value: str) -> str | None:
    """The sentence of a job's own list that was chosen in its menu; None for what is no sentence."""
    job_id, _, what = value.partition(" ")
    if not what.isdigit():
        return None
    job = await decide.find_job(bench, job_id, active=False)
    steps = Filed.model_validate(job.outcome).steps if job.outcome else ()
    if int(what) >= len(steps):
        raise NotUnderstood("That is not offered any more.", "`status` of the run tells what is.")
    return steps[int(what)].sentence


def bound_of(row: InboxRow) -> str | None:
    """The hash of the plan that a click is bound to."""
    payload = row.payload or {}
    if not str(payload.get("action_id", "")).startswith(DOES):
        return None
    return str(payload.get("value", "")).partition(" ")[0]


async def clicked(bench: Bench, row: InboxRow) -> None:
    """A button of a job. Raises: LabsError."""
    payload = row.payload or {}
    job_id, _, plan_hash = payload["value"].partition(" ")
    job = await decide.find_job(bench, job_id)
    match payload["action_id"]:
        case "labs:cancel":
            await decide.cancel(bench, job, row.person)
        case "labs:rest":
            await decide.cancel(bench, job, row.person, rest=True)
        case "labs:retry" | "labs:giveup" as action:
            await decide.settle_held(bench, job, row.person, again=action == "labs:retry")
        case "labs:approve" | "labs:form:approve" | "labs:deny" as action:
            await decide.decide(
                bench,
                job,
                row.person,
                approved=action != "labs:deny",
                plan_hash=plan_hash,
                named=action == "labs:form:approve",
            )
        case "labs:form:deny":
            why = (payload.get("fields") or {}).get("reason")
            await decide.decide(bench, job, row.person, approved=False, reason=why, plan_hash=plan_hash)
        case "labs:form:change":
            await change(bench, job, row.person, payload.get("fields") or {}, row.id, plan_hash)
            await touch_anchor(bench, job.id)
            return
        case "labs:originals" | "labs:more":
            await _files(bench, row, job, str(payload["value"]).partition(" ")[2] or "originals")
            return
        case _:
            raise NotUnderstood("That button is not mine to answer.", "Write what you want in the thread.")
    await bench.ledger.run(inbox.settle, row.id, job.id)


async def _files(bench: Bench, row: InboxRow, job: Job, what: str) -> None:
    """What somebody wants as files in the job's thread. Raises: NotUnderstood."""
    if what not in WANTED:
        raise NotUnderstood("That button is not mine to answer.", "Write what you want in the thread.")
    parts = await parts_of(bench, job, what)
    keys = await bench.ledger.run(ask_files, row.id, job, what, parts, bench.now())
    for key in keys:
        await bench.driver.kick("post", key)
    if not keys:
        raise TooLate("That was asked for already.", "It stands further down in this thread, or comes soon.")
