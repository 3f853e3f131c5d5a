"""Words in the channel become a request, by rules alone; what the rules cannot read is asked back, never guessed."""

from pipeline.language.opening import is_talk
from pipeline.language.parse import explain, limits, parse

__all__ = ["explain", "is_talk", "limits", "parse"]
