"""How far a job is, in words: what is in is in, what was called off or came to nothing is said so."""

from handlers.blocks.progress import progress_of, stages
from handlers.views import Progress
from tests.messages import kept


def test_what_was_called_off_is_not_judged() -> None:
    plan = kept()["judge"].plan
    progress = Progress(done=2, unanswered=1, called_off=3, total=6)
    (judge,) = stages(plan, progress)

    assert judge.facts == "2 of 6 judged · 1 without an answer · 3 called off"
    assert judge.status == "complete"
    assert "2 of 6 · 1 without an answer · 3 called off" in progress_of(plan, progress)
    assert progress.over == 6


def test_what_is_still_to_come_keeps_a_stage_open() -> None:
    plan = kept()["judge"].plan
    (judge,) = stages(plan, Progress(done=2, unanswered=1, total=6))

    assert judge.status == "in_progress"
    assert judge.facts == "2 of 6 judged · 1 without an answer"
