"""The lab's pages in a browser: search, sorting, two runs picked and compared; and all of them by the rules of axe."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from tests.browser.conftest import CHILD, RUN, Visit

PAGES = {
    "run": f"runs/{RUN}/index.html",
    "cell": f"runs/{RUN}/index.html#cell=CB-LORA-front-full-S42",
    "index": "site/index.html",
    "prompts": "site/prompts.html",
    "takeover": "site/takeover.html",
    "compare": f"site/compare/{RUN}--{CHILD}.html",
}


def test_search_in_words_and_sorting(lab: Path, visit: Visit) -> None:
    page = visit.page
    page.goto(f"file://{lab}/site/index.html")
    expect(page.locator("#found")).to_have_text("3 in all")
    page.keyboard.press("/")
    page.keyboard.type("iterate grey dress")
    expect(page.locator("#found")).to_have_text("1 of 3")
    expect(page.locator("tr[data-run]:visible")).to_have_attribute("data-run", RUN)
    expect(page.get_by_role("heading", name="JD")).to_be_hidden()
    page.reload()
    expect(page.locator("#search")).to_have_value("iterate grey dress")
    page.locator("#search").fill("")
    own = page.locator("section.of-person", has=page.get_by_role("heading", name="CB"))
    expect(own.locator("tr[data-run]").first).to_have_attribute("data-run", CHILD)
    own.get_by_role("button", name="Q1").click()
    expect(own.locator("tr[data-run]").first).to_have_attribute("data-run", CHILD)  # 1 lies above 0.75
    own.get_by_role("button", name="Q1").click()
    expect(own.locator("tr[data-run]").first).to_have_attribute("data-run", RUN)


def test_esc_ends_a_search(lab: Path, visit: Visit) -> None:
    page = visit.page
    page.goto(f"file://{lab}/site/index.html")
    page.locator("#search").fill("jd")
    expect(page.locator("#found")).to_have_text("1 of 3")

    page.keyboard.press("Escape")

    expect(page.locator("#search")).to_have_value("")
    expect(page.locator("#found")).to_have_text("3 in all")
    assert "#" not in page.url


def test_two_runs_are_picked_and_compared(lab: Path, visit: Visit) -> None:
    page = visit.page
    page.goto(f"file://{lab}/site/index.html")
    page.locator("#search").fill("cb")
    page.keyboard.press("Enter")
    for key in "jxjx":
        page.keyboard.press(key)
    expect(page.locator("#picked")).to_contain_text(RUN)
    page.locator("#compare").click()
    page.wait_for_url(f"**/{RUN}--{CHILD}.html")
    expect(page.locator("main")).to_contain_text("Q1 identity, 12 pairs: 0 worse, 3 better")
    page.keyboard.press("f")
    expect(page.locator("#shown")).to_have_text("4 of 12 pairs")
    page.locator("[data-open]:visible").first.click()
    expect(page.locator("#lightbox .caption")).to_contain_text("A: CB-LORA-")
    before = page.locator("#lightbox .under").get_attribute("src")
    page.keyboard.press("z")
    place = page.locator("#lightbox .under").evaluate("one => one.style.transform")
    page.keyboard.press(" ")
    expect(page.locator("#lightbox .caption")).to_contain_text("B: CB-LORA-")
    assert page.locator("#lightbox .under").get_attribute("src") != before
    assert page.locator("#lightbox .under").evaluate("one => one.style.transform") == place
    page.keyboard.press("w")
    expect(page.locator("#lightbox .over")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#lightbox .caption")).to_contain_text(" of 12")
    page.keyboard.press("Escape")
    expect(page.locator("#lightbox")).to_be_hidden()


def test_what_no_page_compares_becomes_a_sentence(lab: Path, visit: Visit) -> None:
    page = visit.page
    page.goto(f"file://{lab}/site/index.html")
    for key in "jxjx":
        page.keyboard.press(key)
    page.locator("#compare").click()
    expect(page.locator(".toast")).to_contain_text("Copied")


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (390, "dark"), (1024, "dark"), (1440, "light")])
def test_every_page_keeps_to_axe_and_to_its_width(lab: Path, chromium: Browser, width: int, scheme: str) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme)  # type: ignore[arg-type]  # one of two words
    seen = Visit(context.new_page())
    found = {}
    for name, path in PAGES.items():
        seen.page.goto("about:blank")
        seen.page.goto(f"file://{lab}/{path}")
        result = Axe().run(seen.page)
        serious = [one for one in result.response["violations"] if one["impact"] in {"serious", "critical"}]
        found[name] = [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in serious]
        if seen.page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found[name].append("it is wider than the window")
    context.close()

    assert found == {name: [] for name in PAGES}
    assert seen.wrong == []
    assert seen.strangers == []
