"""A frame that is being filled: the chunks of a request, and what the fields have made of them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pipeline.lab.catalogue import Catalogue
from pipeline.language.words import Chunk, Words

Values = dict[str, Any]


@dataclass
class Filling:
    """What a field looks at, takes, and notes."""

    text: Words
    action: str
    verb: str
    """The phrase that opened the request."""
    chunks: list[Chunk]
    """Of the request and of the values around it, in order."""
    remarked: list[Chunk]
    """Of the remarks before the request: what "it" may mean."""
    strange: list[Chunk]
    """Of clauses that are neither values nor a remark: left over, whatever they hold."""
    thread: str | None
    nouns: frozenset[str] = frozenset()
    """Words that mean nothing more beside this action."""
    values: Values = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    about: str | None = None
    why: str | None = None
    choices: tuple[str, ...] = ()

    @property
    def catalogue(self) -> Catalogue:
        return self.text.catalogue

    def free(self, *kinds: str) -> list[Chunk]:
        """The chunks of these kinds that nothing has consumed yet."""
        return [one for one in self.chunks if one.kind in kinds and not one.by]

    def take(self, by: str, *kinds: str) -> list[Chunk]:
        """Consume every free chunk of these kinds, those that are excluded among them."""
        found = self.free(*kinds)
        for one in found:
            one.by = by
        return found

    def said(self, chunk: Chunk) -> str:
        return self.text.said(chunk.start, chunk.end)

    def before(self, chunk: Chunk) -> str:
        """The word before a chunk."""
        return self.text.word(chunk.start - 1)

    def lack(self, name: str, about: str | None = None, why: str | None = None) -> None:
        """A field is missing, or not clear.

        Args:
            name: Of the field; `action` when the request itself is not clear.
            about: The words that were not understood.
            why: A sentence for the person, where "it is missing" is not the reason.
        """
        if name not in self.missing:
            self.missing.append(name)
        self.about = self.about or about
        self.why = self.why or why

    def one(self, name: str, kind: str, convert: Callable[[Any], Any] = lambda value: value) -> Any:
        """A field with a single value: two that differ are asked about, one that is not wanted as well."""
        found = self.take(name, kind)
        wanted = list(dict.fromkeys(convert(one.value) for one in found if not one.excluded))
        if len(wanted) > 1 or (found and not wanted):
            self.lack(name, ", ".join(self.said(one) for one in found))
        return wanted[0] if wanted else None
