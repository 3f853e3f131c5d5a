"""The ledger: the only SQL, and the durable truth of what was asked, spent, judged and posted."""

from bot.ledger.store import Ledger, LedgerBusy, LedgerClosed, LedgerUnavailable

__all__ = ["Ledger", "LedgerBusy", "LedgerClosed", "LedgerUnavailable"]
