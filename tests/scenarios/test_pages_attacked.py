"""Fifty ways to see or do on the pages what is not one's own."""

import os
import time
from pathlib import Path
from typing import Any

from itsdangerous import TimestampSigner, URLSafeTimedSerializer

from bot.ledger import visits
from bot.ledger.store import glance
from tests.channel import RUN, Channel, text
from tests.ledger import at
from tests.visitor import CELL, PAGE, Visitor, entered, judged, link_of


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
