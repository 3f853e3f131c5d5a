"""The same story with the ledger on a PostgreSQL server: one of each kind. `pytest --postgres URI` has all there."""

import pytest

from tests.scenarios.test_batch import test_it_costs_half_and_says_what_a_batch_is as test_batch
from tests.scenarios.test_consent import (
    test_what_holds_a_likeness_is_listed_approved_and_deleted_everywhere as test_withdrawal,
)
from tests.scenarios.test_find import test_the_lab_is_asked_what_it_knows as test_find
from tests.scenarios.test_judge_a_run import test_an_unknown_run_gets_the_nearest_names_as_buttons as test_question
from tests.scenarios.test_judge_a_run import test_the_cards_sentence_leads_to_the_grid_and_the_verdict as test_judge
from tests.scenarios.test_killed import test_random_kills_lose_and_double_nothing as test_kills
from tests.scenarios.test_label import test_a_sitting_is_blind_and_goes_from_cell_to_cell as test_label
from tests.scenarios.test_settle import test_it_ends_as_soon_as_it_is_strong as test_settle
from tests.scenarios.test_train import test_a_new_identity_is_trained_made_and_judged_after_an_approval as test_train
from tests.scenarios.test_warmed import test_it_is_filled_while_the_images_are_being_made as test_warmed
from tests.scenarios.test_who_may_spend import test_pause_stops_every_new_paid_call_and_resume_goes_on as test_pause

__all__ = [
    "test_batch",
    "test_find",
    "test_judge",
    "test_kills",
    "test_label",
    "test_pause",
    "test_question",
    "test_settle",
    "test_train",
    "test_warmed",
    "test_withdrawal",
]

pytestmark = pytest.mark.postgres
