"""Vendors that makers' orders go to, with what each can do (its published API) and what its machines cost."""

from pipeline.makers.maker import Lends, Vendor

REPLICATE = Vendor(name="replicate", lists=True, cancels=True, hooks=True, keeps_s=3600.0)
"""Deletes what was asked and what came of it an hour after the end (replicate.com/docs, read 2026-11)."""

H100_MICROS_S = 1525
"""Replicate's price of one second of an H100, on which Flux fine-tunes run (replicate.com/pricing, read 2026-11)."""

L40S_MICROS_S, A100_MICROS_S = 975, 1400
"""Of an L40S, on which most community models run, and of an A100 with 80 GB (same page)."""

MAGNIFIC = Vendor(
    name="magnific",
    lists=False,
    cancels=False,
    hooks=True,
    lends=Lends.BARE,
    keeps_s=24 * 3600.0,
    at_once=5,
    forgets="it has no call that deletes, and does not say how long it keeps pictures; ask its support",
)
"""Ten calls a second in a longer while, fewer with small plans (docs.magnific.com, read 2026-10); how long its links
live is not said.
"""

FASHN = Vendor(
    name="fashn",
    lists=False,
    cancels=False,
    lends=Lends.INSIDE,
    keeps_s=72 * 3600.0,
    at_once=6,
    forgets="it has no call that deletes; its links end after 72 hours",
)
"""Takes six jobs at once; its links live 72 hours (docs.fashn.ai, read 2026-10)."""
