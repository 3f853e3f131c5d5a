"""Everything Slack: events in, messages out. Nothing is decided here."""
