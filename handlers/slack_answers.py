"""What Slack answered, as far as it has the shape that Slack publishes: a proxy's page, or half an answer, is lost."""

from collections.abc import Iterator, Mapping
from typing import Any

from handlers.slack_errors import SlackLost

MOST_PAGES = 200
"""Of one listing: a cursor that leads nowhere would keep us for ever."""


class Answer:
    """One answer; every look at it raises SlackLost where something of another shape stands."""

    def __init__(self, response: Any) -> None:
        self._data: Any = getattr(response, "data", None)
        self.headers: Mapping[str, str] = getattr(response, "headers", None) or {}
        if not isinstance(self._data, dict) or self._data.get("ok") is not True:
            raise SlackLost("Slack's answer made no sense.")

    def text(self, *path: str) -> str:
        """A string that must be there, such as a message's `ts`."""
        found = self._at(path)
        if not isinstance(found, str) or not found:
            raise SlackLost("Slack's answer made no sense.")
        return found

    def maybe(self, name: str) -> str | None:
        found = self._data.get(name)
        return found if isinstance(found, str) else None

    def table(self, name: str) -> dict[str, Any]:
        """An object; empty where there is none."""
        found = self._data.get(name)
        return found if isinstance(found, dict) else {}

    @property
    def messages(self) -> list[dict[str, Any]]:
        """Of a listing, which must be there."""
        found = self._data.get("messages")
        if not isinstance(found, list):
            raise SlackLost("Slack's answer made no sense.")
        return [one for one in found if isinstance(one, dict)]

    @property
    def cursor(self) -> str | None:
        """Where the next page begins."""
        found = self.table("response_metadata").get("next_cursor")
        return found if isinstance(found, str) and found else None

    def _at(self, path: tuple[str, ...]) -> object:
        found: object = self._data
        for name in path:
            found = found.get(name) if isinstance(found, dict) else None
        return found


def files_of(message: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The files of a message."""
    for one in message.get("files") or ():
        if isinstance(one, dict):
            yield one
