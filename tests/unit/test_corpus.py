"""What people type, as it was meant; and what is doubtful never spends."""

import json
from pathlib import Path
from typing import Any

from handlers.markup import plain
from pipeline.actions.registry import SPENDING
from pipeline.lab.catalogue import Catalogue
from pipeline.language.parse import is_talk, parse

DATA = Path(__file__).parents[1] / "data"
LAB = Catalogue.model_validate_json((DATA / "requests-lab.json").read_text("utf-8"))
CORPUS = [json.loads(line) for line in (DATA / "requests.jsonl").read_text("utf-8").splitlines()]
DOUBTFUL = [json.loads(line) for line in (DATA / "doubtful.jsonl").read_text("utf-8").splitlines()]


def test_what_people_type_is_read_as_it_was_meant() -> None:
    missed = [line for said in CORPUS if (line := _missed(said))]

    assert missed == []


def _missed(said: dict[str, Any]) -> str | None:
    """The first field that was read otherwise than it was meant."""
    found = parse(plain(said["text"]), LAB, said["thread"]).model_dump(mode="json")
    for name, wanted in said["expect"].items():
        got = found.get(name)
        if isinstance(wanted, list) and name != "prompts":
            same = sorted(map(str, wanted)) == sorted(map(str, got or []))
        else:
            same = (got or None) == (wanted or None)
        if not same:
            return f"{said['text']!r}: {name} is {got!r}, not {wanted!r}"
    return None


def test_doubtful_words_never_spend() -> None:
    spent = [
        said["text"]
        for said in DOUBTFUL
        if (found := parse(plain(said["text"]), LAB, said["thread"])).action in SPENDING
        and not found.model_dump()["dry_run"]
    ]

    assert spent == []


def test_the_quick_look_never_takes_a_request_for_talk() -> None:
    for said in CORPUS:
        if said["expect"]["action"] != "none" and not said["thread"]:
            assert not is_talk(said["text"]), said["text"]
