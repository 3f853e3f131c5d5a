"""The makers that the bot buys from, and how each vendor of theirs is reached."""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field

from bot.settings.settings import Settings
from pipeline.makers.registry import MAKERS, Makers
from pipeline.makers.vendors import FASHN, REPLICATE
from pipeline.vendors.wire import Wire

Opens = Callable[[Settings], AbstractAsyncContextManager[Wire] | None]
"""Opens a vendor's account; None where there is no key for it."""


def _fashn(settings: Settings) -> AbstractAsyncContextManager[Wire] | None:
    if settings.fashn_api_key is None:
        return None
    from pipeline.vendors.fashn import open_fashn  # noqa: PLC0415  # only who has an account pays for its import

    return open_fashn(settings.fashn_api_key.get_secret_value(), base_url=settings.fashn_base_url)


@dataclass(frozen=True)
class Shop:
    """Replicate is opened by itself, because it also trains; every other vendor of a maker has its line here."""

    makers: Makers = MAKERS
    opens: Mapping[str, Opens] = field(default_factory=lambda: {FASHN.name: _fashn})

    def accounts(self, settings: Settings) -> frozenset[str]:
        """Vendors that there is a key for."""
        ours = {REPLICATE.name} if settings.replicate_api_token else set()
        return frozenset(ours | {name for name, opens in self.opens.items() if opens(settings) is not None})


SHOP = Shop()
