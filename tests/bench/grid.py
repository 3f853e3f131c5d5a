"""Draw one grid of the pictures in a folder: a process of its own, to be measured from outside."""

import sys
from pathlib import Path

from pipeline.evidence.run_state import RunState
from pipeline.evidence.verdict import decide
from pipeline.grid import draw, encode, sheets
from pipeline.models import Cause, Cell, JudgedCell, Unscored, split_label


def main(folder: Path) -> None:
    cells = []
    for path in sorted(folder.glob("CB-*.png")):
        prompt_id, seed = split_label(path.stem)
        cell = Cell(label=path.stem, prompt_id=prompt_id, seed=seed, prompt="a portrait", image=f"runs/r/{path.name}")
        cells.append(JudgedCell(cell=cell, outcome=Unscored(cause=Cause.NOT_JUDGED)))
    state = RunState(
        run="20260529-cb-lora-v1", title="Bench", date=None, identity="cb", cells=tuple(cells), verdict=decide(cells)
    )
    images = {cell.cell.label: (folder / f"{cell.cell.label}.png").read_bytes() for cell in cells}
    content, suffix = encode(draw(sheets(state)[0], images, None))
    (folder / f"ours.{suffix}").write_bytes(content)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
