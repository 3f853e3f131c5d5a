"""The buttons of a plan that waits, wherever it is shown: in its thread, and to each approver alone."""

from handlers.blocks.kit import Block, button
from handlers.blocks.plans import subject
from pipeline.money import dollars
from pipeline.plan.plan import Plan
from pipeline.surfaces import mrkdwn


def approve_and_deny(job_id: str, plan: Plan, *between: Block) -> list[Block]:
    """*Approve, up to $3.35* and *Deny…*, each bound to this very plan; `between` them what else there is."""
    value, price = f"{job_id} {plan.hash}", dollars(plan.estimate.high_micros)
    sure = ("Approve this plan?", f"{mrkdwn(subject(plan))} for up to {price}.")
    ambers = plan.training.preflight.ambers if plan.training else ()
    if ambers:
        # They are named in a modal: a button's own question is too short for them.
        words = f"Approve, up to {price}, with {len(ambers)} amber…"
        yes = button(words, "labs:open:approve", value, style="primary")
    else:
        yes = button(f"Approve, up to {price}", "labs:approve", value, style="primary", confirm=sure)
    return [yes, *between, button("Deny…", "labs:open:deny", value, style="danger")]
