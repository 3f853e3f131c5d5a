"""`labs render`."""

import click

from bot.cli.terminal import out, plainly, settings


@click.command()
@click.argument("run")
@plainly
def render_command(run: str) -> None:
    import time  # noqa: PLC0415

    from bot.ledger import past  # noqa: PLC0415
    from bot.site_facts import Office, lab_facts  # noqa: PLC0415
    from bot.work.pages import face_of, write_one  # noqa: PLC0415
    from pipeline.fixture.measures import Measurer  # noqa: PLC0415
    from pipeline.lab.lab import Lab  # noqa: PLC0415
    from pipeline.makers.registry import MAKERS  # noqa: PLC0415
    from pipeline.record.job import render_run  # noqa: PLC0415

    read = settings()
    lab = Lab(read.root)
    found = lab.run(run.removeprefix("runs/").strip("/"))
    facts = lab_facts(Office(past.glances(read.ledger_at), read, MAKERS.matrix), time.time())
    state, _steps = render_run(found, facts.spent.get(found.name, 0), facts.prices, facts.judge)
    write_one(lab, found.name, facts, face_of(Measurer.opened(faces=read.check_faces)))
    out.print(f"SUMMARY.md and index.html of runs/{state.run} say {state.verdict.word}.")
