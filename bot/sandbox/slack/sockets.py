"""Socket Mode: each envelope to exactly one socket, and again when nobody acknowledged it."""

import asyncio
import itertools
import json
import secrets
import time
from collections.abc import Callable
from typing import Any

from aiohttp import WSMsgType, web

from bot.sandbox.slack.workspace import APP_ID, BOT_USER, CHANNEL, PEOPLE, TEAM, Workspace, direct_channel

REDELIVER_S = (3.0, 60.0, 300.0)
"""At once after the three seconds of the first, then after about a minute and five."""


class Sockets:
    """The sockets of one app, and the envelopes that wait for an acknowledgement."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._open: list[web.WebSocketResponse] = []
        self._turn = itertools.count()
        self._tickets: set[str] = set()
        self._acked: dict[str, asyncio.Event] = {}
        self._answers: dict[str, dict[str, Any]] = {}
        """What an acknowledgement carried, by envelope."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._waiting: list[dict[str, Any]] = []
        self.redeliver_s = REDELIVER_S
        self.ack_times: dict[str, float] = {}
        """Seconds from an event's first delivery to its acknowledgement, by event id."""
        self.http: Callable[[dict[str, Any]], Any] | None = None
        """Delivers an Events API body over HTTP instead; set by HTTP mode."""
        self.show: Callable[[str, dict[str, Any]], Any] = lambda _person, _view: None
        """Shows a modal to somebody; returns nothing where Slack would refuse it."""

    def ticket(self) -> str:
        ticket = secrets.token_hex(8)
        self._tickets.add(ticket)
        return ticket

    async def handle(self, request: web.Request) -> web.StreamResponse:
        if request.query.get("ticket") not in self._tickets:
            return web.Response(status=401)
        self._tickets.discard(request.query["ticket"])
        socket = web.WebSocketResponse(autoping=True)
        await socket.prepare(request)
        await socket.send_json(
            {"type": "hello", "num_connections": len(self._open) + 1, "connection_info": {"app_id": APP_ID}}
        )
        self._open.append(socket)
        for envelope in self._waiting[:]:
            self._waiting.remove(envelope)
            self._spawn(envelope)
        try:
            async for frame in socket:
                if frame.type is WSMsgType.TEXT:
                    self._ack(json.loads(frame.data))
        finally:
            self._open.remove(socket)
        return socket

    def _ack(self, frame: dict[str, Any]) -> None:
        if event := self._acked.get(frame.get("envelope_id", "")):
            self._answers[frame["envelope_id"]] = frame.get("payload") or {}
            event.set()

    def event(self, event: dict[str, Any], **body: Any) -> str:
        """Deliver an event; returns its id. `body`: what the envelope says otherwise."""
        event_id = self._workspace.event_id()
        payload = {
            "token": "verification",
            "team_id": TEAM,
            "api_app_id": APP_ID,
            "type": "event_callback",
            "event_id": event_id,
            "event_time": int(time.time()),
            "event": {**event, "event_ts": event.get("event_ts") or event["ts"]},
            "authorizations": [{"team_id": TEAM, "user_id": BOT_USER, "is_bot": True}],
            **body,
        }
        self._spawn({"type": "events_api", "payload": payload, "retries": True})
        return event_id

    def click(
        self,
        person: str,
        message: dict[str, Any],
        action: dict[str, Any],
        team: str = TEAM,
        *,
        alone: bool = False,
        **body: Any,
    ) -> None:
        """A press of a button. Slack does not send a click again. `alone`: of a message that one person alone sees,
        which Slack does not send along.
        """
        channel = message.get("channel", CHANNEL)
        container = {"type": "message", "message_ts": message["ts"], "channel_id": channel, "is_ephemeral": alone}
        container |= {"thread_ts": message["thread_ts"]} if message.get("thread_ts") else {}
        payload = {
            "type": "block_actions",
            "api_app_id": APP_ID,
            "team": {"id": TEAM},
            "user": {"id": person, "name": PEOPLE.get(person, person), "team_id": team},
            "channel": {"id": channel, "name": "labs" if channel == CHANNEL else "directmessage"},
            **({} if alone else {"message": message}),
            "trigger_id": self.trigger(person),
            "container": container,
            "actions": [{"type": "button", "action_ts": self._workspace.new_ts(), **action}],
            **body,
        }
        self._spawn({"type": "interactive", "payload": payload, "retries": False})

    def fill_in(self, person: str, view: dict[str, Any], values: dict[str, Any], action: dict[str, Any]) -> None:
        """A field of a modal that changed, where the field tells of changes."""
        payload = {
            "type": "block_actions",
            "api_app_id": APP_ID,
            "team": {"id": TEAM},
            "user": {"id": person, "name": PEOPLE.get(person, person), "team_id": TEAM},
            "trigger_id": self.trigger(person),
            "container": {"type": "view", "view_id": view["id"]},
            "view": {**view, "state": {"values": values}},
            "actions": [{"action_ts": self._workspace.new_ts(), **action}],
        }
        self._spawn({"type": "interactive", "payload": payload, "retries": False})

    def command(self, person: str, text: str, channel: str = CHANNEL) -> None:
        """`/labs …`, wherever it was typed. Slack sends it once."""
        payload = {
            "command": "/labs",
            "text": text,
            "api_app_id": APP_ID,
            "team_id": TEAM,
            "user_id": person,
            "user_name": PEOPLE.get(person, person),
            "channel_id": channel,
            "trigger_id": self.trigger(person),
            "response_url": "http://127.0.0.1:1/none",
        }
        self._spawn({"type": "slash_commands", "payload": payload, "retries": False})

    def shortcut(self, person: str, callback_id: str, message: dict[str, Any] | None = None) -> None:
        """A shortcut of the app, from anywhere or on a message."""
        payload = {
            "type": "message_action" if message else "shortcut",
            "callback_id": callback_id,
            "api_app_id": APP_ID,
            "team": {"id": TEAM},
            "user": {"id": person, "username": PEOPLE.get(person, person), "team_id": TEAM},
            "trigger_id": self.trigger(person),
            "action_ts": self._workspace.new_ts(),
        }
        if message:
            payload |= {"message": message, "message_ts": message["ts"], "channel": {"id": CHANNEL, "name": "labs"}}
        self._spawn({"type": "interactive", "payload": payload, "retries": False})

    def open_home(self, person: str, tab: str = "home") -> None:
        """Somebody looks at their own page of the app, or at their messages with it."""
        at, channel = self._workspace.new_ts(), direct_channel(person)
        self.event({"type": "app_home_opened", "user": person, "channel": channel, "tab": tab, "event_ts": at})

    def press_view(self, person: str, view: dict[str, Any], action: dict[str, Any]) -> None:
        """A press of a button of a modal, or of somebody's own page."""
        payload = {
            "type": "block_actions",
            "api_app_id": APP_ID,
            "team": {"id": TEAM},
            "user": {"id": person, "name": PEOPLE.get(person, person), "team_id": TEAM},
            "trigger_id": self.trigger(person),
            "container": {"type": "view", "view_id": view["id"]},
            "view": view,
            "actions": [{"type": "button", "action_ts": self._workspace.new_ts(), **action}],
        }
        self._spawn({"type": "interactive", "payload": payload, "retries": False})

    def trigger(self, person: str) -> str:
        """What allows a modal, once, for three seconds."""
        name = secrets.token_hex(8)
        self._workspace.triggers[name] = (person, time.time())
        return name

    def submit(self, person: str, view: dict[str, Any], values: dict[str, Any], team: str = TEAM) -> None:
        """A modal that somebody sends off. Slack does not send it again."""
        payload = {
            "type": "view_submission",
            "api_app_id": APP_ID,
            "team": {"id": TEAM},
            "user": {"id": person, "name": PEOPLE.get(person, person), "team_id": team},
            "trigger_id": self.trigger(person),
            "view": {**view, "state": {"values": values}},
            "response_urls": [],
        }
        self._spawn({"type": "interactive", "payload": payload, "retries": False})

    def _goes_on(self, payload: dict[str, Any], answer: dict[str, Any]) -> None:
        """A modal that was sent off closes, or shows what the bot answers with, under its own id."""
        if payload.get("type") != "view_submission":
            return
        person, view = payload["user"]["id"], payload["view"]
        if answer.get("response_action") == "update":
            self.show(person, {**view, **answer["view"], "state": {}})
        elif answer.get("response_action") == "errors":
            self.show(person, {**view, "errors": answer.get("errors")})

    def _spawn(self, envelope: dict[str, Any]) -> None:
        task = asyncio.create_task(self._deliver(envelope))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, envelope: dict[str, Any]) -> None:
        began = time.monotonic()
        event_id = envelope["payload"].get("event_id", "")
        for attempt, patience in enumerate(self.redeliver_s if envelope["retries"] else (3.0,)):
            if self.http is not None:
                if answer := await self.http(envelope["payload"]):
                    self._goes_on(envelope["payload"], answer if isinstance(answer, dict) else {})
                    self.ack_times.setdefault(event_id, time.monotonic() - began)
                    return
                await asyncio.sleep(patience)
                continue
            if not self._open:
                if envelope["retries"]:
                    self._waiting.append(envelope)
                return
            envelope_id, acked = secrets.token_hex(8), asyncio.Event()
            self._acked[envelope_id] = acked
            socket = self._open[next(self._turn) % len(self._open)]
            frame = {
                "envelope_id": envelope_id,
                "type": envelope["type"],
                "payload": envelope["payload"],
                "accepts_response_payload": envelope["payload"].get("type") == "view_submission",
            }
            if attempt:
                frame |= {"retry_attempt": attempt, "retry_reason": "timeout"}
            try:
                await socket.send_json(frame)
                async with asyncio.timeout(patience):
                    await acked.wait()
                self._goes_on(envelope["payload"], self._answers.pop(envelope_id, {}))
            except (TimeoutError, ConnectionError):
                continue
            finally:
                del self._acked[envelope_id]
            self.ack_times.setdefault(event_id, time.monotonic() - began)
            return

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for socket in list(self._open):
            await socket.close()
