"""`labs prices`."""

import click

from bot.cli.terminal import plainly


@click.command()
@plainly
def prices_command() -> None:
    from pipeline.makers.price_list import price_list  # noqa: PLC0415

    click.echo(price_list(), nl=False)
