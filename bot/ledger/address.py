"""Where a ledger lies that several processes share."""

from urllib.parse import urlsplit

SCHEMES = ("postgresql", "postgres")


class Address:
    """A PostgreSQL database by its URI, of which only host and name are ever shown: the rest may hold a password."""

    def __init__(self, uri: str) -> None:
        self.uri = uri

    def __str__(self) -> str:
        parts = urlsplit(self.uri)
        port = f":{parts.port}" if parts.port else ""
        return f"postgresql://{parts.hostname or ''}{port}{parts.path}"

    def __repr__(self) -> str:
        return f"Address({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Address) and other.uri == self.uri

    def __hash__(self) -> int:
        return hash(self.uri)
