"""Links to pages: signed, for one person, good for twelve hours. Nothing secret stands in them."""

import secrets
from typing import Any
from urllib.parse import quote

from itsdangerous import BadData, URLSafeTimedSerializer

HOURS = 12
LIFE_S = HOURS * 3600


class Links:
    """Of one address, signed with one secret."""

    def __init__(self, address: str, secret: str) -> None:
        """Where pages are reached (`https://labs.example.com`), and what signs their links."""
        self.address = address.rstrip("/")
        self._secret = secret
        self._signer = self.signer("link")

    def signer(self, what: str) -> URLSafeTimedSerializer:
        """For one kind of thing: what is signed as one is no other."""
        return URLSafeTimedSerializer(self._secret, salt=f"labs-{what}")

    def to(self, person: str, path: str) -> str:
        """An address that opens a page for one person, once."""
        token = self._signer.dumps({"id": secrets.token_urlsafe(12), "person": person, "to": path})
        return f"{self.address}/enter?t={token}"

    def read(self, token: str) -> dict[str, str] | None:
        """What a link says: `id`, `person` and `to`; None of one that is not ours, or too old."""
        return read_signed(self._signer, token, ("id", "person", "to"))


def read_signed(signer: URLSafeTimedSerializer, token: str, names: tuple[str, ...]) -> dict[str, str] | None:
    """What was signed; None of anything else, or of what is older than twelve hours."""
    try:
        said: Any = signer.loads(token, max_age=LIFE_S)
    except BadData:
        return None
    if not isinstance(said, dict) or set(said) != set(names):
        return None
    return {name: str(said[name]) for name in names}


def page_of(run: str) -> str:
    """The path of a run's page."""
    return f"/runs/{quote(run, safe='')}/index.html"
