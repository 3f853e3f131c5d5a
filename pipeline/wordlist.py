"""Lists of words as data: several to a line, as one reads them."""


def words(text: str) -> frozenset[str]:
    """The words of a text, wherever its lines break."""
    return frozenset(text.split())


def many(count: int, noun: str) -> str:
    """`1 run`, `2 runs`; of words that take an s."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
