"""Where the bot listens: its channel, others that are named beside it, and what somebody writes to it alone."""

from pipeline.models import Value


def is_direct(channel: str | None) -> bool:
    """Whether it is the conversation of the bot with one person; Slack's ids tell."""
    return bool(channel) and str(channel).startswith("D")


class Places(Value):
    """Channels by id."""

    channel: str
    """The first: what was said where nobody else reads is said there again before a job begins."""
    also: frozenset[str] = frozenset()

    def heard(self, channel: object) -> bool:
        return channel == self.channel or channel in self.also or is_direct(str(channel or ""))

    def shared(self, channel: object) -> bool:
        """Heard, and read by more than one person."""
        return channel == self.channel or channel in self.also
