"""What the sandbox's Claude takes a message for: a few words that it knows, else nothing. Simulated, and says so."""

import re
from typing import Any

_KNOWS = (
    (r"plastic|wax|smooth|skin|fake", {"action": "upscale"}),
    (r"\busual\b|have a look|check (?:it|this|the faces)", {"action": "judge"}),
    (r"zeig|mostrami|montre", {"action": "show", "what": "grid"}),
    (r"any good|worth it|good enough|how did .* turn out", {"action": "show", "what": "verdict"}),
)


def is_reading(body: dict[str, Any]) -> bool:
    """Whether a request asks what a message means, and not about pictures."""
    form = (body.get("output_config") or {}).get("format") or {}
    return "requests" in ((form.get("schema") or {}).get("properties") or {})


def formed(body: dict[str, Any], requests: list[dict[str, Any]], understood: str, answer: str = "") -> dict[str, Any]:
    """An answer in the form that the request's schema asks for: empty what is not spoken of."""
    fields = body["output_config"]["format"]["schema"]["properties"]["requests"]["items"]["properties"]
    empty = {"string": "", "array": [], "integer": 0, "number": 0, "boolean": False}
    blank = {name: empty[one["type"]] for name, one in fields.items()}
    return {"understood": understood, "answer": answer, "requests": [blank | one for one in requests]}


def understood(body: dict[str, Any], text: str) -> dict[str, Any]:
    """What it takes a message for."""
    parts = text.split("===")
    message = parts[-3] if len(parts) > 4 else text  # between the last two fences
    run = re.search(r"The thread's run: (\d{8}-\S+)", text)
    runs = re.findall(r"\d{8}-[a-z0-9-]+", text)
    full = next((one for one in runs if one in message), None)
    named = full or (
        runs[0]
        if runs and re.search(r"\b(?:latest|last|letzten)\b", message)
        else next((one for one in runs if _named(one, message)), "")
    )
    found = run[1] if run else named
    for pattern, fields in _KNOWS:
        if found and re.search(pattern, message.lower()):
            return formed(body, [fields | {"run": found}], "Simulated: a few words that I know.")
    return formed(body, [], "Simulated: nothing that I know.")


def _named(run: str, message: str) -> bool:
    """The identity's code stands in the message as a word."""
    return re.search(rf"\b{re.escape(run.split('-')[1])}\b", message.lower()) is not None
