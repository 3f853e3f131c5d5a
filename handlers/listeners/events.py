"""Slack's events and clicks, committed before they are acknowledged.

Bolt acknowledges an event before its listener runs, and Slack never sends again what was acknowledged. So a
middleware hands everything that concerns us to the bot first; when that fails, Slack gets no acknowledgement
and delivers again.
"""

import contextlib
import json
import re
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from handlers.blocks.anything import FORM
from handlers.blocks.forms import answers
from handlers.blocks.labelling import FORM as LABEL_FORM
from handlers.listeners.elsewhere import register_elsewhere
from handlers.listeners.links import register_links
from handlers.listeners.places import Places
from handlers.listeners.surfaces import COMMAND, opened_home, opened_messages, opens_composer, said_elsewhere
from handlers.listeners.who import Ours, addressed, presser, speaker
from handlers.markup import plain
from handlers.outgoing import safe
from handlers.ports import Filling, Heard, Lab, Opening

ACTIONS = re.compile(r"^labs:")
OPENS = "labs:open:"
"""Begins the action ids of buttons that open a modal."""
_HEARD_SUBTYPES = {None, "file_share", "thread_broadcast"}


def register(app: AsyncApp, lab: Lab, places: Places, ours: Ours) -> None:
    """Listen to the bot's channels, their threads, what people write to it alone, and the buttons of our messages."""

    @app.middleware
    async def commit_first(
        body: dict[str, Any],
        client: AsyncWebClient,
        next: Callable[[], Awaitable[BoltResponse | None]],  # noqa: A002  # Bolt's name
    ) -> BoltResponse | None:
        opening = asks_for_form(body, places, ours) or opens_composer(body, places, ours)
        if opening is not None:
            # Now or never: Slack takes the modal within three seconds of the click.
            await _open(client, opening, await lab.form(opening))
            return BoltResponse(status=200)
        heard = read(body, places, ours) or said_elsewhere(body, places, ours)
        if heard is None:
            if (at_home := opened_home(body, ours)) is not None:
                await lab.at_home(at_home)
            if (direct := opened_messages(body, ours)) is not None:
                await lab.at_messages(direct)
            return await next()
        sent_off = body.get("type") == "view_submission"
        if sent_off and (wrong := await lab.faults(heard)):
            return _answered({"response_action": "errors", "errors": wrong})
        await lab.hear(heard)
        # Acknowledged here and now: the work starts from what was committed, not from a listener.
        return _acknowledged(await lab.next_form(heard) if sent_off else None)

    _register_the_rest(app, lab, places, ours)
    register_links(app, lab, places, ours)
    register_elsewhere(app, places, ours)


def _register_the_rest(app: AsyncApp, lab: Lab, places: Places, ours: Ours) -> None:
    """What was not committed: it is acknowledged, and at most a modal of it is shown anew."""

    @app.command(COMMAND)
    async def command(ack: AsyncAck) -> None:
        await ack()  # of another workspace's app

    @app.event("app_home_opened")
    async def at_home() -> None:
        """Shown by the middleware; the other tabs are Slack's own."""

    @app.event("message")
    async def message() -> None:
        """Housekeeping, other channels, our own posts: acknowledged and left."""

    @app.action(ACTIONS)
    async def click(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        # All others are buttons of ours that were carried into another channel.
        if (filling := fills_in(body, places, ours)) is not None:
            view = await lab.filled(filling)
            if view is not None:
                await _retell(client, filling, view)

    @app.shortcut(ACTIONS)
    async def shortcut(ack: AsyncAck) -> None:
        await ack()  # on a message of another channel

    @app.view(ACTIONS)
    async def submission(ack: AsyncAck) -> None:
        await ack()  # a modal that was opened about another channel


def _acknowledged(following: dict[str, Any] | None) -> BoltResponse:
    """With the modal that comes next, under the same id, where there is one."""
    if following is None:
        return BoltResponse(status=200)
    return _answered({"response_action": "update", "view": safe(following)})


def _answered(action: dict[str, Any]) -> BoltResponse:
    """What becomes of a modal that was sent off."""
    return BoltResponse(status=200, body=json.dumps(action), headers={"content-type": ["application/json"]})


async def _open(client: AsyncWebClient, opening: Opening, view: dict[str, Any] | None) -> None:
    """Show the modal. Who clicked hears of one that Slack did not take in time; nobody else does."""
    if view is None:
        return
    try:
        await client.views_open(trigger_id=opening.trigger_id, view=safe(view))
    except (SlackApiError, aiohttp.ClientError, TimeoutError):
        with contextlib.suppress(SlackApiError, aiohttp.ClientError, TimeoutError):
            await client.chat_postEphemeral(
                channel=opening.channel,
                user=opening.person.rpartition("/")[2],
                thread_ts=opening.thread_ts,
                text="Slack did not open the form in time. Nothing was decided: press the button again.",
            )


async def _retell(client: AsyncWebClient, filling: Filling, view: dict[str, Any]) -> None:
    """Show the modal anew. One that was filled in further meanwhile, or closed, has its own turn or none."""
    with contextlib.suppress(SlackApiError, aiohttp.ClientError, TimeoutError):
        await client.views_update(view_id=filling.view_id, hash=filling.view_hash, view=safe(view))


def fills_in(body: dict[str, Any], places: Places, ours: Ours) -> Filling | None:
    """A field of *Something else…* that changed; None for all else."""
    view = body.get("view") or {}
    if body.get("type") != "block_actions" or view.get("callback_id") != FORM or not addressed(body, ours):
        return None
    about = _about(view)
    if not places.heard(about.get("channel")):
        return None
    opening = Opening(
        form="else",
        subject=str(about.get("value", "")),
        person=presser(body, ours),
        channel=str(about["channel"]),
        thread_ts=about.get("thread_ts"),
        trigger_id="",
    )
    fields = answers(view.get("state") or {})
    return Filling(view_id=str(view["id"]), view_hash=str(view.get("hash", "")), opening=opening, fields=fields)


def asks_for_form(body: dict[str, Any], places: Places, ours: Ours) -> Opening | None:
    """A click on a button that opens a modal; None for all else."""
    clicked = body.get("type") == "block_actions" and addressed(body, ours)
    heard = _click(body, places, ours) if clicked else None
    name = (heard.payload or {}).get("action_id", "") if heard else ""
    if heard is None or not name.startswith(OPENS):
        return None
    return Opening(
        form=name.removeprefix(OPENS),
        subject=(heard.payload or {}).get("value", ""),
        person=heard.person,
        channel=heard.channel,
        thread_ts=heard.thread_ts,
        trigger_id=str(body.get("trigger_id", "")),
    )


def read(body: dict[str, Any], places: Places, ours: Ours) -> Heard | None:
    """What a payload says to us; None for other apps, workspaces and channels, bots, our own posts and housekeeping."""
    if not addressed(body, ours):
        return None
    if body.get("type") == "block_actions":
        return _click(body, places, ours)
    if body.get("type") == "view_submission":
        return _submission(body, places, ours)
    event = body.get("event") or {}
    if (
        event.get("type") not in {"message", "app_mention"}
        or not places.heard(event.get("channel"))
        or (event.get("hidden") is True and event.get("subtype") != "message_changed")
    ):
        return None
    if event.get("subtype") == "message_changed":
        return _edit(event, ours)
    if (
        event.get("subtype") not in _HEARD_SUBTYPES
        or event.get("bot_id")
        or not event.get("user")
        or not event.get("text")
    ):
        return None
    return Heard(
        channel=str(event["channel"]),
        ts=event["ts"],
        kind="message",
        person=speaker(event, ours),
        text=plain(event["text"]),
        thread_ts=event.get("thread_ts"),
        event_id=body.get("event_id"),
    )


def _edit(event: dict[str, Any], ours: Ours) -> Heard | None:
    """A person changed the words of a message; previews and our own edits are not that."""
    now, before = event.get("message") or {}, event.get("previous_message") or {}
    if now.get("bot_id") or not now.get("user") or now.get("text") == before.get("text"):
        return None
    return Heard(
        channel=str(event["channel"]),
        ts=now["ts"],
        kind="edit",
        person=speaker(now, ours),
        text=plain(now.get("text") or ""),
        thread_ts=now.get("thread_ts"),
    )


def _submission(body: dict[str, Any], places: Places, ours: Ours) -> Heard | None:
    """A modal of ours that somebody sent off; it counts once, by the modal's own id."""
    view = body.get("view") or {}
    about = _about(view)
    if not places.heard(about.get("channel")) or not ACTIONS.match(view.get("callback_id", "")):
        return None
    # One that goes on with the next question keeps its id: there each question counts once.
    part = f".{about.get('value', '')}" if view["callback_id"] == LABEL_FORM else ""
    return Heard(
        channel=str(about["channel"]),
        ts=f"{view['id']}{part}",
        kind="click",
        person=presser(body, ours),
        thread_ts=about.get("thread_ts"),
        payload={
            "action_id": view["callback_id"],
            "value": about.get("value", ""),
            "message_ts": None,
            "fields": answers(view.get("state") or {}),
        },
    )


def _about(view: dict[str, Any]) -> dict[str, Any]:
    """What a modal of ours was opened about."""
    try:
        found = json.loads(view.get("private_metadata") or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _click(body: dict[str, Any], places: Places, ours: Ours) -> Heard | None:
    actions, container = body.get("actions") or [], body.get("container") or {}
    where = (body.get("channel") or {}).get("id") or container.get("channel_id")
    if not actions or not places.heard(where) or not ACTIONS.match(actions[0].get("action_id", "")):
        return None
    action, message = actions[0], body.get("message") or {}
    if not message and container.get("is_ephemeral"):
        # Slack sends no message along that one person alone sees.
        message = {"ts": container.get("message_ts"), "thread_ts": container.get("thread_ts")}
        message |= {"thread_ts": None} if not message["thread_ts"] else {}
    return Heard(
        channel=str(where),
        ts=str(action.get("action_ts") or body.get("trigger_id")),
        kind="click",
        person=presser(body, ours),
        thread_ts=message.get("thread_ts") or message.get("ts"),
        payload={"action_id": action["action_id"], "value": _value(action), "message_ts": message.get("ts")},
    )


def _value(action: dict[str, Any]) -> str:
    """What a button is about, or what was chosen in a menu."""
    chosen = action.get("selected_option") or {}
    return str(chosen.get("value", "")) if chosen else str(action.get("value", ""))
