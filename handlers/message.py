"""What is posted, whoever posts it."""

from typing import Any

from pipeline.models import Value


class Message(Value):
    """A message's fallback text and blocks, as JSON."""

    text: str
    blocks: tuple[dict[str, Any], ...]
    about: tuple[dict[str, str], ...] = ()
    """What each of its pictures is of, for whoever answers about them; nobody sees it."""
    shows_pictures: bool = True
    """False: its pictures are uploaded with it, for a modal that it opens."""
