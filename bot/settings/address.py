"""The address of a ledger that several processes share."""

from typing import Self
from urllib.parse import unquote, urlsplit

SCHEMES = ("postgresql", "postgres")


class Address:
    """A PostgreSQL database by its URI, of which only host and name are ever shown: the rest may hold a password."""

    def __init__(self, uri: str) -> None:
        self.uri = uri

    @classmethod
    def read(cls, said: str) -> Self:
        """Raises: ValueError, for what is no such address."""
        try:
            parts = urlsplit(said)
            good = parts.scheme in SCHEMES and bool(parts.path.strip("/")) and (parts.port or 1) > 0
        except ValueError:
            good = False  # a port of 99999
        if not good:
            raise ValueError("it is neither a file nor an address such as postgresql://labs@db.example.com/labs")
        return cls(said)

    @property
    def password(self) -> str:
        """Empty where it stands elsewhere (PGPASSWORD, a password file)."""
        return unquote(urlsplit(self.uri).password or "")

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
