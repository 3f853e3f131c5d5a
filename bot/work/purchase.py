"""What was paid for is kept in hand until the ledger takes it: a full disk is mended by a person."""

from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar

import stamina

from bot.bench import Bench
from bot.ledger import LedgerUnavailable

P = ParamSpec("P")
T = TypeVar("T")
LEDGER_PATIENCE_S = 3600.0
VALID_S = 10.0
"""An intent older than this is not sent: the process was frozen between commit and call."""


async def for_sure(bench: Bench, work: Callable[Concatenate[Any, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Do a unit of work; when the ledger cannot commit, try again for an hour."""
    async for attempt in stamina.retry_context(on=LedgerUnavailable, attempts=None, timeout=LEDGER_PATIENCE_S):
        with attempt:
            return await bench.ledger.run(work, *args, **kwargs)
    raise AssertionError("stamina raises the last error itself")
