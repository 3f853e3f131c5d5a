"""People label cells: by name, against the judge, and blind in a modal that goes from cell to cell."""

from functools import partial
from pathlib import Path
from typing import Any

from bot.sandbox.world import World
from pipeline.evidence.run_state import state_of
from pipeline.evidence.verdict import Word
from pipeline.lab.lab import Lab
from pipeline.models import Axis
from tests.channel import RUN, Channel, buttons, text

OPENS = "labs:open:label"


def at_picture(world: World, number: int) -> dict[str, Any] | None:
    """The modal, once it shows this one."""
    view = world.people.view("U0KIM")
    return view if view and view["private_metadata"].endswith(f' {number}"}}') else None


async def test_a_persons_word_stands_beside_the_judges(channel: Channel, world: World, root: Path) -> None:
    await channel.result(channel.say(f"judge runs/{RUN}"))
    answer = await channel.reply(channel.say("label CB-LORA-front-full-S7301 as pass on Q1, it is her"), "Kept")

    assert "With people's overrides (1, by U0DANA): PROCEED, Q1 identity 6/6" in text(answer)
    (label,) = Lab(root).run(RUN).opinions
    assert (label.axis, label.value, label.seen, label.author) == (Axis.IDENTITY, "pass", "everything", "U0DANA")
    assert "it is her" in label.reason
    state = state_of(Lab(root).run(RUN))
    assert state.verdict.tally(Axis.IDENTITY).passed == 5
    card = await channel.reply(channel.say(f"show runs/{RUN}"), "With people's overrides")
    assert "Evidence: weak (Q1 identity 5/6)" in text(card)

    await channel.reply(channel.say("label CB-LORA-front-full-S7301 as fail on Q1"), "It agrees with the judge")
    assert len(Lab(root).run(RUN).opinions) == 2
    assert state_of(Lab(root).run(RUN)).verdict.word is Word.PROCEED
    assert world.slack.refused == []


async def test_a_sitting_is_blind_and_goes_from_cell_to_cell(channel: Channel, world: World, root: Path) -> None:
    await channel.result(channel.say(f"judge runs/{RUN}"))
    asked = channel.say(f"label 4 cells of runs/{RUN}")
    begun = await channel.reply(asked, "to label, blind")
    assert buttons(begun)[OPENS] == "Label 5 pictures…"
    assert [block["type"] for block in begun["blocks"]] == ["section", "actions", "context"]

    channel.press(begun, OPENS, "U0KIM")
    seen = []
    for number in range(1, 6):
        view = await channel.until(partial(at_picture, world, number), f"picture {number}")
        shown = str(view["blocks"])
        assert "S42" not in shown
        assert "S7301" not in shown
        assert shown.count("slack_file") == 1
        seen.append(view["blocks"][1]["slack_file"]["id"])
        answers = {f"{axis.value}-{number}": "pass" for axis in Axis}
        world.people.submit("U0KIM", view["id"], answers | {f"q1_identity-{number}": "fail"})
    over = await channel.reply(asked, "labelled 4 cells")

    assert "Where you and the judge differ" in text(over)
    assert "Judge and people on Q1 identity: kappa undefined (one of them said the same of everything)" in text(over)
    assert "The same cell shown again was told the same way in 4 of 4." in text(over)
    assert "it takes blind labels of 10 more that people pass and 6 more that people fail" in text(over)
    labels = Lab(root).run(RUN).opinions
    assert len(labels) == 20
    assert {one.seen for one in labels} == {"blind"}
    assert sum(one.repeat for one in labels) == 4
    assert world.people.view("U0KIM") is None
    assert state_of(Lab(root).run(RUN)).people.verdict is None  # type: ignore[union-attr]  # there are labels
    assert world.slack.refused == []


async def test_what_cannot_be_labelled_says_so(channel: Channel) -> None:
    refused = await channel.reply(channel.say(f"label NO-SUCH-cell-S1 of runs/{RUN} as pass on Q1"), "S1")

    assert "Kept" not in text(refused)
