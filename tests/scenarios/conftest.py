"""The `labs` command for the stories that begin in a shell, and a bot with pages."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from bot.sandbox.world import World
from tests.channel import Channel
from tests.conftest import FAST, Start
from tests.ledger import lab_at
from tests.process import command


class Done(NamedTuple):
    status: int
    text: str


@pytest.fixture
def labs(world: World, root: Path) -> Callable[..., Awaitable[Done]]:
    """Run the command as a person would, in a process of its own."""

    async def run(*words: str, **given: str) -> Done:
        settings = {f"LABS_{name.upper()}": str(value) for name, value in {**FAST, **given}.items()}
        environment = {"COLUMNS": "200"} | settings | world.settings() | lab_at(root)
        status, said = await command(words, environment)
        return Done(status, said)

    return run


@pytest.fixture
async def pages(start: Start, public: str) -> Channel:
    """A bot with pages."""
    found: Channel = await start(public_url=public, port=int(public.rpartition(":")[2]))
    return found
