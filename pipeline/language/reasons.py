"""The reason of a decision: what follows "because", "reason:", a dash or a colon, to the end."""

from pipeline.language.fields.filling import Filling
from pipeline.language.opening import Opening
from pipeline.wordlist import words

_NO_REASON = words("""
    correction hesitation or condition time period no_period except unsaid steps lora_rank repeats seeds n_seeds cap
    axis model then_judge not_judged without_controls batch no_matrix job numbers number
""")
"""Kinds that a reason behind a dash does not hold: they would change what is approved."""
_TURNS = words("""
    not no nor never none wait but only without instead except when after before max most under below cheaper unsure
    maybe hold just minus excluded exclude same depends assuming provided if unless once until till tomorrow tonight
    later monday tuesday wednesday thursday friday
""")
"""Words in a reason behind a dash that may turn an approval into something else."""


def take_reason(filling: Filling, opening: Opening) -> None:
    """Fill `reason`, and consume its chunks. A cancel has none: its remarks are judged as any."""
    if filling.action == "cancel" or opening.order is None:
        return
    text = filling.text
    for at in range(opening.order.end, len(text)):
        word = text.word(at)
        spaced = word == "-" and not text.tokens[at].glued
        led = word in {"because", "since", "reason", "reason:", "--reason"}
        if not (led or word == ":" or spaced) or text.word(at - 1) in {"job", "plan", "#"}:
            continue
        start = text.skip(at + 1, words(": - reason is because = of")) if led or word in ":-" else at + 1
        said = text.said(start, len(text)).strip()
        said = said[1:-1] if len(said) > 1 and said[0] == said[-1] == '"' else said
        if not said:
            continue
        turns = filling.action == "approve" and not led and _TURNS & {text.word(one) for one in range(start, len(text))}
        kinds = {one.kind for one in [*filling.chunks, *filling.strange] if one.start >= at}
        if kinds & (_NO_REASON if filling.action == "approve" else {"correction"}) and not led:
            return
        if led and filling.action == "approve" and "but" in {text.word(one) for one in range(start, len(text))}:
            return
        asks = filling.action == "approve" and text.word(len(text) - 1) == "?"
        if not turns and not asks:
            filling.values["reason"] = said
            for one in [*filling.chunks, *filling.strange]:
                if one.start >= at:
                    one.by = "reason"
        return
