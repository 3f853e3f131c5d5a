"""What stands under a job's plan: who decided what, how it ended, or why nothing moves. Slack's mrkdwn."""

from datetime import UTC, datetime

from handlers.blocks.kit import seconds
from handlers.markup import mention
from pipeline.money import dollars
from pipeline.surfaces import mrkdwn


def approved(person: str | None) -> str:
    """Before another stamp, or alone; empty where nobody had to."""
    return f"Approved by {mention(person)}." if person else ""


def waits_for(job_id: str) -> str:
    return f"Waits for job `{job_id}`, which is at work on the same run; starts by itself after it."


def starts_in(span_s: float) -> str:
    return f"Starts in {round(span_s)} s; *Cancel* stops it before any money moves."


def done(took_s: float, spent_micros: int) -> str:
    return f"Done in {seconds(took_s)} for {dollars(spent_micros)}."


def denied(person: str | None, reason: str | None) -> str:
    return f"Denied by {mention(person or '')}{_why(reason)}. Nothing was spent."


def ended(reason: str | None) -> str:
    """Expired, or failed."""
    return mrkdwn(reason or "")


def changed(person: str | None, into: str) -> str:
    job = into.rpartition(" ")[2]
    return f"Replaced by {mention(person or '')} with job `{mrkdwn(job)}`. Nothing was spent."


def canceled(person: str | None, spent_micros: int | None, why: str | None = None) -> str:
    """`spent_micros`: None before it began."""
    if spent_micros is None:
        return f"Canceled by {mention(person or '')} before anything was spent."
    said = f"Canceled by {mention(person or '')}; what is finished is kept. {dollars(spent_micros)} were spent."
    return f"{said} {mrkdwn(why)}" if why else said


def stopped(person: str, images: int) -> str:
    """The rest of a job was called off."""
    was = "image was" if images == 1 else "images were"
    return f"Stopped by {mention(person)}: {images} {was} not begun, and cost nothing."


def paused(person: str, reason: str | None) -> str:
    return f"Spending is paused by {mention(person)}{_why(reason)}. It goes on after “resume spending”."


def vendor_down(title: str, since: float) -> str:
    """A vendor answers no order, and its own listing shows that it made none."""
    return (
        f"{mrkdwn(title)} has answered no order since {clock(since)}. Nothing was made, and nothing is charged; it is"
        " tried again by itself, ever later."
    )


def clock(at: float) -> str:
    """A moment, in each reader's own time."""
    words = datetime.fromtimestamp(at, UTC).strftime("%H:%M UTC")
    return f"<!date^{int(at)}^{{time}}|{words}>"


def batch(since: float, state: str) -> str:
    """Where a message batch is; how long that may take stands with the plan."""
    if state in {"sending", "unknown"}:
        return (
            f"Whether Anthropic has the batch of {clock(since)} is not known; it is looked for, and never sent twice."
        )
    return f"At Anthropic as a batch since {clock(since)}."


def vendor_closed(why: str) -> str:
    return f"{mrkdwn(why)} Nothing is lost: it goes on by itself once that is mended."


def _why(reason: str | None) -> str:
    return f": {mrkdwn(reason)}" if reason else ""
