"""Photographs that came through Slack: what became of each, and the facts that are still wanted."""

from collections.abc import Sequence
from typing import Any

from handlers.blocks.forms import checkboxes, date_input, modal, select, text_input
from handlers.blocks.kit import actions, button, clip, context, lines, section, sections
from handlers.blocks.plans import preflight_lines
from handlers.message import Message
from handlers.ports import Opening
from pipeline.errors import FixtureNotReady
from pipeline.fixture.facts import CLASS_NOUNS
from pipeline.fixture.findings import Checked, Level, Preflight
from pipeline.fixture.incoming import Posted
from pipeline.surfaces import code, mrkdwn
from pipeline.wordlist import many

MOST_OPTIONS = 100


def _refused(staged: Sequence[Posted]) -> list[str]:
    return [f":red_circle: {code(clip(one.name, 80))}: {mrkdwn(one.cause)}" for one in staged if one.cause]


def not_ready(error: FixtureNotReady, checked: Preflight) -> Message:
    """The pre-flight of a fixture that cannot be trained from."""
    head = section(f":no_entry: {mrkdwn(str(error))}\n{mrkdwn(error.hint)}")
    said = [section(text) for text in sections(preflight_lines(checked))]
    return Message(text=str(error), blocks=(section(f"*{code(checked.fixture)}*"), *said, head))


def none_usable(staged: Sequence[Posted]) -> Message:
    said = "None of these files is a photograph that can be trained from. Nothing was kept, nothing was spent."
    return Message(text=said, blocks=(section(f":no_entry: {said}\n{lines(_refused(staged))}"),))


def taken_in(inbox_id: int, identity: str, staged: Sequence[Posted], checked: Preflight) -> Message:
    """The pre-flight of what was posted, and the buttons that leave some out and ask for licence and consent.

    Args:
        inbox_id: Of what waits.
        identity: The person's code.
        staged: What was posted just now; nothing when some are left out of what was posted before.
        checked: The pre-flight, but for what the facts will say.
    """
    photos = many(len(checked.photos), "photograph")
    said = f"{photos} of {identity.upper()} taken in; their licence and consent are not known yet"
    texts = sum(one.caption_of is not None for one in staged)
    beside = f"; with {many(texts, 'caption')}" if texts else ""
    kept = sum(one.kept_as is not None for one in staged)
    read = f"{kept} of {len(staged) - texts} could be read{beside}: " if staged else ""
    told = f"{read}upright, in sRGB, without metadata or place."
    red = checked.level is Level.RED
    leave = button("Leave some out…", "labs:open:leave", str(inbox_id))
    give = [] if red else [button("Give the facts…", "labs:open:facts", str(inbox_id), style="primary")]
    return Message(
        text=said,
        blocks=(
            section(f"*{mrkdwn(said)}*\n{lines([told, *_refused(staged)])}"),
            *(section(text) for text in sections(preflight_lines(checked))),
            section(_NOT_YET if red else _ASK),
            actions(*give, leave),
            context("Until then they lie hidden in the lab's folder; after a day without facts they are deleted."),
        ),
    )


_ASK = "Without a licence and a consent basis nothing is trained. Somebody who can vouch for both gives them here:"
_NOT_YET = (
    "Nothing can be trained from these as they are. Leave out what is red; where too few are left, post more, and ask"
    " again with all of them."
)


def leave_form(opening: Opening, identity: str, checked: Preflight) -> dict[str, Any]:
    """Which of the photographs that wait are not to be used; the red ones are ticked."""
    shown = {photo.name: f"{SIGNS_PLAIN[photo.level]} {photo.name}{_why(photo)}" for photo in checked.photos}
    red = [photo.name for photo in checked.photos if photo.level is Level.RED]
    names = list(shown)
    groups = [names[at : at + OPTIONS_A_GROUP] for at in range(0, len(names), OPTIONS_A_GROUP)]
    boxes = [
        checkboxes(f"out{at}", "Leave out" if at == 0 else "and", {one: shown[one] for one in group}, red)
        for at, group in enumerate(groups)
    ]
    said = (
        f"{many(len(names), 'photograph')} of {mrkdwn(identity.upper())}. What is ticked is not used; its post stays."
    )
    return modal("Leave some out", "Leave out", "labs:form:leave", opening, [context(said), *boxes])


SIGNS_PLAIN = {Level.GREEN: "🟢", Level.AMBER: "🟡", Level.RED: "🔴"}
OPTIONS_A_GROUP = 10
"""Slack's limit of checkboxes."""


def _why(photo: Checked) -> str:
    return f": {clip(photo.findings[0].what, 50)}" if photo.findings else ""


def all_left_out() -> Message:
    said = "All of these photographs are left out and deleted here. Nothing was spent."
    return Message(text=said, blocks=(section(said),))


def facts_form(opening: Opening, identity: str, names: Sequence[str], bases: Sequence[str]) -> dict[str, Any]:
    """Licence, consent, who vouches; the same for all of them."""
    some = list(names[:MOST_OPTIONS])
    return modal(
        "Facts of these photos",
        "Keep them",
        "labs:form:facts",
        opening,
        [
            context(
                f"{many(len(names), 'photograph')} of {mrkdwn(identity.upper())}. The facts hold for all of them;"
                " `fixture.toml` can say more of single ones."
            ),
            text_input("licence", "Licence", hint="CC0, or “© Ana Lopez, licensed to us on 2026-11-20”"),
            select("consent", "What allows the use of this person's likeness?", {base: base for base in bases}),
            date_input("until", "Until when? (empty: without an end)"),
            text_input("vouched_by", "Who vouches for it?", hint="A name: they will be asked."),
            text_input("author", "Who took them?", optional=True),
            text_input("source", "Where do they come from?", optional=True),
            select("class_noun", "What are they, in a prompt?", {noun: noun for noun in CLASS_NOUNS}),
            select(
                "reference",
                "Which one does the judge compare with? It is not trained on.",
                {name: name for name in some},
                chosen=some[0],
            ),
        ],
    )


WHOSE = "labs:form:whose"


def whose_form(opening: Opening) -> dict[str, Any]:
    """Of whom the photographs of a thread are, before anything is made of them."""
    note = context("The photographs of this thread are looked at, and nothing is trained before somebody approves it.")
    who = text_input("whose", "Of whom are they?", hint="A short code, as the lab names its people: JD", most=40)
    return modal("Train from these", "Look at them", WHOSE, opening, [note, who])


def train_sentence(fields: dict[str, Any]) -> str:
    """What that form says, as a person would have typed it."""
    return f"train a LoRA of {' '.join(str(fields.get('whose') or '').split())} with these photos"
