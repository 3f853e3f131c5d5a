"""The outside world on loopback: Slack, Anthropic, Replicate, FASHN and Magnific.

They speak the real wires and refuse what the real ones refuse. Only `labs demo` and the tests use it; it knows
nothing of the bot.
"""
