"""What a message is made of for the recognisers: its tokens, its lifted texts, and the lab that it speaks about."""

from dataclasses import dataclass
from typing import Any

from pipeline.lab.catalogue import Catalogue
from pipeline.language.quotes import Quote
from pipeline.language.tokens import Token, number


@dataclass(frozen=True)
class Words:
    """A message's tokens, and how to look around in them."""

    tokens: tuple[Token, ...]
    quotes: tuple[Quote, ...]
    catalogue: Catalogue

    def __len__(self) -> int:
        return len(self.tokens)

    def word(self, at: int) -> str:
        """The word at a place, in lower case; empty outside the message."""
        return self.tokens[at].word if 0 <= at < len(self.tokens) else ""

    def kind(self, at: int) -> str:
        return self.tokens[at].kind if 0 <= at < len(self.tokens) else ""

    def skip(self, at: int, words: frozenset[str]) -> int:
        """The next place that holds none of these words."""
        end = at + _FARTHEST
        while at < end and self.word(at) in words:
            at += 1
        return at

    def figure(self, at: int) -> tuple[float, int] | None:
        """The number that begins here, in figures or in words ("two thousand", "twenty five"), and where it ends."""
        if not 0 <= at < len(self.tokens):
            return None
        found = number(self.tokens[at])
        if found is None:
            return None
        end = at + 1
        if self.kind(at) != "number" and found >= 20 and self.kind(end) == "word":
            unit = number(self.tokens[end]) if end < len(self.tokens) else None
            if unit is not None and unit < 10:
                found, end = found + unit, end + 1
        while (times := _TIMES.get(self.word(end))) is not None:
            found, end = found * times, end + 1
            more = self.figure(end + 1) if self.word(end) == "and" and self.kind(end + 1) == "word" else None
            if more is not None and more[0] < times:
                found, end = found + more[0], more[1]
        return found, end

    def parts(self, at: int) -> bool:
        """A sign that parts clauses; a dash only where it stands free."""
        return self.word(at) in _PARTS or (self.word(at) == "-" and not self.tokens[at].glued)

    def numbers_a_list(self, at: int) -> bool:
        """As in "2." at the beginning of a line."""
        counts = self.tokens[at].line and self.kind(at) == "number" and self.word(at + 1) in {".", ")"}
        return counts and self.tokens[at + 1].glued

    def said(self, start: int, end: int) -> str:
        """The words as typed, with lifted texts in quotes."""
        parts: list[str] = []
        for token in self.tokens[start:end]:
            if token.kind == "quote":
                parts.append(f'"{self.quote(token).text}"')
            elif token.glued and parts:
                parts[-1] += token.raw
            else:
                parts.append(token.raw)
        return " ".join(" ".join(parts).split())

    def quote(self, token: Token) -> Quote:
        """The lifted text of a token that stands for it."""
        return self.quotes[int(token.raw[1:-1])]


_FARTHEST = 12
"""Words that are skipped at once: nobody says more of them in a row, and looking stays linear."""
_PARTS = frozenset(",;:.!?()|…\ue003")
_TIMES = {"hundred": 100.0, "thousand": 1000.0, "grand": 1000.0}


@dataclass
class Chunk:
    """Words that belong together: what they are, and what has become of them."""

    kind: str
    start: int
    end: int
    value: Any = None
    excluded: str = ""
    """The kind of the marker before it, `except`, `not` or `instead`: it is not wanted. Empty: it is."""
    by: str = ""
    """The field that consumed it, or why nothing has to; empty as long as it is left over."""
