"""The ways into the bot beside its channel: `/labs`, shortcuts, and each person's own page in Slack."""

from typing import Any

from handlers.blocks.home import COMPOSER
from handlers.listeners.places import Places
from handlers.listeners.who import Ours, addressed, person
from handlers.ports import Heard, Opening

COMMAND = "/labs"
SAYS_SLASH, SAYS_SHORTCUT = "labs:say:slash", "labs:say:shortcut"
"""Action ids under which what was said there stands in the inbox."""
TRAIN_THIS = "labs:train-this"
ON_MESSAGES = {"labs:judge-this": "judge it", "labs:watch-this": "watch it"}
"""Shortcuts on a message, by callback id: what is said in its thread, whose run "it" is."""


def opens_composer(body: dict[str, Any], places: Places, ours: Ours) -> Opening | None:
    """`/labs` alone, or a shortcut that needs a form first: the form; None for all else."""
    bare = body.get("command") == COMMAND and not str(body.get("text") or "").strip()
    new = body.get("type") == "shortcut" and body.get("callback_id") == COMPOSER
    pressed = (body.get("actions") or [{}])[0].get("value") == COMPOSER
    at_home = (body.get("view") or {}).get("type") == "home" and pressed
    if _asks_whose(body, places) and addressed(body, ours):
        message = body.get("message") or {}
        return Opening(
            form="whose",
            subject="these",
            person=_who(body, ours),
            channel=str(body["channel"]["id"]),
            thread_ts=message.get("thread_ts") or message.get("ts"),
            trigger_id=str(body.get("trigger_id", "")),
        )
    if not (bare or new or at_home) or not addressed(body, ours):
        return None
    return Opening(
        form="else",
        subject="else",
        person=_who(body, ours),
        channel=places.channel,
        thread_ts=None,
        trigger_id=str(body.get("trigger_id", "")),
    )


def _asks_whose(body: dict[str, Any], places: Places) -> bool:
    """*Train from these photos*, on a message: of whom they are is asked first."""
    of_message = body.get("type") == "message_action" and body.get("callback_id") == TRAIN_THIS
    return of_message and places.heard((body.get("channel") or {}).get("id"))


def said_elsewhere(body: dict[str, Any], places: Places, ours: Ours) -> Heard | None:
    """A sentence behind `/labs`, or a shortcut on a message of the channel; None for all else."""
    if not addressed(body, ours):
        return None
    if body.get("command") == COMMAND and (words := str(body.get("text") or "").strip()):
        # Slack sends a command once, with a trigger of its own.
        mark = f"slash.{body.get('trigger_id', '')}"[:120]
        payload = {"action_id": SAYS_SLASH, "value": words, "message_ts": None}
        return Heard(channel=places.channel, ts=mark, kind="click", person=_who(body, ours), payload=payload)
    message = body.get("message") or {}
    sentence = ON_MESSAGES.get(str(body.get("callback_id", "")))
    here = places.shared(where := (body.get("channel") or {}).get("id"))
    if body.get("type") != "message_action" or sentence is None or not here:
        return None
    return Heard(
        channel=str(where),
        ts=f"shortcut.{body.get('action_ts') or body.get('trigger_id', '')}"[:120],
        kind="click",
        person=_who(body, ours),
        thread_ts=message.get("thread_ts") or message.get("ts"),
        payload={"action_id": SAYS_SHORTCUT, "value": sentence, "message_ts": message.get("ts")},
    )


def opened_home(body: dict[str, Any], ours: Ours) -> str | None:
    """Who opened their own page of the bot in Slack; None for all else."""
    return _opened(body, ours, {None, "home"})


def opened_messages(body: dict[str, Any], ours: Ours) -> str | None:
    """The conversation with the bot that somebody opened; None for all else."""
    opened = _opened(body, ours, {"messages"})
    return str(body["event"].get("channel") or "") if opened else None


def _opened(body: dict[str, Any], ours: Ours, tabs: set[str | None]) -> str | None:
    event = body.get("event") or {}
    if event.get("type") != "app_home_opened" or event.get("tab") not in tabs or not addressed(body, ours):
        return None
    return str(event["user"]) if event.get("user") else None


def _who(body: dict[str, Any], ours: Ours) -> str:
    user = body.get("user") or {}
    name = str(body.get("user_id") or user.get("id") or "")
    return person(name, [user.get("team_id"), body.get("team_id")], ours)
