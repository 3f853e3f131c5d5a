"""Files in Slack: what people posted, and where our token may go for it."""

from typing import Any
from urllib.parse import urlsplit

from pipeline.models import Value

MAX_FILE_BYTES = 80_000_000
"""As `pipeline.pictures.MOST_PHOTO_BYTES`."""
FILE_HOSTS = ("files.slack.com", ".enterprise.slack.com")
"""Where `url_private` of a file leads: of a workspace, and of an Enterprise Grid."""


class PostedFile(Value):
    """A file in a thread."""

    name: str
    address: str | None = None
    why: str = ""
    """Why there is no address."""


def is_slacks(address: str, api: str) -> bool:
    """Whether our token may go there: a host of Slack's files by TLS, or the server that we were told to use."""
    try:
        where, base = urlsplit(address), urlsplit(api)
        port = where.port
    except ValueError:
        return False
    host = where.hostname or ""
    slack = where.scheme == "https" and port in {None, 443} and not where.username
    loopback = base.hostname in {"127.0.0.1", "localhost", "::1"} and where.netloc == base.netloc
    own = host == FILE_HOSTS[0] or host.endswith(FILE_HOSTS[1])
    return (slack and own) or loopback


def address_of(file: dict[str, Any]) -> str | None:
    """Where a file can be fetched, as a message or `files.info` shows it."""
    found = file.get("url_private_download") or file.get("url_private")
    return str(found) if found else None
