"""Secrets leave no trace: by the values that the settings hold, and by the shapes of well-known tokens.

A vendor may send a token back in the text of an error; a person may paste one. At the edges (posts, files, ledger,
logs, terminal) what is known to be a secret is replaced, whoever wrote it.
"""

import json
import re
from collections.abc import Iterable
from urllib.parse import quote

_SHAPES = re.compile(
    r"\b(?:xox[a-z](?:\.xox[a-z])?-[\w-]{6,}|xapp-[\w-]{6,}|sk-ant-[\w-]{6,}|r8_\w{6,}|whsec_[\w+/=]{6,})"
)
_BEARER = re.compile(r"(?i)(?<=bearer )[\w.~+/=-]{8,}")
_LEAST = 6
"""Characters of a secret that is looked for by its value: shorter ones are words."""
HIDDEN = "***"


class Scrubber:
    """Knows this process's secrets."""

    def __init__(self) -> None:
        self._known: tuple[str, ...] = ()

    def learn(self, secrets: Iterable[str]) -> None:
        """Remember values, also as addresses and JSON spell them."""
        found = {one for one in secrets if len(one) >= _LEAST}
        spelt = {way for one in found for way in (one, quote(one, safe=""), json.dumps(one)[1:-1])}
        self._known = tuple(sorted({*self._known, *spelt}, key=len, reverse=True))

    def __call__(self, text: str) -> str:
        for value in self._known:
            if value in text:
                text = text.replace(value, HIDDEN)
        return _BEARER.sub(HIDDEN, _SHAPES.sub(HIDDEN, text))


scrub = Scrubber()
"""One for the process: a secret that one part of it knows must be hidden by all of them."""
