"""Pages by size: bytes until one zooms, time to the first picture and to all of them, time to search.

`uv run python -m tests.bench.pages` prints a table; ratios are to a bare page of the same pictures without a viewer, as
a folder listing with `<img>` would be, in the same run and browser.
"""

import shutil
import tempfile
import time
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, sync_playwright

from pipeline.lab.lab import Lab
from pipeline.models import Axis
from pipeline.site.lab_pages import index_of
from pipeline.site.site import index_html, pairs_of, write_lab
from pipeline.site.states import StateCache
from tests.browser.conftest import CHROMIUM, QUIET
from tests.judged import facts, judged_run, page_of, picture

ROUNDS = 5
FIRST = "() => [...document.images].some((one) => one.complete && one.naturalWidth)"
SEEN = """() => [...document.images].filter((one) => { const at = one.getBoundingClientRect();
  return at.top < innerHeight && at.bottom > 0 && at.left < innerWidth && at.right > 0 && at.width; })
  .every((one) => one.complete && one.naturalWidth)"""


def score(_prompt: str, seed: int, axis: Axis) -> float:
    return 0.3 if seed % 7 == 0 and axis is Axis.IDENTITY else 0.9


def run_of(root: Path, name: str, prompts: int, seeds: int) -> Path:
    texts = {f"prompt-{at}": f"a photograph of TOKR, number {at}, on a clean studio backdrop" for at in range(prompts)}
    return judged_run(root, name, texts, tuple(range(1, seeds + 1)), score).path


def bare(folder: Path) -> Path:
    """The same small pictures on a page that does nothing with them."""
    names = sorted(path.name for path in (folder / "thumbs").glob("*-160.webp"))
    page = folder / "bare.html"
    page.write_text("".join(f'<img src="thumbs/{name}" width="128">' for name in names), "utf-8")
    return page


def opened(browser: Browser, address: str) -> tuple[float, float, int]:
    """Milliseconds to the first picture and to all on the first screen, and bytes that were read."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page, read = context.new_page(), 0

    def asked(url: str) -> int:
        path = Path(url.removeprefix("file://").partition("#")[0])
        return path.stat().st_size if path.is_file() else 0

    sizes: list[int] = []
    page.on("requestfinished", lambda request: sizes.append(asked(request.url)))
    began = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.wait_for_function(FIRST, polling=5)
    first = time.perf_counter() - began
    page.wait_for_function(SEEN, polling=5)
    every = time.perf_counter() - began
    page.wait_for_load_state("load")
    read = sum(sizes)
    context.close()
    return 1000 * first, 1000 * every, read


def searched(browser: Browser, address: str) -> tuple[float, float]:
    """Milliseconds until the index is there, and until a search in it shows its answer."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    began = time.perf_counter()
    page.goto(address, wait_until="domcontentloaded")
    page.wait_for_function("() => document.querySelector('#found').textContent")
    there = time.perf_counter() - began
    began = time.perf_counter()
    page.fill("#search", "number 3 20260101")
    page.wait_for_function("() => / of /.test(document.querySelector('#found').textContent)", polling=5)
    found = time.perf_counter() - began
    context.close()
    return 1000 * there, 1000 * found


def runs(browser: Browser, root: Path) -> None:
    print("cells  page kB  read MB  first ms (of bare)  screen ms (of bare)")
    for cells, prompts, seeds in ((6, 3, 2), (60, 6, 10), (600, 20, 30)):
        name = f"202601{cells % 28 + 1:02d}-cb-lora-v{cells}"
        folder = run_of(root, name, prompts, seeds)
        page_of(root, name)
        plain = bare(folder)
        ours = [opened(browser, f"file://{folder}/index.html") for _ in range(ROUNDS)]
        theirs = [opened(browser, f"file://{plain}") for _ in range(ROUNDS)]
        first, screen = (median(one[at] for one in ours) for at in (0, 1))
        bare_first, bare_screen = (median(one[at] for one in theirs) for at in (0, 1))
        size = (folder / "index.html").stat().st_size / 1000
        print(
            f"{cells:5}  {size:7.0f}  {median(one[2] for one in ours) / 1e6:7.2f}"
            f"  {first:6.0f} ({first / bare_first:.1f})       {screen:6.0f} ({screen / bare_screen:.1f})"
        )


def index(browser: Browser, root: Path) -> None:
    first = run_of(root, "20260101-cb-lora-v1", 4, 10)
    page_of(root, "20260101-cb-lora-v1")
    for number in range(2, 501):
        copy = (
            root
            / "runs"
            / f"2026{number % 12 + 1:02d}{number % 28 + 1:02d}-{'cb' if number % 3 else 'jd'}-lora-v{number}"
        )
        copy.mkdir()
        for path in first.iterdir():
            if path.suffix == ".json":
                (copy / path.name).write_text(path.read_text().replace(first.name, copy.name), "utf-8")
        shutil.copytree(first / "thumbs", copy / "thumbs")
        (copy / "CB-LORA-prompt-0-S1.png").write_bytes(picture(1))
    lab, cache = Lab(root), StateCache()
    times, seen = [], cache.of(Lab(root / "none"), facts())
    for _ in range(3):
        began = time.perf_counter()
        seen = cache.of(lab, facts())
        index_html(index_of(lab, seen, facts(), pairs_of(seen)))
        times.append(time.perf_counter() - began)
    write_lab(lab, facts(), cache)
    page = root / "site/index.html"
    there, found = (
        median(one) for one in zip(*(searched(browser, f"file://{page}") for _ in range(ROUNDS)), strict=True)
    )
    cells = sum(len(state.cells) for state in seen.states)
    print(f"\n{len(seen.states)} runs, {cells:,} cells: index {page.stat().st_size / 1000:.0f} kB")
    print(f"made in {times[0]:.1f} s, again in {times[-1]:.1f} s; opens in {there:.0f} ms, searched in {found:.0f} ms")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        runs(browser, Path(folder) / "runs-lab")
        index(browser, Path(folder) / "index-lab")
        browser.close()


if __name__ == "__main__":
    main()
