"""How a job is doing, in a line: its own message, with the buttons, stands where it was asked for."""

from handlers.blocks.anchor import head_of
from handlers.blocks.kit import context, section
from handlers.blocks.plans import subject
from handlers.blocks.progress import progress_of
from handlers.markup import mentions
from handlers.message import Message
from handlers.views import AnchorView
from pipeline.surfaces import mrkdwn


def standing(view: AnchorView) -> Message:
    """No buttons and no picture: those live on in the job's own message alone."""
    said = f"*{head_of(view)}* · {mrkdwn(subject(view.plan))}"
    more = []
    if view.progress and view.state in {"running", "canceling", "finishing"}:
        more.append(progress_of(view.plan, view.progress))
    if view.state == "waiting":
        more.append(f"It can be approved by {mentions(view.approvers, 'nobody (no approvers are set)')}.")
    more += [view.stamp] if view.stamp else []
    note = context(f"job `{view.job_id}` · asked by <@{view.asked_by}>")
    text = f"{head_of(view)}: {subject(view.plan)} (job {view.job_id})"
    return Message(text=text, blocks=(section("\n".join([said, *more])), note))
