"""The inbox's steps: what was heard becomes a job, a decision, a question or an answer; talk becomes nothing."""

import asyncio

from bot.actions import decide, photos, replies, watch, withdraw
from bot.actions import propose as use
from bot.bench import Bench
from bot.intake import clicks
from bot.intake.questions import Said, ask_or_read, completed, drops, open_question
from bot.ledger import inbox, incoming, jobs, questions
from bot.ledger.inbox import InboxRow
from bot.ledger.jobs import Origin
from bot.ledger.lifecycle import answer
from bot.messages import contact_sheets
from handlers.blocks import answers
from handlers.slack import Message
from pipeline.actions.requests import (
    Actionable,
    Ask,
    Cancel,
    Decide,
    ExtendMatrix,
    JobRequest,
    JudgeRun,
    RedoCells,
    RerunMatrix,
    Switch,
    Talk,
    TrainLora,
    Watch,
    WithdrawConsent,
)
from pipeline.errors import AboveCap, FixtureNotReady, LabsError, MissingPrompts, NotUnderstood, UnknownReference
from pipeline.lab.catalogue import Catalogue
from pipeline.language import is_talk, parse
from pipeline.language.sentence import slack

SHELL_PATIENCE_S = 60.0
"""A request from a shell that nobody took up for this long is dropped."""


async def advance_inbox(bench: Bench, key: str) -> float | None:
    """Deal with one thing that was heard. Idempotent: whatever it leads to settles the row in the same transaction."""
    await bench.intake.quiet()
    row = await bench.ledger.run(inbox.get, int(key))
    if row is None or row.state != "new":
        return None
    if row.kind == "shell" and bench.now() - row.received_at > SHELL_PATIENCE_S:
        await bench.ledger.run(inbox.settle, row.id)  # whoever asked has gone; nothing starts behind their back
        return None
    origin = Origin(
        person=row.person, channel=None if row.kind == "shell" else row.channel, thread_ts=row.thread_ts or row.ts
    )
    try:
        match row.kind:
            case "edit":
                await _edited(bench, row, origin)
            case "click":
                await _clicked(bench, row, origin)
            case "shell":
                await _said(bench, row, origin, slack(f"in the labs channel: {row.text or ''}"))
            case "message":
                await _said(bench, row, origin, row.text or "")
    except LabsError as error:
        await say(bench, row, origin, answers.problem(error))
    return None


async def _clicked(bench: Bench, row: InboxRow, origin: Origin) -> None:
    sentence = await clicks.sentence_of(bench, row)
    if sentence is not None:
        await _said(bench, row, origin, slack(f"in the labs channel: {sentence}"))
    elif (row.payload or {}).get("action_id") == "labs:withdraw":
        identity, _, shown = str((row.payload or {}).get("value", "")).partition(" ")
        await say(bench, row, origin, await withdraw.approved(bench, row, identity, shown))
    elif (row.payload or {}).get("action_id") == "labs:form:facts":
        request, person = await photos.facts_given(bench, row)
        await _requested(bench, row, origin.model_copy(update={"person": person}), request)
    elif not (row.payload or {}).get("action_id", "").startswith(clicks.CHOOSES):
        await clicks.clicked(bench, row)


async def _said(bench: Bench, row: InboxRow, origin: Origin, text: str) -> None:
    """Read a sentence, and do what it says. A reply to a question of the bot may complete that first."""
    asked = await open_question(bench, row)
    said = await read(bench, text, origin, reply=asked is not None)
    if asked is not None and drops(text):
        await bench.ledger.run(questions.close, asked.channel, asked.thread_ts)
        await say(bench, row, origin, answers.plain("Dropped. Nothing was started."))
        return
    request = said.request
    answers_it = False
    if asked is not None and isinstance(request, Ask | Talk):
        found = await completed(bench, asked, said)
        if isinstance(found, str):
            said = await read(bench, slack(f"in the labs channel: {found}"), origin)
            request, answers_it = said.request, True
        elif found is not None:
            request, answers_it = found, True
    if isinstance(request, Ask):
        read_as = await ask_or_read(bench, row, origin, said, request)
        if read_as is None:
            return
        request = read_as
    await _requested(bench, row, origin, request)
    if asked is not None and answers_it:
        await bench.ledger.run(questions.close, asked.channel, asked.thread_ts)


async def read(bench: Bench, text: str, origin: Origin, *, reply: bool = False) -> Said:
    """Words to a request, with the thread's run as context.

    Args:
        bench: With the lab, and the ledger that knows the thread.
        text: As Slack delivers it.
        origin: Where it was said.
        reply: It may answer a question, so that even talk is read against the lab's names.
    """
    thread_run = await _run_of(bench, origin)
    if not reply and thread_run is None and is_talk(text, bench.bot_user):
        # Most of what is said is talk, and costs no look at the disk.
        return Said(text, Talk(), Catalogue(), None)
    catalogue = await asyncio.to_thread(bench.lab.catalogue)
    promised = await bench.ledger.run(jobs.promised_runs)
    waiting = await bench.ledger.run(incoming.waiting, bench.now() + 1)
    coming = [run for run in promised if run not in catalogue.runs]
    if coming or waiting:
        # A run that a job is about to make can be watched; a person whose photographs wait can withdraw.
        contact_sheets = [f"lora-{one.identity}-fixture" for one in waiting]
        catalogue = catalogue.with_coming(coming, contact_sheets)
    return Said(text, parse(text, catalogue, thread_run, bench.bot_user), catalogue, thread_run)


async def _run_of(bench: Bench, origin: Origin) -> str | None:
    """The run that a thread is about: its latest job's, else that of the latest answer in it."""
    if not origin.channel or not origin.thread_ts:
        return None
    thread = (origin.channel, origin.thread_ts)
    found = await bench.ledger.run(jobs.latest, 1, thread=thread)
    return found[0].plan.run if found else await bench.ledger.run(inbox.run_of_thread, *thread)


async def _requested(bench: Bench, row: InboxRow, origin: Origin, request: Actionable | Talk) -> None:
    match request:
        case Talk():
            await bench.ledger.run(inbox.settle, row.id, forget=True)
        case TrainLora(photos="thread"):
            await say(bench, row, origin, await photos.take_in(bench, row, origin, request))
        case JudgeRun() | RerunMatrix() | ExtendMatrix() | RedoCells() | TrainLora() if not request.dry_run:
            await _propose(bench, row, origin, request)
        case Cancel() | Decide():
            await _decided(bench, row, origin, request)
        case Watch():
            await say(bench, row, origin, await watch.answer(bench, request, row.person, origin))
        case WithdrawConsent():
            await say(bench, row, origin, await withdraw.listing(bench, request.identity))
        case Switch():
            changed = await decide.pause(bench, row.person, request.reason, on=request.action == "pause")
            await say(bench, row, origin, replies.switched(request, changed=changed))
        case _:
            if run := getattr(request, "run", None):
                await bench.ledger.run(inbox.speaks_of, row.id, run)
            message, files = await replies.reply(bench, request)
            await say(bench, row, origin, message, files)


async def _propose(bench: Bench, row: InboxRow, origin: Origin, request: JobRequest) -> None:
    """Propose the job; a run whose prompts stand nowhere is asked for them, once."""
    try:
        # A question that this answers is closed together with the job's beginning, so that a crash asks nothing twice.
        await use.propose(bench, request, origin, row.id)
    except AboveCap as error:
        await say(bench, row, origin, replies.above_cap(error, request))
    except UnknownReference as error:
        if not isinstance(request, JudgeRun):
            raise
        asked = Ask(
            missing=("reference",),
            why=str(error),
            draft=request.model_dump(exclude={"reference"}, exclude_defaults=True) | {"action": "judge"},
        )
        catalogue = await asyncio.to_thread(bench.lab.catalogue)
        await ask_or_read(bench, row, origin, Said(row.text or "", asked, catalogue, None), asked)
    except FixtureNotReady as error:
        message, files = await contact_sheets.not_ready(bench, error)
        await say(bench, row, origin, message, files)
    except MissingPrompts as error:
        if origin.channel and origin.thread_ts and request.run is not None:
            about = questions.MissingPromptsOf(run=request.run, request=request, prompt_ids=tuple(error.prompt_ids))
            question = questions.Question(
                channel=origin.channel, thread_ts=origin.thread_ts, person=row.person, about=about, asked_at=bench.now()
            )
            await bench.ledger.run(questions.ask, question)
        raise


async def say(
    bench: Bench, row: InboxRow, origin: Origin, message: Message, files: list[tuple[str, str, str]] | None = None
) -> None:
    """Answer in the thread, and settle what was heard, together."""
    key = await bench.ledger.run(
        answer, row.id, origin.channel, origin.thread_ts, message.model_dump_json(), bench.now(), files
    )
    if key:
        await bench.driver.kick("post", key)


async def _edited(bench: Bench, row: InboxRow, origin: Origin) -> None:
    """An edited request changes nothing; say so once. An edit of talk is nobody's business."""
    if await bench.ledger.run(inbox.answered, row.channel, row.ts):
        await say(
            bench,
            row,
            origin,
            answers.plain(
                "I do not follow edits: the request stands as it was first posted. Post it again to change it."
            ),
        )
    else:
        await bench.ledger.run(inbox.settle, row.id, forget=True)


async def _decided(bench: Bench, row: InboxRow, origin: Origin, request: Cancel | Decide) -> None:
    thread = (origin.channel, origin.thread_ts) if origin.channel and origin.thread_ts else None
    if isinstance(request, Cancel):
        job = await decide.find_job(bench, request.job, thread=thread, run=request.run, cells=request.cells)
        await decide.cancel(bench, job, row.person, cells=request.cells, rest=request.rest)
        words = replies.canceled(job, request)
    else:
        job = await decide.waiting_job(bench, request.job, thread)
        if request.action == "approve" and request.job is None:
            await decide.must_have_seen(bench, job, row.ts)
        await decide.decide(bench, job, row.person, approved=request.action == "approve", reason=request.reason)
        words = f"Job `{job.id}` is {'approved' if request.action == 'approve' else 'denied'}."
    await say(bench, row, origin, answers.plain(words))


async def apologise(bench: Bench, inbox_id: int) -> None:
    """Something broke that nobody foresaw: say so in the thread, once."""
    row = await bench.ledger.run(inbox.get, inbox_id)
    if row is None or row.state != "new":
        return
    channel = None if row.kind == "shell" else row.channel
    origin = Origin(person=row.person, channel=channel, thread_ts=row.thread_ts or row.ts)
    error = NotUnderstood(
        "Something went wrong here that I did not foresee. Nothing was started.",
        "Whoever runs the bot finds it in the log as `advance.failed`.",
    )
    await say(bench, row, origin, answers.problem(error))
