"""All of the outside world, started together on one loopback port."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

from bot.sandbox import page
from bot.sandbox.anthropic.checks import KEY
from bot.sandbox.anthropic.server import AnthropicServer
from bot.sandbox.darkroom import DarkroomServer
from bot.sandbox.fashn.server import KEY as FASHN_KEY
from bot.sandbox.fashn.server import FashnServer
from bot.sandbox.magnific.server import KEY as MAGNIFIC_KEY
from bot.sandbox.magnific.server import WEBHOOK_SECRET, MagnificServer
from bot.sandbox.page.guard import Guard
from bot.sandbox.replicate.server import TOKEN, ReplicateServer
from bot.sandbox.slack.people import People
from bot.sandbox.slack.server import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, SlackServer
from bot.sandbox.slack.workspace import CHANNEL


@dataclass
class World:
    """The servers, and the settings that point a bot at them."""

    slack: SlackServer = field(default_factory=SlackServer)
    anthropic: AnthropicServer = field(default_factory=AnthropicServer)
    replicate: ReplicateServer = field(default_factory=ReplicateServer)
    fashn: FashnServer = field(default_factory=FashnServer)
    magnific: MagnificServer = field(default_factory=MagnificServer)
    darkroom: DarkroomServer = field(default_factory=DarkroomServer)
    guard: Guard = field(default_factory=Guard)
    """Of the page."""
    url: str = ""

    @property
    def people(self) -> People:
        return People(self.slack)

    def settings(self) -> dict[str, str]:
        """As environment variables."""
        return {
            "SLACK_API_URL": f"{self.url}/api/",
            "SLACK_BOT_TOKEN": BOT_TOKEN,
            "SLACK_APP_TOKEN": APP_TOKEN,
            "SLACK_SIGNING_SECRET": SIGNING_SECRET,
            "ANTHROPIC_BASE_URL": f"{self.url}/anthropic",
            "ANTHROPIC_API_KEY": KEY,
            "REPLICATE_BASE_URL": f"{self.url}/replicate",
            "REPLICATE_API_TOKEN": TOKEN,
            "FASHN_BASE_URL": f"{self.url}/fashn",
            "FASHN_API_KEY": FASHN_KEY,
            "MAGNIFIC_BASE_URL": f"{self.url}/magnific",
            "MAGNIFIC_API_KEY": MAGNIFIC_KEY,
            "MAGNIFIC_WEBHOOK_SECRET": WEBHOOK_SECRET,
            "LABS_CHANNEL": CHANNEL,
            "LABS_CHECK_FACES": "false",  # of the drawn people, a detector sees some and misses others
        }


@asynccontextmanager
async def running(world: World, port: int = 0) -> AsyncIterator[World]:
    """Serve the world on 127.0.0.1 until the block ends."""
    app = web.Application(client_max_size=64 * 2**20)
    for server in (world.slack, world.anthropic, world.replicate, world.fashn, world.magnific, world.darkroom):
        server.routes(app)
    page.routes(app, world.slack, world.guard)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", port)
        await site.start()
        world.guard.listens(runner.addresses[0][1])
        world.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        world.slack.url = world.anthropic.url = world.replicate.url = world.darkroom.url = world.url
        world.fashn.url = world.magnific.url = world.url
        world.replicate.shelf.url = world.replicate.trainings.url = world.url
        yield world
    finally:
        await world.slack.sockets.close()
        await world.replicate.close()
        await world.magnific.close()
        await runner.cleanup()
