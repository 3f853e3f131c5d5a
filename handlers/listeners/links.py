"""A link to a run's page, pasted in the channel, shows the run's verdict there."""

import contextlib
from typing import Any

import aiohttp
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from handlers.listeners.places import Places
from handlers.listeners.who import Ours, addressed
from handlers.outgoing import safe
from handlers.ports import Lab


def register_links(app: AsyncApp, lab: Lab, places: Places, ours: Ours) -> None:
    """Only in the bot's channels: their members may see what its runs came to, and nobody knows who reads elsewhere."""

    @app.event("link_shared")
    async def shared(event: dict[str, Any], body: dict[str, Any], client: AsyncWebClient) -> None:
        if not places.shared(event.get("channel")) or not addressed(body, ours):
            return
        addresses = [str(one.get("url", "")) for one in event.get("links") or ()]
        cards = await lab.cards(addresses)
        if not cards:
            return
        unfurls = {address: safe({"blocks": list(blocks)}) for address, blocks in cards.items()}
        # Nobody waits for it: where Slack refuses, the link stays a link.
        with contextlib.suppress(SlackApiError, aiohttp.ClientError, TimeoutError):
            await client.chat_unfurl(unfurls=unfurls, unfurl_id=event.get("unfurl_id"), source=event.get("source"))
