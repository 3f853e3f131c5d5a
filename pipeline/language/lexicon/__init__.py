"""Every word class in one place. What a phrase means is a kind of chunk, `kind=value` where it has one.

To teach the grammar a word, add it to its line; an action's own verbs and nouns stand with the action. Words that stand
nowhere are unknown, and an unknown word in a request is asked about.
"""

from pipeline.language.lexicon.danger import DANGER
from pipeline.language.lexicon.inert import INERT_WORDS
from pipeline.language.lexicon.values import VALUES
from pipeline.language.lexicon.wishes import WISHES
from pipeline.language.phrases import Table

LEXICON = Table(INERT_WORDS | WISHES | DANGER | VALUES)
"""Kinds and their phrases; where a phrase stands under two kinds, the first one wins."""

INERT = frozenset({"glue", "courtesy", "polite", "mark", "report", "kept", "again", "tail"})
"""Kinds of chunks that hold nothing: they may stand anywhere, and nothing follows from them."""
