"""Slack's markup of a message undone, and people as Slack mentions them.

Mentions stay as Slack spells them, `<@U0DANA>`: so the grammar knows who is spoken to, and a prompt keeps its bytes.
"""

import re
from collections.abc import Iterable

_LINK = re.compile(r"<[#!@][^<>|\s]+\|([^<>]*)>|<(?:https?://|mailto:)[^<>|\s]+\|([^<>]*)>|<(https?://[^<>|\s]+)>")
_PERSON = re.compile(r"<@([UW][A-Z0-9]+)>")
_ESCAPES = {"&amp;": "&", "&lt;": "<", "&gt;": ">"}
_ESCAPE = re.compile("|".join(_ESCAPES))


def plain(text: str) -> str:
    """A message as the person typed it: links as their words, and the three escapes undone."""
    text = _LINK.sub(lambda found: next(part for part in found.groups() if part is not None), text)
    return _ESCAPE.sub(lambda found: _ESCAPES[found[0]], text)


def unmarked(text: str) -> str:
    """A message of ours as words: people by their id, links and dates as what they say, no code marks."""
    return plain(_PERSON.sub(r"@\1", text)).replace("`", "")


def mention(person: str) -> str:
    """Somebody by name: a member of the workspace so that Slack tells them, anybody else in words."""
    elsewhere = person.startswith("shell:") or person == "consent"
    return person if elsewhere else f"<@{person.rpartition('/')[2]}>"


def mentions(people: Iterable[str], nobody: str) -> str:
    """Several people, or what is said where there is none."""
    return ", ".join(map(mention, people)) or nobody
