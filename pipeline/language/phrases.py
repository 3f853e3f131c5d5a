"""A small language for phrases, so that tables can be written as words.

`run the [identity] judge` has an optional word, `(start|kick off) a training` a choice, `put … side by side` a gap of
up to twelve words within the sentence; `#` is any number.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pipeline.language.lexicon import NUMBERS
from pipeline.language.tokens import Token

_PIECE = re.compile(r"\[([^\]]+)\]|\(([^)]+)\)|(\S+)")
_GAP = 12
SENTENCE_ENDS = frozenset(".;!?")


class _Piece(NamedTuple):
    choices: tuple[tuple[str, ...], ...]
    optional: bool = False
    gap: bool = False


class Phrase(NamedTuple):
    """One line of a table: what it means, and the words."""

    means: str
    pieces: tuple[_Piece, ...]
    text: str
    words: frozenset[str]
    """Every word of the phrase; what stands in a gap is none of them."""


class Match(NamedTuple):
    means: str
    start: int
    end: int
    text: str
    words: frozenset[str]


def phrase(means: str, text: str) -> Phrase:
    pieces = []
    for optional, choice, word in _PIECE.findall(text):
        if word == "…":
            pieces.append(_Piece((), gap=True))
        else:
            choices = tuple(tuple(one.split()) for one in (optional or choice or word).split("|"))
            pieces.append(_Piece(choices, optional=bool(optional)))
    words = frozenset(word for piece in pieces for choice in piece.choices for word in choice)
    return Phrase(means, tuple(pieces), text, words)


class Table:
    """Phrases by their first word. Of those that fit at a place the longest wins, then the first in the table."""

    def __init__(self, lines: Mapping[str, str]) -> None:
        """`lines`: what phrases mean, and the phrases: between commas, wherever the lines break."""
        self.phrases = tuple(
            phrase(means, text) for means, texts in lines.items() for text in " ".join(texts.split()).split(", ")
        )
        self._first: dict[str, list[Phrase]] = defaultdict(list)
        for one in self.phrases:
            for piece in one.pieces:
                for choice in piece.choices:
                    if one not in self._first[choice[0]]:
                        self._first[choice[0]].append(one)
                if not piece.optional:
                    break

    def match(self, tokens: Sequence[Token], at: int) -> Match | None:
        """What stands at this place."""
        best: Match | None = None
        if at >= len(tokens):
            return None
        counts = tokens[at].kind == "number" or tokens[at].word in NUMBERS
        counted = self._first.get("#", []) if counts else []
        for one in (*self._first.get(tokens[at].word, ()), *counted):
            end = _fits(one.pieces, 0, tokens, at)
            if end is not None and end > at and (best is None or end > best.end):
                best = Match(one.means, at, end, one.text, one.words)
        return best

    def anywhere(self, tokens: Sequence[Token]) -> list[Match]:
        """Every place where one of the phrases stands, without overlap."""
        found, at = [], 0
        while at < len(tokens):
            one = self.match(tokens, at)
            if one:
                found.append(one)
            at = one.end if one else at + 1
        return found


def _fits(pieces: tuple[_Piece, ...], piece: int, tokens: Sequence[Token], at: int) -> int | None:
    """Where the phrase ends when it begins here."""
    if piece == len(pieces):
        return at
    one = pieces[piece]
    if one.gap:
        for skip in range(_GAP + 1):
            if at + skip >= len(tokens) or tokens[at + skip].word in SENTENCE_ENDS:
                return None
            if (end := _fits(pieces, piece + 1, tokens, at + skip)) is not None:
                return end
        return None
    for choice in one.choices:
        end = _spells(choice, tokens, at)
        if end is not None and (end := _fits(pieces, piece + 1, tokens, end)) is not None:
            return end
    return _fits(pieces, piece + 1, tokens, at) if one.optional else None


def _spells(words: tuple[str, ...], tokens: Sequence[Token], at: int) -> int | None:
    """Where these words end when they stand here; a line's end between them does not count."""
    for word in words:
        while at < len(tokens) and tokens[at].kind == "line":
            at += 1
        if at >= len(tokens) or not (
            tokens[at].word == word or (word == "#" and (tokens[at].kind == "number" or tokens[at].word in NUMBERS))
        ):
            return None
        at += 1
    return at
