"""`labs faces`."""

import click

from bot.cli.terminal import FACE_EXTRA, Words, out, plainly, settings


@click.command()
@click.argument("run")
@plainly
def faces_command(run: str) -> None:
    from datetime import date  # noqa: PLC0415
    from time import time  # noqa: PLC0415

    from pipeline.errors import NotUnderstood  # noqa: PLC0415
    from pipeline.evidence.run_state import state_of  # noqa: PLC0415
    from pipeline.fixture.face_network import face_reader  # noqa: PLC0415
    from pipeline.fixture.measures import Measurer  # noqa: PLC0415
    from pipeline.lab.lab import Lab  # noqa: PLC0415
    from pipeline.record.faces import look_at_faces  # noqa: PLC0415

    read = settings()
    reader = face_reader()
    if reader is None:
        raise NotUnderstood("Faces cannot be measured here.", f"`{FACE_EXTRA}` adds what it takes.")
    lab, name = Lab(read.root), run.removeprefix("runs/").strip("/")
    rules = read.defaults.consent(date.fromisoformat(read.day(time())))
    why = look_at_faces(lab, lab.run(name), reader, Measurer.opened(faces=True), rules)
    if why:
        raise NotUnderstood(f"No second opinion on {name}: {why}.", "`labs facts inputs/…` writes down their consent.")
    state = state_of(lab.run(name))
    out.print(state.faces_said)
    table = Words("cell", "face", "likeness", "of her own", "", "the judge", box=None)
    for one in state.faces:
        likeness = f"{one.likeness:.2f}" if one.likeness is not None else "–"
        share = f"{one.share:.0%}" if one.share is not None else ""
        side = one.side.value if one.side else one.why
        judge = {True: "passes", False: "fails", None: "not judged"}[one.judge_passes]
        table.add_row(
            one.label, f"{one.height} px", likeness, share, side, f"{judge}{' ← differs' if one.differs else ''}"
        )
    out.print(table)
