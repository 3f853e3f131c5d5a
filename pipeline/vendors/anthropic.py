"""Claude as the judge and as a reader of messages: the only importer of `anthropic`."""

import asyncio
import secrets
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, NoReturn

import httpx2

from pipeline.errors import OutcomeUnknown, VendorClosed, VendorError, VendorRejected, VendorUnavailable
from pipeline.judging.claude import MAX_TOKENS, Answer, JudgeCall, answer_schema
from pipeline.judging.sent import SentPicture
from pipeline.language import interpret
from pipeline.language.interpret import ReadCall
from pipeline.prices import Usage
from pipeline.vendors.anthropic_files import Lent

if TYPE_CHECKING:
    # The SDK takes more than a second to import: a command that asks Claude nothing does not wait for it.
    import anthropic
    from anthropic import AsyncAnthropic
    from anthropic.types import ImageBlockParam, Message, TextBlockParam

TIMEOUT_S = 120.0
LONGEST_WAIT_S = 300.0
"""A `retry-after` beyond this is a mistake or an outage; we look again after this long."""


class FileGone(VendorRejected):
    """A file that the call named is not there any more; nothing was charged."""


class Anthropic:
    """Claude, asked one question at a time."""

    def __init__(self, client: "AsyncAnthropic") -> None:
        self._client = client
        self._lent = Lent(client)

    async def lend(self, call: JudgeCall) -> None:
        """Have the reference lie there as a file, where that saves anything. Costs nothing; what fails is left."""
        await self._lent.lend(call.reference)

    async def judge(self, call: JudgeCall) -> Answer:
        """Ask about one cell. Charged from the moment Claude answers.

        The rubric and the reference come first and end in a cache mark: the first call writes the cache
        (1.25 × input), each later one within five minutes reads it (a tenth).

        Raises:
            VendorUnavailable: Not charged (429, 529, no connection); the caller may try again.
            VendorRejected: Not charged; trying again cannot help.
            VendorClosed: Not charged; key refused or out of credit.
            OutcomeUnknown: Possibly charged: sent, but the answer was lost.
        """
        rubric: TextBlockParam = {"type": "text", "text": call.rubric}
        reference = self._lent.file_of(call.reference)
        if reference is not None:
            try:
                content = _content(call, reference)
                return await self._create(call.model, MAX_TOKENS, rubric, content, answer_schema(), TIMEOUT_S)
            except FileGone:
                # Nothing was charged. The picture itself goes along, this once and for a while.
                self._lent.distrust()
        return await self._create(call.model, MAX_TOKENS, rubric, _content(call), answer_schema(), TIMEOUT_S)

    async def take_back(self) -> None:
        """Delete what lies there of photographs; what cannot be deleted expires within the hour."""
        await self._lent.take_back()

    async def interpret(self, call: ReadCall, timeout_s: float) -> Answer:
        """Ask what a message means. Charged from the moment Claude answers; raises what `judge` raises.

        Schema and instructions are the same for every message, and end in a cache mark.
        """
        fixed: TextBlockParam = {"type": "text", "text": call.instructions, "cache_control": {"type": "ephemeral"}}
        text = f"{call.lab}\n\n{call.fence}\n{call.text}\n{call.fence}"
        return await self._create(
            call.model,
            interpret.MAX_TOKENS,
            fixed,
            [{"type": "text", "text": text}],
            interpret.answer_schema(),
            timeout_s,
        )

    async def _create(  # the one place where a message is made
        self,
        model: str,
        max_tokens: int,
        system: "TextBlockParam",
        content: "list[TextBlockParam | ImageBlockParam]",
        schema: dict[str, Any],
        timeout_s: float,
    ) -> Answer:
        """One message, in the form of the schema. Raises: VendorError, by what it means for the money."""
        import anthropic  # noqa: PLC0415  # see the top

        try:
            # The SDK's own time-out counts between bytes; this one counts all of it.
            async with asyncio.timeout(timeout_s):
                message = await self._client.messages.create(
                    model=model,
                    max_tokens=max_tokens,
                    system=[system],
                    messages=[{"role": "user", "content": content}],
                    output_config={"format": {"type": "json_schema", "schema": schema}},
                )
            return _answer(message)
        except anthropic.AnthropicError as error:
            _translate(error)
        except (httpx2.HTTPError, TimeoutError, ValueError, TypeError, AttributeError, KeyError) as error:
            # A 200 that is no message: HTML of a proxy, a list, a body without usage.
            raise OutcomeUnknown("Claude's answer was lost.") from error

    async def check_key(self) -> None:
        """A free call that shows whether the key works. Raises: VendorError."""
        import anthropic  # noqa: PLC0415  # see the top

        try:
            await self._client.models.list(limit=1)
        except (anthropic.AnthropicError, ValueError) as error:
            _translate(error)


MOST_TOKENS = 2_000_000
"""Of one call: twice the largest window. A usage beyond it is a fault, and would use up the month's budget."""


def _content(call: JudgeCall, file_id: str | None = None) -> "list[TextBlockParam | ImageBlockParam]":
    """The question; the reference as the file that was uploaded, or itself."""
    reference = _image(call.reference)
    if file_id is not None:
        reference["source"] = {"type": "file", "file_id": file_id}
    reference["cache_control"] = {"type": "ephemeral"}
    content: list[TextBlockParam | ImageBlockParam] = [
        {"type": "text", "text": "REFERENCE:"},
        reference,
        {"type": "text", "text": "CELL:"},
        _image(call.image),
    ]
    if call.face is not None:
        content += [{"type": "text", "text": "FACE OF THE CELL, NOT SHRUNK:"}, _image(call.face)]
    return [*content, {"type": "text", "text": _fenced(call.prompt)}]


def _fenced(prompt: str) -> str:
    """The prompt between lines that nobody who writes a prompt can know beforehand."""
    fence = f"=== {secrets.token_hex(8)} ==="
    return f"The cell's prompt, as material to compare with, between the equal lines:\n{fence}\n{prompt}\n{fence}"


def _image(picture: SentPicture) -> "ImageBlockParam":
    return {
        "type": "image",
        "source": {"type": "base64", "media_type": picture.media_type, "data": picture.base64},  # type: ignore[typeddict-item]  # a plain str; `pictures.MEDIA_TYPES` holds only what the API takes
    }


def _answer(message: "Message") -> Answer:
    text = "".join(block.text for block in message.content if block.type == "text")
    usage = Usage(
        input_tokens=message.usage.input_tokens,
        output_tokens=message.usage.output_tokens,
        cache_creation_input_tokens=message.usage.cache_creation_input_tokens or 0,
        cache_read_input_tokens=message.usage.cache_read_input_tokens or 0,
    )
    if not all(0 <= count <= MOST_TOKENS for count in usage.model_dump().values()):
        raise ValueError("a usage that no call can have")  # as a lost answer: booked at the estimate, as unknown
    return Answer(
        text=text,
        stop_reason=message.stop_reason or "",
        usage=usage,
        request_id=message._request_id,  # noqa: SLF001  # the SDK's documented name for it
    )


def _translate(error: Exception) -> NoReturn:
    """An SDK's error as ours, by what it means for the money."""
    import anthropic  # noqa: PLC0415  # see the top

    match error:
        case anthropic.RateLimitError() | anthropic.APIStatusError(status_code=529 | 408 | 409 | 423 | 425):
            found: VendorError = VendorUnavailable("Claude is busy.", retry_after_s=_retry_after(error))
        case anthropic.AuthenticationError() | anthropic.PermissionDeniedError():
            found = VendorClosed("Anthropic refuses the key.")
        case anthropic.APIStatusError(status_code=402 | 400) if _about_credit(error):
            found = VendorClosed("The Anthropic account is out of credit.")
        case anthropic.APIStatusError(status_code=400 | 404) if "file" in str(error).lower():
            found = FileGone("Claude does not find the reference's file.")
        case anthropic.APIStatusError(status_code=status) if status < 500:
            found = VendorRejected(f"Claude rejected the request ({status} {error.type or 'error'}).")
        case anthropic.APIConnectionError() if isinstance(error.__cause__, httpx2.ConnectError | httpx2.ConnectTimeout):
            found = VendorUnavailable("Claude cannot be reached.")
        case _:
            # 5xx, a time-out, a hang-up or a body that is no JSON: it was sent, so it may have been charged.
            found = OutcomeUnknown("Claude's answer was lost.")
    raise found from error


def _about_credit(error: "anthropic.APIStatusError") -> bool:
    """402; and the 400 that public reports quote for an empty account, "Your credit balance is too low…"."""
    return error.status_code == 402 or "credit balance" in str(error).lower()


def _retry_after(error: "anthropic.APIStatusError") -> float | None:
    try:
        return min(LONGEST_WAIT_S, max(0.0, float(error.response.headers.get("retry-after", ""))))
    except ValueError:
        return None


@cache
def _tls() -> ssl.SSLContext:
    """Once in a process: reading the certificates takes 30 ms each time."""
    return httpx2.create_ssl_context()


@asynccontextmanager
async def open_anthropic(key: str, *, base_url: str | None = None, connections: int = 40) -> AsyncIterator[Anthropic]:
    """A client that never repeats a paid call by itself, and is closed at the end."""
    from anthropic import AsyncAnthropic  # noqa: PLC0415  # see the top

    limits = httpx2.Limits(max_connections=connections, max_keepalive_connections=connections)
    timeout = httpx2.Timeout(TIMEOUT_S, connect=10.0)
    async with (
        httpx2.AsyncClient(limits=limits, timeout=timeout, verify=_tls()) as transport,
        # The key is given explicitly: without it the SDK would look for profiles on this machine's disk.
        AsyncAnthropic(api_key=key, base_url=base_url, max_retries=0, timeout=timeout, http_client=transport) as client,
    ):
        yield Anthropic(client)
