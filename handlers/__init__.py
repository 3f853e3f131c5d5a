"""Everything Slack: events in, messages out. Nothing is decided here."""

from handlers.listeners.events import register

__all__ = ["register"]
