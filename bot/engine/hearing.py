"""The inbox's steps: what was heard becomes a job, a decision or an answer; talk becomes nothing."""

import asyncio
import re

from bot import usecases as use
from bot.bench import Bench
from bot.engine import replies
from bot.ledger import inbox, jobs, questions
from bot.ledger.finish import answer, ask_originals
from bot.ledger.inbox import InboxRow
from bot.ledger.jobs import Origin
from handlers.blocks import answers
from handlers.slack import Message
from pipeline.errors import LabsError, MissingPrompts, NotUnderstood
from pipeline.lab import Catalogue
from pipeline.lab_files import PromptRecord
from pipeline.parse import parse
from pipeline.parse.words import unescape
from pipeline.requests import Ask, Cancel, Decide, JudgeRun, Request, Switch, Talk

SHELL_PATIENCE_S = 60.0
"""A request from a shell that nobody took up for this long is dropped."""
_PROMPT_LINE = re.compile(r"^\W*(?P<id>[\w-]+)\s*:\s*[\"“'`]?(?P<text>.+?)[\"”'`]*\s*$")


async def advance_inbox(bench: Bench, key: str) -> float | None:
    """Deal with one thing that was heard. Idempotent: whatever it leads to settles the row in the same transaction."""
    await bench.intake.quiet()
    row = await bench.ledger.run(inbox.get, int(key))
    if row is None or row.state != "new":
        return None
    if row.kind == "shell" and bench.now() - row.received_at > SHELL_PATIENCE_S:
        await bench.ledger.run(
            inbox.settle, row.id
        )  # whoever asked has gone; nothing starts behind their back
        return None
    origin = Origin(
        person=row.person,
        channel=None if row.kind == "shell" else row.channel,
        thread_ts=row.thread_ts or row.ts,
    )
    request: Request | None = None
    try:
        if row.kind == "edit":
            await _edited(bench, row, origin)
        elif row.kind == "click" and not (row.payload or {}).get("action_id", "").startswith(
            "labs:say"
        ):
            await _clicked(bench, row)
        else:
            text = (row.payload or {}).get("value", "") if row.kind == "click" else row.text or ""
            request = await read(bench, text, origin, addressed=row.kind in {"click", "shell"})
            await _requested(bench, row, origin, request)
    except LabsError as error:
        await _problem(bench, row, origin, error, request)
    return None


async def read(bench: Bench, text: str, origin: Origin, *, addressed: bool = False) -> Request:
    """Words to a request, with the thread's run as context."""
    thread = (origin.channel, origin.thread_ts) if origin.channel and origin.thread_ts else None
    in_thread = await bench.ledger.run(jobs.latest, 1, thread=thread) if thread else []
    said = f"in the labs channel: {text}" if addressed else text
    run = in_thread[0].plan.run if in_thread else None
    if isinstance(parse(said, Catalogue(), run, bench.bot_user), Talk):
        return (
            Talk()
        )  # whatever runs there are: most of what is said is talk, and costs no look at the disk
    catalogue = await asyncio.to_thread(bench.lab.catalogue)
    return parse(said, catalogue, run, bench.bot_user)


async def _requested(bench: Bench, row: InboxRow, origin: Origin, request: Request) -> None:
    match request:
        case Talk():
            if not await _answers_question(bench, row, origin):
                await bench.ledger.run(inbox.settle, row.id, forget=True)
        case JudgeRun(dry_run=False):
            if await use.propose(bench, request, origin, row.id) is None:
                return
        case Cancel() | Decide():
            await _decided(bench, row, origin, request)
        case Switch():
            changed = await use.pause(
                bench, row.person, request.reason, on=request.action == "pause"
            )
            await say(bench, row, origin, replies.switched(request, changed=changed))
        case Ask() if await _answers_question(bench, row, origin):
            return
        case _:
            message, files = await replies.reply(bench, request)
            await say(bench, row, origin, message, files)


async def say(
    bench: Bench,
    row: InboxRow,
    origin: Origin,
    message: Message,
    files: list[tuple[str, str, str]] | None = None,
) -> None:
    """Answer in the thread, and settle what was heard, together."""
    key = await bench.ledger.run(
        answer,
        row.id,
        origin.channel,
        origin.thread_ts,
        message.model_dump_json(),
        bench.now(),
        files,
    )
    if key:
        await bench.driver.kick("post", key)


async def _problem(
    bench: Bench, row: InboxRow, origin: Origin, error: LabsError, request: Request | None
) -> None:
    if (
        isinstance(error, MissingPrompts)
        and isinstance(request, JudgeRun)
        and origin.channel
        and origin.thread_ts
    ):
        question = questions.Question(
            channel=origin.channel, thread_ts=origin.thread_ts, run=request.run, person=row.person,
            request=request, prompt_ids=tuple(error.prompt_ids), asked_at=bench.now(),
        )  # fmt: skip
        await bench.ledger.run(questions.ask, question)
    await say(bench, row, origin, answers.problem(error, row.text or ""))


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


async def _clicked(bench: Bench, row: InboxRow) -> None:
    payload = row.payload or {}
    job_id, _, plan_hash = payload["value"].partition(" ")
    job = await use.find_job(bench, job_id)
    match payload["action_id"]:
        case "labs:cancel":
            await use.cancel(bench, job, row.person)
        case "labs:approve" | "labs:deny" as action:
            await use.decide(
                bench, job, row.person, approved=action == "labs:approve", plan_hash=plan_hash
            )
        case "labs:originals":
            keys = await bench.ledger.run(ask_originals, row.id, job, bench.now())
            for key in keys:
                await bench.driver.kick("post", key)
            return
        case _:
            raise NotUnderstood(
                "That button is not mine to answer.", "Write what you want in the thread."
            )
    await bench.ledger.run(inbox.settle, row.id, job.id)


async def _decided(bench: Bench, row: InboxRow, origin: Origin, request: Cancel | Decide) -> None:
    thread = (origin.channel, origin.thread_ts) if origin.channel and origin.thread_ts else None
    if isinstance(request, Cancel):
        job = await use.find_job(bench, request.job, thread=thread, run=request.run)
        await use.cancel(bench, job, row.person)
        words = f"Job `{job.id}` is canceled; what was judged is kept."
    else:
        job = await use.waiting_job(bench, request.job, thread)
        await use.decide(
            bench, job, row.person, approved=request.action == "approve", reason=request.reason
        )
        words = f"Job `{job.id}` is {'approved' if request.action == 'approve' else 'denied'}."
    await say(bench, row, origin, answers.plain(words))


async def _answers_question(bench: Bench, row: InboxRow, origin: Origin) -> bool:
    """A reply of who asked, that gives the prompts: they are kept in run.json, and the request goes on."""
    if not origin.channel or not row.thread_ts:
        return False
    question = await bench.ledger.run(questions.open_in, origin.channel, row.thread_ts, bench.now())
    lines = [_PROMPT_LINE.match(line) for line in unescape(row.text or "").splitlines()]
    given = {found["id"]: found["text"] for found in lines if found}
    if (
        question is None
        or question.person != row.person
        or not set(question.prompt_ids) <= set(given)
    ):
        return False
    await asyncio.to_thread(_keep_prompts, bench, question, given)
    # The question is closed together with the job's beginning, so that a crash here asks nothing twice.
    await use.propose(bench, question.request, origin, row.id)
    return True


def _keep_prompts(bench: Bench, question: questions.Question, given: dict[str, str]) -> None:
    run = bench.lab.run(question.run)
    manifest = run.derived_manifest()
    texts = {prompt.id: prompt.text for prompt in manifest.prompts}
    texts |= {prompt_id: given[prompt_id] for prompt_id in question.prompt_ids}
    prompts = tuple(PromptRecord(id=prompt_id, text=text) for prompt_id, text in texts.items())
    run.write("run.json", manifest.model_copy(update={"prompts": prompts}).write())


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
