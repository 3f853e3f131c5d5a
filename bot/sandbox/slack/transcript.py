"""The workspace's conversation as plain text."""

import re
from typing import Any

from bot.sandbox.slack.workspace import PEOPLE, Workspace


def transcript(workspace: Workspace) -> str:
    """Messages in the order they came, replies indented, as they stand at the end."""
    lines: list[str] = []
    for _ts, message in sorted(workspace.messages.items()):
        reply = message.get("thread_ts") not in {None, message["ts"]}
        name = PEOPLE.get(message["user"], message["user"])
        edits = f" (edited {message['updates']} times)" if message.get("updates") else ""
        indent = "    " if reply else ""
        lines.append(f"{indent}{name}{edits}:")
        lines += [f"{indent}  {line}" for line in _body(message, workspace).splitlines()]
        lines.append("")
    return "\n".join(lines)


def _body(message: dict[str, Any], workspace: Workspace) -> str:
    blocks = [block for block in message.get("blocks", []) if block["type"] != "rich_text"]
    parts = [_block(block, workspace) for block in blocks] or [_plain(message["text"])]
    parts += [f"[file {file['name']}]" for file in message.get("files", [])]
    return "\n".join(part for part in parts if part)


def _block(block: dict[str, Any], workspace: Workspace) -> str:
    match block["type"]:
        case "header":
            return f"## {block['text']['text']}"
        case "section":
            texts = [block["text"]] if "text" in block else []
            return "\n".join(_plain(text["text"]) for text in [*texts, *block.get("fields", [])])
        case "context":
            return " | ".join(_plain(element["text"]) for element in block["elements"])
        case "image":
            file = workspace.files.get(block["slack_file"]["id"])
            return f"[picture {file.name if file else '?'}: {block['alt_text'][:120]}…]"
        case "actions":
            return " ".join(f"[{_words(element)}]" for element in block["elements"])
        case "divider":
            return "----"
        case kind:
            return f"[{kind}]"


def _plain(text: str) -> str:
    text = re.sub(r"<@(\w+)>", lambda found: "@" + PEOPLE.get(found[1], found[1]), text)
    text = re.sub(r"<!date\^[^|>]*\|([^>]*)>", r"\1", text)
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _words(element: dict[str, Any]) -> str:
    """What stands on a button, or before and in a menu."""
    if element["type"] == "button":
        return str(element["text"]["text"])
    return f"{element['placeholder']['text']} {' | '.join(one['text']['text'] for one in element['options'])}"
