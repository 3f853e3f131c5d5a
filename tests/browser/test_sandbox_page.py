"""The sandbox's page: the channel, messages with the bot alone and its own page, near enough to Slack to judge."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from bot.sandbox.slack.workspace import direct_channel
from bot.sandbox.world import World
from tests.browser.conftest import CHROMIUM, QUIET
from tests.channel import RUN, Channel
from tests.conftest import Start

WIDE, PHONE = (1440, 900), (390, 844)

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        await browser.close()


async def looked_at(chromium: Browser, world: World, size: tuple[int, int]) -> Page:
    page = await chromium.new_page(viewport={"width": size[0], "height": size[1]})
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    await page.goto(world.url)
    await expect(page.locator("#person option")).not_to_have_count(0)  # until then nobody sits at it
    return page


async def test_a_verdict_is_read_in_the_channel_and_its_plan_leads_to_it(
    start: Start, world: World, chromium: Browser
) -> None:
    await start(approval_above_usd=2.0)
    page = await looked_at(chromium, world, WIDE)

    await page.get_by_label("Message").fill(f"judge runs/{RUN}")
    await page.get_by_label("Message").press("Enter")
    shown = page.locator("#channel").get_by_role("heading", name="Proceed: CB is recognised")

    await expect(shown).to_be_visible(timeout=30_000)
    await page.locator("#thread").get_by_role("button", name="the result").click()
    await expect(page.locator("#thread").get_by_role("heading", name="Proceed")).to_be_in_viewport()
    await page.locator("#thread").get_by_role("button", name="Failures…").click()
    await expect(page.get_by_role("dialog")).to_contain_text("CB-LORA-front-full-S7301")
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Home").click()
    await expect(page.locator("#home")).to_contain_text("The lab's month")


async def test_a_form_that_says_what_is_wrong_keeps_what_was_typed(
    channel: Channel, world: World, chromium: Browser
) -> None:
    await channel.plan(channel.say("in the labs channel: train a LoRA of JD from inputs/lora-jd-fixture"))
    page = await looked_at(chromium, world, PHONE)

    await page.locator("#thread").get_by_role("button", name="Change…").click()
    form = page.get_by_role("dialog")
    await form.get_by_label("Seeds").fill("as many as you can")
    await form.get_by_label("Steps").fill("1200")
    await form.locator("button[type=submit]").click()

    await expect(form.locator(".wrong")).to_be_visible(timeout=15_000)
    assert await form.get_by_label("Steps").input_value() == "1200"
    assert await form.get_by_label("Seeds").input_value() == "as many as you can"
    await form.get_by_label("Seeds").fill("7, 8")
    await form.locator("button[type=submit]").click()
    await expect(page.locator("#thread")).to_contain_text("seeds 7, 8", timeout=15_000)


async def test_an_approver_decides_alone_and_a_question_is_answered_there(
    channel: Channel, world: World, chromium: Browser
) -> None:
    asked = channel.say("in the labs channel: train a LoRA of JD from inputs/lora-jd-fixture")
    await channel.until(lambda: channel.workspace.direct("U0SAM"), "the plan, to Sam")
    page = await looked_at(chromium, world, WIDE)
    await page.get_by_label("You are").select_option("U0SAM")

    await page.get_by_role("button", name="labs-bot ●").click()
    await page.locator("#channel").get_by_role("button", name="Deny…").click()
    form = page.get_by_role("dialog")
    await form.get_by_role("textbox").fill("not today")
    await form.locator("button[type=submit]").click()
    await expect(page.locator("#channel")).to_contain_text("denied by @Sam", timeout=15_000)
    await page.locator("#prompts").get_by_role("button").first.click()
    await page.get_by_label("Message").fill("list runs")
    await page.get_by_label("Message").press("Enter")

    await expect(page.locator("#thread")).to_contain_text(RUN, timeout=15_000)
    assert channel.workspace.direct("U0SAM")[0]["channel"] == direct_channel("U0SAM")
    await page.get_by_role("button", name="# labs").click()
    await expect(page.locator("#channel")).not_to_contain_text("list runs")
    assert asked
