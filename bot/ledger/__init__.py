"""The ledger: all SQL but that which makes the driver's own tables, and the durable truth of
what was asked, spent, judged and posted.
"""

from bot.ledger.faults import LedgerClosed, LedgerUnavailable
from bot.ledger.lock import LedgerBusy
from bot.ledger.store import Ledger

__all__ = ["Ledger", "LedgerBusy", "LedgerClosed", "LedgerUnavailable"]
