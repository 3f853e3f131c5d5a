"""`labs plan`."""

import click

from bot.cli.request import job_request, plan_at_a_glance
from bot.cli.terminal import out, plainly, settings


@click.command()
@click.argument("text")
@plainly
def plan_command(text: str) -> None:
    from bot.cli.tables import print_plan  # noqa: PLC0415
    from pipeline.money import as_said, micros  # noqa: PLC0415

    read = settings()
    request = job_request(read, text)
    made = plan_at_a_glance(read, request)
    print_plan(made)
    if request.cap_usd is not None and made.estimate.high_micros > micros(request.cap_usd):
        out.print(f"It would not start: it may cost more than your {as_said(request.cap_usd)}.")
