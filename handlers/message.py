"""What is posted, whoever posts it."""

from typing import Any

from pipeline.models import Value


class Message(Value):
    """A message's fallback text and blocks, as JSON."""

    text: str
    blocks: tuple[dict[str, Any], ...]
