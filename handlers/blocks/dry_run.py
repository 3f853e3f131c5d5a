"""A plan that is no job: its price was asked for."""

from handlers.blocks.anchor import anchor
from handlers.blocks.kit import Block, actions, context, says
from handlers.message import Message
from handlers.views import AnchorView
from pipeline.actions.registry import JobRequest
from pipeline.language.sentence import render
from pipeline.money import dollars
from pipeline.plan.plan import Plan


def priced(made: Plan, request: JobRequest) -> Message:
    """The plan with its price, and the button that begins it."""
    real = render(request.model_copy(update={"dry_run": False}))
    go = says(f"Do it: {dollars(made.estimate.usd_micros)}", "labs:say:0", real, style="primary")
    blocks = (context("*Dry run*: nothing is started."), *shown(made))
    return Message(text=f"Dry run: {made.estimate}", blocks=(*blocks, actions(*go)) if made.does and go else blocks)


def shown(made: Plan) -> list[Block]:
    """A plan that is no job."""
    view = AnchorView(job_id="dry run", state="planned", plan=made, asked_by="")
    return [block for block in anchor(view).blocks if block["type"] not in {"actions", "context"}]
