"""A mention in a channel where the bot does no work: who wrote it is told where it does, and nobody else."""

import contextlib
from typing import Any

import aiohttp
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from handlers.listeners.places import Places
from handlers.listeners.who import Ours, addressed


def register_elsewhere(app: AsyncApp, places: Places, ours: Ours) -> None:
    @app.event("app_mention")
    async def mentioned(event: dict[str, Any], body: dict[str, Any], client: AsyncWebClient) -> None:
        if places.heard(event.get("channel")) or not addressed(body, ours):
            return  # dealt with as a message
        if event.get("bot_id") or not event.get("user"):
            return
        said = f"I work in <#{places.channel}>: ask there, write to me directly, or use `/labs` from anywhere."
        with contextlib.suppress(SlackApiError, aiohttp.ClientError, TimeoutError):
            await client.chat_postEphemeral(
                channel=event["channel"],
                user=event["user"],
                thread_ts=event.get("thread_ts"),
                text=f"{said} Nothing was started.",
            )
