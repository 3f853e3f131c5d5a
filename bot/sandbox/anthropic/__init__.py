"""A small Anthropic, whose judge measures pixels."""
