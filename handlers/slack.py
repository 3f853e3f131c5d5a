"""Slack's Web API as we use it: each call once, each failure by what it means for the message."""

import io
from collections.abc import AsyncIterator, Callable
from types import SimpleNamespace
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from handlers.listeners.who import Ours
from handlers.message import Message
from handlers.outgoing import safe, top_text
from handlers.slack_answers import MOST_PAGES, Answer
from handlers.slack_errors import SlackBusy, SlackLost, SlackRefused, translated, wait_of
from handlers.slack_files import UPLOAD_TIMEOUT_S, PostedFiles
from pipeline.clock import seconds
from pipeline.models import Value
from pipeline.scrub import scrub
from pipeline.surfaces import clean
from pipeline.vendors.first_byte import FIRST_BYTE_S

TIMEOUT_S = 10
EVENT_TYPE = "labs_post"
ALT_LIMIT = 1000
"""Of a file; the image block that shows it takes 2,000."""


def key_of(message: dict[str, Any]) -> str | None:
    """The key that a message of ours carries."""
    metadata = message.get("metadata")
    if not isinstance(metadata, dict) or metadata.get("event_type") != EVENT_TYPE:
        return None
    payload = metadata.get("event_payload")
    found = payload.get("key") if isinstance(payload, dict) else None
    return found if isinstance(found, str) else None


def open_client(token: str, base_url: str, session: aiohttp.ClientSession) -> AsyncWebClient:
    """A client that sends each call once: the SDK's own handler repeats a post whose answer was lost."""
    return AsyncWebClient(token=token, base_url=base_url, session=session, timeout=TIMEOUT_S, retry_handlers=[])


def open_session(clock: Callable[[], float] = seconds) -> aiohttp.ClientSession:
    """Of a program that sends nothing late (`first_byte`): it is then not sent."""
    watch = aiohttp.TraceConfig()

    async def began(_session: aiohttp.ClientSession, context: SimpleNamespace, _what: object) -> None:
        context.began = clock()

    async def connected(_session: aiohttp.ClientSession, context: SimpleNamespace, _what: object) -> None:
        if clock() - context.began > FIRST_BYTE_S:
            raise aiohttp.ConnectionTimeoutError("It could not be sent in time.")

    watch.on_request_start.append(began)
    watch.on_connection_create_end.append(connected)
    watch.on_connection_reuseconn.append(connected)
    return aiohttp.ClientSession(trace_configs=[watch])


class SentFile(Value):
    """A file that Slack has, and that nobody sees yet."""

    id: str
    title: str


class Slack(PostedFiles):
    """The workspace, one call at a time."""

    def __init__(self, client: AsyncWebClient, session: aiohttp.ClientSession) -> None:
        self.client = client
        self._session = session
        self._direct: dict[str, str] = {}

    async def post(
        self, channel: str, thread_ts: str | None, message: Message, key: str, *, broadcast: bool = False
    ) -> str:
        """Post once; the key travels as metadata; `broadcast`: the channel sees the reply, too. Returns the `ts`.

        Raises: SlackBusy, SlackRefused (both: not posted), SlackLost (perhaps posted).
        """
        answer = await self._call(
            "chat_postMessage",
            channel=channel,
            thread_ts=thread_ts,
            text=top_text(message.text),
            blocks=safe(message.blocks),
            metadata={"event_type": EVENT_TYPE, "event_payload": {"key": key}},
            unfurl_links=False,
            unfurl_media=False,
            reply_broadcast=True if broadcast and thread_ts else None,
        )
        return answer.text("ts")

    async def update(self, channel: str, ts: str, message: Message) -> None:
        """Edit; doing it twice changes nothing. Raises: as `post`."""
        await self._call(
            "chat_update", channel=channel, ts=ts, text=top_text(message.text), blocks=safe(message.blocks)
        )

    async def whisper(self, channel: str, person: str, thread_ts: str | None, message: Message) -> str:
        """Say something that one person alone sees, once; it stands nowhere afterwards. Raises: as `post`."""
        answer = await self._call(
            "chat_postEphemeral",
            channel=channel,
            user=person,
            thread_ts=thread_ts,
            text=top_text(message.text),
            blocks=safe(message.blocks),
        )
        return answer.text("message_ts")

    async def find(self, channel: str, thread_ts: str | None, key: str, *, but: str | None = None) -> str | None:
        """The `ts` of the message that carries this key, from the thread (or the channel) itself; but for one."""
        async for message in self._each(channel, thread_ts, include_all_metadata=True):
            if key_of(message) == key and message.get("ts") != but:
                return str(message["ts"])
        return None

    async def _each(self, channel: str, thread_ts: str | None, **more: Any) -> AsyncIterator[dict[str, Any]]:
        """The messages of a thread, or of the channel itself. Raises: as `post`."""
        cursor = None
        for _ in range(MOST_PAGES):
            method = "conversations_history" if thread_ts is None else "conversations_replies"
            answer = await self._call(method, channel=channel, ts=thread_ts, limit=200, cursor=cursor, **more)
            for message in answer.messages:
                yield message
            before, cursor = cursor, answer.cursor
            if cursor is None:
                return
            if cursor == before:
                break
        raise SlackLost("Slack's list has no end.")

    async def upload(self, content: bytes, name: str, alt: str) -> str:
        """Upload a file that nobody sees yet; doing it twice wastes a file and nothing else. Returns its id."""
        sent = await self.put(content, name, alt)
        await self._call("files_completeUploadExternal", files=[sent.model_dump()])
        return sent.id

    async def put(self, content: bytes, name: str, alt: str) -> SentFile:
        """Bytes on their way: `share` shows them. Raises: as `post`."""
        place = await self._call(
            "files_getUploadURLExternal", filename=name, length=len(content), alt_txt=scrub(clean(alt))[:ALT_LIMIT]
        )
        limit = aiohttp.ClientTimeout(total=UPLOAD_TIMEOUT_S)
        try:
            # A stream: aiohttp warns that large bytes would hold the event loop up.
            sent = self._session.post(place.text("upload_url"), data=io.BytesIO(content), timeout=limit)
            async with sent as answer:
                if answer.status == 429:
                    raise SlackBusy(wait_of(answer.headers.get("Retry-After")))
                if answer.status >= 500:
                    raise SlackLost("Slack's place for files answered with an error of its own.")
                if answer.status != 200:
                    raise SlackRefused("the file upload", str(answer.status))
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise SlackLost("The file upload was cut off.") from error
        return SentFile(id=place.text("file_id"), title=name)

    async def ready(self, file_id: str) -> bool:
        """Whether Slack has looked at the file: until then no message can show it."""
        answer = await self._call("files_info", file=file_id)
        return bool(answer.table("file").get("mimetype"))

    async def share(self, channel: str, thread_ts: str, files: list[SentFile], comment: str) -> None:
        """Share files into the thread, as one message. Raises: as `post`."""
        await self._call(
            "files_completeUploadExternal",
            files=[one.model_dump() for one in files],
            channel_id=channel,
            thread_ts=thread_ts,
            initial_comment=top_text(comment),
        )

    async def delete(self, file_id: str) -> None:
        """Delete a file of ours; one that is gone already is as good. Raises: SlackBusy, SlackLost, SlackRefused."""
        try:
            await self._call("files_delete", file=file_id)
        except SlackRefused as error:
            if error.code not in {"file_not_found", "file_deleted"}:
                raise

    async def shared(self, channel: str, thread_ts: str, comment: str) -> list[SentFile]:
        """The files that stand in the thread with this comment; none, where it does not. Raises: as `post`."""
        said = top_text(comment)
        async for message in self._each(channel, thread_ts):
            if message.get("files") and said in (message.get("text") or ""):
                return [
                    SentFile(id=str(one["id"]), title=str(one.get("title") or one.get("name")))
                    for one in message["files"]
                ]
        return []

    async def place(self, channel: str) -> str:
        """Where to post: a channel as it is; for a person the conversation with them alone. Raises: as `post`."""
        channel = channel.rpartition("/")[2]  # somebody of another workspace: the same conversation from here
        if not channel.startswith(("U", "W")):
            return channel
        if channel not in self._direct:
            answer = await self._call("conversations_open", users=channel)
            self._direct[channel] = answer.text("channel", "id")
        return self._direct[channel]

    async def whoami(self) -> tuple[Ours, set[str]]:
        """This app in this workspace, and the scopes that its token has."""
        answer = await self._call("auth_test")
        given = answer.headers.get("x-oauth-scopes", "")
        scopes = {scope.strip() for scope in given.split(",") if scope.strip()}
        app = None
        if "users:read" in scopes and answer.maybe("bot_id"):
            app = (await self._call("bots_info", bot=answer.text("bot_id"))).table("bot").get("app_id")
        ours = Ours(
            team=answer.maybe("team_id"),
            enterprise=answer.maybe("enterprise_id"),
            app=app,
            user=answer.text("user_id"),
            url=answer.maybe("url"),
        )
        return ours, scopes

    async def member(self, user: str) -> dict[str, Any]:
        """What Slack says of a user of this workspace: `deleted`, `is_restricted`, `is_stranger`, `team_id`."""
        return (await self._call("users_info", user=user)).table("user")

    async def reads(self, channel: str) -> None:
        """Raises SlackRefused when the bot cannot read the channel."""
        await self._call("conversations_history", channel=channel, limit=1)

    async def react(self, channel: str, ts: str, name: str) -> None:
        """Put a sign on a message; it is there once, however often. Raises: as `post`."""
        await self._signed("reactions_add", "already_reacted", channel, ts, name)

    async def unreact(self, channel: str, ts: str, name: str) -> None:
        """Take our sign off a message. Raises: as `post`."""
        await self._signed("reactions_remove", "no_reaction", channel, ts, name)

    async def _signed(self, method: str, so_already: str, channel: str, ts: str, name: str) -> None:
        try:
            await self._call(method, channel=channel, timestamp=ts, name=name)
        except SlackRefused as error:
            if error.code != so_already:
                raise

    async def publish(self, person: str, view: dict[str, Any]) -> None:
        """Show somebody their own page. Raises: as `post`."""
        await self._call("views_publish", user_id=person, view=safe(view))

    async def says_status(self, channel: str, thread_ts: str, words: str) -> None:
        """What the bot is at, under a thread, until it answers there. Raises: as `post`."""
        await self._call("assistant_threads_setStatus", channel_id=channel, thread_ts=thread_ts, status=words)

    async def suggests(self, channel: str, prompts: list[dict[str, str]]) -> None:
        """What somebody could write to the bot alone: `title` and `message` of each. Raises: as `post`."""
        await self._call("assistant_threads_setSuggestedPrompts", channel_id=channel, prompts=prompts)

    async def opens_socket(self, app_token: str) -> None:
        """Ask for a socket's address, and leave it. Raises SlackRefused when the app token is not good."""
        await self._call("apps_connections_open", app_token=app_token)

    async def since(self, channel: str, thread_ts: str | None, oldest: str) -> list[dict[str, Any]]:
        """The messages of a thread, or of the channel itself, after a moment. Raises: as `post`."""
        listed = self._each(channel, thread_ts, oldest=oldest, include_all_metadata=True)
        found = [message async for message in listed]
        return [message for message in found if float(message.get("ts") or 0) > float(oldest)]

    async def _call(self, method: str, **arguments: Any) -> Answer:
        given = {name: value for name, value in arguments.items() if value is not None}
        try:
            return Answer(await getattr(self.client, method)(**given))
        except SlackApiError as error:
            raise translated(method, error) from error
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, ConnectionRefusedError) as error:
            raise SlackBusy(2.0) from error  # never connected, so never sent
        except (aiohttp.ClientError, TimeoutError, ConnectionError) as error:
            raise SlackLost("Slack's answer was lost.") from error
