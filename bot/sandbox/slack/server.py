"""Slack's Web API and Socket Mode on loopback: the methods that the bot calls, with their checks, scopes and limits."""

import time
from collections import deque
from typing import Any

from aiohttp import web

from bot.sandbox.faults import Faults
from bot.sandbox.slack.contract import SlackError, argument_fault, methods, needed_scopes
from bot.sandbox.slack.files import FilesApi
from bot.sandbox.slack.messages import MessagesApi
from bot.sandbox.slack.modals import ViewsApi
from bot.sandbox.slack.sockets import Sockets
from bot.sandbox.slack.workspace import APP_ID, BOT_ID, BOT_USER, PEOPLE, TEAM, Workspace, direct_channel
from bot.sandbox.wire import arguments as read_arguments
from bot.sandbox.wire import page

BOT_TOKEN = "xoxb-sandbox"  # noqa: S105  # of the sandbox only
APP_TOKEN = "xapp-sandbox"  # noqa: S105  # of the sandbox only
SIGNING_SECRET = "sandbox-signing-secret"  # noqa: S105  # of the sandbox only
SCOPES = frozenset(
    {
        "app_mentions:read",
        "assistant:write",
        "channels:history",
        "chat:write",
        "commands",
        "files:read",
        "files:write",
        "groups:history",
        "im:history",
        "im:write",
        "links:read",
        "links:write",
        "reactions:write",
        "users:read",
    }
)
POSTS_IN_5_S = 8
UPDATES_A_MINUTE = 50


class SlackServer(MessagesApi, FilesApi, ViewsApi):
    """The workspace behind its API. `calls` is the record of every call, for the contract checkers."""

    def __init__(self, workspace: Workspace | None = None, scopes: frozenset[str] = SCOPES) -> None:
        self.workspace = workspace or Workspace()
        self.scopes = scopes
        self.faults = Faults()
        self.calls: list[dict[str, Any]] = []
        self.refused: list[str] = []
        self.tombstones: list[str] = []
        """Files that were deleted while a message still showed them."""
        self.sockets = Sockets(self.workspace)
        self.sockets.show = self._answered_with
        self.url = ""
        self.bot_token = BOT_TOKEN
        self.limited = 0
        """Calls that were too many at once (429)."""
        self._posts: deque[float] = deque()
        self.posts_in_5_s = POSTS_IN_5_S
        self._updates: deque[float] = deque()

    def routes(self, app: web.Application) -> None:
        app.router.add_route("*", "/api/{method}", self._api)
        app.router.add_post("/upload/{file_id}", self._upload)
        app.router.add_get("/socket", self.sockets.handle)
        app.router.add_get("/files-pri/{file_id}/download/{name}", self._download)

    async def _api(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        return await self.faults.serve(method, request, lambda: self._answer(method, request))

    async def _answer(self, method: str, request: web.Request) -> web.StreamResponse:
        arguments = await read_arguments(request)
        self.calls.append({"method": method, "args": arguments, "at": time.time()})
        try:
            if method not in methods():
                raise SlackError("unknown_method")
            self._check_token(method, request)
            if fault := argument_fault(method, arguments):
                raise SlackError(fault)
            if wait := self._limited(method):
                self.calls.pop()
                self.limited += 1
                return web.json_response(
                    {"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": str(wait)}
                )
            body = getattr(self, "_" + method.replace(".", "_"))(arguments)
        except SlackError as error:
            if "unsupported type" not in str(error.body):  # of those the workspace keeps a list of its own
                self.refused.append(f"{method}: {error.body}")
            body = error.body
        return web.json_response(
            body if "ok" in body else {"ok": True, **body}, headers={"x-oauth-scopes": ",".join(sorted(self.scopes))}
        )

    def _check_token(self, method: str, request: web.Request) -> None:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if token != (APP_TOKEN if method == "apps.connections.open" else BOT_TOKEN):
            raise SlackError("invalid_auth")
        needed = needed_scopes(method)
        if needed and not self.scopes & set(needed):
            raise SlackError("missing_scope", needed=",".join(needed), provided=",".join(sorted(self.scopes)))

    def _limited(self, method: str) -> int:
        """About one post a second in a channel, short bursts tolerated; fifty edits a minute."""
        now = time.time()
        for name, times, span, most in (
            ("chat.postMessage", self._posts, 5, self.posts_in_5_s),
            ("chat.update", self._updates, 60, UPDATES_A_MINUTE),
        ):
            if method != name:
                continue
            while times and times[0] < now - span:
                times.popleft()
            if len(times) >= most:
                return 1
            times.append(now)
        return 0

    # methods, named after Slack's with dots as underscores

    def _auth_test(self, _arguments: dict[str, Any]) -> dict[str, Any]:
        return {
            "url": self.url,
            "team": "labs",
            "team_id": TEAM,
            "user": "labs-bot",
            "user_id": BOT_USER,
            "bot_id": BOT_ID,
        }

    def _bots_info(self, arguments: dict[str, Any]) -> dict[str, Any]:
        if arguments.get("bot") != BOT_ID:
            raise SlackError("bot_not_found")
        return {"bot": {"id": BOT_ID, "app_id": APP_ID, "user_id": BOT_USER, "name": "labs-bot", "deleted": False}}

    def _users_info(self, arguments: dict[str, Any]) -> dict[str, Any]:
        user = arguments["user"]
        if user not in PEOPLE and user not in self.workspace.members:
            raise SlackError("user_not_found")
        told = {"is_restricted": False, "is_ultra_restricted": False, "deleted": False, "is_bot": user == BOT_USER}
        known = {"id": user, "team_id": TEAM, "name": PEOPLE.get(user, user), **told}
        return {"user": known | self.workspace.members.get(user, {})}

    def _apps_connections_open(self, _arguments: dict[str, Any]) -> dict[str, Any]:
        return {"url": self.url.replace("http:", "ws:") + f"/socket?ticket={self.sockets.ticket()}"}

    def _conversations_history(self, arguments: dict[str, Any]) -> dict[str, Any]:
        self._check_channel(arguments["channel"])
        oldest = arguments.get("oldest", "0")
        found = [
            message for message in self.workspace.channel(arguments["channel"]) if float(message["ts"]) > float(oldest)
        ]
        return page(found, arguments)

    def _conversations_replies(self, arguments: dict[str, Any]) -> dict[str, Any]:
        self._check_channel(arguments["channel"])
        if arguments["ts"] not in self.workspace.messages:
            raise SlackError("thread_not_found")
        oldest = float(arguments.get("oldest", "0"))
        found = self.workspace.thread(arguments["ts"])
        # As Slack does: the thread's own first message comes along, however old it is.
        return page([one for one in found if float(one["ts"]) > oldest or one["ts"] == arguments["ts"]], arguments)

    def _conversations_open(self, arguments: dict[str, Any]) -> dict[str, Any]:
        users = str(arguments.get("users", "")).split(",")
        if len(users) != 1 or users[0] not in PEOPLE:
            raise SlackError("user_not_found")
        return {"channel": {"id": direct_channel(users[0])}}
