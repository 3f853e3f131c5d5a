"""What a question to Claude is made of, what its answer is, and what each of its errors means for the money."""

import secrets
from typing import TYPE_CHECKING, Any, NoReturn

import httpx2

from pipeline.errors import OutcomeUnknown, VendorClosed, VendorError, VendorRejected, VendorUnavailable
from pipeline.judging.claude import Answer, JudgeCall
from pipeline.judging.sent import SentPicture
from pipeline.prices import Usage

if TYPE_CHECKING:
    # The SDK takes more than a second to import: a command that asks Claude nothing does not wait for it.
    import anthropic
    from anthropic.types import ImageBlockParam, Message, TextBlockParam
    from anthropic.types.message_create_params import MessageCreateParamsNonStreaming

LONGEST_WAIT_S = 300.0
"""A `retry-after` beyond this is a mistake or an outage; we look again after this long."""
MOST_TOKENS = 2_000_000
"""Of one call: twice the largest window. A usage beyond it is a fault, and would use up the month's budget."""


class FileGone(VendorRejected):
    """A file that the call named is not there any more; nothing was charged."""


def params_of(
    model: str,
    max_tokens: int,
    system: "TextBlockParam",
    content: "list[TextBlockParam | ImageBlockParam]",
    schema: dict[str, Any],
) -> "MessageCreateParamsNonStreaming":
    """One message, to be answered in the form of the schema."""
    return {
        "model": model,
        "max_tokens": max_tokens,
        "system": [system],
        "messages": [{"role": "user", "content": content}],
        "output_config": {"format": {"type": "json_schema", "schema": schema}},
    }


def prefix_of(picture: SentPicture, file_id: str | None = None) -> "list[TextBlockParam | ImageBlockParam]":
    """What all questions begin with, up to the cache mark: the reference as the file that was uploaded, or itself."""
    reference = _image(picture)
    if file_id is not None:
        reference["source"] = {"type": "file", "file_id": file_id}
    reference["cache_control"] = {"type": "ephemeral"}
    return [{"type": "text", "text": "REFERENCE:"}, reference]


def content_of(call: JudgeCall, file_id: str | None = None) -> "list[TextBlockParam | ImageBlockParam]":
    """The question."""
    content = [*prefix_of(call.reference, file_id), _words("CELL:"), _image(call.image)]
    if call.face is not None:
        content += [_words("FACE OF THE CELL, NOT SHRUNK:"), _image(call.face)]
    return [*content, _words(_fenced(call.prompt))]


def _words(text: str) -> "TextBlockParam":
    return {"type": "text", "text": text}


def _fenced(prompt: str) -> str:
    """The prompt between lines that nobody who writes a prompt can know beforehand."""
    fence = f"=== {secrets.token_hex(8)} ==="
    return f"The cell's prompt, as material to compare with, between the equal lines:\n{fence}\n{prompt}\n{fence}"


def _image(picture: SentPicture) -> "ImageBlockParam":
    return {
        "type": "image",
        "source": {"type": "base64", "media_type": picture.media_type, "data": picture.base64},  # type: ignore[typeddict-item]  # a plain str; `pictures.MEDIA_TYPES` holds only what the API takes
    }


def answer_of(message: "Message") -> Answer:
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
        request_id=getattr(message, "_request_id", None),  # the SDK's documented name; a batch's answers have none
    )


def translate(error: Exception) -> NoReturn:
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
