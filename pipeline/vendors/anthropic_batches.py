"""Questions to Claude as a message batch: half the price, answered within a day, mostly within the hour.

A batch is one call that takes effect or does not, and it can be found again: the account's batches can be listed, and
an ended one names its questions by the `custom_id` that we gave them.
"""

import asyncio
from collections.abc import Awaitable, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import httpx2

from pipeline.errors import OutcomeUnknown
from pipeline.judging.claude import MAX_TOKENS, Answer, JudgeCall, answer_schema
from pipeline.vendors.anthropic_message import answer_of, content_of, params_of, translate

if TYPE_CHECKING:
    from anthropic import AsyncAnthropic
    from anthropic.types import TextBlockParam
    from anthropic.types.messages import MessageBatch, MessageBatchIndividualResponse
    from anthropic.types.messages.batch_create_params import Request

T = TypeVar("T")
UPLOAD_S = 600.0
"""For the sending of many pictures at once."""
LOOK_S = 120.0
MOST_PAGES = 10
"""Of a hundred batches each, when one is looked for."""


class Question(NamedTuple):
    """One call of a batch. `name` is its `custom_id`: letters, digits, `_` and `-`, at most 64."""

    name: str
    call: JudgeCall


class Batch(NamedTuple):
    """What the vendor says of one."""

    id: str
    created_at: float
    """Unix seconds, by the vendor's clock."""
    ended: bool
    size: int
    """Questions in it."""
    left: int
    """Questions without an end yet, as far as the vendor tells: it counts only when all are over."""


class Unanswered(NamedTuple):
    """A question that was not answered, and not charged."""

    why: str
    """`errored`, `canceled` or `expired`."""
    detail: str = ""
    again: bool = False
    """The fault was the vendor's: asking once more may help."""


class Result(NamedTuple):
    """What became of one question."""

    name: str
    outcome: Answer | Unanswered | None
    """None: an answer that cannot be read, of which nobody knows what it cost."""


class Batches:
    """The message batches of one account. Raises: VendorError, by what it means for the money."""

    def __init__(self, client: "AsyncAnthropic") -> None:
        self._client = client

    async def send(self, questions: Sequence[Question]) -> str:
        """The new batch's id. Charged, question by question, as each is answered."""
        requests = [_request(one) for one in questions]
        batch = await _asked(self._client.messages.batches.create(requests=requests), UPLOAD_S)
        if not batch.id:
            raise OutcomeUnknown("Claude's answer was lost.")
        return batch.id

    async def look(self, batch_id: str) -> Batch:
        """How far it is. Free. Raises VendorRejected for one that the vendor does not know."""
        return _batch(await _asked(self._client.messages.batches.retrieve(batch_id), LOOK_S))

    async def cancel(self, batch_id: str) -> None:
        """Ask that nothing more of it is answered. Free; what is answered already is charged, and comes."""
        await _asked(self._client.messages.batches.cancel(batch_id), LOOK_S)

    async def since(self, moment: float) -> list[Batch]:
        """Batches that the account made since a moment, newest first. Free."""
        found: list[Batch] = []
        page = await _asked(self._client.messages.batches.list(limit=100), LOOK_S)
        for _number in range(MOST_PAGES):
            batches = [_batch(one) for one in page.data]
            found += [one for one in batches if one.created_at >= moment]
            if not batches or batches[-1].created_at < moment or not page.has_next_page():
                return found
            page = await _asked(page.get_next_page(), LOOK_S)
        raise OutcomeUnknown("Claude's list of batches has no end.")

    async def results(self, batch_id: str, most: int) -> list[Result]:
        """What became of the questions of an ended batch, in any order; no more than `most` of them. Free."""
        batch = await _asked(self._client.messages.batches.retrieve(batch_id), LOOK_S)
        if not self._is_own(getattr(batch, "results_url", None)):
            # The key goes along: it is shown to nobody else, whoever an answer names.
            raise OutcomeUnknown("Claude names no place of its own for the results.")
        return await _asked(self._read(batch_id, most), UPLOAD_S)

    def _is_own(self, address: object) -> bool:
        try:
            return httpx2.URL(str(address)).host == self._client.base_url.host
        except httpx2.InvalidURL:
            return False

    async def _read(self, batch_id: str, most: int) -> list[Result]:
        found: list[Result] = []
        async for one in await self._client.messages.batches.results(batch_id):
            if len(found) >= most:
                break
            found.append(Result(one.custom_id, _outcome(one)))
        return found


async def _asked(call: Awaitable[T], seconds: float) -> T:
    """One call, with its errors by what they mean for the money. Raises: VendorError."""
    import anthropic  # noqa: PLC0415  # it takes more than a second to import

    try:
        async with asyncio.timeout(seconds):
            return await call
    except anthropic.AnthropicError as error:
        translate(error)
    except (httpx2.HTTPError, TimeoutError, ValueError, TypeError, AttributeError, KeyError) as error:
        # A 200 that is no batch: HTML of a proxy, a list, a body without its counts.
        raise OutcomeUnknown("Claude's answer was lost.") from error


def _request(question: Question) -> "Request":
    """With the reference itself: a file of an hour may be gone before the question is answered."""
    call = question.call
    rubric: TextBlockParam = {"type": "text", "text": call.rubric}
    params = params_of(call.model, MAX_TOKENS, rubric, content_of(call), answer_schema())
    return {"custom_id": question.name, "params": params}


def _batch(told: "MessageBatch") -> Batch:
    """Raises: OutcomeUnknown, for what is none."""
    try:
        counts = told.request_counts
        over = (counts.succeeded, counts.errored, counts.canceled, counts.expired)
        return Batch(
            id=told.id,
            created_at=told.created_at.timestamp(),
            ended=told.processing_status == "ended",
            size=counts.processing + sum(over),
            left=counts.processing,
        )
    except (TypeError, AttributeError) as error:
        raise OutcomeUnknown("Claude's answer is no batch.") from error


def _outcome(told: "MessageBatchIndividualResponse") -> Answer | Unanswered | None:
    result = told.result
    try:
        match result.type:
            case "succeeded":
                return answer_of(result.message)
            case "errored":
                kind = result.error.error.type
                return Unanswered("errored", str(kind)[:100], again=kind not in _OURS)
            case "canceled" | "expired":
                return Unanswered(result.type)
            case _:
                return None
    except (ValueError, TypeError, AttributeError):
        return None


_OURS = frozenset({"invalid_request_error", "not_found_error", "request_too_large"})
"""Kinds of errors that the same question would meet again."""
