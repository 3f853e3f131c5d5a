"""The workspace's conversation as plain text."""

import re
from typing import Any

from bot.sandbox.slack.workspace import BOT_USER, PEOPLE, Workspace


def transcript(workspace: Workspace) -> str:
    """Messages in the order they came, replies indented, as they stand at the end."""
    lines: list[str] = []
    alone = {one["ts"]: {"user": BOT_USER, "whispered": True, **one} for one in workspace.whispers}
    for _ts, message in sorted((workspace.messages | alone).items()):
        reply = message.get("thread_ts") not in {None, message["ts"]}
        name = PEOPLE.get(message["user"], message["user"])
        edits = f" (edited {message['updates']} times)" if message.get("updates") else ""
        edits += f" (only {PEOPLE.get(message['person'])} sees this)" if message.get("whispered") else ""
        edits += " (in the channel, too)" if message.get("subtype") == "thread_broadcast" else ""
        edits += (
            f" (to {PEOPLE.get('U' + message['channel'][1:])} alone)" if message.get("channel", "")[:1] == "D" else ""
        )
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
        case "section":
            texts = [block["text"]] if "text" in block else []
            said = "\n".join(_plain(text["text"]) for text in [*texts, *block.get("fields", [])])
            return f"{said} [{_words(block['accessory'])}]" if "accessory" in block else said
        case "context":
            return " | ".join(_plain(element["text"]) for element in block["elements"])
        case "image":
            file = workspace.files.get(block["slack_file"]["id"])
            return f"[picture {file.name if file else '?'}: {block['alt_text'][:120]}…]"
        case "actions":
            return " ".join(f"[{_words(element)}]" for element in block["elements"])
        case "header":
            return f"## {block['text']['text']}"
        case _:
            return _newer(block)


def _newer(block: dict[str, Any]) -> str:
    match block["type"]:
        case "divider":
            return "----"
        case "plan":
            return "\n".join([f"## {block['title']}", *(_task(task) for task in block["tasks"])])
        case "data_table":
            return "\n".join([block.get("caption", ""), *(" | ".join(map(_cell, row)) for row in block["rows"])])
        case kind:
            return f"[{kind}]"


def _task(task: dict[str, Any]) -> str:
    signs = {"complete": "[x]", "in_progress": "[>]", "pending": "[ ]", "error": "[!]"}
    return f"{signs[task['status']]} {task['title']}: {_cell(task['details']) if 'details' in task else ''}"


def _cell(cell: dict[str, Any]) -> str:
    """What stands in a cell of a table, or in rich text."""
    if cell["type"] == "rich_text":
        return "".join(str(one.get("text", "")) for part in cell["elements"] for one in part["elements"])
    return str(cell.get("text", cell.get("value", "")))


def _plain(text: str) -> str:
    text = re.sub(r"<@(\w+)>", lambda found: "@" + PEOPLE.get(found[1], found[1]), text)
    text = re.sub(r"<!date\^[^|>]*\|([^>]*)>", r"\1", text)
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _words(element: dict[str, Any]) -> str:
    """What stands on a button, or before and in a menu."""
    if element["type"] == "button":
        return str(element["text"]["text"])
    before = element["placeholder"]["text"] if "placeholder" in element else "⋯"
    return f"{before} {' | '.join(one['text']['text'] for one in element['options'])}"
