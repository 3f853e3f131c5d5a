"""What stands behind a result's buttons: its menu, its details, and the list of failures."""

import json
from pathlib import Path

import pytest

from bot.sandbox.world import World
from tests.channel import RUN, Channel, choices, pictures, text
from tests.ledger import table

ASK = f"in the labs channel: judge runs/{RUN}"


async def test_the_menu_does_what_it_says_and_says_in_whose_name(channel: Channel, root: Path) -> None:
    asked = channel.say(ASK)
    result = await channel.result(asked)
    await channel.settled(asked)

    channel.choose(result, "Show the grid", "U0KIM")

    await channel.until(lambda: [one for one in channel.replies(asked)[2:] if pictures(one)], "the grid again")
    assert list(choices(result))[-1] == "Data: JSON and CSV"
    assert [row["person"] for row in table(root, "inbox")][-1] == "U0KIM"


async def test_a_menu_of_an_older_list_says_so(channel: Channel) -> None:
    asked = channel.say(ASK)
    result = await channel.result(asked)
    menu = next(one for block in result["blocks"] for one in block.get("elements", []) if one.get("options"))
    menu["options"].append({"text": {"type": "plain_text", "text": "Gone"}, "value": menu["options"][0]["value"] + "9"})

    channel.choose(result, "Gone")

    await channel.reply(asked, "not offered any more")


async def test_who_disagrees_ticks_it_and_both_words_stand(channel: Channel, root: Path) -> None:
    asked = channel.say(ASK)
    result = await channel.result(asked)
    channel.press(result, "labs:open:failures", "U0KIM")
    view = await channel.form("U0KIM")
    said = json.dumps(view["blocks"], ensure_ascii=False)
    assert "brows, eyes, nose, mouth and jaw differ" in said
    assert pictures(view)
    box = next(block for block in view["blocks"] if block["type"] == "input")
    chosen = box["element"]["options"][0]["value"]

    channel.world.people.submit("U0KIM", view["id"], {box["block_id"]: [chosen]})
    told = await channel.reply(asked, "the judge is wrong")

    assert "<@U0KIM> says of" in text(told)
    assert "CB-LORA-front-full-S7301` (Q1 identity)" in text(told)
    kept = [json.loads(line) for line in (root / f"runs/{RUN}/labels.jsonl").read_text().splitlines()]
    assert [(one["cell"], one["axis"], one["value"], one["author"]) for one in kept] == [
        ("CB-LORA-front-full-S7301", "q1_identity", "pass", "U0KIM")
    ]
    assert json.loads((root / f"runs/{RUN}/judge_output.json").read_bytes())["summary"]["verdict"] == "PROCEED"


async def test_nothing_ticked_is_nothing_said(channel: Channel, root: Path) -> None:
    asked = channel.say(ASK)
    result = await channel.result(asked)
    await channel.settled(asked)
    channel.press(result, "labs:open:failures")
    view = await channel.form()
    channel.world.people.submit("U0DANA", view["id"], {})

    await channel.until(
        lambda: [row for row in table(root, "inbox") if row["kind"] == "click" and row["state"] == "done"], "it"
    )

    assert len(channel.replies(asked)) == 2
    assert not (root / f"runs/{RUN}/labels.jsonl").exists()


async def test_a_list_of_an_older_verdict_keeps_nothing(channel: Channel, world: World, root: Path) -> None:
    asked = channel.say(ASK)
    result = await channel.result(asked)
    channel.press(result, "labs:open:failures")
    view = await channel.form()
    again = channel.say(f"{ASK} using claude-haiku-4-5")
    await channel.result(again)
    await channel.settled(again)
    box = next(block for block in view["blocks"] if block["type"] == "input")
    channel.world.people.submit("U0DANA", view["id"], {box["block_id"]: [box["element"]["options"][0]["value"]]})

    await channel.reply(asked, "The verdict has changed")

    assert not (root / f"runs/{RUN}/labels.jsonl").exists()


@pytest.mark.parametrize("form", ["details", "failures"])
async def test_the_forms_of_a_result_are_open_to_colleagues_alone(channel: Channel, form: str) -> None:
    result = await channel.result(channel.say(ASK))
    channel.workspace.members["U0KIM"] = {"is_restricted": True}

    channel.press(result, f"labs:open:{form}", "U0KIM")
    await channel.reply(channel.say("<@U0LABSBOT> what's running?"), "under way")

    assert channel.world.people.view("U0KIM") is None
