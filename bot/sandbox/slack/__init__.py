"""A small Slack workspace that refuses what the real one refuses."""
