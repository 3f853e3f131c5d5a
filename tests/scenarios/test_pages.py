"""Pages follow the jobs, and open for the people of the channel alone."""

import asyncio
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox.faults import Stage
from bot.sandbox.world import World
from tests.channel import RUN, Channel, buttons, text
from tests.conftest import Start
from tests.ledger import table
from tests.process import BotProcess
from tests.visitor import CELL, PAGE, Visitor, entered, judged, link_of


async def test_a_job_writes_the_runs_page_and_the_labs(channel: Channel, root: Path) -> None:
    result = await judged(channel)
    page, index = root / "runs" / RUN / "index.html", root / "site/index.html"

    await channel.until(lambda: index.is_file() and "PROCEED" in index.read_text(), "the lab's page")

    assert "PROCEED" in page.read_text()
    assert f"job {table(root, 'jobs')[0]['id']}" in page.read_text()
    assert {one.name for one in (root / "site").iterdir()} >= {"index.html", "prompts.html", "takeover.html"}
    assert str(root) not in (root / "site/takeover.html").read_text()
    assert "labs:page" not in buttons(result)  # without an address of its own there is nothing to open


async def test_what_changes_a_run_by_the_way_is_seen_by_the_next_sweep(start: Start, root: Path) -> None:
    channel: Channel = await start()
    await judged(channel)
    await channel.reply(channel.say(f"in the labs channel: mark {CELL} of runs/{RUN} as fail on identity"), "Kept")
    await channel.stop()

    await start()

    page = root / "runs" / RUN / "index.html"
    await channel.until(lambda: "With people" in page.read_text(), "the override on the page")


async def test_a_link_of_ones_own_opens_the_pages(pages: Channel, root: Path) -> None:
    result = await judged(pages)
    assert buttons(result)["labs:page"] == "Open run"
    async with Visitor(await link_of(pages, result)) as dana:
        assert (await dana.get(PAGE))[0] == 403
        assert (await dana.get(dana.link.partition(dana.origin)[2]))[0] == 200  # a preview of it uses nothing up
        assert await dana.enter() == 303
        status, page = await dana.get(PAGE)
        assert status == 200
        assert b"PROCEED" in page
        shot = (await dana.data(PAGE))["cells"][0]["shot"]
        for path in ("/site/index.html", "/site/prompts.html", "/site/takeover.html", f"/runs/{RUN}/cells.csv"):
            assert (await dana.get(path))[0] == 200
        for name in (shot["small"], shot["large"], shot["href"], "judge_output.json"):
            assert (await dana.get(f"/runs/{RUN}/{name}"))[0] == 200
        packed = zipfile.ZipFile(io.BytesIO((await dana.get(f"/runs/{RUN}/originals.zip"))[1]))
        assert len(packed.namelist()) == 6
        assert packed.read(f"{CELL}.png") == (root / "runs" / RUN / f"{CELL}.png").read_bytes()
        assert (await dana.get(f"/site/compare?a={RUN}&b=20260612-cb-lora-v2"))[0] == 303
        assert (await dana.get(f"/site/compare/{RUN}--20260612-cb-lora-v2.html"))[0] == 200


async def test_what_is_said_on_a_page_goes_the_way_of_any_sentence(pages: Channel, root: Path) -> None:
    dana = await entered(pages, await judged(pages))
    token = {"X-Labs-Token": (await dana.data(PAGE))["token"]}
    sentence = f"re-run runs/{RUN} with seeds [1, 2], then judge max $1"

    for _ in range(3):
        status, _body = await dana.post("/say", json={"sentence": sentence, "once": "a"}, headers=token)
        assert status == 200

    said = await pages.until(
        lambda: next((one for one in pages.workspace.from_bot() if "says on a page" in text(one)), None), "the words"
    )
    assert "<@U0DANA> says on a page of the lab" in text(said)
    await pages.settled(said["ts"])
    await dana.__aexit__(None, None, None)
    assert len([one for one in pages.workspace.from_bot() if "says on a page" in text(one)]) == 1
    jobs = table(root, "plans")
    assert [(one["action"], one["asked_by"], one["thread_ts"]) for one in jobs[1:]] == [("rerun", "U0DANA", said["ts"])]


async def test_labels_of_a_page_are_kept_blind_and_compared(pages: Channel, root: Path) -> None:
    dana = await entered(pages, await judged(pages))
    told = await dana.data(f"/runs/{RUN}/label?n=3")
    page = (await dana.get(f"/runs/{RUN}/label?n=3"))[1].decode()
    token = {"X-Labs-Token": told["token"]}
    sent = {"sitting": told["sitting"], "values": dict.fromkeys(("q1", "q2", "q3", "q4"), "pass")}

    for number in range(len(told["pictures"])):
        for _ in range(2):
            status, _body = await dana.post(f"/runs/{RUN}/label", json=sent | {"number": number}, headers=token)
            assert status == 200
    status, body = await dana.post(f"/runs/{RUN}/label", json={**sent, "over": True, "values": {}}, headers=token)
    reveal = json.loads(body)

    assert "CB-LORA" not in page.replace(RUN, "")
    assert len(reveal["rows"]) == 12
    assert {row["you"] for row in reveal["rows"]} == {"pass"}
    assert any("Judge and people on Q1" in one for one in reveal["people"])
    kept = [json.loads(line) for line in (root / f"runs/{RUN}/labels.jsonl").read_text().splitlines()]
    assert len(kept) == 4 * len(told["pictures"])
    assert {(one["author"], one["seen"]) for one in kept} == {("U0DANA", "blind")}
    wrong = [{"sitting": "x"}, sent | {"number": 99}, sent | {"number": "1"}, sent | {"number": 0, "values": 3}]
    for one in wrong:
        assert (await dana.post(f"/runs/{RUN}/label", json=one, headers=token))[0] == 409
    await dana.__aexit__(None, None, None)


async def test_a_withdrawal_closes_every_page_at_once(pages: Channel, root: Path) -> None:
    sam = await entered(pages, await judged(pages), "U0SAM")
    shot = (await sam.data(PAGE))["cells"][0]["shot"]
    asked = pages.say("in the labs channel: withdraw consent for CB")
    listed = await pages.reply(asked, "What holds the likeness of CB")
    pages.press(listed, "labs:withdraw", "U0SAM")

    await pages.until(lambda: table(root, "withdrawals"), "the withdrawal")

    async def statuses() -> set[int]:
        paths = (PAGE, f"/runs/{RUN}/{shot['small']}", f"/runs/{RUN}/{CELL}.png", f"/runs/{RUN}/originals.zip")
        return {(await sam.get(path))[0] for path in paths}

    assert await statuses() == {410}
    await pages.reply(asked, "Deleted: ")
    assert await statuses() == {410}
    assert b"took the consent back" in (await sam.get(PAGE))[1]
    index = root / "site/index.html"
    await pages.until(lambda: index.is_file() and "took the consent back" in index.read_text(), "the tombstone")
    assert not (root / "runs" / RUN).exists()
    assert CELL not in "".join(path.read_text() for path in (root / "site").rglob("*.html"))
    await sam.__aexit__(None, None, None)


async def test_a_pasted_link_shows_the_verdict_in_the_channel_alone(pages: Channel, public: str, root: Path) -> None:
    await judged(pages)
    pages.workspace.unfurl_domains = frozenset({"127.0.0.1"})
    link = f"{public}{PAGE}"
    asked = pages.say(f"look: <{link}>")

    def attached(ts: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = pages.workspace.messages[ts].get("attachments", [])
        return found

    (card,) = await pages.until(lambda: attached(asked), "the verdict under the link")

    shown = json.dumps(card["blocks"], ensure_ascii=False)
    assert card["from_url"] == link
    assert "PROCEED" in shown
    assert "Evidence: weak (Q1 identity 5/6)" in shown
    assert "$0.04 in the ledger" in shown
    others = [f"{public}/runs/nothing/index.html", f"{public}/site/index.html", "http://127.0.0.1:1/runs/x/index.html"]
    said = [pages.say(f"<{one}>") for one in others]
    last = pages.say(f"again <{link}|here>")
    await pages.until(lambda: attached(last), "another one")
    assert [attached(ts) for ts in said] == [[], [], []]
    assert pages.world.slack.refused == []


@pytest.mark.parametrize("stage", ["before", "during", "after"])
async def test_a_kill_around_the_words_of_a_page_says_them_once(
    world: World, root: Path, public: str, stage: Stage
) -> None:
    channel = Channel(world)
    given: dict[str, Any] = {"public_url": public, "port": public.rpartition(":")[2]}
    async with BotProcess(world, root, **given) as bot:
        card = await channel.reply(channel.say(f"in the labs channel: show runs/{RUN}"), "runs/")
        dana = await entered(channel, card)
        token = {"X-Labs-Token": (await dana.data(PAGE))["token"]}
        hold = world.slack.faults.hold("chat.postMessage", stage, 1)
        await dana.post("/say", json={"sentence": f"judge runs/{RUN}", "once": "a"}, headers=token)
        async with asyncio.timeout(60):
            await hold.reached.wait()
        await bot.kill()
    hold.release.set()

    async with BotProcess(world, root, **given):
        await dana.post("/say", json={"sentence": f"judge runs/{RUN}", "once": "a"}, headers=token)  # tried once more
        said = await channel.until(
            lambda: next((one for one in channel.workspace.from_bot() if "says on a page" in text(one)), None), "words"
        )
        await channel.result(said["ts"])
        await channel.settled(said["ts"])
    await dana.__aexit__(None, None, None)

    assert len([one for one in channel.workspace.from_bot() if "says on a page" in text(one)]) == 1
    assert len(table(root, "jobs")) == 1
