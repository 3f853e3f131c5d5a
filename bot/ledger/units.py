"""Units of work, done one after another inside one transaction."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from bot.ledger.database import Database

Unit = Callable[[Database], Any]


class Ended(NamedTuple):
    """What a unit of work came to: a result, or what it raised."""

    result: Any
    problem: BaseException | None


def done_in(db: Database, units: Sequence[Unit], words: Callable[[Exception], Exception]) -> list[Ended]:
    """Each in a savepoint of its own: what one raises undoes it alone. The transaction is the caller's."""
    ended: list[Ended] = []
    for unit in units:
        db.conn.execute("savepoint unit", {})
        try:
            result = unit(db)
        except Exception as error:  # noqa: BLE001  # undone here, raised again at the caller
            db.conn.execute("rollback to unit", {})
            ended.append(Ended(None, words(error)))
        else:
            ended.append(Ended(result, None))
        db.conn.execute("release unit", {})
    return ended
