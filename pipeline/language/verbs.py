"""What opens a request, and the action that it means: tables made from the actions."""

from pipeline.actions.registry import ACTIONS
from pipeline.language.lexicon import LIGHT_VERBS
from pipeline.language.phrases import Table

LIGHT_VERB = "run"
"""What a light verb means until its object decides (`LIGHT`)."""

VERBS = Table({one.word: one.phrases for one in ACTIONS} | {LIGHT_VERB: LIGHT_VERBS})
"""What opens a request."""

NOMINALS = Table({one.word: one.nominals for one in ACTIONS if one.nominals})
"""Requests as nouns: only after the question for a price, "what would judging rank32 cost"."""

LIGHT = Table({one.word: one.light for one in ACTIONS if one.light})
"""What a light verb's sentence speaks of: "start a training", "run 4 more seeds", "give me the grid"."""

QUESTIONS = frozenset(one.word for one in ACTIONS if one.question)
"""Actions that a question about the lab's state asks for."""

DOES_NOT_FOLLOW = {verb: frozenset(words.split()) for one in ACTIONS for verb, words in one.not_before.items()} | {
    LIGHT_VERB: frozenset({"away", "into", "of", "out"})
}
"""With these the verb is no request: "approve of that lighting", "watch out"."""
