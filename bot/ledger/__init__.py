"""The ledger: the only SQL, and the durable truth of what was asked, spent, judged and posted."""

from bot.ledger.store import Ledger, LedgerBusy, LedgerUnavailable

__all__ = ["Ledger", "LedgerBusy", "LedgerUnavailable"]
