"""Every call to Replicate in a scenario, and every answer of the sandbox, against Replicate's own published
document."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from bot.sandbox.replicate.predictions import Fate
from bot.sandbox.replicate.trainings import TrainingFate
from bot.sandbox.world import World
from tests.channel import RUN, Channel
from tests.conftest import Start
from tests.training import ASK, approve

DOCUMENT = Path(__file__).parent / "replicate/replicate.openapi.json"
UNDOCUMENTED = {401, 402, 404, 409, 413, 422, 429}
"""Errors that the document leaves out; their form is RFC 7807, from public reports."""


@cache
def document() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(DOCUMENT.read_text("utf-8"))
    return found


def operation(method: str, path: str) -> dict[str, Any]:
    """What the document says of a call. Fails for a call that it does not know."""
    for template, operations in document()["paths"].items():
        pattern = re.sub(r"{[^}]+}", "[^/]+", template)
        if re.fullmatch(pattern, path) and method.lower() in operations:
            return dict(operations[method.lower()])
    raise AssertionError(f"Replicate has no {method} {path}")


def faults(schema: dict[str, Any], value: Any) -> list[str]:
    whole = {"components": document()["components"], **schema}
    checker = Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER)
    return [f"{list(fault.absolute_path)}: {fault.message[:200]}" for fault in checker.iter_errors(value)]


def check(exchange: dict[str, Any]) -> list[str]:
    asked = operation(exchange["method"], exchange["path"])
    found = []
    if exchange["body"] is not None:
        content = asked["requestBody"]["content"]
        found += faults(content["application/json"]["schema"], exchange["body"])
    if exchange["status"] in UNDOCUMENTED:
        return found + ([] if "detail" in exchange["answer"] else ["an error without detail"])
    answer = asked["responses"][str(exchange["status"])]
    if "content" in answer:
        found += faults(answer["content"]["application/json"]["schema"], exchange["answer"])
    return found


async def test_every_call_and_answer_of_a_matrix_is_as_the_document_says(
    start: Start, world: World, public: str
) -> None:
    world.replicate.throttle.low_credit, world.replicate.throttle.window_s = True, 0.3
    world.replicate.fates.extend(
        [
            Fate("aborted"),
            Fate("failed", error="CUDA out of memory"),
            Fate(shape="inline"),
            Fate(shape="several"),
            Fate(boot_s=0.2),
            Fate(run_s=30),
        ]
    )
    channel: Channel = await start(slack_mode="socket", public_url=public)

    asked = channel.say(f"in the labs channel: re-run runs/{RUN} with seeds 1-3")
    # The sixth is the long one: where throttling leaves one order at a time, nothing follows it before the cancel.
    await channel.until(lambda: len(world.replicate.ordered) >= 6, "six orders")
    channel.press(channel.replies(asked)[0], "labs:cancel")
    await channel.settled(asked, "what is finished is kept")

    wrong = [(one["method"], one["path"], fault) for one in world.replicate.exchanges for fault in check(one)]
    assert wrong == []
    called = {
        (one["method"], operation(one["method"], one["path"])["operationId"]) for one in world.replicate.exchanges
    }
    assert {name for _method, name in called} >= {
        "predictions.create",
        "predictions.get",
        "predictions.list",
        "predictions.cancel",
    }


@pytest.mark.parametrize("aged_s", [0.0, 4000.0])
async def test_the_sandboxs_shelf_answers_as_the_document_says(world: World, aged_s: float) -> None:
    import aiohttp

    from bot.sandbox.replicate.server import TOKEN

    headers = {"Authorization": f"Bearer {TOKEN}"}
    base = f"{world.url}/replicate/v1"
    model = {"owner": "sandbox-lab", "name": "jd", "visibility": "private", "hardware": "gpu-t4"}
    version = f"sandbox-lab/cb-lora:{'5a' * 32}"
    async with aiohttp.ClientSession(headers=headers) as session:
        form = aiohttp.FormData()
        form.add_field("content", b"zip", filename="x.zip", content_type="application/zip")
        for method, path, given in [
            ("GET", "account", {}),
            ("POST", "models", {"json": model}),
            ("GET", "models/sandbox-lab/jd", {}),
            ("GET", "models/sandbox-lab/cb-lora/versions", {}),
            ("GET", f"models/sandbox-lab/cb-lora/versions/{'5a' * 32}", {}),
            ("POST", "files", {"data": form}),
            ("GET", "files", {}),
            ("POST", "predictions", {"json": {"version": version, "input": {"prompt": "x"}}}),
            ("POST", "predictions", {"json": {"version": version, "input": {"promt": "x"}}}),
            ("GET", "predictions", {}),
            ("GET", "webhooks/default/secret", {}),
            ("GET", "predictions/nonesuch", {}),
        ]:
            async with session.request(method, f"{base}/{path}", **given) as answer:  # type: ignore[arg-type]  # a table of arguments
                await answer.read()
            world.replicate.clock.ahead = aged_s

    wrong = [(one["method"], one["path"], fault) for one in world.replicate.exchanges for fault in check(one)]
    assert wrong == []
    assert {one["status"] for one in world.replicate.exchanges} >= {200, 201, 404, 422}


async def test_every_call_and_answer_of_a_training_is_as_the_document_says(channel: Channel, world: World) -> None:
    world.replicate.trainings.fates.extend([TrainingFate("aborted", measured=False), TrainingFate()])
    asked = channel.say(ASK)
    await approve(channel, asked)
    await channel.result(asked)
    await channel.until(lambda: world.replicate.shelf.files == {}, "the archive's end")
    gone = channel.say("in the labs channel: withdraw consent for JD")
    channel.press(await channel.reply(gone, "What holds the likeness"), "labs:withdraw", "U0SAM")
    await channel.reply(gone, "Deleted: ")

    called = {
        (one["method"], re.sub(r"[0-9a-f]{26,}|[\w=]{40,}", "ID", one["path"])) for one in world.replicate.exchanges
    }
    wrong = [(one["method"], one["path"], fault) for one in world.replicate.exchanges for fault in check(one)]
    assert wrong == []
    assert {
        ("POST", "/v1/files"),
        ("POST", "/v1/models"),
        ("GET", "/v1/trainings/ID"),
        ("DELETE", "/v1/files/ID"),
    } <= called
