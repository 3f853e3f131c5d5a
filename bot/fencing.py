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
STANDS_STILL_S = 4
"""After this long without a word in the middle of a transaction the server ends it, and the locks that it holds."""
WAITS_S = 15
"""Of a session: for a lock at the most; for a statement twice that."""
SESSION = (
    f"-c idle_in_transaction_session_timeout={STANDS_STILL_S}s -c lock_timeout={WAITS_S}s"
    f" -c statement_timeout={2 * WAITS_S}s"
)
"""What each connection to the server asks of it, as `options` of libpq: else who stands still in the middle of one
holds everybody up."""


def is_late(intent_at: float | None, now: float) -> bool:
    """Whether it is too late to send what was committed then; by the clock of one process."""
    return now - (intent_at or 0.0) > VALID_S
