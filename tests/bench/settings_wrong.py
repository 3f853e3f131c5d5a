"""`uv run python -m tests.bench.settings_wrong`: every setting wrong once, as a process, against the sandbox.

For each: what `labs doctor` and `labs serve` say, how soon, and whether the setting is named, without a traceback.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import NamedTuple

from bot.sandbox.lab import draw_lab
from bot.sandbox.world import World, running
from bot.settings.settings import Settings
from tests.unit.test_every_setting import ODD, name_of

MOST_S = 5.0
KEYS = dict.fromkeys(("anthropic_api_key", "replicate_api_token", "fashn_api_key", "magnific_api_key"), "wrong")
NOWHERE = KEYS | {"root": "/no/such/folder", "db": "/no/such/folder/ledger.db", "slack_bot_token": "xoxb-wrong"}
KNOWN_LATER = {
    "operators": "an OS user of any name",
    "consent_bases": "the lab's own words",
    "host": "it is used in HTTP mode, and for pages with a public_url",
    "slack_signing_secret": "HTTP mode alone; each request that it does not fit is refused, and logged",
    "magnific_webhook_secret": "reports that it does not fit are refused; the polls go on",
}


class Said(NamedTuple):
    """What one command did."""

    after_s: float | None
    """Until the setting was named; None: it was not."""
    status: int | None
    """None: it went on, and was ended."""
    words: str


def said_by(command: str, environment: dict[str, str], names: tuple[str, ...]) -> Said:
    """Run a command until it ends, or has gone on for twice the time, and watch for a setting's name."""
    began, words, after = time.monotonic(), "", None
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "bot", command],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    enough = threading.Timer(2 * MOST_S, process.terminate)
    enough.start()
    for line in process.stdout or ():
        words += f" {line.strip()}"
        if after is None and any(name in words for name in names):
            after = time.monotonic() - began
    ended_itself = enough.is_alive()
    enough.cancel()
    status = process.wait()
    return Said(after, status if ended_itself else None, words)


async def tour() -> int:
    """Settings that are not named as they should be; all of them, or those that are named behind the command."""
    bad = 0
    async with running(World()) as world:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder) / "lab"
            await asyncio.to_thread(draw_lab, root, (96, 128))
            usual = {**os.environ, **world.settings(), "LABS_ROOT": str(root), "LABS_APPROVERS": "U0SAM"}  # noqa: TID251  # of its children
            for field in sys.argv[1:] or Settings.model_fields:
                name, value = name_of(field), NOWHERE.get(field, ODD)
                for command in ("doctor", "serve"):
                    said = await asyncio.to_thread(said_by, command, usual | {name: value}, (name, f"{field}:"))
                    goes_on = command == "serve" and field in KEYS  # and says so
                    soon = said.after_s is not None and said.after_s <= MOST_S
                    right = soon and said.status == (None if goes_on else 1) and "Traceback" not in said.words
                    if field in KNOWN_LATER:
                        print(f"later  {command:6s} {name}: {KNOWN_LATER[field]}")
                    elif not right:
                        bad += 1
                        print(
                            f"WRONG  {command:6s} {name} ({said.after_s} s, status {said.status}): {said.words[-300:]}"
                        )
    return bad


if __name__ == "__main__":
    wrong = asyncio.run(tour())
    print(f"{len(Settings.model_fields)} settings, {wrong} not named within {MOST_S:g} s by doctor and at start")
    sys.exit(bool(wrong))
