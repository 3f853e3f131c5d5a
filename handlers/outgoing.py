"""The door to Slack: whatever a message's maker forgot, no stranger's words are markup in it, and no secret leaves."""

from typing import Any

from handlers.markup import unmarked
from pipeline.scrub import scrub
from pipeline.surfaces import clean, mrkdwn, without_calls


def top_text(text: str) -> str:
    """A message's text beside its blocks: plain words, also where they were written as mrkdwn."""
    return scrub(mrkdwn(unmarked(text)))


def safe(piece: Any) -> Any:
    """Blocks or a view: every text in it without secrets, signs that nobody sees, and calls to a channel."""
    if isinstance(piece, list | tuple):
        return [safe(one) for one in piece]
    if not isinstance(piece, dict):
        return piece
    made = {name: safe(one) for name, one in piece.items()}
    if made.get("type") == "mrkdwn" and isinstance(made.get("text"), str):
        made["text"] = scrub(without_calls(made["text"]))
    for name in ("text", "alt_text") if made.get("type") in {"plain_text", "image"} else ():
        if isinstance(made.get(name), str):
            made[name] = scrub(clean(made[name])).replace("<!", "&lt;!")
    return made
