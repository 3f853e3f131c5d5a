"""The inbox's steps: what was heard becomes a job, a decision, a question or an answer; talk becomes nothing."""

import asyncio

from bot import logs
from bot.actions import photos
from bot.actions.action import Reply, Turn
from bot.actions.registry import answer as answer_to
from bot.bench import Bench
from bot.intake import clicks, from_pages
from bot.intake.answering import direct_origin, refuse, say, tell
from bot.intake.pressed import REPLIES
from bot.intake.questions import (
    Said,
    ask_or_read,
    ask_prompts,
    ask_reference,
    completed,
    drops,
    open_question,
    still_open,
)
from bot.intake.standing import may_ask, must_decide
from bot.ledger import inbox, incoming, jobs, questions
from bot.ledger.inbox import InboxRow
from bot.ledger.jobs import Origin
from bot.messages import contact_sheets
from handlers.blocks import answers, refusals
from handlers.listeners.places import is_direct
from handlers.message import Message
from handlers.slack_errors import SlackBusy, SlackLost
from pipeline.actions.judge import JudgeRun
from pipeline.actions.registry import BY_WORD, Actionable, JobRequests
from pipeline.errors import AboveCap, FixtureNotReady, LabsError, MissingPrompts, UnknownReference
from pipeline.lab.catalogue import Catalogue
from pipeline.language.parse import is_talk, parse
from pipeline.request import Ask, Talk

AGAIN_S = 2.0
LONGEST_DECISION = 60
"""Characters of "approve, thanks" and the like."""
SHELL_PATIENCE_S = 60.0
"""A request from a shell that nobody took up for this long is dropped."""


async def advance_inbox(bench: Bench, key: str) -> float | None:
    """Deal with one thing that was heard. Idempotent: whatever it leads to settles the row in the same transaction."""
    await bench.intake.quiet()
    row = await bench.ledger.run(inbox.get, int(key))
    if row is None or row.state != "new":
        return None
    async with bench.hearing.turn(rank_of(row), row.person):
        return await _dealt_with(bench, row)


def rank_of(row: InboxRow) -> int:
    """Decisions first, as they are pressed or said in a few words."""
    decides = row.kind == "click" or (row.thread_ts is not None and len(row.text or "") <= LONGEST_DECISION)
    return 0 if decides else 1


async def _dealt_with(bench: Bench, row: InboxRow) -> float | None:
    if row.kind == "shell" and bench.now() - row.received_at > SHELL_PATIENCE_S:
        await bench.ledger.run(inbox.settle, row.id)  # whoever asked has gone; nothing starts behind their back
        return None
    origin = direct_origin(row)
    try:
        if row.kind in {"click", "edit"} and not await may_ask(bench, row.person):
            await _left_alone(bench, row)
            return None
        found = await from_pages.origin_of(bench, row, origin)
        if found is None:
            return from_pages.LOOK_S
        origin = found
        match row.kind:
            case "edit":
                await _edited(bench, row, origin)
            case "click":
                await _clicked(bench, row, origin)
            case "shell":
                await _said(bench, row, origin, f"in the labs channel: {row.text or ''}")
            case "message":
                direct = "in the labs channel: " if is_direct(row.channel) else ""
                await _said(bench, row, origin, f"{direct}{row.text or ''}")
    except from_pages.NotYetSaid:
        return from_pages.LOOK_S
    except (SlackBusy, SlackLost) as error:
        return getattr(error, "retry_after_s", AGAIN_S)  # nobody acts before it is known who they are
    except LabsError as error:
        await refuse(bench, row, origin, error, alone=clicks.hears_alone(row, error))
    return None


async def _left_alone(bench: Bench, row: InboxRow) -> None:
    """A guest, a stranger, or somebody who has left: silence, as for talk."""
    logs.get().info("stranger.left", kind=row.kind)
    await bench.ledger.run(inbox.settle, row.id, forget=True)


async def _clicked(bench: Bench, row: InboxRow, origin: Origin) -> None:
    action = str((row.payload or {}).get("action_id", ""))
    if action in clicks.DECIDES:
        await must_decide(bench, row.person)
    sentence = await clicks.sentence_of(bench, row)
    if sentence is not None:
        await _said(bench, row, origin, f"in the labs channel: {sentence}", bound=clicks.bound_of(row))
    elif (words := clicks.words_of_form(row)) is not None:
        await _said(bench, row, origin, f"in the labs channel: {words}")
    elif action == "labs:form:facts":
        request, person = await photos.facts_given(bench, row)
        await _requested(bench, row, origin.model_copy(update={"person": person}), request)
    elif (replies := REPLIES.get(action)) is not None:
        told = await replies(bench, row)
        await (tell(bench, row, origin, told) if told else bench.ledger.run(inbox.settle, row.id))
    elif not action.startswith((clicks.CHOOSES, clicks.DOES)):
        await clicks.clicked(bench, row)


async def _said(bench: Bench, row: InboxRow, origin: Origin, text: str, *, bound: str | None = None) -> None:
    """Read a sentence, and do what it says. A reply to a question of the bot may complete that first.

    `bound`: the hash of the plan that the sentence stands for, where a person saw it.
    """
    asked = await open_question(bench, row)
    said = await read(bench, text, origin, reply=asked is not None)
    if not isinstance(said.request, Talk) and row.kind == "message" and not await may_ask(bench, row.person):
        await _left_alone(bench, row)
        return
    if asked is not None and drops(text):
        await _closed(bench, asked, "Dropped.")
        await say(bench, row, origin, answers.plain("Dropped. Nothing was started."))
        return
    request = said.request
    answers_it = False
    if asked is not None and isinstance(request, Ask | Talk):
        found = await completed(bench, asked, said)
        if isinstance(found, str):
            said = await read(bench, f"in the labs channel: {found}", origin)
            request, answers_it = said.request, True
        elif found is not None:
            request, answers_it = found, True
    if asked is not None and isinstance(request, Talk):
        await say(bench, row, origin, still_open(asked, said))
        return
    if isinstance(request, Ask):
        looks = await ask_or_read(bench, row, origin, said, request)
        if looks:
            await _looked(bench, row, origin, looks)
        return
    await _requested(bench, row, origin, request, bound=bound)
    if asked is not None and answers_it:
        await _closed(bench, asked, "Answered.")


async def _closed(bench: Bench, asked: questions.Question, words: str) -> None:
    """A question is over, and its buttons with it."""
    await bench.ledger.run(questions.close, asked.channel, asked.thread_ts, words)
    if asked.outbox_key:
        await bench.driver.kick("post", asked.outbox_key)


async def read(bench: Bench, text: str, origin: Origin, *, reply: bool = False) -> Said:
    """Words to a request, with the thread's run as context.

    Args:
        bench: With the lab, and the ledger that knows the thread.
        text: As Slack delivers it.
        origin: Where it was said.
        reply: It may answer a question, so that even talk is read against the lab's names.
    """
    thread_run = await _run_of(bench, origin)
    if not reply and thread_run is None and await asyncio.to_thread(is_talk, text, bench.bot_user):
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
    # Long texts take a quarter of a second: off the event loop, which others' buttons wait for.
    request = await asyncio.to_thread(parse, text, catalogue, thread_run, bench.bot_user)
    return Said(text, request, catalogue, thread_run)


async def _run_of(bench: Bench, origin: Origin) -> str | None:
    """The run that a thread is about: its latest job's, else that of the latest answer in it."""
    if not origin.channel or not origin.thread_ts:
        return None
    thread = (origin.channel, origin.thread_ts)
    found = await bench.ledger.run(jobs.latest, 1, thread=thread)
    return found[0].plan.run if found else await bench.ledger.run(inbox.run_of_thread, *thread)


async def _looked(bench: Bench, row: InboxRow, origin: Origin, looks: tuple[Actionable, ...]) -> None:
    """Several looks at what is there, answered in one message."""
    if len(looks) == 1:
        await _requested(bench, row, origin, looks[0])
        return
    replies = [reply for one in looks if (reply := await answer_to(bench, Turn(row, origin), one))]
    text = "\n".join(reply.message.text for reply in replies)[:3900]
    blocks = tuple(block for reply in replies for block in reply.message.blocks)[:50]
    message = Message(text=text, blocks=blocks)
    await say(bench, row, origin, message, [file for reply in replies for file in reply.files])


async def _requested(
    bench: Bench, row: InboxRow, origin: Origin, request: Actionable | Talk, *, bound: str | None = None
) -> None:
    """Do what was asked; what stands in its way is said, or asked about."""
    if isinstance(request, Talk):
        await bench.ledger.run(inbox.settle, row.id, forget=True)
        return
    if BY_WORD[request.action].decides:
        await must_decide(bench, row.person)
    try:
        origin = await from_pages.place_of(bench, row, origin, request)
        # A question that this answers is closed together with a job's beginning, so that a crash asks nothing twice.
        reply = await answer_to(bench, Turn(row, origin, bound), request)
    except AboveCap as error:
        if not isinstance(request, JobRequests):
            raise
        reply = Reply(refusals.above_cap(error, request))
    except FixtureNotReady as error:
        reply = Reply(*await contact_sheets.not_ready(bench, error))
    except UnknownReference as error:
        if not isinstance(request, JudgeRun):
            raise
        await ask_reference(bench, row, origin, request, error)
        return
    except MissingPrompts as error:
        if isinstance(request, JobRequests):
            await ask_prompts(bench, row, origin, request, error)
        raise
    if reply is not None:
        await tell(bench, row, origin, reply)


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
            alone=row.person,
        )
    else:
        await bench.ledger.run(inbox.settle, row.id, forget=True)
