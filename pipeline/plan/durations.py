"""How long plans take: from the ledger's own history, else from public examples."""

from pipeline.plan.inputs import History

SECONDS_A_CALL = 12.0
"""A judge call on claude-sonnet-4-6 with four reasons, where the ledger knows no better."""
SECONDS_AN_IMAGE = 14.0
"""From the order to the file, where the ledger knows no better: 7.9 s on the machine, the rest waiting (public
examples)."""


SECONDS_A_BATCH = 3600.0
"""Most message batches are answered within an hour, says Anthropic's documentation; the latest after a day."""


def usual(seconds: tuple[float, ...], otherwise: float) -> float:
    """The median of some durations."""
    return sorted(seconds)[len(seconds) // 2] if seconds else otherwise


def duration(count: int, history: History, concurrency: int) -> float:
    """Seconds for `count` judge calls: one that fills the cache, then the rest side by side."""
    if not count:
        return 0.0
    return usual(history.took_s, SECONDS_A_CALL) * (1 + -(-(count - 1) // concurrency))


def making_duration(count: int, history: History, concurrency: int) -> float:
    """Seconds for `count` images, `concurrency` at once."""
    return usual(history.took_s, SECONDS_AN_IMAGE) * -(-count // max(1, concurrency))
