"""What the sandbox judge says about the pixels that it was sent."""

import random
import re
from typing import Any

from bot.sandbox.anthropic.eyes import Face, likeness


def opinion(reference: Face | None, cell: Face | None, text: str) -> dict[str, Any]:
    """Compare a cell's face with the reference's, and with what the prompt's words ask for."""
    prompt = found[2].lower() if (found := re.search(r"(=== \w+ ===)\n(.*)\n\1", text, re.DOTALL)) else ""
    if reference is None or cell is None:
        which = "reference" if reference is None else "cell"
        axes = {
            name: _axis(0.05, f"Simulated eyes: no face was found in the {which}.")
            for name in ("q1_identity", "q2_pose", "q3_framing")
        }
        return {**axes, "q4_photographic": _axis(0.72, "Simulated eyes: nothing to measure skin on.")}
    return {
        "q1_identity": _identity(likeness(reference, cell)),
        "q2_pose": _pose(cell, prompt),
        "q3_framing": _framing(cell, prompt),
        "q4_photographic": _skin(cell),
    }


def erring(said: dict[str, Any], errs: tuple[float, float], seed: int) -> dict[str, Any]:
    """An opinion on who it is, turned round as often as these rates say: of whom it knows, and of whom it does not."""
    sensitivity, specificity = errs
    knows = said["q1_identity"]["score"] >= 0.7
    right = random.Random(seed).random() < (sensitivity if knows else specificity)
    if right:
        return said
    axis = _axis(0.3 if knows else 0.9, "Simulated eyes that err at a known rate.")
    return {**said, "q1_identity": axis}


def _axis(score: float, reason: str) -> dict[str, Any]:
    score = round(min(0.97, max(0.02, score)), 2)
    return {"reason": reason, "conclusion": "meets" if score >= 0.7 else "misses", "score": score}


def _identity(alike: float) -> dict[str, Any]:
    score = 0.05 + 0.9 * alike**0.75
    word = "agree" if score >= 0.7 else "differ"
    return _axis(
        score,
        f"Simulated eyes: brows, eyes, nose, mouth and jaw {word} with the reference; the pattern of light and dark"
        f" correlates at {alike:.2f}.",
    )


def _pose(cell: Face, prompt: str) -> dict[str, Any]:
    wants_turn = "three-quarter" in prompt or "off-camera" in prompt or "profile" in prompt
    turned = abs(cell.turn) > 0.045
    direction = "turned aside" if turned else "facing the camera"
    return _axis(
        0.9 if turned == wants_turn else 0.3,
        f"Simulated eyes: the features lie {abs(cell.turn):.2f} head widths off the middle, so the head is"
        f" {direction}.",
    )


def _framing(cell: Face, prompt: str) -> dict[str, Any]:
    wanted = "upper" if "upper" in prompt else "close" if "close-up" in prompt else "full"
    seen = "full" if cell.height < 0.25 else "upper" if cell.height < 0.6 else "close"
    return _axis(
        0.92 if seen == wanted else 0.35,
        f"Simulated eyes: the face takes {cell.height:.0%} of the height, which reads as {seen} framing; {wanted} was"
        " asked for.",
    )


def _skin(cell: Face) -> dict[str, Any]:
    if cell.grain >= 2:
        return _axis(
            0.70 + 0.03 * min(6.0, cell.grain),
            f"Simulated eyes: skin shows grain of {cell.grain:.0f} grey levels, as a photograph does.",
        )
    return _axis(0.62, f"Simulated eyes: skin is evenly smooth (grain {cell.grain:.0f}), like wax.")
