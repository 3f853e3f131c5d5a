"""Runs and jobs as lines of a list."""

from handlers.blocks.kit import escape
from handlers.blocks.plans import count, subject
from handlers.markup import mention
from pipeline.evidence.run_state import BADGES, RunState
from pipeline.plan.plan import Plan


def run_line(name: str, state: RunState) -> str:
    verdict = state.verdict
    grade = f" ({verdict.grade})" if verdict.scored else ""
    return f"{BADGES[verdict.word]} `{name}` {verdict.word}{grade} · {state.matrix}"


def unreadable(name: str, why: str) -> str:
    return f"`{name}` cannot be read: {escape(why)}"


def job_line(job_id: str, state: str, plan: Plan, asked_by: str) -> str:
    return f"`{job_id}` {state} · {escape(subject(plan))} · {count(plan)}, {plan.estimate} · {mention(asked_by)}"
