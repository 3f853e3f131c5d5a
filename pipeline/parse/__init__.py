"""Words in the channel become a request, by rules alone; what the rules cannot read is asked back, never guessed."""

from pipeline.parse.grammar import explain, limits, parse
from pipeline.parse.opening import is_talk

__all__ = ["explain", "is_talk", "limits", "parse"]
