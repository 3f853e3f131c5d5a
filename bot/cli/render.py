"""`labs render`."""

import click

from bot.cli.terminal import out, plainly, settings


@click.command()
@click.argument("run")
@plainly
def render_command(run: str) -> None:
    from bot.ledger import money, past  # noqa: PLC0415
    from bot.shop import upscaler_of  # noqa: PLC0415
    from pipeline.lab.lab import Lab  # noqa: PLC0415
    from pipeline.makers.registry import MAKERS  # noqa: PLC0415
    from pipeline.record.job import render_run  # noqa: PLC0415

    read = settings()
    found = Lab(read.root).run(run.removeprefix("runs/").strip("/"))
    look = past.glances(read.ledger_path)
    spent = look(money.spent_on_run, found.name) or 0
    prices = past.prices(look, read.judge_model, MAKERS.matrix, read.trainer, upscaler_of(read), 2 * read.controls)
    state, _steps = render_run(found, spent, prices, read.judge_model)
    out.print(f"SUMMARY.md of runs/{state.run} says {state.verdict.word}.")
