"""What Slack refuses about a call, from its published method reference and block schema (see `schemas/`)."""

import json
import re
from functools import cache, lru_cache
from importlib import resources
from typing import Any

from jsonschema import Draft7Validator
from jsonschema.exceptions import best_match

FILE_ID = re.compile(r"F[A-Z0-9]{8,}")
MESSAGE_BLOCKS = 50
INJECTED = {"token", "team_id"}


class SlackError(Exception):
    """An answer with `ok: false`."""

    def __init__(self, code: str, **more: Any) -> None:
        super().__init__(code)
        self.body = {"ok": False, "error": code, **more}


@cache
def methods() -> dict[str, Any]:
    return dict(json.loads(_schema("methods.json")))


def _schema(name: str) -> str:
    return resources.files("bot.sandbox").joinpath(f"schemas/{name}").read_text("utf-8")


@cache
def _validators() -> dict[str, Draft7Validator]:
    """One validator for each kind of block: a whole-union check would be slow and say nothing useful."""
    whole = json.loads(_schema("blocks.schema.json"))
    found = {}
    for name, definition in whole["definitions"].items():
        kinds = {
            shape.get("properties", {}).get("type", {}).get("const")
            for shape in [definition, *definition.get("anyOf", [])]
        }
        if name.endswith("Block") and name != "KnownBlock" and len(kinds - {None}) == 1:
            found[(kinds - {None}).pop()] = Draft7Validator(
                {"definitions": whole["definitions"], "$ref": f"#/definitions/{name}"}
            )
    return found


def block_faults(blocks: Any, most: int = MESSAGE_BLOCKS) -> list[str]:
    """Every reason why Slack would answer `invalid_blocks`."""
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        return ["blocks must be a list of objects"]
    faults = [f"{len(blocks)} blocks are more than {most}"] if len(blocks) > most else []
    ids = [block["block_id"] for block in blocks if block.get("block_id")]
    faults += ["a block_id repeats"] if len(ids) != len(set(ids)) else []
    for at, block in enumerate(blocks):
        faults += [f"/{at}{fault}" for fault in _of_block(json.dumps(block))]
    return faults


@lru_cache(maxsize=4096)
def _of_block(written: str) -> tuple[str, ...]:
    """What is wrong with one block; looked at once, since a message that is edited keeps most of its blocks."""
    block = json.loads(written)
    validator = _validators().get(str(block.get("type")))
    if validator is None:
        return (f": unknown block {block.get('type')!r}",)
    error = best_match(validator.iter_errors(block))
    found = [f"/{'/'.join(map(str, error.absolute_path))}: {error.message[-160:]}"] if error is not None else []
    return (*found, *(f": {fault}" for fault in _more(block)))


MODAL_BLOCKS = 100
METADATA_CHARACTERS = 3000


def view_faults(view: Any) -> list[str]:
    """Every reason why Slack would refuse a modal."""
    if isinstance(view, dict) and view.get("type") == "home":
        odd = [name for name in ("title", "submit", "close") if name in view]
        return [*(f"a home has no {name}" for name in odd), *block_faults(view.get("blocks"), MODAL_BLOCKS)]
    if not isinstance(view, dict) or view.get("type") != "modal":
        return ["view.type must be modal"]
    faults = [f"view.{name} is missing" for name in ("title", "blocks") if name not in view]
    for name in ("title", "submit", "close"):
        text = view.get(name)
        if text and (text.get("type") != "plain_text" or not 0 < len(text.get("text", "")) <= 24):
            faults.append(f"view.{name} must be plain text of 1 to 24 characters")
    faults += ["view.submit is needed with inputs"] if _inputs(view) and not view.get("submit") else []
    faults += ["private_metadata is too long"] if len(view.get("private_metadata", "")) > METADATA_CHARACTERS else []
    faults += ["callback_id is too long"] if len(view.get("callback_id", "")) > 255 else []
    return faults + block_faults(view.get("blocks", []), MODAL_BLOCKS)


def _inputs(view: dict[str, Any]) -> list[dict[str, Any]]:
    return [block for block in view.get("blocks", []) if block.get("type") == "input"]


def _more(block: dict[str, Any]) -> list[str]:
    """Limits that the schema cannot say."""
    faults = []
    if block["type"] == "actions":
        ids = [element.get("action_id") for element in block.get("elements", [])]
        faults += ["actions without elements"] if not ids else []
        faults += ["an action_id repeats"] if len(ids) != len(set(ids)) else []
    for text in _texts(block):
        if not text.get("text"):
            faults.append("empty text")
    if block["type"] == "image":
        file = block.get("slack_file")
        if (file is None) == ("image_url" not in block):
            faults.append("exactly one of image_url and slack_file is needed")
        if isinstance(file, dict) and "id" in file and not FILE_ID.fullmatch(str(file["id"])):
            faults.append("slack_file.id must match ^[F][A-Z0-9]{8,}$")
        if len(block.get("alt_text", "")) > 2000:
            faults.append("alt_text > 2000")
    return faults


def _texts(node: Any) -> list[dict[str, Any]]:
    if isinstance(node, list):
        return [text for item in node for text in _texts(item)]
    if not isinstance(node, dict):
        return []
    own = [node] if node.get("type") in {"mrkdwn", "plain_text"} else []
    return own + [text for value in node.values() for text in _texts(value)]


def argument_fault(method: str, arguments: dict[str, Any]) -> str | None:
    """An unknown or a missing argument, as Slack's error code."""
    known = methods()[method]
    if any(name not in arguments for name in known["required"]):
        return "missing_argument"
    return "invalid_arguments" if set(arguments) - set(known["args"]) - INJECTED else None


def needed_scopes(method: str) -> list[str]:
    """Bot scopes of which any one is enough; empty: none is needed."""
    scope = methods()[method]["scope"] or {}
    return list(scope.get("bot") or [])
