"""`labs facts`: what allows the use of a fixture's photographs, written into its fixture.toml."""

from datetime import datetime
from typing import Any

import click

from bot.cli.terminal import out, plainly, settings
from pipeline.errors import LabError, NotUnderstood
from pipeline.fixture.facts import FACTS, name_of, with_facts
from pipeline.lab.lab import Lab
from pipeline.lab.paths import inside, write_whole
from pipeline.wordlist import many


@click.command()
@click.argument("fixture")
@click.option("--licence", help="As in “CC BY 4.0”, “own work”.")
@click.option("--consent", help="A basis of the lab's own list (`consent_bases`).")
@click.option("--vouched-by", help="Who answers for that consent.")
@click.option("--consent-until", type=click.DateTime(["%Y-%m-%d"]), help="The last day of the consent.")
@click.option("--source", help="Where the photographs come from.")
@click.option("--author", help="Who took them.")
@click.option("--class-noun", help="What the person is, as prompts say it: woman, man, person.")
@click.option("--reference", "references", multiple=True, help="A photograph that the judge compares with.")
@plainly
def facts_command(fixture: str, consent_until: datetime | None, references: tuple[str, ...], **given: Any) -> None:
    read = settings()
    lab = Lab(read.root)
    name = name_of(fixture)
    if name not in lab.fixtures():
        there = ", ".join(f"inputs/{one}" for one in lab.fixtures())
        raise NotUnderstood(f"There is no fixture inputs/{name}.", f"There are: {there or 'none'}.")
    told: dict[str, Any] = {key: value for key, value in given.items() if value}
    told |= {"consent_until": consent_until.date()} if consent_until else {}
    told |= {"references": [*references]} if references else {}
    if not told:
        raise click.UsageError("Say at least one fact: --licence, --consent, --vouched-by.")
    if told.get("consent") and told["consent"] not in read.consent_bases:
        bases = ", ".join(read.consent_bases)
        raise NotUnderstood(f"The consent basis {told['consent']!r} is none of the lab's.", f"There are: {bases}.")
    _write(lab, name, told)
    out.print(f"Wrote {many(len(told), 'fact')} into inputs/{name}/{FACTS}.")


def _write(lab: Lab, name: str, told: dict[str, Any]) -> None:
    path = inside(lab.root, f"inputs/{name}/{FACTS}")
    try:
        write_whole(path, with_facts(path.read_bytes() if path.is_file() else b"", told))
    except OSError as error:
        raise LabError(f"inputs/{name}/{FACTS} cannot be written: {error.strerror}.") from error
