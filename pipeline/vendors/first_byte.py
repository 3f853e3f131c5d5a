"""A call that has not begun to go out within seconds never does: who stood still while it connected must not send it
once others have taken over. No timeout does that; a connection that is there again is used.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from pipeline.clock import seconds

FIRST_BYTE_S = 3.0
"""From the call to its first byte: a name looked up, a connection, TLS."""
_FIRST = ".send_request_headers.started"


def at_once(
    error: type[Exception], clock: Callable[[], float] = seconds
) -> dict[str, list[Callable[[Any], Awaitable[None]]]]:
    """Event hooks of an httpx client. `error` is raised in place of a call (POST) that would go out late: nothing was
    sent.
    """

    async def hook(request: Any) -> None:
        began = clock()

        async def trace(event: str, _info: dict[str, Any]) -> None:
            if event.endswith(_FIRST) and clock() - began > FIRST_BYTE_S:
                raise error("It could not be sent in time.")

        if request.method == "POST":
            request.extensions = {**request.extensions, "trace": trace}

    return {"request": [hook]}
