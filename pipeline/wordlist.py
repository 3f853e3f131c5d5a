"""Lists of words as data: several to a line, as one reads them."""


def words(text: str) -> frozenset[str]:
    """The words of a text, wherever its lines break."""
    return frozenset(text.split())
