"""A message's text as plain words: Slack's markup undone, prompts lifted out, who is spoken to."""

import html
import re

from pipeline.models import Value

BOT = "U0LABSBOT"
_MENTION = re.compile(r"<@([A-Z0-9]+)(?:\|[^>]*)?>")
_LINK = re.compile(r"<(?:[#!@])?[^<>|\s]+\|([^<>]*)>|<(https?://[^<>|\s]+)>")
_OPENING = re.compile(r"^\W*in\s+the\s+labs\s+channel\b\s*[:,\-]*\s*", re.IGNORECASE)
_QUOTED = re.compile(
    r"“([^”\n]{1,4000})”|(?<![\w\"])\"((?:[^\"\n]|\"(?=\w+\"\s\w)){1,4000})\"(?!\w)|(?<=\s)['‘]([^\n]{3,4000}?)['’](?=[\s.,;!?]|$)"
)
_PROMPT_LINE = re.compile(r"\bprompt:\s*([^\n]+?)(?=\s+--\w|\s+at seeds?\b|\n|$)", re.IGNORECASE)
_DASHES = str.maketrans(
    {
        "–": "-",
        "—": "-",
        "−": "-",
        "\u00a0": " ",
        "’": "'",
        "‘": "'",
        "“": '"',
        "”": '"',
        "…": " ",
        "×": "x",
    }
)
_POLITE = re.compile(
    r"^(?:hey|hi|hello|ok|okay|so|and|now|please|pls|kindly|can you|could you|would you|can we|let's|lets|just|omg|then)\b[\s,:!]*",
    re.IGNORECASE,
)


class Words(Value):
    """What was said, ready to be read."""

    text: str
    """Lower case, one line, prompts replaced by `⟦n⟧`."""
    prompts: tuple[str, ...]
    """The lifted texts, byte for byte (Slack's escapes undone)."""
    addressed: bool
    """The bot was named, or the labs channel was."""
    to_another: bool
    """Somebody else was mentioned first."""
    bare: bool
    """Nothing but greetings or courtesies stands before the first word."""


def unescape(text: str) -> str:
    """Slack's links as their words, and its three escapes undone."""
    text = _LINK.sub(lambda found: found[1] if found[1] is not None else found[2], text)
    return html.unescape(text)


def read(text: str, bot: str = BOT) -> Words:
    """Undo Slack's markup and lift the prompts out. Linear in the text's length."""
    mentions = _MENTION.findall(text)
    text = _MENTION.sub(lambda found: " " if found[1] == bot else " @someone ", text)
    text = unescape(text)
    opening = _OPENING.match(text.strip())
    text = text.strip()[opening.end() :] if opening else text.strip()
    prompts: list[str] = []

    def lift(found: re.Match[str]) -> str:
        prompts.append(next(group for group in found.groups() if group is not None).strip())
        return f" ⟦{len(prompts) - 1}⟧ "

    text = _PROMPT_LINE.sub(lambda found: " prompt" + lift(found), _QUOTED.sub(lift, text))
    # Smartphones turn two hyphens into one long dash: `—seeds 1` means `--seeds 1`.
    text = re.sub(r"(?:^|(?<=\s))[—–](?=[a-zA-Z])", "--", text)
    plain = " ".join(text.translate(_DASHES).replace("`", " ").replace("*", " ").split()).lower()
    while polite := _POLITE.match(plain):
        plain = plain[polite.end() :]
    return Words(
        text=plain,
        prompts=tuple(prompts),
        addressed=bool(opening) or bot in mentions,
        to_another=bool(mentions) and mentions[0] != bot,
        bare=not plain.startswith(("i ", "we ", "she ", "he ", "they ", "if ", "the ", "@someone")),
    )
