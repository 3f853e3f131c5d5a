"""The makers that the bot buys from, and how each vendor of theirs is reached."""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field

from bot.settings.settings import Settings
from pipeline.makers.registry import MAKERS, Makers
from pipeline.vendors.wire import Wire

Opens = Callable[[Settings], AbstractAsyncContextManager[Wire] | None]
"""Opens a vendor's account; None where there is no key for it."""


@dataclass(frozen=True)
class Shop:
    """Replicate is opened by itself, because it also trains; every other vendor of a maker has its line here."""

    makers: Makers = MAKERS
    opens: Mapping[str, Opens] = field(default_factory=dict)


SHOP = Shop()
