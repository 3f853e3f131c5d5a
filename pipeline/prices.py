"""The dated price list, and what a judge's call costs by it.

Figures: Anthropic's public price page in USD per million tokens, input, output, 5-minute cache write
(1.25 × input) and cache read, as read on `AS_OF`.
"""

from datetime import date
from decimal import Decimal

from pipeline.errors import UnknownModel
from pipeline.models import Value
from pipeline.money import Estimate

AS_OF = date(2026, 11, 23)
STALE_AFTER_DAYS = 90


class TokenPrice(Value):
    """USD per million tokens. `patch_limit` and `edge_limit` bound the picture that the model sees."""

    input: Decimal
    output: Decimal
    cache_write: Decimal
    cache_read: Decimal
    edge_limit: int = 2576
    """Longest edge in pixels that the model uses; anything larger it shrinks itself."""
    patch_limit: int = 4784
    """Most 28 × 28 patches, which are its image tokens."""


def _price(input_: str, output: str, read: str, *, edge: int = 2576, patches: int = 4784) -> TokenPrice:
    write = Decimal(input_) * Decimal("1.25")
    return TokenPrice(
        input=Decimal(input_),
        output=Decimal(output),
        cache_write=write,
        cache_read=Decimal(read),
        edge_limit=edge,
        patch_limit=patches,
    )


MODELS = {
    "claude-sonnet-4-6": _price("3", "15", "0.30", edge=1568, patches=1568),
    "claude-opus-4-6": _price("5", "25", "0.50", edge=1568, patches=1568),
    "claude-opus-4-5": _price("5", "25", "0.50", edge=1568, patches=1568),
    "claude-haiku-4-5": _price("1", "5", "0.10", edge=1568, patches=1568),
    "claude-sonnet-5-5": _price("2", "10", "0.10"),
    "claude-opus-5-5": _price("4", "20", "0.20"),
    "claude-haiku-5-5": _price("0.10", "0.50", "0.01"),
}


class Usage(Value):
    """Tokens of one answered call, as the vendor counted them."""

    input_tokens: int = 0
    output_tokens: int = 0
    cache_creation_input_tokens: int = 0
    cache_read_input_tokens: int = 0


def token_price(model: str) -> TokenPrice:
    """Raises: UnknownModel when the list has no price for it (nothing unpriced is ever called)."""
    try:
        return MODELS[model]
    except KeyError:
        raise UnknownModel(model, sorted(MODELS)) from None


def charge(model: str, usage: Usage, *, batch: bool = False) -> int:
    """What an answered call cost, in micro-dollars, rounded up. Tokens × USD per million = micro-dollars; of a message
    batch half of that.
    """
    price = token_price(model)
    exact = (
        usage.input_tokens * price.input
        + usage.output_tokens * price.output
        + usage.cache_creation_input_tokens * price.cache_write
        + usage.cache_read_input_tokens * price.cache_read
    )
    return int((exact / 2 if batch else exact).to_integral_value("ROUND_CEILING"))


def quantile(ordered: list[int], q: float) -> int:
    """The nearest-rank quantile of an ascending list."""
    return ordered[min(len(ordered) - 1, max(0, round(q * (len(ordered) - 1))))]


NOTHING = Estimate(usd_micros=0, low_micros=0, high_micros=0, basis="nothing to buy")
ENOUGH_HISTORY = 6
"""Fewer past calls than one ordinary matrix say little about the next."""


def estimate_calls(count: int, history: list[int], listed: tuple[int, int]) -> Estimate:
    """Price `count` judge calls.

    Args:
        count: How many calls will be bought.
        history: Charges in micro-dollars of like calls in the ledger, in any order.
        listed: By the price list, (first call, which fills the cache; each next call), micro-dollars.
    """
    if not count:
        return NOTHING
    if len(history) >= ENOUGH_HISTORY:
        ordered = sorted(history)
        middle, low, high = (quantile(ordered, q) for q in (0.5, 0.1, 0.9))
        # One call fills the cache and costs more than the median says.
        extra = max(0, ordered[-1] - middle)
        return Estimate(
            usd_micros=count * middle + extra,
            low_micros=count * low,
            high_micros=max(count * high, count * middle) + extra,
            basis=f"from {len(history)} judged cells",
        )
    first, following = listed
    middle = first + (count - 1) * following
    # The range: half the reasons' length, and every call without a cache hit.
    return Estimate(
        usd_micros=middle,
        low_micros=middle * 3 // 4,
        high_micros=count * first,
        basis=f"list price of {AS_OF.isoformat()}",
    )


def estimate_batch(count: int, history: list[int], listed: tuple[int, int]) -> Estimate:
    """Price `count` judge calls of a message batch; arguments as of `estimate_calls`.

    Half of what they cost one by one; at most half of as many calls that find nothing in the cache, since nobody
    promises what a batch finds there.
    """
    one_by_one = estimate_calls(count, history, listed)
    dearest = max(history) if len(history) >= ENOUGH_HISTORY else listed[0]
    return Estimate(
        usd_micros=-(-one_by_one.usd_micros // 2),
        low_micros=one_by_one.low_micros // 2,
        high_micros=-(-max(one_by_one.high_micros, count * dearest) // 2),
        basis=f"half, as a batch: {one_by_one.basis}" if count else one_by_one.basis,
    )


def add(*parts: Estimate) -> Estimate:
    """The sum of estimates; its basis names each part's once."""
    return Estimate(
        usd_micros=sum(part.usd_micros for part in parts),
        low_micros=sum(part.low_micros for part in parts),
        high_micros=sum(part.high_micros for part in parts),
        basis=", ".join(dict.fromkeys(part.basis for part in parts if part.high_micros)) or "nothing to buy",
    )
