"""What is posted, whoever posts it."""

from typing import Any

from pipeline.models import Value


class Message(Value):
    """A message's fallback text and blocks, as JSON."""

    text: str
    blocks: tuple[dict[str, Any], ...]
    shows_pictures: bool = True
    """False: its pictures are uploaded with it, for a modal that it opens."""
