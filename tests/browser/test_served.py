"""Pages over HTTP in a browser: the tap that opens them, labels by keys and by thumb, and a sentence said."""

import asyncio
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiohttp import web
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from bot.cli.terminal import free_port
from bot.intake.doors import Doors
from bot.ledger import past
from bot.pages.desk import Desk
from bot.pages.doorkeeper import Doorkeeper, OwnVisits
from bot.pages.links import Links, page_of
from bot.pages.rooms import Rooms
from bot.pages.server import open_pages
from bot.settings.environment import read_settings
from bot.site_facts import Office
from pipeline.lab.lab import Lab
from pipeline.lab.run import Run
from pipeline.makers.registry import MAKERS
from tests.browser.conftest import CHILD, RUN, Visit

HIDDEN = """() => {
  Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
  delete document.visibilityState;
}"""


class Served:
    """A server of its own thread, over a lab of its own."""

    def __init__(self, root: Path) -> None:
        self.root, self.said = root, list[tuple[str, str, str]]()
        self.links = Links(f"http://127.0.0.1:{free_port()}", "a secret of the tests")
        self._stop: asyncio.Event | None = None
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=lambda: self._loop.run_until_complete(self._serve()))

    def link(self, path: str, person: str = "U0DANA") -> str:
        return self.links.to(person, path)

    async def _serve(self) -> None:
        lab, app, self._stop = Lab(self.root), web.Application(), asyncio.Event()
        office = Office(past.glances(self.root / "ledger.db"), read_settings(root=self.root), MAKERS.matrix)

        async def anybody(_person: str) -> bool:
            return True

        async def say(person: str, sentence: str, once: str) -> None:
            self.said.append((person, sentence, once))

        keeper = Doorkeeper(self.links, OwnVisits(), anybody)
        open_pages(app, Rooms(lab, office, time.time, None, says=True), keeper, Desk(lab, time.time, say))
        port = int(self.links.address.rpartition(":")[2])
        async with Doors({}, 10, 5, others=True).open(app, "127.0.0.1", port):
            self._ready.set()
            await self._stop.wait()

    def start(self) -> None:
        self._thread.start()
        assert self._ready.wait(20)

    def end(self) -> None:
        assert self._stop is not None
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
        self._loop.close()


@pytest.fixture
def served(lab: Path, tmp_path: Path) -> Iterator[Served]:
    found = Served(Path(shutil.copytree(lab, tmp_path / "lab")))
    found.start()
    yield found
    found.end()


def test_one_tap_opens_the_page_and_a_sentence_is_said_from_it(served: Served, visit: Visit) -> None:
    page = visit.page
    page.goto(served.link(page_of(RUN)))
    page.get_by_role("button", name="Open").click()
    page.wait_for_url(f"**{page_of(RUN)}")
    expect(page.locator("h1")).to_contain_text("ITERATE")
    expect(page.locator(".cell img").first).to_be_visible()
    step = page.locator(".steps .step").first
    sentence = " ".join(step.locator("code").inner_text().split()).removeprefix("in the labs channel: ")
    step.get_by_role("button", name="Say it").click()
    expect(page.locator(".toast")).to_contain_text("Said in #labs")
    assert [(person, words) for person, words, _once in served.said] == [("U0DANA", sentence)]
    page.keyboard.press("f")
    with page.expect_response(lambda answer: answer.request.method == "POST"):  # the toast of before may still be there
        page.locator("#drawer").get_by_role("button", name="Say it").first.click()
    expect(page.locator(".toast")).to_contain_text("Said in #labs")
    assert len(served.said) == 2
    page.get_by_role("link", name="All runs").click()
    page.wait_for_url("**/site/index.html")
    for key in "jxjx":
        page.keyboard.press(key)
    page.locator("#compare").click()
    page.wait_for_url("**/site/compare/*--*.html")
    expect(page.locator("h1")).to_have_text("What changed")


def test_labels_by_keys_are_kept_as_one_goes_and_shown_against_the_judge(served: Served, visit: Visit) -> None:
    page, run = visit.page, Run(served.root, CHILD)
    page.goto(served.link(f"/runs/{CHILD}/label?n=3"))
    page.get_by_role("button", name="Open").click()
    expect(page.locator("#asks")).to_have_text("Is this the person of the reference?")
    expect(page.locator("#progress")).to_have_text("1 of 4")  # one comes twice
    first = page.locator("#picture").get_attribute("src")
    page.keyboard.press("k")
    expect(page.locator("#asks")).to_have_text("Is the pose what the words ask for?")
    page.evaluate(HIDDEN)  # in another tab for a while: what is half said is not sent off
    page.keyboard.press("z")
    expect(page.locator("#asks")).to_have_text("Is this the person of the reference?")
    page.keyboard.press("3")
    expect(page.locator("#asks")).to_have_text("Is the framing what the words ask for?")
    page.keyboard.press("1")
    for key in "jjju":
        page.keyboard.press(key)
    expect(page.locator("#progress")).to_have_text("2 of 4")
    page.keyboard.press("z")  # back into the picture before, which was not sent off yet
    expect(page.locator("#picture")).to_have_attribute("src", first or "")
    page.keyboard.press("k")
    for key in "jjjj":
        page.keyboard.press(key)
    expect(page.locator("#progress")).to_have_text("3 of 4")
    visit.page.wait_for_function("() => sent.size === 1")
    for key in "jjjjjjjj":
        page.keyboard.press(key)
    expect(page.locator("#reveal h2")).to_have_text("What the judge said")
    expect(page.locator("#reveal tbody tr")).to_have_count(12)
    expect(page.locator("#reveal tbody tr").first).to_contain_text("fail")  # where they differ stands first
    kept = run.opinions
    assert len(kept) == 16
    assert {one.author for one in kept} == {"U0DANA"}
    assert [one.value for one in kept[:4]] == ["pass", "pass", "pass", "fail"]


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1024, "dark"), (1440, "light")])
def test_the_labelling_page_by_thumb_and_by_axe(served: Served, chromium: Browser, width: int, scheme: str) -> None:
    context = chromium.new_context(
        viewport={"width": width, "height": 844},
        color_scheme=scheme,  # type: ignore[arg-type]  # one of two words
        has_touch=True,
    )
    seen = Visit(context.new_page())
    seen.page.goto(served.link(f"/runs/{CHILD}/label?n=1"))
    seen.page.get_by_role("button", name="Open").tap()
    expect(seen.page.locator("#asks")).to_be_visible()
    wide = seen.page.evaluate("document.documentElement.scrollWidth > innerWidth")
    result = Axe().run(seen.page)
    serious = [one["id"] for one in result.response["violations"] if one["impact"] in {"serious", "critical"}]
    for _ in range(4):
        seen.page.locator("[data-say=pass]").tap()
    expect(seen.page.locator("#reveal h2")).to_be_visible()
    context.close()

    assert (serious, wide) == ([], False)
    assert seen.wrong == []
