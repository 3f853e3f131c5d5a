"""One message on the bench: its tokens, what has been made of each, and the lab that it speaks about."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from pipeline.lab.catalogue import Catalogue
from pipeline.language.markup import Message
from pipeline.language.phrases import SENTENCE_ENDS, Table
from pipeline.language.tokens import Token
from pipeline.models import Value
from pipeline.request import Ask

Fields = dict[str, Any]

BREAKS = frozenset({".", ",", ";", ":", "!", "?", "(", ")", "-", "/", "+", "&", "|"})
"""Signs that end a chunk of words."""


class Evidence(Value):
    """Which words made what."""

    words: str
    means: str


@dataclass
class Reading:
    """What the readers of each action look at, and mark as understood."""

    message: Message
    catalogue: Catalogue
    thread: str | None
    verbs: Table = field(default_factory=lambda: Table({}))
    """What opens requests."""
    verb: tuple[int, int] = (0, 0)
    """Tokens of the request's verb."""
    verb_word: str = ""
    roles: list[str] = field(default_factory=list)
    """What each token was taken as; empty where it is still free."""
    evidence: list[Evidence] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    about: str | None = None
    why: str | None = None
    choices: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.roles = [""] * len(self.tokens)

    @property
    def tokens(self) -> tuple[Token, ...]:
        return self.message.tokens

    def words(self, start: int, end: int) -> str:
        """The words as typed, with lifted texts in quotes."""
        said = []
        for token in self.tokens[start:end]:
            if token.kind == "quote":
                text = self.message.quotes[int(token.raw[1:-1])].text
                said.append(f'"{text}"')
            elif token.glued and said:
                said[-1] += token.raw
            else:
                said.append(token.raw)
        return " ".join(" ".join(said).split())

    def take(self, start: int, end: int, role: str, means: str | None = None) -> None:
        """Mark tokens as understood. A role of its own keeps them from being read as anything else."""
        for at in range(start, end):
            self.roles[at] = role
        if means is not None:
            self.evidence.append(Evidence(words=self.words(start, end), means=means))

    def take_phrases(self, table: Table, role: str) -> list[tuple[int, int, str]]:
        """Mark every phrase of a table that stands on free tokens; (start, end, meaning) of each."""
        found = []
        for match in table.anywhere(self.tokens):
            own = [at for at in range(match.start, match.end) if self.tokens[at].word in match.words]
            if not any(self.roles[at] for at in own):
                for at in own:
                    self.take(at, at + 1, role)
                said = self.words(match.start, match.end)
                self.evidence.append(Evidence(words=said, means=match.means))
                found.append((match.start, match.end, match.means))
        return found

    def free(self, at: int) -> bool:
        return 0 <= at < len(self.tokens) and not self.roles[at]

    def is_break(self, at: int) -> bool:
        """The end of the message, or a sign that ends a chunk."""
        if not 0 <= at < len(self.tokens):
            return True
        token = self.tokens[at]
        return token.kind == "mark" and token.word in BREAKS

    def sentence(self, at: int) -> tuple[int, int]:
        """The bounds of the sentence that this token stands in."""
        ends = self._ends
        place = bisect_left(ends, at)
        start = ends[place - 1] + 1 if place else 0
        return start, ends[place] if place < len(ends) else len(self.tokens)

    @cached_property
    def _ends(self) -> list[int]:
        """Where sentences end, in order."""
        return [at for at, token in enumerate(self.tokens) if token.word in SENTENCE_ENDS]

    def skip(self, at: int, words: Iterable[str]) -> int:
        """The next place that holds none of these words, nor a line's end."""
        while at < len(self.tokens) and (self.tokens[at].word in words or self.tokens[at].kind == "line"):
            at += 1
        return at

    def keyed(self, *keys: str) -> int | None:
        """The place after `key=`, `key:` or `--key`, where one of these stands; the key is taken."""
        for at, token in enumerate(self.tokens):
            flag = token.kind == "flag" and token.word.lstrip("-").replace("-", "_") in keys
            after = self.tokens[at + 1].word if at + 1 < len(self.tokens) else ""
            if flag or (token.word in keys and after in {"=", ":"}):
                place = self.skip(at + 1, "=:")
                self.take(at, min(place, at + 2), "key")
                return place
        return None

    def lack(self, field_name: str, about: str | None = None, why: str | None = None) -> None:
        """Something needed is not there, or not clear.

        Args:
            field_name: Of the request; `action` when the verb itself is not clear.
            about: The words that were not understood.
            why: A sentence for the person, where "it is missing" is not the reason.
        """
        if field_name not in self.missing:
            self.missing.append(field_name)
        self.about = self.about or about
        self.why = self.why or why

    def ask(self, draft: dict[str, Any]) -> Ask:
        known = {
            name: value for name, value in draft.items() if value not in (None, False, ()) and name not in self.missing
        }
        return Ask(
            missing=tuple(self.missing) or ("action",),
            about=self.about[:80] if self.about else None,
            why=self.why,
            draft=known if "action" not in self.missing else {},
            choices=self.choices,
        )
