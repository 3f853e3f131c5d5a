"""The makers that the bot buys from, and how each vendor of theirs is reached."""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field

from bot.settings.settings import Settings
from pipeline.makers.maker import Maker
from pipeline.makers.registry import MAKERS, Makers
from pipeline.makers.vendors import FASHN, MAGNIFIC, REPLICATE
from pipeline.vendors.wire import Wire

Opens = Callable[[Settings], AbstractAsyncContextManager[Wire] | None]
"""Opens a vendor's account; None where there is no key for it."""


def _fashn(settings: Settings) -> AbstractAsyncContextManager[Wire] | None:
    if settings.fashn_api_key is None:
        return None
    from pipeline.vendors.fashn import open_fashn  # noqa: PLC0415  # only who has an account pays for its import

    return open_fashn(settings.fashn_api_key.get_secret_value(), base_url=settings.fashn_base_url)


def _magnific(settings: Settings) -> AbstractAsyncContextManager[Wire] | None:
    if settings.magnific_api_key is None:
        return None
    from pipeline.vendors.magnific import open_magnific  # noqa: PLC0415  # as above

    return open_magnific(settings.magnific_api_key.get_secret_value(), base_url=settings.magnific_base_url)


@dataclass(frozen=True)
class Shop:
    """Replicate is opened by itself, because it also trains; every other vendor of a maker has its line here."""

    makers: Makers = MAKERS
    opens: Mapping[str, Opens] = field(default_factory=lambda: {FASHN.name: _fashn, MAGNIFIC.name: _magnific})

    def accounts(self, settings: Settings) -> frozenset[str]:
        """Vendors that there is a key for."""
        ours = {REPLICATE.name} if settings.replicate_api_token else set()
        return frozenset(ours | {name for name, opens in self.opens.items() if opens(settings) is not None})


SHOP = Shop()


def upscaler_of(settings: Settings) -> Maker:
    """Whom a remedy proposes: Magnific's skin enhancer, where there is a key and a basis that allows it."""
    allowed = any(MAGNIFIC.name in vendors for vendors in settings.consent_vendors.values())
    return MAKERS.named("magnific-skin" if settings.magnific_api_key and allowed else "crystal")
