"""The outside world on loopback: a Slack workspace, Anthropic and Replicate that speak the real wires and refuse what
the real ones refuse. Only `labs demo` and the tests use it; it knows nothing of the bot."""
