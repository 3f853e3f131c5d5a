"""The names that a request may speak of: runs, fixtures, photos, cells; with the look-ups that reading a sentence
needs.
"""

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property

from pydantic import Field

from pipeline.models import Value, split_label

SHORTEST_BEGINNING = 2
"""A word of fewer letters does not stand for a longer part of a name."""


class Catalogue(Value):
    """A lab's names at one moment. The look-ups are made once, at their first use."""

    runs: tuple[str, ...] = ()
    """Folder names under `runs/`, oldest first."""
    fixtures: tuple[str, ...] = ()
    """Folder names under `inputs/`."""
    labels: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Cell labels by run, where they are known."""
    photos: tuple[str, ...] = ()
    """File names of the fixtures' photos."""
    people: tuple[str, ...] = ()
    """Identity codes that the fixtures' own files name."""

    def with_coming(self, runs: Iterable[str], fixtures: Iterable[str]) -> "Catalogue":
        """With names that are about to be. A value of its own: a copy would keep the look-ups of this one."""
        return Catalogue(
            runs=tuple(sorted({*self.runs, *runs})),
            fixtures=tuple(sorted({*self.fixtures, *fixtures})),
            labels=self.labels,
            photos=self.photos,
            people=self.people,
        )

    @cached_property
    def parts(self) -> dict[str, frozenset[str]]:
        """Runs by each part between the hyphens of their names."""
        found: dict[str, set[str]] = defaultdict(set)
        for run in self.runs:
            for part in run.lower().split("-"):
                found[part].add(run)
        return {part: frozenset(runs) for part, runs in found.items()}

    @cached_property
    def runs_by_label(self) -> dict[str, tuple[str, ...]]:
        """Runs that hold a cell, by its label in lower case."""
        found: dict[str, list[str]] = defaultdict(list)
        for run, labels in self.labels.items():
            for label in labels:
                found[label.lower()].append(run)
        return {label: tuple(runs) for label, runs in found.items()}

    @cached_property
    def runs_by_name(self) -> dict[str, str]:
        return {run.lower(): run for run in self.runs}

    @cached_property
    def fixtures_by_name(self) -> dict[str, str]:
        return {fixture.lower(): fixture for fixture in self.fixtures}

    @cached_property
    def photos_by_name(self) -> dict[str, str]:
        """A photo's name by its name, and by its stem, in lower case."""
        whole = {photo.lower(): photo for photo in self.photos}
        return {photo.lower().rsplit(".", 1)[0]: photo for photo in self.photos} | whole

    @cached_property
    def identities(self) -> frozenset[str]:
        """Identity codes: `cb` of `20260529-cb-lora-v1` and of `lora-cb-fixture`."""
        runs = (run.lower().split("-") for run in self.runs)
        fixtures = (fixture.lower().split("-") for fixture in self.fixtures)
        return frozenset(parts[1] for parts in (*runs, *fixtures) if len(parts) > 2 and parts[1].isalpha())

    @cached_property
    def everybody(self) -> frozenset[str]:
        """Codes of everybody who may be in the lab, those that only a `fixture.toml` names, and those with digits,
        among them.
        """
        parts = (name.lower().split("-") for name in (*self.runs, *self.fixtures))
        named = {found[1] for found in parts if len(found) > 2 and found[1].isalnum() and not found[1].isdigit()}
        return self.identities | named | frozenset(self.people)

    def fixtures_of(self, identity: str) -> tuple[str, ...]:
        return tuple(name for name in self.fixtures if identity in name.lower().split("-"))

    def fitting(self, word: str) -> frozenset[str]:
        """The runs with a part that the word equals or begins."""
        exact = self.parts.get(word)
        if exact is not None or len(word) < SHORTEST_BEGINNING:
            return exact or frozenset()
        return self._beginning(word)

    @cached_property
    def _beginnings(self) -> dict[str, frozenset[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for part, runs in self.parts.items():
            for length in range(SHORTEST_BEGINNING, len(part)):
                found[part[:length]] |= runs
        return {beginning: frozenset(runs) for beginning, runs in found.items()}

    def _beginning(self, word: str) -> frozenset[str]:
        return self._beginnings.get(word, frozenset())

    @cached_property
    def every_prompt_id(self) -> dict[str, str]:
        """Every run's prompt ids, by themselves in lower case."""
        return {one.lower(): one for run in self.labels for one in self.prompt_ids(run)}

    @cached_property
    def prompt_id_heads(self) -> frozenset[str]:
        """The first words of every prompt id: `front` of `front-full`."""
        return frozenset(one.split("-")[0] for one in self.every_prompt_id)

    def prompt_ids(self, run: str) -> tuple[str, ...]:
        """The prompt ids of a run, as its labels name them."""
        return tuple(dict.fromkeys(split_label(label)[0] for label in self.labels.get(run, ())))

    def seeds(self, run: str) -> frozenset[int]:
        """The seeds that a run has."""
        found = (split_label(label)[1] for label in self.labels.get(run, ()))
        return frozenset(seed for seed in found if seed is not None)
