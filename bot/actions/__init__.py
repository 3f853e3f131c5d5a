"""What the bot does for a request: one file an action."""
