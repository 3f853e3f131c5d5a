"""Everything about a plan that its message is short about: parameters, versions, judge, photographs, notes."""

from typing import Any

from handlers.blocks.forms import shown
from handlers.blocks.kit import Block, context, section, sections
from handlers.blocks.plans import preflight_lines, subject, told
from handlers.markup import mention, mentions
from handlers.ports import Opening
from handlers.views import AnchorView
from pipeline.money import dollars
from pipeline.surfaces import mrkdwn

OPENS = "labs:open:plan"


def form(opening: Opening, view: AnchorView) -> dict[str, Any]:
    """The modal; there is nothing to send off. Of a job in any state."""
    plan = view.plan
    blocks: list[Block] = [section(text) for text in sections([f"*{mrkdwn(subject(plan))}*", *told(plan).split("\n")])]
    if plan.training:
        blocks += [section(text) for text in sections(preflight_lines(plan.training.preflight))]
    if plan.notes:
        blocks += [section(text) for text in sections([f"• {mrkdwn(note)}" for note in plan.notes])]
    limits = f"The most that it may cost: {dollars(plan.estimate.high_micros)}. Plan `{plan.hash[:12]}`"
    who = f"asked by {mention(view.asked_by)} · may approve: {mentions(view.approvers, 'nobody')}"
    blocks.append(context(f"job `{view.job_id}` · {who}", limits))
    return shown("The plan", opening, blocks)
