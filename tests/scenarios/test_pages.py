"""Pages follow the jobs, and open for the people of the channel alone."""

import asyncio
import io
import json
import os
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest
from itsdangerous import TimestampSigner, URLSafeTimedSerializer

from bot.ledger import visits
from bot.ledger.store import glance
from bot.sandbox.faults import Stage
from bot.sandbox.world import World
from tests.channel import RUN, Channel, Message, buttons, text
from tests.conftest import Start
from tests.ledger import at, table
from tests.process import BotProcess
from tests.visitor import Visitor, link_of

JUDGE = f"in the labs channel: judge runs/{RUN}"
PAGE = f"/runs/{RUN}/index.html"
CELL = "CB-LORA-front-full-S42"


@pytest.fixture
async def pages(start: Start, public: str) -> Channel:
    """A bot with pages."""
    found: Channel = await start(public_url=public, port=int(public.rpartition(":")[2]))
    return found


async def judged(channel: Channel) -> Message:
    asked = channel.say(JUDGE)
    await channel.settled(asked)
    return await channel.result(asked)


async def entered(channel: Channel, message: Message, person: str = "U0DANA") -> Visitor:
    """Somebody who is inside; to be closed."""
    visitor = await Visitor(await link_of(channel, message, person)).__aenter__()
    assert await visitor.enter() == 303
    return visitor


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


def forged(secret: str, salt: str, said: dict[str, str], age_s: float = 0) -> str:
    """As if it were signed with this secret, so long ago."""

    class Signer(TimestampSigner):
        def get_timestamp(self) -> int:
            return int(time.time() - age_s)

    return str(URLSafeTimedSerializer(secret, salt=salt, signer=Signer).dumps(said))


PATHS = (
    f"/runs/{RUN}/%2e%2e/%2e%2e/labs.toml", f"/runs/{RUN}/..%2f..%2fledger.db",
    "/runs/..%2f/ledger.db", "/runs/%2e%2e/ledger.db", "/ledger.db", "/labs.toml", "/inputs/lora-cb-fixture/cb_4.jpg",
    f"/runs/{RUN}/thumbs/", f"/runs/{RUN}/thumbs/..%2frun.json", f"/runs/{RUN}/.hidden", f"/runs/{RUN}/thumbs",
    "/runs/", "/runs", "/site/", "/site", f"/runs/{RUN}/%00", f"/runs/{RUN}/run.json%00.png",
    "/runs/nothing/index.html", f"/runs/{RUN}/faces.onnx", "//evil.example/",
    f"/site/compare/{RUN}.html", f"/site/compare/{RUN}--nothing.html",
    f"/runs/{RUN}/SUMMARY.md/", "/site/takeover.html/../../labs.toml", f"/runs/{RUN}/C:%5Cwindows",
    "/.labs/receipts.jsonl",
    f"/runs/{RUN}\\run.json", "/%2e%2e/%2e%2e/etc/passwd", "/runs/%2fetc%2fpasswd/x.png",
)  # fmt: skip


async def test_fifty_attempts_get_nothing(pages: Channel, root: Path) -> None:
    result = await judged(pages)
    link, sam = await link_of(pages, result), await entered(pages, result, "U0SAM")
    token, secret = link.partition("t=")[2], glance(at(root), visits.key_there) or ""
    left = dict(sam.cookies)
    (sam_cookie,) = left
    tried: dict[str, int] = {}

    async def attempt(name: str, path: str = PAGE, *, cookie: str = "", method: str = "GET", **more: Any) -> None:
        async with Visitor(origin=sam.origin) as nobody:
            headers = {"Cookie": f"{sam_cookie}={cookie}"} | more.pop("headers", {})
            status, body = await (nobody.get if method == "GET" else nobody.post)(path, headers=headers, **more)
            assert b"PROCEED" not in body, name
            assert b"CB-LORA" not in body, name
            tried[name] = status

    for path in (PAGE, f"/runs/{RUN}/{CELL}.png", "/site/index.html", "/site/takeover.html", "/", "/say"):
        await attempt(f"without a visit: {path}", path)
    good = {"id": "made-up", "person": "U0SAM"}
    await attempt("a cookie of another secret", cookie=forged("another", "labs-visit", good))
    await attempt("a visit that nobody began", cookie=forged(secret, "labs-visit", good))
    await attempt("a link as a cookie", cookie=token)
    await attempt("an old cookie", cookie=forged(secret, "labs-visit", good, 13 * 3600))
    await attempt("an odd cookie", cookie="{}é".encode().decode("latin-1"))
    for name, value in left.items():
        assert name.startswith("labs-")
        visit = URLSafeTimedSerializer(secret, salt="labs-visit").loads(value)
        await attempt("another person's name in it", cookie=forged("x", "labs-visit", visit | {"person": "U0KIM"}))
        await attempt("a visit that is another's", cookie=forged(secret, "labs-visit", visit | {"person": "U0KIM"}))
    to = {"id": "new", "person": "U0SAM", "to": PAGE}
    pages.workspace.members["U0KIM"] = {"is_restricted": True}
    for name, sent in {
        "a link that is no link": "x",
        "a link of another secret": forged("another", "labs-link", to),
        "an old link": forged(secret, "labs-link", to, 12 * 3600 + 60),
        "a guest's link": forged(secret, "labs-link", to | {"person": "U0KIM"}),
        "a link with more in it": forged(secret, "labs-link", to | {"more": "x"}),
        "a cookie as a link": forged(secret, "labs-visit", to),
    }.items():
        await attempt(name, "/enter", method="POST", data={"t": sent})
    ours = {"t": forged(secret, "labs-link", to | {"id": "third"})}
    for name, headers in {
        "a post from elsewhere": {"Origin": "https://evil.example"},
        "a post without an origin": {"Origin": "null"},
        "a post from another site, said so": {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
        "another host": {"Host": "evil.example"},
    }.items():
        await attempt(name, "/enter", method="POST", data=ours, headers=headers)
    assert {name: status for name, status in tried.items() if status not in {400, 401, 403, 404, 405, 410, 421}} == {}
    os.mkfifo(root / f"runs/{RUN}/pipe.png")
    for path in (*PATHS, f"/runs/{RUN}/pipe.png", f"/runs/{'x' * 300}/index.html"):
        status, body = await sam.get(path)
        tried[path] = status
        assert status in {400, 403, 404, 405, 410, 421}, path
        assert b"api_token" not in body
    assert (await sam.post("/say", json={"sentence": "list runs", "once": "1"}))[0] == 403
    assert (await sam.post("/leave"))[0] == 403
    form = (await sam.data(PAGE))["token"]
    for headers in ({"X-Labs-Token": form, "Origin": "https://evil.example"}, {"X-Labs-Token": form[:-2]}):
        assert (await sam.post("/say", json={"sentence": "list runs", "once": "1"}, headers=headers))[0] in {403, 421}
    assert (await sam.post("/leave", headers={"X-Labs-Token": form}))[0] == 200
    for name, value in left.items():
        await attempt(f"after leaving: {name}", cookie=value)
    async with Visitor(link) as dana:
        assert await dana.enter() == 303
    async with Visitor(link) as somebody:
        assert await somebody.enter() == 403
        assert (await somebody.get(PAGE))[0] == 403
    await sam.__aexit__(None, None, None)
    assert len(tried) >= 50
    assert pages.workspace.from_bot() == [
        one for one in pages.workspace.from_bot() if "says on a page" not in text(one)
    ]


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
