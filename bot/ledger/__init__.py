"""The ledger: the only SQL, and the durable truth of what was asked, spent, judged and posted."""

from bot.ledger.faults import LedgerClosed, LedgerUnavailable
from bot.ledger.lock import LedgerBusy
from bot.ledger.store import Ledger

__all__ = ["Ledger", "LedgerBusy", "LedgerClosed", "LedgerUnavailable"]
