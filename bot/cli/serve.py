"""`labs serve`."""

import asyncio

import click

from bot import logs
from bot.cli.terminal import plainly, settings
from bot.settings.settings import Settings


@click.command()
@plainly
def serve_command() -> None:
    read = settings()
    logs.configure(read.log_level)
    asyncio.run(_serve(read))


async def _serve(read: Settings) -> None:
    from bot.app import serve  # noqa: PLC0415  # the SDKs, only now

    keys = asyncio.create_task(_say_refused(read))
    try:
        await serve(read)
    finally:
        keys.cancel()
        await asyncio.gather(keys, return_exceptions=True)


async def _say_refused(read: Settings) -> None:
    """A key that a vendor refuses is named at once: not every lab uses every vendor, so the bot works all the same."""
    from bot.cli.keys import vendor_keys  # noqa: PLC0415  # as above

    async for what, todo in vendor_keys(read):
        if todo is not None:
            logs.get().warning("key.refused", which=what, why=todo)
