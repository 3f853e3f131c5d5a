"""Debian's Chromium over a lab's pages from disk. Without it these tests say that they were left out."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

from pipeline.lab.files import Look, Manifest, Upscaled
from pipeline.lab.run import Run
from pipeline.models import Axis
from pipeline.pictures import sha256
from tests.judged import judged_run, picture, write_pages

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
RUN, CHILD = "20260529-cb-lora-v1", "20260612-cb-lora-v1-r1"
PROMPTS = {
    "front-full": "a full-body photograph of TOKR, standing",
    "upper-front": "an upper-body photograph of TOKR",
    "3q-side": "TOKR from the side, " + "in a long grey dress, " * 20,
}
SEEDS = (42, 7301, 555, 9)


def score(prompt: str, seed: int, axis: Axis) -> float:
    """The seed 7301 fails Q1; one cell fails Q4 near the bar; one passes near it."""
    if seed == 7301 and axis is Axis.IDENTITY:
        return 0.1
    if (prompt, seed) == ("upper-front", 42) and axis is Axis.PHOTOGRAPHIC:
        return 0.68
    return 0.72 if (prompt, seed, axis) == ("3q-side", 9, Axis.IDENTITY) else 0.9


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("pages")
    run = judged_run(root, RUN, PROMPTS, SEEDS, score)
    (run.path / "CB-LORA-3q-side-S555.png").write_bytes(b"no picture")
    _upscaled(run, "CB-LORA-front-full-S42")
    child = judged_run(root, CHILD, PROMPTS, SEEDS, parent=RUN, title="CB LoRA v1, re-run")
    (child.path / "SUMMARY.md").write_text("# x\n\n## Notes / gotchas\n\nThe grey *dress* was hers.\n", "utf-8")
    judged_run(root, "20260613-jd-lora-v1", PROMPTS, (1, 2), prefix="JD-LORA", title="JD LoRA v1")
    write_pages(root)
    return root


def _upscaled(run: Run, cell: str) -> None:
    name = f"{cell}.up-crystal"
    (run.path / f"{name}.png").write_bytes(picture(3, (480, 640)))
    look = {"q1_identity": Look(score=0.9, passed=True), "q4_photographic": Look(score=0.82, passed=True)}
    up = Upscaled(
        label=name,
        cell=cell,
        state="made",
        maker="crystal",
        image=f"runs/{run.name}/{name}.png",
        sha256=sha256(picture(3, (480, 640))),
        parent_sha256=sha256(picture(0)),
        before=look,
        after=look,
    )
    manifest = Manifest.model_validate_json((run.path / "run.json").read_bytes())
    (run.path / "run.json").write_bytes(manifest.model_copy(update={"upscales": (up,)}).write())


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """For one module: while Playwright is there no other test of the process can run a loop of its own."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed: no page was looked at in a browser")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


class Visit:
    """A browser's page that keeps what went wrong in it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.wrong: list[str] = []
        self.asked: list[str] = []
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("request", self._asked)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.wrong.append(message.text)

    def _asked(self, request: Request) -> None:
        self.asked.append(request.url)

    @property
    def strangers(self) -> list[str]:
        """Requests that left the pages' own place."""
        return [url for url in self.asked if not url.startswith(("file://", "data:", "http://127.0.0.1"))]


@pytest.fixture
def visit(chromium: Browser) -> Iterator[Visit]:
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.set_default_timeout(10_000)
    seen = Visit(page)
    yield seen
    context.close()
    assert seen.wrong == []
    assert seen.strangers == []
