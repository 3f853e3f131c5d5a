"""`labs site`."""

import time

import click

from bot.cli.terminal import out, plainly, settings


@click.command()
@click.option("--all", "every", is_flag=True, help="Also pages that are newer than their files.")
@plainly
def site_command(*, every: bool) -> None:
    from bot.ledger import past  # noqa: PLC0415
    from bot.site_facts import Office, lab_facts  # noqa: PLC0415
    from bot.work.pages import face_of, write_one  # noqa: PLC0415
    from pipeline.errors import LabError  # noqa: PLC0415
    from pipeline.fixture.measures import Measurer  # noqa: PLC0415
    from pipeline.lab.lab import Lab  # noqa: PLC0415
    from pipeline.lab.run import Run  # noqa: PLC0415
    from pipeline.makers.registry import MAKERS  # noqa: PLC0415
    from pipeline.site.site import is_stale, write_lab  # noqa: PLC0415
    from pipeline.wordlist import many  # noqa: PLC0415

    read = settings()
    lab = Lab(read.root)
    facts = lab_facts(Office(past.glances(read.ledger_at), read, MAKERS.matrix), time.time())
    find_face = face_of(Measurer.opened(faces=read.check_faces))
    written = 0
    for name in lab.runs():
        try:
            if every or is_stale(Run(lab.root, name)):
                write_one(lab, name, facts, find_face)
                written += 1
        except LabError as error:
            out.print(f"runs/{name} has no page: {error}")
    done = write_lab(lab, facts)
    out.print(f"{many(written, 'page')} of runs written; site/index.html shows {many(done.runs, 'run')}.")
