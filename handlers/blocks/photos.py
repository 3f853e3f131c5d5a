"""Photographs that came through Slack: what became of each, and the facts that are still wanted."""

from collections.abc import Sequence
from typing import Any

from handlers.blocks.forms import date_input, modal, select, text_input
from handlers.blocks.kit import actions, button, clip, context, lines, section, sections
from handlers.blocks.plans import preflight_lines
from handlers.ports import Opening
from handlers.slack import Message
from pipeline.errors import FixtureNotReady
from pipeline.fixture.facts import CLASS_NOUNS
from pipeline.fixture.findings import Preflight
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


def facts_wanted(inbox_id: int, identity: str, staged: Sequence[Posted]) -> Message:
    """Which photographs are in, and the button that asks for licence and consent."""
    kept = [one for one in staged if one.kept_as]
    said = (
        f"{len(kept)} photograph{'' if len(kept) == 1 else 's'} of {identity.upper()} taken in; their licence and"
        " consent are not known yet"
    )
    texts = sum(one.caption_of is not None for one in staged)
    told = [
        f":large_green_circle: {len(kept)} of {len(staged) - texts} can be used: upright, in sRGB, without metadata or"
        " place" + (f"; with {texts} caption{'' if texts == 1 else 's'}" if texts else "")
    ]
    ask = "Without a licence and a consent basis nothing is trained. Somebody who can vouch for both gives them here:"
    return Message(
        text=said,
        blocks=(
            section(f"*{mrkdwn(said)}*\n{lines([*told, *_refused(staged)])}"),
            section(ask),
            actions(button("Give the facts…", "labs:open:facts", str(inbox_id), style="primary")),
            context("Until then they lie hidden in the lab's folder; after a day without facts they are deleted."),
        ),
    )


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
