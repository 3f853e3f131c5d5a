"""Runs and jobs as lines of a list."""

from handlers.blocks.plans import count, subject
from handlers.markup import mention
from pipeline.evidence.run_state import RunState
from pipeline.money import dollars
from pipeline.plan.plan import Plan
from pipeline.surfaces import code, mrkdwn


def run_line(name: str, state: RunState) -> str:
    grade = f" ({state.verdict.grade})" if state.verdict.scored and not state.leaderboard else ""
    return f"{state.sign} {code(name)} {state.said}{grade} · {state.matrix}"


def unreadable(name: str, why: str) -> str:
    return f"{code(name)} cannot be read: {mrkdwn(why)}"


def job_line(job_id: str, stands: str, plan: Plan, asked_by: str, spent_micros: int | None = None) -> str:
    """One job. `spent_micros`: of one that is over, what it cost in fact."""
    cost = str(plan.estimate) if spent_micros is None else f"cost {dollars(spent_micros)}"
    return f"`{job_id}` {stands} · {mrkdwn(subject(plan))} · {count(plan)}, {cost} · {mention(asked_by)}"
