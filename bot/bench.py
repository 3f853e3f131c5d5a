"""What every step needs: settings, ledger, lab folder, vendors, Slack. Made once, in `bot/app.py`."""

import asyncio
import contextlib
import secrets
import time
from collections import defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from bot.clock import steady
from bot.driver.driver import Driver
from bot.ledger import Ledger, money
from bot.ledger.orders import Order
from bot.settings.settings import Settings
from bot.turns import Turns
from handlers.listeners.who import Ours
from handlers.ports import Heard
from pipeline.fixture.measures import Measurer
from pipeline.lab.lab import Lab
from pipeline.makers.outcome import Prediction
from pipeline.makers.registry import MAKERS, Makers
from pipeline.money import micros
from pipeline.site.states import StateCache

if TYPE_CHECKING:  # a look from a shell waits for no SDK
    from handlers.slack import Slack
    from pipeline.vendors.anthropic import Anthropic
    from pipeline.vendors.replicate import Replicate
    from pipeline.vendors.wire import Wire

MOST_HEARD = 4
"""Messages dealt with at once: reading them is work for the processor."""
WEBHOOK_PATHS = {"replicate": "/replicate/webhook", "magnific": "/magnific/webhook"}
"""Where vendors report the end of an order, by vendor."""


class Intake:
    """Counts what is being heard, so that answering gives way to acknowledging."""

    MOST_S = 0.3
    """Answering gives way no longer than this, however many speak."""
    SETTLES_S = 0.02
    MOST_MISSED = 1000

    def __init__(self) -> None:
        self._hearing = 0
        self._quiet = asyncio.Event()
        self._quiet.set()
        self.missed: deque[Heard] = deque(maxlen=self.MOST_MISSED)
        """What the ledger could not take when it was heard, oldest first."""

    def __enter__(self) -> None:
        self._hearing += 1
        self._quiet.clear()

    def __exit__(self, *_: object) -> None:
        self._hearing -= 1
        if not self._hearing:
            self._quiet.set()

    async def quiet(self) -> None:
        """Wait until nobody is being heard, and the acknowledgements are out."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.MOST_S):
                await self._quiet.wait()
                await asyncio.sleep(self.SETTLES_S)


class Looks:
    """When this process first looked for a lost order, and when it last polled, by a clock that does not jump."""

    MOST = 1000

    def __init__(self) -> None:
        self._first: dict[int, float] = {}
        self.ended: dict[str, Prediction] = {}
        """What the last poll saw to be over, by the vendor's id: it need not be asked for again."""
        self.polled: dict[str, float] = {}
        """When each vendor was."""
        self.restored_at = 0.0
        """When the ledger was last found to be older than the lab (`bot/work/restored.py`); 0: never."""

    def saw(self, ended: Sequence[Prediction]) -> None:
        """Keep what a poll saw to be over until it is dealt with; what nobody asks for is forgotten in time."""
        self.ended |= {one.id: one for one in ended}
        while len(self.ended) > self.MOST:
            del self.ended[next(iter(self.ended))]

    def since_first(self, order_id: int) -> float:
        """Seconds since the first look at this order, by a clock that does not jump."""
        now = time.monotonic()
        return now - self._first.setdefault(order_id, now)

    def forget(self, order_id: int) -> None:
        self._first.pop(order_id, None)


class Homes:
    """Whose own page in Slack shows what, and since when it is open; only for this process, which asks Slack anew."""

    def __init__(self) -> None:
        self._shown: dict[str, tuple[str, float]] = {}

    def shown(self, person: str) -> str | None:
        return self._shown[person][0] if person in self._shown else None

    def show(self, person: str, told: str, now: float) -> None:
        """`told`: the whole view; a page that changes by itself is no older for it."""
        at = self._shown[person][1] if person in self._shown else now
        self._shown[person] = (told, at)

    def opened(self, person: str, now: float) -> None:
        """They looked at it just now."""
        self._shown[person] = (self.shown(person) or "", now)

    def open_since(self, since: float) -> list[str]:
        """Who opened theirs since a moment; the others' are forgotten."""
        self._shown = {person: one for person, one in self._shown.items() if one[1] >= since}
        return list(self._shown)


class Known(NamedTuple):
    """What Slack said of somebody, and when, by a clock that does not jump."""

    standing: str
    at: float


@dataclass(frozen=True)
class Bench:
    """One process's tools. `boot` tells its intents from those of a process that died."""

    settings: Settings
    ledger: Ledger
    lab: Lab
    driver: Driver
    anthropic: "Anthropic | None" = None
    replicate: "Replicate | None" = None
    """Trains."""
    makers: Makers = MAKERS
    wires: "Mapping[str, Wire]" = field(default_factory=dict)
    """Makers' vendors, by name, as far as there are keys for them."""
    slack: "Slack | None" = None
    ours: Ours = field(default_factory=Ours)
    """This app in its Slack workspace."""
    now: Callable[[], float] = steady
    """For waits and durations."""
    wall: Callable[[], float] = time.time
    """For dates."""
    intake: Intake = field(default_factory=Intake)
    slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(20))
    """Judge calls at once in this process; the ledger's counter is the bound, this spares it the asking."""
    hearing: Turns = field(default_factory=lambda: Turns(MOST_HEARD))
    """Whose message is dealt with next."""
    naming: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held by a plan that lost its new run's name to another."""
    lending: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while a photograph is uploaded: everybody's first order wants the same one."""
    posting: defaultdict[str, Turns] = field(default_factory=lambda: defaultdict(lambda: Turns(1)))
    """Whose message is posted next, by channel: Slack takes about one a second."""
    homes: Homes = field(default_factory=Homes)
    states: StateCache = field(default_factory=StateCache)
    """Of every run, for the lab's pages."""
    measurer: Measurer = field(default_factory=Measurer)
    looks: Looks = field(default_factory=Looks)
    members: dict[str, Known] = field(default_factory=dict)
    """What Slack said of the workspace's people, by id."""
    boot: str = field(default_factory=lambda: secrets.token_hex(4))

    @property
    def bot_user(self) -> str:
        """The bot's own Slack id."""
        return self.ours.user

    @property
    def team_url(self) -> str | None:
        """Of the Slack workspace, for links."""
        return self.ours.url

    def limits(self) -> money.Limits:
        settings = self.settings
        return money.Limits(
            job=micros(settings.budget_job_usd),
            person_day=micros(settings.budget_person_day_usd),
            month=micros(settings.budget_month_usd),
        )

    def counters(self, person: str) -> tuple[money.Scope, ...]:
        """The budgets that a job of this person counts against today."""
        return money.scopes(person, self.settings.day(self.wall()), self.limits())

    def webhook_for(self, order: Order) -> str | None:
        """Where the vendor reports the end of an order; None when it does not, or cannot reach us."""
        public = self.settings.public_url
        if public is None or self.slack is None or self.settings.mode != "http":
            return None
        vendor = self.makers.vendors.get(order.vendor)
        if vendor is None or not vendor.hooks:
            return None
        if order.vendor == "magnific" and self.settings.magnific_webhook_secret is None:
            return None  # what nobody could check is not asked for
        return f"{public.rstrip('/')}{WEBHOOK_PATHS[order.vendor]}?order={order.id}&attempt={order.attempt}"
