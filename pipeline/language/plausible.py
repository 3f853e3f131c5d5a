"""Whether a verb's object is something of the lab's: "train JD" is a request, "train the interns" is talk."""

from pipeline.actions.registry import SPENDING
from pipeline.language.hits import Hit
from pipeline.language.lexicon import DETERMINERS, NOUNS, PREPOSITIONS, PRONOUNS
from pipeline.language.reading import Reading
from pipeline.language.slots.names import is_name
from pipeline.language.verbs import QUESTIONS, VERBS


def plausible(reading: Reading, hit: Hit) -> bool:
    """Its object is something of the lab's: "train the interns" is not."""
    if hit.action == "help":
        at = reading.skip(hit.end, {"with", "on", "for", "about", "me", ":"})
        return (
            at >= len(reading.tokens)
            or reading.is_break(at)
            or VERBS.match(reading.tokens, at) is not None
            or of_the_lab(reading, at)
        )
    if hit.light:
        return True
    if hit.action in QUESTIONS and hit.end - hit.start > 1:
        return hit.action != "status" or _about_the_lab(reading, hit)
    tokens, at = reading.tokens, hit.end
    unknown = seen = 0
    while at < len(tokens) and not reading.is_break(at) and tokens[at].word not in PREPOSITIONS:
        if tokens[at].kind != "line":
            seen += 1
            unknown += not (of_the_lab(reading, at) or _of_a_job(reading, hit, at))
        at += 1
    if not seen or unknown < seen:
        return True
    if hit.action not in SPENDING:
        return False
    if reading.message.named:
        return True  # said to the bot: the reader asks for what it does not know
    _start, end = reading.sentence(hit.start)
    return any(_is_target(reading, at) for at in range(hit.end, end))


def _of_a_job(reading: Reading, hit: Hit, at: int) -> bool:
    """As in "cancel the rest", where a job is spoken of."""
    named = any(one.kind == "path" or one.word == "job" for one in reading.tokens)
    speaks = named or reading.thread is not None or reading.message.named
    return speaks and hit.action == "cancel" and reading.tokens[at].word in {"rest", "remaining", "remainder"}


def of_the_lab(reading: Reading, at: int) -> bool:
    token = reading.tokens[at]
    if token.kind in {"quote", "flag", "money", "path", "file", "date", "range", "number", "model", "url"}:
        return True
    return (
        token.word in NOUNS
        or token.word in PRONOUNS
        or token.word in {"limit", "identity", "all", "everything", "q1", "q2", "q3", "q4"}
        or is_name(reading.catalogue, token.word)
        or any(letter.isdigit() for letter in token.word)
    )


def _is_target(reading: Reading, at: int) -> bool:
    """More than a pronoun or a figure: a name, or one of the lab's nouns."""
    token = reading.tokens[at]
    ordinary = token.kind in {"number", "range", "money"} or token.word in DETERMINERS | PRONOUNS
    return not ordinary and (
        token.word in NOUNS or is_name(reading.catalogue, token.word) or token.kind in {"path", "file", "quote"}
    )


def _about_the_lab(reading: Reading, hit: Hit) -> bool:
    """As in "how is rank32 doing", "how is it going" in a thread; but not "how is everyone doing"."""
    gap = [token.word for token in reading.tokens[hit.start : hit.end]]
    if any(token.kind in {"path", "url"} for token in reading.tokens[hit.start : hit.end]):
        return True
    if "running" in gap or "status" in gap or "progress" in gap:
        return True
    if reading.message.named:
        return True
    named = any(is_name(reading.catalogue, word) for word in gap) or {"job", "run", "training", "matrix", "plan"} & set(
        gap
    )
    return bool(named) or (reading.thread is not None and bool(PRONOUNS & set(gap)))
