"""The few Block Kit pieces that our messages are made of, inside Slack's limits."""

from typing import Any

Block = dict[str, Any]


LONGEST_VALUE = 2000


def says(text: str, action_id: str, sentence: str, *, style: str | None = None) -> list[Block]:
    """A button that says a sentence; none for one that is too long for it: that stands in the message to be copied."""
    return [button(text, action_id, sentence, style=style)] if sentence and len(sentence) <= LONGEST_VALUE else []


def clip(text: str, most: int) -> str:
    """Cut at a word, with an ellipsis."""
    text = " ".join(text.split())
    if len(text) <= most:
        return text
    return text[: most - 1].rsplit(" ", 1)[0].rstrip(" ,;:.") + "…"


def section(text: str) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text[:3000]}}


def sections(texts: list[str], most: int = 2900) -> list[str]:
    """Lines gathered into texts of a section's size; none is left out."""
    found = [""]
    for text in texts:
        if found[-1] and len(found[-1]) + len(text) + 1 > most:
            found.append("")
        found[-1] = f"{found[-1]}\n{text[:most]}".strip("\n")
    return [text for text in found if text]


def fields(texts: list[str]) -> Block:
    return {"type": "section", "fields": [{"type": "mrkdwn", "text": text[:2000]} for text in texts[:10]]}


def context(*texts: str) -> Block:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text[:3000]} for text in texts[:10]]}


def header(text: str) -> Block:
    return {"type": "header", "text": {"type": "plain_text", "text": text[:150], "emoji": True}}


def button(
    text: str, action_id: str, value: str, *, style: str | None = None, confirm: tuple[str, str] | None = None
) -> Block:
    if len(value) > LONGEST_VALUE:
        # Cut off it would say something else, and that may cost money.
        raise ValueError(f"a button's value has {len(value)} characters; {LONGEST_VALUE} is the most")
    made: Block = {
        "type": "button",
        "text": {"type": "plain_text", "text": clip(text, 75), "emoji": True},
        "action_id": action_id,
        "value": value,
    }
    if style:
        made["style"] = style
    if confirm:
        made["confirm"] = {
            "title": {"type": "plain_text", "text": confirm[0][:100]},
            "text": {"type": "mrkdwn", "text": confirm[1][:300]},
            "confirm": {"type": "plain_text", "text": "Yes"},
            "deny": {"type": "plain_text", "text": "No"},
        }
    return made


def actions(*buttons: Block) -> Block:
    return {"type": "actions", "elements": list(buttons)[:25]}


def image(file_id: str, alt: str, block_id: str) -> Block:
    return {"type": "image", "block_id": block_id[:255], "slack_file": {"id": file_id}, "alt_text": alt[:2000]}


def divider() -> Block:
    return {"type": "divider"}


def seconds(span: float) -> str:
    """`8 s`, `3 min`, `2 h 5 min`."""
    if span < 100:
        return f"{max(1, round(span))} s"
    minutes = round(span / 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60} min"


def lines(texts: list[str], most: int = 2900) -> str:
    """Lines up to a section's size; what does not fit is counted."""
    kept: list[str] = []
    for at, text in enumerate(texts):
        if sum(len(line) + 1 for line in kept) + len(text) > most:
            return "\n".join([*kept, f"… and {len(texts) - at} more"])
        kept.append(text)
    return "\n".join(kept)
