"""Who is at work on a ledger that several processes share.

Clocks of two machines differ: a process is silent when its count has not grown for a while by the clock of whoever
looks.
"""

from bot.ledger.database import Database, change, read, rows
from pipeline.models import Value


class Process(Value):
    boot: str
    host: str
    pid: int
    version: str
    started_at: float
    beats: int = 0


def beat(db: Database, process: Process) -> bool:
    """It is there. False: it was not on the list, new or taken for dead meanwhile."""
    if change(db, "update processes set beats = beats + 1 where boot = :boot", boot=process.boot):
        return True
    change(
        db,
        """insert into processes (boot, host, pid, version, started_at)
           values (:boot, :host, :pid, :version, :started_at)""",
        **process.model_dump(exclude={"beats"}),
    )
    return False


def listed(db: Database) -> list[Process]:
    """Those that beat, or did until lately; oldest first."""
    return [read(Process, row) for row in rows(db, "select * from processes order by started_at, boot")]


def bury(db: Database, boot: str, beats: int) -> bool:
    """It has been silent at this count. True: off the list it goes, by this call."""
    return change(db, "delete from processes where boot = :boot and beats = :beats", boot=boot, beats=beats) == 1


def leave(db: Database, boot: str) -> None:
    """It ends in an orderly way."""
    change(db, "delete from processes where boot = :boot", boot=boot)
