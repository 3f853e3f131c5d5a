"""The table of verbs: to teach the bot another word for something, add it to a line here."""

import re

# verb, and the words that mean it when they open a request. First match in this order wins: what adds wins over what replaces.
VERBS: tuple[tuple[str, str], ...] = (
    ("none", r"(?:don't|do not|never|not)\b"),
    ("unsupported", r"(?:re-?train|train|upscale|pipe|compare|put .* side by side|(?:run )?(?:a )?bakeoff|redo|retry the failed|make the failed|label|mark|(?:stop watching|unwatch|watch|tell me when))\b"),
    ("extend", r"(?:extend|add|(?:run )?(?:\d+|two|three|four|five|six|seven|eight) (?:more|extra) seeds?|(?:re-?run|run) .*\b(?:more|extra) seeds?)\b"),
    ("rerun", r"(?:same but |only )*(?:re-?run|rerun|swap the seeds)\b"),
    ("judge", r"(?:re-?judge|judge|(?:re-?)?run (?:the )?(?:identity )?judge)\b"),
    ("cancel", r"(?:cancel|stop|abort|kill)\b"),
    ("approve", r"approve\b"),
    ("deny", r"deny\b"),
    ("pause", r"pause (?:all )?spending\b"),
    ("resume", r"resume (?:all )?spending\b"),
    ("help", r"help\b"),
    ("spend", r"(?:spend\b|how much (?:have we |did we |was |has been )?(?:spent|spend)|show me what we spent)"),
    ("list", r"(?:list|which (?:runs|fixtures|jobs))\b"),
    ("show", r"(?:show|what's the verdict|what is the verdict|(?:the )?(?:grid|verdict|card) (?:of|on|for))\b"),
    ("status", r"(?:status|what's running|what is running|what's up|how is|how's)\b"),
)  # fmt: skip
COMPILED = tuple((verb, re.compile(pattern)) for verb, pattern in VERBS)
