"""The channel shows how far a request is: a sign on the message that asked.

Slack keeps each of our signs once, so doing it again after a crash changes nothing; where the app lacks the right to it
there are none.
"""

from bot import logs
from bot.bench import Bench
from bot.ledger import inbox, jobs, signs
from bot.ledger.jobs import Job
from handlers.slack_errors import SlackBusy, SlackLost, SlackRefused
from pipeline.evidence.verdict import Word
from pipeline.record.job import Filed

HEARD = "eyes"
_WORDS = {Word.PROCEED: "white_check_mark", Word.ITERATE: "repeat", Word.INCOMPLETE: "warning"}
AGAIN_S = 2.0


async def advance_mark(bench: Bench, job_id: str) -> float | None:
    """Bring the sign on a job's request up to date. Seconds until the next try, or None."""
    job = await bench.ledger.run(jobs.get, job_id)
    if job is None or bench.slack is None:
        return None
    sign = HEARD if job.active else sign_of(job)
    if await bench.ledger.run(signs.standing, job_id) == (sign or ""):
        return None
    asked = await bench.ledger.run(inbox.request_of, job_id)
    if asked is None:
        return None
    channel, ts = asked
    try:
        if sign != HEARD:
            await bench.slack.unreact(channel, ts, HEARD)
        if sign is not None:
            await bench.slack.react(channel, ts, sign)
    except SlackBusy as busy:
        return busy.retry_after_s
    except SlackLost:
        return AGAIN_S
    except SlackRefused as error:
        # Asked once: whoever mends it sees it on the next job.
        logs.get().info("mark.refused", error=error.code)
    await bench.ledger.run(signs.signed, job_id, sign)
    return None


def sign_of(job: Job) -> str | None:
    """Of a job that is over; None of one that brought nothing, and is nobody's fault."""
    if job.state == "failed":
        return "warning"
    if job.state != "done" or job.outcome is None:
        return None
    state = Filed.model_validate(job.outcome).state
    if state.leaderboard and state.verdict.scored:
        return "checkered_flag"
    return _WORDS.get(state.verdict.word, "white_check_mark")
