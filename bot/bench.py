"""What every step needs: settings, ledger, lab folder, vendors, Slack. Made once, in `bot/app.py`."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.config import Settings
from bot.engine.driver import Driver
from bot.ledger import Ledger, money
from handlers.slack import Slack
from pipeline.lab import Lab
from pipeline.money import micros
from pipeline.vendors.anthropic import Anthropic


@dataclass(frozen=True)
class Bench:
    """One process's tools. `boot` tells its intents from those of a process that died."""

    settings: Settings
    ledger: Ledger
    lab: Lab
    driver: Driver
    anthropic: Anthropic | None = None
    slack: Slack | None = None
    bot_user: str = "U0LABSBOT"
    now: Callable[[], float] = time.time
    boot: str = field(default_factory=lambda: secrets.token_hex(4))

    def limits(self) -> money.Limits:
        settings = self.settings
        return money.Limits(
            job=micros(settings.budget_job_usd),
            person_day=micros(settings.budget_person_day_usd),
            month=micros(settings.budget_month_usd),
        )

    def counters(self, person: str) -> tuple[money.Scope, ...]:
        """The budgets that a job of this person counts against today."""
        return money.scopes(person, self.settings.day(self.now()), self.limits())
