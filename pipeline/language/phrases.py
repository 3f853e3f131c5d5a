"""A small language for phrases, so that tables can be written as words.

`run the [identity] judge` has an optional word, `(start|kick off) a training` a choice, `put … side by side` a gap of
up to twelve words within the clause; `#` is any number. Phrases stand between commas.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pipeline.language.tokens import NUMBERS, Token

_PIECE = re.compile(r"\[([^\]]+)\]|\(([^)]+)\)|(\S+)")
_GAP = 12
_ENDS = frozenset(".;!?:\ue003")


class _Piece(NamedTuple):
    choices: tuple[tuple[str, ...], ...]
    optional: bool = False
    gap: bool = False


class Phrase(NamedTuple):
    """One line of a table: what it means, and the words."""

    means: str
    pieces: tuple[_Piece, ...]
    text: str


class Match(NamedTuple):
    means: str
    places: tuple[int, ...]
    """The tokens that are words of the phrase; what stands in a gap is none of them."""
    text: str

    @property
    def end(self) -> int:
        """Behind the last word."""
        return self.places[-1] + 1

    @property
    def head(self) -> int:
        """Behind the last word before a gap."""
        at = 0
        while at + 1 < len(self.places) and self.places[at + 1] == self.places[at] + 1:
            at += 1
        return self.places[at] + 1


def phrase(means: str, text: str) -> Phrase:
    pieces = []
    for optional, choice, word in _PIECE.findall(text):
        if word == "…":
            pieces.append(_Piece((), gap=True))
        else:
            words = [tuple(one.split()) for one in (optional or choice or word).split("|")]
            choices = tuple(sorted(words, key=len, reverse=True))  # the longest that fits
            pieces.append(_Piece(choices, optional=bool(optional)))
    return Phrase(means, tuple(pieces), text)


class Table:
    """Phrases by their first word. Of those that fit at a place the longest wins, then the first in the table."""

    def __init__(self, lines: Mapping[str, str]) -> None:
        """`lines`: what phrases mean, and the phrases: between commas, wherever the lines break."""
        self.phrases = tuple(
            phrase(means, text.strip())
            for means, texts in lines.items()
            for text in " ".join(texts.split()).split(", ")
            if text.strip()
        )
        self._first: dict[str, list[Phrase]] = defaultdict(list)
        for one in self.phrases:
            for piece in one.pieces:
                for choice in piece.choices:
                    if one not in self._first[choice[0]]:
                        self._first[choice[0]].append(one)
                if not piece.optional:
                    break

    def begins(self, word: str) -> bool:
        """Whether a phrase begins with this word."""
        return word in self._first

    @property
    def words(self) -> frozenset[str]:
        """Every word of every phrase."""
        pieces = (piece for one in self.phrases for piece in one.pieces)
        return frozenset(word for piece in pieces for choice in piece.choices for word in choice)

    def match(self, tokens: Sequence[Token], at: int) -> Match | None:
        """What stands at this place."""
        best: Match | None = None
        if at >= len(tokens):
            return None
        counts = tokens[at].kind == "number" or tokens[at].word in NUMBERS
        counted = self._first.get("#", []) if counts else []
        for one in (*self._first.get(tokens[at].word, ()), *counted):
            places = _fits(one.pieces, 0, tokens, at)
            if places and (best is None or (len(places), places[-1]) > (len(best.places), best.places[-1])):
                best = Match(one.means, places, one.text)
        return best


def _fits(pieces: tuple[_Piece, ...], piece: int, tokens: Sequence[Token], at: int) -> tuple[int, ...] | None:
    """The places of the phrase's words when it begins here."""
    if piece == len(pieces):
        return ()
    one = pieces[piece]
    if one.gap:
        for skip in range(_GAP + 1):
            if at + skip >= len(tokens) or tokens[at + skip].word in _ENDS:
                return None
            if (rest := _fits(pieces, piece + 1, tokens, at + skip)) is not None:
                return rest
        return None
    for choice in one.choices:
        end = _spells(choice, tokens, at)
        if end is not None and (rest := _fits(pieces, piece + 1, tokens, end)) is not None:
            return (*range(at, end), *rest)
    return _fits(pieces, piece + 1, tokens, at) if one.optional else None


def _spells(words: tuple[str, ...], tokens: Sequence[Token], at: int) -> int | None:
    """Where these words end when they stand here."""
    if at + len(words) > len(tokens):
        return None
    for token, word in zip(tokens[at : at + len(words)], words, strict=True):
        if token.word != word and not (word == "#" and (token.kind == "number" or token.word in NUMBERS)):
            return None
    return at + len(words)
