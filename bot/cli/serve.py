"""`labs serve`."""

import asyncio

import click

from bot import logs
from bot.cli.terminal import plainly, settings


@click.command()
@plainly
def serve_command() -> None:
    from bot.app import serve  # noqa: PLC0415  # the SDKs, only now

    read = settings()
    logs.configure(read.log_level)
    asyncio.run(serve(read))
