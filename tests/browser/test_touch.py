"""The run's page under a thumb: swipes from picture to picture, two fingers, the phone's own way back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect

from tests.browser.conftest import RUN


@pytest.fixture
def phone(chromium: Browser, lab: Path) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.goto(f"file://{lab}/runs/{RUN}/index.html")
    yield page
    context.close()


@pytest.fixture
def finger(phone: Page) -> CDPSession:
    return phone.context.new_cdp_session(phone)


def touch(finger: CDPSession, *fingers: list[tuple[float, float]]) -> None:
    """Each finger's way, all of the same number of places, from touching down to letting go."""
    for at, places in enumerate(zip(*fingers, strict=True)):
        points = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(places)]
        finger.send("Input.dispatchTouchEvent", {"type": "touchMove" if at else "touchStart", "touchPoints": points})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def swipe(finger: CDPSession, by: int) -> None:
    touch(finger, [(195 + by * share / 4, 400) for share in range(5)])


def enlarge(page: Page, label: str) -> None:
    page.locator(f'.cell[data-label="{label}"]').tap()
    page.locator("#drawer .look").tap()
    expect(page.locator("#lightbox")).to_be_visible()


def test_a_swipe_leads_on_from_row_to_row_and_snaps_back_at_the_end(phone: Page, finger: CDPSession) -> None:
    caption, shown = phone.locator("#lightbox .caption"), phone.locator("#lightbox .shown")
    enlarge(phone, "CB-LORA-front-full-S7301")
    swipe(finger, -180)
    expect(caption).not_to_contain_text("front-full-S7301")
    enlarged = [phone.locator("#lightbox bdi").inner_text()]
    for _ in range(14):
        swipe(finger, -180)
        enlarged.append(phone.locator("#lightbox bdi").inner_text())
    assert {one.split("-S")[0] for one in enlarged} >= {"CB-LORA-upper-front", "CB-LORA-3q-side"}
    assert enlarged[-1] == enlarged[-2]
    box = shown.bounding_box()
    assert box is not None
    assert box["x"] == pytest.approx((390 - box["width"]) / 2, abs=2)


def test_two_fingers_zoom_and_never_below_the_whole_picture(phone: Page, finger: CDPSession) -> None:
    enlarge(phone, "CB-LORA-front-full-S42")
    shown = phone.locator("#lightbox .shown")
    whole = shown.bounding_box()
    assert whole is not None
    touch(finger, [(190 - 30 * n, 400) for n in range(4)], [(210 + 30 * n, 400) for n in range(4)])
    larger = shown.bounding_box()
    assert larger is not None
    assert larger["width"] > whole["width"] * 1.5
    for _ in range(3):
        touch(finger, [(60 + 40 * n, 400) for n in range(4)], [(330 - 40 * n, 400) for n in range(4)])
    assert shown.bounding_box() == pytest.approx(whole, abs=2)


def test_the_way_back_closes_the_picture_and_not_the_page(phone: Page) -> None:
    enlarge(phone, "CB-LORA-front-full-S7301")
    phone.go_back()
    expect(phone.locator("#lightbox")).to_be_hidden()
    assert RUN in phone.url
    assert "cell=CB-LORA-front-full-S7301" in phone.url


def test_on_a_phone_the_pictures_come_before_what_is_next(phone: Page) -> None:
    matrix, following = phone.locator(".matrix").bounding_box(), phone.locator("#next").bounding_box()
    assert matrix is not None
    assert following is not None
    assert matrix["y"] < following["y"]
    assert matrix["y"] < 1200
