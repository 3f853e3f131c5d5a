"""What people see of money."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.money import as_said, dollars, micros


@pytest.mark.parametrize(
    ("usd", "said"),
    [(1.9, "$1.90"), (5.0, "$5.00"), (0.005, "$0.005"), (1_000_000.0, "$1,000,000.00"), (0.0000015, "$0.000002")],
)
def test_a_limit_is_shown_as_it_was_said(usd: float, said: str) -> None:
    assert as_said(usd) == said


@given(st.integers(1, 100_000_000_000))
def test_money_is_never_shown_as_less(usd_micros: int) -> None:
    shown = Decimal(dollars(usd_micros).replace("$", "").replace(",", ""))

    assert 0 <= micros(shown) - usd_micros < 10_000
