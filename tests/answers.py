"""Answers that Anthropic could give, as faults for the sandbox to play."""

import json
from typing import Any

from bot.sandbox.faults import Fault

AXES = ("q1_identity", "q2_pose", "q3_framing", "q4_photographic")
_USAGE = {"input_tokens": 1000, "output_tokens": 400, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 2000}


def said(score: float = 0.9, conclusion: str = "meets", **changed: Any) -> dict[str, Any]:
    """A whole judgement; keywords replace single axes."""
    axis = {"reason": "Seen and compared.", "conclusion": conclusion, "score": score}
    return {name: dict(axis) for name in AXES} | changed


def message(content: Any, stop_reason: str = "end_turn") -> Fault:
    """A 200 answer that says this."""
    text = content if isinstance(content, str) else json.dumps(content)
    body = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "claude-sonnet-4-6",
        "stop_reason": stop_reason,
        "stop_sequence": None,
        "usage": _USAGE,
        "content": [{"type": "text", "text": text}] if text else [],
    }
    return Fault("answer", status=200, body=body)


def error(status: int, kind: str, headers: dict[str, str] | None = None) -> Fault:
    return Fault(
        "answer", status=status, body={"type": "error", "error": {"type": kind, "message": kind}}, headers=headers or {}
    )
