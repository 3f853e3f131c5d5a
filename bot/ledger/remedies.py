"""What remedies did before: one case for each bar that a job was to mend."""

from bot.ledger.database import Database, change, rows
from pipeline.advice.tried import Tried


def keep(db: Database, job_id: str, cases: tuple[Tried, ...], now: float) -> None:
    for one in cases:
        change(
            db,
            """insert into remedies (job_id, remedy, axis, before_passed, before_scored, after_passed, after_scored, at)
               values (:job, :remedy, :axis, :bp, :bs, :ap, :as_, :now) on conflict do nothing""",
            job=job_id,
            remedy=one.remedy.value,
            axis=one.axis.value,
            bp=one.before[0],
            bs=one.before[1],
            ap=one.after[0],
            as_=one.after[1],
            now=now,
        )


def cases(db: Database) -> dict[str, tuple[int, int]]:
    """For each remedy: in how many cases the pass rate rose, and how many there were."""
    found = rows(
        db,
        """select remedy, sum(case when after_passed * before_scored > before_passed * after_scored then 1 else 0 end)
             as helped, count(*) as n
           from remedies group by remedy""",
    )
    return {row["remedy"]: (row["helped"], row["n"]) for row in found}
