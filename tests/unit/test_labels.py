"""Labels are kept one by one, whoever says them at once, and each person's first blind word counts."""

import random
import shutil
import threading
from pathlib import Path

from pipeline.evidence.people import people_of
from pipeline.lab.lab import Lab
from pipeline.lab.labels import Label, Said
from pipeline.lab.run import Run
from pipeline.models import Axis
from pipeline.record.labels import APART, append, sitting_of
from tests.channel import RUN
from tests.unit.test_evidence import judged


def word(cell: str, value: Said, author: str = "U0KIM", sitting: str = "1") -> Label:
    return Label(
        cell=cell,
        sha256="x",
        axis=Axis.IDENTITY,
        value=value,
        author=author,
        at="2026-11-27T10:00:00+00:00",
        seen="blind",
        sitting=f"{sitting}:{author}",
    )


def test_many_at_once_lose_nothing(drawn_lab: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(drawn_lab, tmp_path / "lab"))

    def label(author: str) -> None:
        for number in range(12):
            append(Lab(root).run(RUN), [word(f"c{number}", "pass", author)])

    people = [threading.Thread(target=label, args=(f"U{number}",)) for number in range(6)]
    for one in people:
        one.start()
    for one in people:
        one.join()

    assert len(Lab(root).run(RUN).opinions) == 72
    assert append(Lab(root).run(RUN), [word("c1", "fail", "U1")]) == 0  # of a sitting the first word counts


def test_saying_it_again_is_no_further_evidence() -> None:
    cells = [judged("p", seed, seed % 2 == 0) for seed in range(6)]
    names = [one.cell.label for one in cells]
    labels = [word(name, "pass") for name in names] + [word(name, "fail", sitting="2") for name in names] * 3
    found = people_of(cells, labels, dict.fromkeys(names, "x"), 0.8)

    assert found is not None
    assert (found.agreement[Axis.IDENTITY].n, found.agreement[Axis.IDENTITY].second_passed) == (6, 6)


def test_a_repeat_comes_later_somewhere(drawn_lab: Path) -> None:
    run = Run(drawn_lab, RUN)
    places = set()
    for seed in range(60):
        shown = [cell.label for cell in sitting_of(run, 6, random.Random(seed))]
        (again,) = {label for label in shown if shown.count(label) == 2}
        first, second = (at for at, label in enumerate(shown) if label == again)
        assert second - first >= APART
        places.add(second)
    assert len(places) > 2
