"""People label cells: one by one in a modal, without the judge's answer; and what came of it."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from handlers.blocks.forms import modal, radio
from handlers.blocks.kit import Block, actions, button, context, image, lines, section
from handlers.message import Message
from handlers.ports import Opening
from pipeline.evidence.people import People
from pipeline.lab.labels import Label
from pipeline.models import Axis
from pipeline.surfaces import code, mrkdwn
from pipeline.wordlist import many

FORM = "labs:form:label"
OPENS = "labs:open:label"
SAYS = {"pass": "Passes", "fail": "Fails", "unsure": "Unsure"}
_QUESTIONS = {
    Axis.IDENTITY: "Q1: is it the person of the reference?",
    Axis.POSE: "Q2: is the pose as asked for?",
    Axis.FRAMING: "Q3: is the framing as asked for?",
    Axis.PHOTOGRAPHIC: "Q4: does it look like a photograph?",
}


class Shown(NamedTuple):
    """A cell as it is labelled: nothing tells its name, its seed or what the judge said."""

    number: int
    total: int
    picture: str | None
    """Slack's id of its file, with the reference in it; None where Slack did not take it."""
    prompt: str


def begin(run: str, subject: str, pictures: Sequence[dict[str, str]]) -> Message:
    """The sitting's message; its button opens the modal.

    Args:
        run: Whose cells they are.
        subject: What the button is about.
        pictures: What each picture is of, which stays with the message.
    """
    count = len({one["cell"] for one in pictures})
    said = (
        f"{many(count, 'cell')} of {code('runs/' + run)} to label, blind: the picture, the reference and the prompt,"
        " one after the other; no judge's answer, no label, no seed."
    )
    begins = actions(button(f"Label {many(len(pictures), 'picture')}…", OPENS, subject, style="primary"))
    note = context(
        "Each answer is kept as it is given: stop when you like, and go on with the same button. A cell may come up"
        " again. What the judge said is told at the end."
    )
    blocks = (section(said), begins, note)
    text = f"{many(count, 'cell')} of {run} to label"
    return Message(text=text, blocks=blocks, about=tuple(pictures), shows_pictures=False)


def form(opening: Opening, shown: Shown) -> dict[str, Any]:
    """One cell's modal."""
    last = shown.number == shown.total
    blocks: list[Block] = [context(f"{shown.number} of {shown.total}")]
    if shown.picture:
        blocks.append(
            image(
                shown.picture,
                f"Picture {shown.number} of {shown.total}, with the reference beside it",
                f"cell-{shown.number}",
            )
        )
    else:
        blocks.append(section(":warning: Slack did not take this picture. Say *Unsure* to everything."))
    blocks.append(context(f"Asked for: {mrkdwn(shown.prompt[:1500])}"))
    # A block's name of its own for each picture, or Slack would keep what was chosen for the one before.
    blocks += [radio(f"{axis.value}-{shown.number}", words, SAYS) for axis, words in _QUESTIONS.items()]
    return modal("Label, blind", "Done" if last else "Next", FORM, opening, blocks)


def overruled(run: str, kept: Sequence[Label], people: People | None) -> Message:
    """A person's word on cells whose judge's answer is known."""
    first = kept[0]
    named = ", ".join(code(one.cell) for one in kept)
    said = f"Kept: {named} of {code('runs/' + run)} {first.value} on {first.axis.title}, by <@{first.author}>."
    return Message(text=f"Kept: {len(kept)} labels of {run}", blocks=(section(said), context(*_told(people))))


def disagreed(run: str, kept: Sequence[Label], people: People | None) -> Message:
    """A person's word that what failed is no failure."""
    named = ", ".join(f"{code(one.cell)} ({one.axis.title})" for one in kept)
    said = f"<@{kept[0].author}> says of {code('runs/' + run)} that the judge is wrong on {named}."
    return Message(
        text=f"{len(kept)} words against the judge on {run}", blocks=(section(said), context(*_told(people)))
    )


def over(run: str, person: str, labelled: int, people: People | None, cells: Sequence[str]) -> Message:
    """A sitting that is over: how it went with the judge, and which cells differ."""
    head = f"<@{person}> labelled {many(labelled, 'cell')} of {code('runs/' + run)} blind."
    blocks: list[Block] = [section(head), section(lines([f"• {one}" for one in _told(people)]))]
    if cells:
        blocks.append(section(f"*Where you and the judge differ*\n{lines([f'• {mrkdwn(one)}' for one in cells])}"))
    return Message(text=f"{labelled} cells of {run} labelled", blocks=tuple(blocks))


def _told(people: People | None) -> list[str]:
    return [mrkdwn(one) for one in people.sentences] if people and people.sentences else ["It agrees with the judge."]
