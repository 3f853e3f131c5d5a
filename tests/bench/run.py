"""Measures that the README and the notes quote, as ratios in one run: `uv run python -m tests.bench.run`.

Needs ImageMagick's `montage` for the grid; says so and goes on without.
"""

import asyncio
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from PIL import Image

from bot import logs
from tests.bench.intake import acknowledge
from tests.bench.judging import judge_sixty

REPOSITORY = Path(__file__).parents[2]
REPEATS = 5


def _timed(command: list[str]) -> tuple[float, float]:
    """Wall seconds and peak megabytes of a command."""
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.DEVNULL)
    _pid, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command[0]} failed")
    return time.perf_counter() - began, usage.ru_maxrss / 1024


def _median(command: list[str]) -> tuple[float, float]:
    _timed(command)  # warms the disk's cache
    runs = [_timed(command) for _ in range(REPEATS)]
    return statistics.median(wall for wall, _mb in runs), max(mb for _wall, mb in runs)


def _pictures(folder: Path) -> list[Path]:
    """Sixty 1024 × 1024 PNG with the detail of photographs."""
    paths = []
    for number in range(60):
        noise = Image.effect_noise((512, 512), 60).resize((1024, 1024), Image.Resampling.BICUBIC)
        tint = Image.merge(
            "RGB", (noise, noise.rotate(90), Image.linear_gradient("L").resize((1024, 1024)).rotate(number * 6))
        )
        path = folder / f"CB-LORA-prompt{number // 10}-S{number % 10}.png"
        tint.save(path)
        paths.append(path)
    return paths


def grid() -> None:
    if shutil.which("montage") is None:
        print("grid: ImageMagick's montage is not installed, so there is nothing to compare with")
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = _pictures(folder)
        theirs, their_mb = _median(
            ["montage", *map(str, paths), "-tile", "10x6", "-geometry", "300x300+7+7", str(folder / "out.jpg")]
        )
        ours, our_mb = _median([sys.executable, "-m", "tests.bench.grid", str(folder)])
        print(
            f"grid of 60 cells of 1024²: ours {ours:.2f} s, {our_mb:.0f} MB; montage {theirs:.2f} s, {their_mb:.0f} MB;"
            f" ratio {ours / theirs:.2f} (aim ≤ 0.60, < 300 MB)"
        )


def start_up() -> None:
    bare, _ = _median([sys.executable, "-c", "pass"])
    ours, _ = _median([sys.executable, "-m", "bot", "--help"])
    loaded = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "bot", "--help"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    ).stderr
    sdks = [
        name
        for name in ("anthropic", "replicate", "slack_sdk", "slack_bolt", "PIL", "pydantic", "sqlite_utils")
        if f" {name}\n" in loaded
    ]
    print(
        f"labs --help: {ours * 1000:.0f} ms beside {bare * 1000:.0f} ms for an empty Python, ratio {ours / bare:.1f};"
        f" SDKs imported: {', '.join(sdks) or 'none'}"
    )


def main() -> None:
    logs.configure("error", console=True)
    start_up()
    grid()
    for side in (1024, 128):
        asyncio.run(judge_sixty(side))
    asyncio.run(acknowledge())
    print(f"peak memory of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
