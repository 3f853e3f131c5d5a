"""The run's page in a browser: every key, filter and switch, and that the address says what is seen."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import CHILD, RUN, Visit

FIRST, STRANGER = "CB-LORA-front-full-S42", "CB-LORA-front-full-S7301"


@pytest.fixture
def page(lab: Path, visit: Visit) -> Page:
    visit.page.goto(f"file://{lab}/runs/{RUN}/index.html")
    return visit.page


def current(page: Page) -> str | None:
    return page.locator(".cell[aria-current=true]").get_attribute("data-label")


def at(page: Page) -> str:
    return page.url.partition("#")[2]


def test_the_verdict_its_evidence_and_what_next_stand_on_the_first_screen(page: Page) -> None:
    expect(page.locator("h1")).to_contain_text("ITERATE")
    expect(page.locator(".reason")).to_have_text("Q1 (identity) 75% < 80%.")
    expect(page.locator(".evidence")).to_contain_text("Evidence: inconclusive (Q1 identity 9/12)")
    expect(page.locator(".axes")).to_contain_text("single look 47–91 % · needs 80 %")
    for seen in ("h1", ".reason", ".evidence", ".cell img", "text=What next"):
        box = page.locator(seen).first.bounding_box()
        assert box is not None
        assert box["y"] < 900
    expect(page.locator("dl.quick")).to_contain_text(CHILD)


def test_keys_lead_from_cell_to_cell(page: Page) -> None:
    page.keyboard.press("j")
    assert current(page) == FIRST
    page.keyboard.press("l")
    assert current(page) == STRANGER
    expect(page.locator("#drawer h2").first).to_have_text(STRANGER)
    expect(page.locator("#drawer")).to_contain_text("Q1 identity 0.10 < 0.70")
    expect(page.locator("#drawer")).to_contain_text("Q1 identity: Seen from here it holds.")
    page.keyboard.press("ArrowDown")
    assert current(page) == "CB-LORA-upper-front-S7301"
    page.keyboard.press("k")
    page.keyboard.press("h")
    assert current(page) == FIRST
    assert at(page) == f"cell={FIRST}"
    page.keyboard.press("Escape")
    expect(page.locator("#drawer")).to_be_hidden()
    assert at(page) == ""


def test_why_a_cell_failed_is_found_by_one_key(page: Page) -> None:
    page.keyboard.press("f")
    assert current(page) == STRANGER
    page.keyboard.press("f")
    assert current(page) == "CB-LORA-upper-front-S42"
    page.keyboard.press("4")
    expect(page.locator("tfoot td").first).to_have_text("2/3")
    page.keyboard.press("f")
    assert current(page) == "CB-LORA-upper-front-S42"  # the only one that fails Q4


def test_which_seed_is_worst_stands_in_the_margin(page: Page) -> None:
    page.keyboard.press("1")
    expect(page.locator("tfoot td").nth(1)).to_have_text("0/3")
    expect(page.locator("tbody tr").first.locator(".sum")).to_contain_text("3/4")


def test_filters_stand_in_the_address_and_come_back_from_it(page: Page) -> None:
    page.get_by_role("button", name="fail Q1 3").click()
    expect(page.locator("#shown")).to_have_text("3 of 12 cells; the counts are of all")
    expect(page.locator("thead th:visible")).to_have_count(3)  # the corner, the seed, the sums
    page.get_by_role("button", name="near the bar 2").click()
    expect(page.locator("#shown")).to_have_text("5 of 12 cells that are any of these; the counts are of all")
    assert at(page) == "only=q1%2Cnear"
    page.reload()
    expect(page.locator("#shown")).to_have_text("5 of 12 cells that are any of these; the counts are of all")
    expect(page.get_by_role("button", name="fail Q1 3")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("button", name="judges disagree 0")).to_be_disabled()


def test_the_heatmap_the_faces_and_the_reference(page: Page) -> None:
    page.keyboard.press("1")
    page.get_by_role("button", name="Heatmap").click()
    expect(page.locator(f'[data-label="{STRANGER}"] .heat')).to_have_text("✕ 0.10")
    expect(page.locator(f'[data-label="{STRANGER}"] img')).to_be_hidden()
    page.get_by_role("button", name="Heatmap").click()
    page.get_by_role("button", name="Reference").click()
    expect(page.locator(".pinned img")).to_be_visible()
    page.get_by_role("button", name="Faces").click()
    assert page.locator(f'[data-label="{STRANGER}"] .frame').evaluate("one => one.clientWidth === one.clientHeight")
    assert at(page) == "axis=q1&face=1&pin=1"


def test_the_picture_large_at_its_own_size_and_the_reference_in_its_place(page: Page) -> None:
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    shown = page.locator("#lightbox .shown")
    expect(shown).to_have_attribute("src", page.locator("#drawer .look img").get_attribute("src") or "")
    page.keyboard.press("z")
    assert shown.evaluate("one => one.getBoundingClientRect().width") == pytest.approx(240, abs=1)
    page.keyboard.press("z")
    before = shown.evaluate("one => one.getBoundingClientRect().width")
    page.keyboard.press("+")
    expect(shown).to_have_attribute("src", f"{FIRST}.png")  # the original, once one looks closer
    page.keyboard.press("-")
    page.keyboard.down("r")
    expect(shown).not_to_have_attribute("src", f"{FIRST}.png")
    assert shown.evaluate("one => one.getBoundingClientRect().width") == pytest.approx(before, rel=0.02)
    page.keyboard.up("r")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#lightbox .caption")).to_contain_text(STRANGER)
    page.keyboard.press("Escape")
    expect(page.locator("#lightbox")).to_be_hidden()
    expect(page.locator("#drawer h2").first).to_have_text(STRANGER)


def test_a_sentence_is_copied(page: Page) -> None:
    page.keyboard.press("f")
    page.keyboard.press("c")
    expect(page.locator(".toast")).to_have_text("Copied. Say it in #labs.")
    sentences = page.locator("#drawer .say code").all_inner_texts()
    assert f"in the labs channel: label {STRANGER} of runs/{RUN} q1 pass" in [
        " ".join(one.split()) for one in sentences
    ]
    assert any("redo" in one for one in sentences)


def test_an_upscale_is_wiped_over_its_cell(page: Page) -> None:
    page.goto(f"{page.url}#cell={FIRST}")
    expect(page.locator("#drawer .wipe img")).to_have_count(2)
    page.locator("#drawer input[type=range]").fill("20")
    assert page.locator("#drawer .over").evaluate("one => one.style.width") == "20%"


def test_a_cell_without_a_picture_says_so(page: Page) -> None:
    expect(page.locator('[data-label="CB-LORA-3q-side-S555"] .empty')).to_have_text("no picture")


def test_the_keys_are_listed(page: Page) -> None:
    page.keyboard.press("?")
    expect(page.locator("#help")).to_contain_text("next cell that fails")
    page.keyboard.press("Escape")
    expect(page.locator("#help")).to_be_hidden()


def test_a_persons_notes_stand_as_written(lab: Path, visit: Visit) -> None:
    visit.page.goto(f"file://{lab}/runs/{CHILD}/index.html")
    expect(visit.page.locator(".written")).to_have_text("The grey *dress* was hers.")


def test_it_prints_without_its_tools(page: Page) -> None:
    page.emulate_media(media="print")
    expect(page.locator(".tools")).to_be_hidden()
    expect(page.locator(".matrix")).to_be_visible()
