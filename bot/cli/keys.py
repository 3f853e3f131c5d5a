"""Whether vendors take the keys that the settings have: tried by free calls, by `labs doctor` and as `serve` starts."""

from collections.abc import AsyncIterator, Awaitable

from bot.settings.settings import Settings
from pipeline.errors import LabsError
from pipeline.vendors.anthropic import open_anthropic
from pipeline.vendors.fashn import open_fashn
from pipeline.vendors.magnific import open_magnific
from pipeline.vendors.replicate import open_replicate

Check = tuple[str, str | None]
"""What was checked, and what to do; None is ok."""


async def vendor_keys(read: Settings) -> AsyncIterator[Check]:
    """Each vendor's key, as far as there is one, by a free call."""
    if read.anthropic_api_key is not None:
        async with open_anthropic(
            read.anthropic_api_key.get_secret_value(), base_url=read.anthropic_base_url
        ) as anthropic:
            try:
                await anthropic.check_key()
            except LabsError as error:
                yield "Anthropic key (ANTHROPIC_API_KEY)", str(error)
            else:
                yield "Anthropic key (ANTHROPIC_API_KEY)", None
    async for found in _entrants(read):
        yield found
    if read.replicate_api_token is None:
        return
    async with open_replicate(
        read.replicate_api_token.get_secret_value(), base_url=read.replicate_base_url
    ) as replicate:
        try:
            name = await replicate.check_token()
        except LabsError as error:
            yield "Replicate token (REPLICATE_API_TOKEN)", str(error)
        else:
            yield f"Replicate token, of {name}", None


async def _entrants(read: Settings) -> AsyncIterator[Check]:
    """Vendors that only bake-offs and upscales use: each key by a free call."""
    if read.magnific_api_key is not None:
        key, to = read.magnific_api_key.get_secret_value(), read.magnific_base_url
        async with open_magnific(key, base_url=to) as magnific:
            yield "Magnific key (MAGNIFIC_API_KEY)", await _fault_of(magnific.check_key())
    if read.fashn_api_key is None:
        return
    async with open_fashn(read.fashn_api_key.get_secret_value(), base_url=read.fashn_base_url) as fashn:
        try:
            left = await fashn.credits()
        except LabsError as error:
            yield "FASHN key (FASHN_API_KEY)", str(error)
        else:
            yield f"FASHN key, {left} credits left", None if left else "buy credits at app.fashn.ai"


async def _fault_of(call: Awaitable[None]) -> str | None:
    try:
        await call
    except LabsError as error:
        return str(error)
    return None
