"""What became of a cancellation."""

from pipeline.actions.cancel import Cancel
from pipeline.surfaces import code


def canceled(job: str, request: Cancel) -> str:
    """What a cancellation did."""
    if request.cells:
        return (
            f"Of job `{job}` {', '.join(code(cell) for cell in request.cells)}"
            f" {'is' if len(request.cells) == 1 else 'are'} called off; the others go on."
        )
    if request.rest:
        return f"Job `{job}` begins nothing new; what is being made is finished."
    return f"Job `{job}` is canceled; what is finished is kept."
