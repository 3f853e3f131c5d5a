"""The sample lab: one drawn identity, a fixture of its photos, and two runs of it, some seeds drifting."""

import json
from dataclasses import replace
from pathlib import Path

from PIL import Image

from bot.sandbox.drawing import CB, COUSIN, JD, STRANGER, Person, Pose, portrait
from bot.sandbox.fixtures import draw_fixture, facts, photograph

RUN = "20260529-cb-lora-v1"
SECOND_RUN = "20260612-cb-lora-v2"
SIZE = (768, 1024)
PROMPTS = {
    "front-full": (
        "a full-body fashion catalog photograph of TOKR, standing front-facing on a clean studio backdrop, wearing a"
        " white tank top and grey shorts, natural studio lighting, sharp focus"
    ),
    "upper-front": (
        "an upper-body fashion catalog photograph of TOKR, front-facing on a clean studio backdrop, wearing a white"
        " tank top, natural studio lighting, sharp focus"
    ),
    "3q-side": (
        "a three-quarter side fashion photograph of TOKR, standing on a clean studio backdrop, looking off-camera,"
        " wearing a neutral grey dress, soft natural lighting"
    ),
}
_POSES = {
    "front-full": Pose("full"),
    "upper-front": Pose("upper"),
    "3q-side": Pose("full", turn=0.12, clothes=(150, 150, 155)),
}
Drift = dict[tuple[str, int], tuple[Person, bool]]
_FIRST: Drift = {("front-full", 7301): (STRANGER, False), ("upper-front", 42): (CB, True)}
_SECOND: Drift = {
    ("3q-side", 555): (COUSIN, False),
    ("upper-front", 555): (COUSIN, False),
    ("front-full", 999): (CB, True),
    ("upper-front", 999): (CB, True),
}


def draw_lab(root: Path, size: tuple[int, int] = SIZE) -> None:
    """Make the lab's folder. What is drawn is marked as simulated; the facts in its files are made up."""
    fixture = root / "inputs/lora-cb-fixture"
    fixture.mkdir(parents=True, exist_ok=True)
    for number in range(1, 13):
        drawn = portrait(CB, Pose("close", backdrop=(230, 216, 222)), (800, 1000), seed=4)
        # The fourth is the reference that the sample runs name.
        _save(drawn if number == 4 else photograph(CB, number + 20), fixture / f"cb_{number}.jpg")
    (fixture / "README.md").write_text("# lora-cb-fixture\n\nDrawn by code; no real person.\n", encoding="utf-8")
    (fixture / "fixture.toml").write_text(facts("cb", "woman", "cb_4.jpg", "TOKR"), encoding="utf-8")
    draw_fixture(root, "jd", "woman", JD, 12)
    draw_run(root, RUN, "CB-LORA", (42, 7301), _FIRST, size=size)
    draw_run(root, SECOND_RUN, "CB2-LORA", (42, 7301, 555, 999), _SECOND, size=size)


def draw_run(
    root: Path,
    name: str,
    prefix: str,
    seeds: tuple[int, ...],
    drift: Drift,
    *,
    prompts: dict[str, str] | None = None,
    size: tuple[int, int] = SIZE,
) -> None:
    """A run's pictures, its `training_state.json` and its `run.json`, as a lab's other tools would leave them."""
    path = root / "runs" / name
    path.mkdir(parents=True, exist_ok=True)
    chosen, labels = prompts or PROMPTS, []
    for prompt_id in chosen:
        for seed in seeds:
            person, smooth = drift.get((prompt_id, seed), (CB, False))
            label = f"{prefix}-{prompt_id}-S{seed}"
            labels.append(label)
            _save(
                portrait(person, replace(_POSES.get(prompt_id, Pose("full"))), size, seed=seed, smooth=smooth),
                path / f"{label}.png",
            )
    _write_facts(path, prefix, labels, chosen, seeds)


def _write_facts(path: Path, prefix: str, labels: list[str], prompts: dict[str, str], seeds: tuple[int, ...]) -> None:
    name = path.name
    state = {
        "zip_url": "https://api.replicate.com/v1/files/c2ltdWxhdGVk.zip",
        "training_id": "simulated0000000000000000",
        "training_result": {
            "status": "succeeded",
            "version": f"sandbox-lab/{name}:{'5a' * 32}",
            "created_at": "2026-05-29T16:27:59.181Z",
            "started_at": "2026-05-29T16:28:21.288861Z",
            "completed_at": "2026-05-29T17:03:21.448115Z",
        },
        "inference": [{"label": label, "image_path": f"/home/artist/lab/runs/{name}/{label}.png"} for label in labels],
    }
    (path / "training_state.json").write_text(json.dumps(state, indent=2) + "\n", encoding="utf-8")
    manifest = {
        "schema": 1,
        "run": name,
        "title": f"{prefix.split('-', maxsplit=1)[0]} LoRA identity validation",
        "fixture": {"path": "inputs/lora-cb-fixture"},
        "trained_version": state["training_result"]["version"],  # type: ignore[index]  # made above
        "prompts": [{"id": prompt_id, "text": text} for prompt_id, text in prompts.items()],
        "seeds": list(seeds),
        "reference": "inputs/lora-cb-fixture/cb_4.jpg",
    }
    (path / "run.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")


def _save(image: Image.Image, path: Path) -> None:
    image.save(path, quality=92) if path.suffix == ".jpg" else image.save(path)
