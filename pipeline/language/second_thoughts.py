"""What keeps a decision from being taken at once: a plan is approved as it stands, or not at all.

Where words around "approve" are a question, a condition, a limit or a change, the bot asks; none of them is left out
in silence.
"""

from pipeline.actions.registry import BY_WORD
from pipeline.language.doubt import A_QUESTION, CONDITION, TAKEN_BACK, asks, waits
from pipeline.language.hits import Hit
from pipeline.language.idioms import TAKES_BACK
from pipeline.language.lexicon import CONDITIONS
from pipeline.language.reading import Reading
from pipeline.wordlist import words

AS_IT_STANDS = (
    "A plan is approved as it stands. Say `approve` alone (a reason goes behind “because”), or change the plan first."
)

_BESIDES = words("""
    approve approved approval this that it the plan job request training id number please pls plz thanks thank you thx
    ty ok okay yes yep yeah now lgtm looks look good great fine cool perfect to me from my side go ahead and start
    here for us all bot labs-bot , . ! ; : - ( ) #
""")
"""What may stand behind "approve" and means nothing more."""
_TURNS = CONDITIONS | words("""
    not no nor never none wait but only without instead except when after before max most under below cheaper unsure
    maybe hold
""")
"""Words in a remark that may turn it into something else than a reason."""


def second_thought(reading: Reading, hit: Hit) -> str | None:
    """Why this decision is not clear enough, as a sentence for the person; None when it is."""
    behind = range(hit.end, len(reading.tokens))
    if hit.action == "cancel":
        return A_QUESTION if asks(reading, hit) else None
    if not BY_WORD[hit.action].decides:
        return None
    if any(reading.tokens[at].word == "?" for at in behind if reading.roles[at] != "reason"):
        return A_QUESTION
    if hit.action == "resume" and waits(reading):
        return CONDITION
    if hit.action == "resume" and any(one.start >= hit.end for one in TAKES_BACK.anywhere(reading.tokens)):
        return TAKEN_BACK
    if hit.action == "approve" and not all(_means_nothing_more(reading, at) for at in behind):
        return AS_IT_STANDS
    return None


def _means_nothing_more(reading: Reading, at: int) -> bool:
    token, role = reading.tokens[at], reading.roles[at]
    if role == "reason":
        return _by_because(reading, at) or token.word not in _TURNS | {"?"}
    return bool(role) or token.kind == "line" or token.word in _BESIDES


def _by_because(reading: Reading, at: int) -> bool:
    """Behind "because", words are a reason, whatever they are."""
    first = at
    while first and reading.roles[first - 1] == "reason":
        first -= 1
    return reading.tokens[first].word in {"because", "since", "reason"}
