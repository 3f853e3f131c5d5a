"""What the bot asked back in a thread, until it is answered."""

import json

from sqlite_utils import Database

from bot.ledger.store import change, one
from pipeline.models import Value
from pipeline.requests import JudgeRun

OPEN_FOR_S = 7 * 24 * 3600


class Question(Value):
    channel: str
    thread_ts: str
    run: str
    person: str
    request: JudgeRun
    prompt_ids: tuple[str, ...]
    asked_at: float


def ask(db: Database, question: Question) -> None:
    change(
        db,
        """insert into questions (channel, thread_ts, run, person, request, prompt_ids, asked_at)
           values (:channel, :thread_ts, :run, :person, :request, :prompt_ids, :asked_at)
           on conflict (channel, thread_ts) do update set run = :run, person = :person, request = :request, prompt_ids = :prompt_ids, asked_at = :asked_at""",
        **question.model_dump(exclude={"request", "prompt_ids"}),
        request=question.request.model_dump_json(), prompt_ids=json.dumps(question.prompt_ids),
    )  # fmt: skip


def open_in(db: Database, channel: str, thread_ts: str, now: float) -> Question | None:
    row = one(
        db,
        "select * from questions where channel = :channel and thread_ts = :ts and asked_at > :since",
        channel=channel,
        ts=thread_ts,
        since=now - OPEN_FOR_S,
    )
    if row is None:
        return None
    return Question.model_validate(
        row | {"request": json.loads(row["request"]), "prompt_ids": json.loads(row["prompt_ids"])}
    )


def close(db: Database, channel: str, thread_ts: str) -> None:
    change(
        db,
        "delete from questions where channel = :channel and thread_ts = :ts",
        channel=channel,
        ts=thread_ts,
    )
