"""Asking back: the question in the thread, its answer by a reply, and what Claude makes of what the grammar cannot
read.
"""

import asyncio
import contextlib
import re
from dataclasses import dataclass

from bot.actions import propose
from bot.bench import Bench
from bot.intake.interpreter import interpret
from bot.ledger import jobs, questions
from bot.ledger.answers import answer, ask_back
from bot.ledger.inbox import InboxRow
from bot.ledger.jobs import Origin
from bot.plan_inputs import plan
from handlers.blocks import answers, readings
from handlers.blocks import questions as blocks
from handlers.message import Message
from pipeline.actions.judge import JudgeRun
from pipeline.actions.registry import Actionable, JobRequest, JobRequests
from pipeline.errors import LabsError, MissingPrompts, UnknownReference
from pipeline.lab.catalogue import Catalogue
from pipeline.lab.files import PromptRecord
from pipeline.language.interpret import Interpretation, confirmed_first
from pipeline.language.manual import meaning
from pipeline.language.parse import parse, seen
from pipeline.language.question import Question, answered, misspelt, question
from pipeline.language.sentence import render
from pipeline.money import dollars
from pipeline.request import Ask, Talk
from pipeline.surfaces import mrkdwn

_PROMPT_LINE = re.compile(r"^\W*(?P<id>[\w-]+)\s*:\s*[\"“'`]?(?P<text>.+?)[\"”'`]*\s*$")
_DROPS = frozenset(
    {
        "never mind",
        "nevermind",
        "nvm",
        "no",
        "nope",
        "forget it",
        "drop it",
        "cancel",
        "stop",
        "none of these",
        "leave it",
    }
)
"""Replies that take a question back."""


@dataclass(frozen=True)
class Said:
    """What somebody said, read against the lab as it is now."""

    text: str
    request: Actionable | Ask | Talk
    catalogue: Catalogue
    thread_run: str | None


async def ask_or_read(bench: Bench, row: InboxRow, origin: Origin, said: Said, asked: Ask) -> tuple[Actionable, ...]:
    """Ask back in the thread; or, where Claude understood what the grammar did not, show what it read.

    Returns:
        Requests that are answered at once (looks at what is there); none when the message is dealt with.
    """
    if await asyncio.to_thread(_for_claude, bench, row, said, asked):
        async with bench.hearing.aside(1, row.person):
            read = await interpret(bench, row, said.text, said.catalogue, said.thread_run)
        if read is not None and read.requests and not any(confirmed_first(one) for one in read.requests):
            return read.requests
        if read is not None:
            await _answer(bench, row, origin, await _shown(bench, origin, read))
            return ()
    active = await bench.ledger.run(jobs.latest, 5, active=True) if "job" in asked.missing else []
    posed = question(asked, said.text, said.catalogue, said.thread_run, tuple(job.id for job in active))
    message = blocks.asked(await _priced(bench, posed))
    if not origin.channel or not origin.thread_ts or asked.missing == ("action",):
        await _answer(bench, row, origin, message)
        return ()
    kept = questions.Question(
        channel=origin.channel,
        thread_ts=origin.thread_ts,
        person=row.person,
        about=questions.MissingField(ask=asked),
        asked_at=bench.now(),
    )
    key = await bench.ledger.run(ask_back, row.id, message.model_dump_json(), bench.now(), kept)
    if key:
        await bench.driver.kick("post", key)
    return ()


def _for_claude(bench: Bench, row: InboxRow, said: Said, asked: Ask) -> bool:
    """Typed in the channel, not read whole, not just misspelt, and no word about a plan or a job."""
    if row.kind != "message" or misspelt(said.text, said.catalogue, said.thread_run):
        return False
    own = seen(said.text, said.catalogue, said.thread_run, bench.bot_user)
    return not own.decides and (bool(own.unplaced) or "action" in asked.missing)


async def _shown(bench: Bench, origin: Origin, read: Interpretation) -> Message:
    """The card of a reading: the plan itself, the requests one by one, or a few words."""
    if not read.requests:
        return readings.answered(read.answer)
    if len(read.requests) > 1:
        return readings.several(read.understood, tuple(render(one) for one in read.requests))
    (request,) = read.requests
    sentence = render(request)
    if not isinstance(request, JobRequests) or request.dry_run or getattr(request, "photos", None):
        return readings.confirm(read.understood, sentence, meaning(request))
    waiting = await propose.waiting_like(bench, origin, request)
    instead = waiting.id if waiting else None
    try:
        made = await plan(bench, request, instead_of=instead)
    except LabsError as error:
        return answers.problem(error)
    return readings.planned(read.understood, sentence, made, instead=instead)


async def _priced(bench: Bench, posed: Question) -> Question:
    """What an answer would cost stands on its button; where nobody can say, it stands in its plan."""
    found = []
    for choice in posed.choices if posed.open else ():
        catalogue = await asyncio.to_thread(bench.lab.catalogue)
        request = await asyncio.to_thread(parse, f"in the labs channel: {choice.sentence}", catalogue)
        price = ""
        if isinstance(request, JobRequests):
            with contextlib.suppress(LabsError):
                price = f" ~{dollars((await plan(bench, request)).estimate.usd_micros)}"
        found.append(choice.model_copy(update={"label": f"{choice.label}{price}"}))
    return posed.model_copy(update={"choices": tuple(found)}) if found else posed


async def _answer(bench: Bench, row: InboxRow, origin: Origin, message: Message) -> None:
    key = await bench.ledger.run(
        answer, row.id, origin.channel, origin.thread_ts, message.model_dump_json(), bench.now()
    )
    if key:
        await bench.driver.kick("post", key)


async def open_question(bench: Bench, row: InboxRow) -> questions.Question | None:
    """The question that a reply in a thread may answer: its own person's, and not too old."""
    if not row.thread_ts or row.kind != "message":
        return None
    since = bench.now() - bench.settings.question_open_h * 3600
    found = await bench.ledger.run(questions.open_in, row.channel, row.thread_ts, since)
    return found if found is not None and found.person == row.person else None


async def completed(bench: Bench, asked: questions.Question, said: Said) -> str | JobRequest | None:
    """What a reply completes the question's request to: a sentence, or what lacked its run's prompts."""
    if isinstance(asked.about, questions.MissingPromptsOf):
        return await _prompts_given(bench, asked.about, said.text)
    return answered(asked.about.ask, said.text, said.catalogue, said.thread_run)


def still_open(asked: questions.Question, said: Said) -> Message:
    """To a reply that answers nothing: what is wanted, and how to drop it."""
    if isinstance(asked.about, questions.MissingPromptsOf):
        lines = "\n".join(f'`{one}: "the prompt in full"`' for one in asked.about.prompt_ids)
        return answers.plain(f"That does not give all of the prompts. A line for each:\n{lines}", note=_DROP)
    posed = question(asked.about.ask, "", said.catalogue, said.thread_run)
    return answers.plain(f"That does not answer it yet. {mrkdwn(posed.words)}\n{mrkdwn(posed.hint)}", note=_DROP)


_DROP = "The question stays open; “never mind” drops it."


def drops(text: str) -> bool:
    """As in "never mind": the question is taken back."""
    return " ".join(text.lower().split()).strip(" .!") in _DROPS


async def _prompts_given(bench: Bench, about: questions.MissingPromptsOf, text: str) -> JobRequest | None:
    """A line for each prompt: they are kept in run.json, and the judging goes on."""
    lines = [_PROMPT_LINE.match(line) for line in text.splitlines()]
    given = {found["id"]: found["text"] for found in lines if found}
    if not set(about.prompt_ids) <= set(given):
        return None
    await asyncio.to_thread(_keep_prompts, bench, about, given)
    return about.request


def _keep_prompts(bench: Bench, about: questions.MissingPromptsOf, given: dict[str, str]) -> None:
    run = bench.lab.run(about.run)
    manifest = run.derived_manifest()
    texts = {prompt.id: prompt.text for prompt in manifest.prompts}
    texts |= {prompt_id: given[prompt_id] for prompt_id in about.prompt_ids}
    prompts = tuple(PromptRecord(id=prompt_id, text=text) for prompt_id, text in texts.items())
    run.write("run.json", manifest.model_copy(update={"prompts": prompts}).write())


async def ask_reference(
    bench: Bench, row: InboxRow, origin: Origin, request: JudgeRun, error: UnknownReference
) -> None:
    asked = Ask(
        missing=("reference",),
        why=str(error),
        draft=request.model_dump(exclude={"reference"}, exclude_defaults=True) | {"action": request.action},
    )
    catalogue = await asyncio.to_thread(bench.lab.catalogue)
    await ask_or_read(bench, row, origin, Said(row.text or "", asked, catalogue, None), asked)


async def ask_prompts(bench: Bench, row: InboxRow, origin: Origin, request: JobRequest, error: MissingPrompts) -> None:
    """A run whose prompts stand nowhere is asked for them, once."""
    if not (origin.channel and origin.thread_ts and request.run is not None):
        return
    about = questions.MissingPromptsOf(run=request.run, request=request, prompt_ids=tuple(error.prompt_ids))
    question = questions.Question(
        channel=origin.channel, thread_ts=origin.thread_ts, person=row.person, about=about, asked_at=bench.now()
    )
    await bench.ledger.run(questions.ask, question)
