"""`judgements.jsonl`: every vote ever bought for a run, a line each; nothing in it is ever changed."""

import json

from pydantic import ValidationError

from pipeline.errors import LabError
from pipeline.models import Judgement


def read_log(content: bytes) -> tuple[Judgement, ...]:
    """`judgements.jsonl`: every vote ever bought for the run, oldest first.

    Raises: LabError naming the line that cannot be read.
    """
    found = []
    for number, line in enumerate(content.splitlines(), 1):
        try:
            found.append(Judgement.model_validate_json(line))
        except ValidationError:
            raise LabError(f"judgements.jsonl cannot be read at line {number}.") from None
    return tuple(found)


def write_log(judgements: tuple[Judgement, ...]) -> bytes:
    lines = [
        json.dumps(judgement.model_dump(mode="json", by_alias=True, exclude_none=True)) for judgement in judgements
    ]
    return "".join(f"{line}\n" for line in lines).encode()
