"""Claude as the judge and as a reader of messages, over its SDK."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

import httpx2

from pipeline.errors import OutcomeUnknown
from pipeline.judging.claude import MAX_TOKENS, Answer, JudgeCall, answer_schema
from pipeline.judging.sent import SentPicture
from pipeline.language import interpret
from pipeline.language.interpret import ReadCall
from pipeline.vendors.anthropic_batches import Batches
from pipeline.vendors.anthropic_files import Lent
from pipeline.vendors.anthropic_message import FileGone, answer_of, content_of, params_of, prefix_of, translate
from pipeline.vendors.first_byte import at_once

if TYPE_CHECKING:
    # The SDK takes more than a second to import: a command that asks Claude nothing does not wait for it.
    from anthropic import AsyncAnthropic
    from anthropic.types import ImageBlockParam, TextBlockParam

TIMEOUT_S = 120.0
NOTHING_SAID = 0
"""Tokens of an answer that nobody wants: only the cache is filled."""


class Anthropic:
    """Claude, asked one question at a time."""

    def __init__(self, client: "AsyncAnthropic") -> None:
        self._client = client
        self._lent = Lent(client)
        self.batches = Batches(client)

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
                content = content_of(call, reference)
                return await self._create(call.model, MAX_TOKENS, rubric, content, answer_schema(), TIMEOUT_S)
            except FileGone:
                # Nothing was charged. The picture itself goes along, this once and for a while.
                self._lent.distrust()
        return await self._create(call.model, MAX_TOKENS, rubric, content_of(call), answer_schema(), TIMEOUT_S)

    async def warm(self, model: str, rubric_text: str, reference: SentPicture) -> Answer:
        """Have the vendor keep what all questions begin with, and answer nothing. Charged as `judge`; raises the same.

        The cache holds for five minutes from its last use.
        """
        await self._lent.lend(reference)
        rubric: TextBlockParam = {"type": "text", "text": rubric_text}
        content = prefix_of(reference, self._lent.file_of(reference))
        return await self._create(model, NOTHING_SAID, rubric, content, answer_schema(), TIMEOUT_S)

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
                message = await self._client.messages.create(**params_of(model, max_tokens, system, content, schema))
            return answer_of(message)
        except anthropic.AnthropicError as error:
            translate(error)
        except (httpx2.HTTPError, TimeoutError, ValueError, TypeError, AttributeError, KeyError) as error:
            # A 200 that is no message: HTML of a proxy, a list, a body without usage.
            raise OutcomeUnknown("Claude's answer was lost.") from error

    async def check_key(self) -> None:
        """A free call that shows whether the key works. Raises: VendorError."""
        import anthropic  # noqa: PLC0415  # see the top

        try:
            await self._client.models.list(limit=1)
        except (anthropic.AnthropicError, ValueError) as error:
            translate(error)


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
        httpx2.AsyncClient(
            limits=limits, timeout=timeout, verify=_tls(), event_hooks=at_once(httpx2.ConnectTimeout)
        ) as transport,
        # The key is given explicitly: without it the SDK would look for profiles on this machine's disk.
        AsyncAnthropic(api_key=key, base_url=base_url, max_retries=0, timeout=timeout, http_client=transport) as client,
    ):
        yield Anthropic(client)
