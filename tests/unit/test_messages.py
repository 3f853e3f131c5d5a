"""Every message as JSON beside the code: a change of looks is a diff, and each pastes into Block Kit Builder."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox.slack.contract import block_faults, view_faults
from bot.sandbox.slack.elements import NEWER
from handlers.blocks.newer import as_taken
from tests.messages import messages, views

FOLDER = Path(__file__).parent.parent / "data/blocks"
MESSAGES, VIEWS = messages(), views()


def as_kept(name: str, shown: dict[str, Any], request: pytest.FixtureRequest) -> dict[str, Any]:
    """What is kept under a name; written anew with `--update-golden`."""
    path = FOLDER / f"{name}.json"
    if request.config.getoption("--update-golden"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(shown, indent=2, ensure_ascii=False) + "\n", "utf-8")
    kept: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return kept


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_looks_as_it_did(name: str, request: pytest.FixtureRequest) -> None:
    message = MESSAGES[name]
    shown = json.loads(json.dumps({"text": message.text, "blocks": message.blocks}))

    assert shown == as_kept(name, shown, request)
    for lacking in (frozenset[str](), NEWER):
        taken = as_taken(shown["blocks"], lacking)
        assert block_faults(list(taken)) == []
        assert not lacking & {block["type"] for block in taken}


@pytest.mark.parametrize("name", VIEWS)
def test_a_modal_looks_as_it_did(name: str, request: pytest.FixtureRequest) -> None:
    shown = json.loads(json.dumps(VIEWS[name]))

    assert shown == as_kept(name, shown, request)
    assert view_faults(shown) == []


def test_nothing_is_kept_that_is_not_shown() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == {*MESSAGES, *VIEWS}
