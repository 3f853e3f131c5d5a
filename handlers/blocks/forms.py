"""Modals: what a person changes about a plan, and why somebody denies one."""

import json
from typing import Any

from handlers.blocks.answers import problem
from handlers.blocks.kit import Block, clip, context, section, sections
from handlers.ports import Opening
from pipeline.errors import LabsError
from pipeline.surfaces import mrkdwn

View = dict[str, Any]
LONGEST_REASON = 300
MOST_BLOCKS = 100
"""Of a modal."""


def modal(title: str, submit: str, callback: str, opening: Opening, blocks: list[Block]) -> View:
    """A modal that sends off what it was opened about, and where."""
    about = {"channel": opening.channel, "thread_ts": opening.thread_ts, "value": opening.subject}
    return {
        "type": "modal",
        "callback_id": callback,
        "title": _plain(title, 24),
        "submit": _plain(submit, 24),
        "close": _plain("Cancel", 24),
        "private_metadata": json.dumps(about),
        "blocks": blocks,
    }


def shown(title: str, opening: Opening, blocks: list[Block]) -> View:
    """A modal that is only read."""
    made = modal(title, "", "labs:told", opening, blocks[:MOST_BLOCKS]) | {"close": _plain("Close", 24)}
    return {name: value for name, value in made.items() if name != "submit"}


def told(opening: Opening, error: LabsError) -> View:
    """Instead of a modal that nobody could send off: why."""
    return shown("Not now", opening, list(problem(error).blocks))


def deny_form(opening: Opening, subject: str) -> View:
    """Why a plan is denied."""
    reason = text_input("reason", "Why?", multiline=True, optional=True, most=LONGEST_REASON)
    return modal("Deny this plan", "Deny", "labs:form:deny", opening, [context(mrkdwn(clip(subject, 500))), reason])


def approve_form(opening: Opening, subject: str, price: str, ambers: list[str]) -> View:
    """Every amber photograph by name, before somebody approves in spite of them."""
    head = section(
        f"{mrkdwn(clip(subject, 500))}, for up to *{price}*.\nThe pre-flight is amber about these; approving accepts"
        " each of them:"
    )
    told = [section(text) for text in sections(ambers)]
    return modal("Approve with amber", "Approve all the same", "labs:form:approve", opening, [head, *told[:90]])


def change_form(opening: Opening, subject: str, fields: list[Block]) -> View:
    """Other settings for a plan; the answer makes a new plan, which wants its own approval."""
    note = context(
        f"{mrkdwn(clip(subject, 500))}\nChanging makes a new plan with its own price; this one is put aside."
    )
    return modal("Change this plan", "Make the new plan", "labs:form:change", opening, [note, *fields])


def text_input(
    name: str,
    label: str,
    *,
    value: str | None = None,
    hint: str | None = None,
    multiline: bool = False,
    optional: bool = False,
    most: int = 500,
) -> Block:
    element: Block = {"type": "plain_text_input", "action_id": name, "multiline": multiline, "max_length": most}
    element |= {"initial_value": value} if value else {}
    return _input(name, label, element, hint, optional=optional)


def number_input(name: str, label: str, value: int, low: int, high: int, hint: str | None = None) -> Block:
    element = {
        "type": "number_input",
        "action_id": name,
        "is_decimal_allowed": False,
        "initial_value": str(value),
        "min_value": str(low),
        "max_value": str(high),
    }
    return _input(name, label, element, hint, optional=False)


def checkboxes(name: str, label: str, options: dict[str, str], chosen: list[str]) -> Block:
    """Several of some options, by value and words."""
    made = [_option(value, words) for value, words in options.items()]
    element: Block = {"type": "checkboxes", "action_id": name, "options": made}
    first = [option for option in made if option["value"] in chosen]
    element |= {"initial_options": first} if first else {}
    return _input(name, label, element, None, optional=True)


def select(name: str, label: str, options: dict[str, str], chosen: str | None = None, hint: str | None = None) -> Block:
    """One of some options."""
    made = [_option(value, words) for value, words in options.items()]
    element: Block = {"type": "static_select", "action_id": name, "options": made}
    first = next((option for option in made if option["value"] == chosen), None)
    element |= {"initial_option": first} if first else {}
    return _input(name, label, element, hint, optional=False)


def radio(name: str, label: str, options: dict[str, str]) -> Block:
    """One of few options, all of them in sight."""
    made = [_option(value, words) for value, words in options.items()]
    return _input(name, label, {"type": "radio_buttons", "action_id": name, "options": made}, None, optional=False)


def live(block: Block) -> Block:
    """An input that tells the bot of every change, so that the modal can say what it would come to."""
    writes = block["element"]["type"] == "plain_text_input"
    when = {"dispatch_action_config": {"trigger_actions_on": ["on_character_entered"]}} if writes else {}
    element = block["element"] | when | {"action_id": f"labs:fill:{block['block_id']}"}
    return block | {"dispatch_action": True, "element": element}


def date_input(name: str, label: str) -> Block:
    """A day, or none."""
    return _input(name, label, {"type": "datepicker", "action_id": name}, None, optional=True)


def _option(value: str, words: str) -> Block:
    return {"text": _plain(words, 75), "value": value[:150]}


def _input(name: str, label: str, element: Block, hint: str | None, *, optional: bool) -> Block:
    made: Block = {
        "type": "input",
        "block_id": name,
        "label": _plain(label, 200),
        "element": element,
        "optional": optional,
    }
    return made | ({"hint": _plain(hint, 500)} if hint else {})


def _plain(text: str, most: int) -> Block:
    return {"type": "plain_text", "text": text[:most]}


def answers(state: dict[str, Any]) -> dict[str, Any]:
    """What a person filled in, by block id: text, or a list of chosen values."""
    found: dict[str, Any] = {}
    for name, elements in (state.get("values") or {}).items():
        for given in elements.values():
            if "selected_options" in given:
                found[name] = [option["value"] for option in given["selected_options"] or []]
            elif "selected_option" in given:
                found[name] = (given["selected_option"] or {}).get("value")
            else:
                found[name] = given.get("value") or given.get("selected_date")
    return found
