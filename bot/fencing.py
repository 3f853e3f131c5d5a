"""Fencing of a process that stood still (a machine asleep, a frozen container): what it has committed to send goes out
at once, or not at all, and others wait for that long before they decide about it.
"""

from pipeline.vendors.first_byte import FIRST_BYTE_S

BEATS_S = 1.0
"""How often a process says that it is there."""
VALID_S = 3.0
"""An intent older than this is not sent: its process stood still between the commit and the call."""
SILENT_S = BEATS_S + VALID_S + FIRST_BYTE_S
"""After so long of silence a process is struck off, and what it was about to send is others'."""


def is_late(intent_at: float | None, now: float) -> bool:
    """Whether it is too late to send what was committed then; by the clock of one process."""
    return now - (intent_at or 0.0) > VALID_S
