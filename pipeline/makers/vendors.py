"""Vendors that makers' orders go to, with what each can do (its published API) and what its machines cost."""

from pipeline.makers.maker import Vendor

REPLICATE = Vendor(name="replicate", lists=True, cancels=True, hooks=True, keeps_s=3600.0)
"""Deletes what was asked and what came of it an hour after the end (replicate.com/docs, read 2026-11)."""

H100_MICROS_S = 1525
"""Replicate's price of one second of an H100, on which Flux fine-tunes run (replicate.com/pricing, read 2026-11)."""
