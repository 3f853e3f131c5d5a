"""The states of a lab's runs, read again only where a run's files changed."""

from pipeline.errors import LabError
from pipeline.evidence.run_state import RunState, state_of
from pipeline.evidence.verdict import decide
from pipeline.lab.lab import Lab
from pipeline.models import Value
from pipeline.site.lab_facts import LabFacts


class States(Value):
    """Every run of a lab that can be read, and why the others cannot."""

    states: tuple[RunState, ...]
    unreadable: tuple[tuple[str, str], ...]
    copies: dict[str, frozenset[str]]
    """Of each run the cells whose picture was made in another one."""


class StateCache:
    """States of runs; only of runs whose files changed they are read again."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[object, RunState, frozenset[str]]] = {}
        self.compared: dict[tuple[str, str], tuple[RunState, RunState]] = {}
        """Pairs whose comparison was written, with the states that it shows."""

    def is_compared(self, both: tuple[RunState, RunState]) -> bool:
        """Whether the comparison that was written shows these very states."""
        known = self.compared.get((both[0].run, both[1].run))
        return known is not None and known[0] is both[0] and known[1] is both[1]

    def of(self, lab: Lab, facts: LabFacts) -> States:
        """Oldest first, without a look at any picture. Disk and CPU."""
        found, unreadable, names = list[RunState](), [], lab.runs()
        copies: dict[str, frozenset[str]] = {}
        for name in names:
            try:
                state, copied = self._state(lab, name)
                found.append(at_work(state) if facts.is_at_work(name) else state)
                copies[name] = copied
            except LabError as error:
                unreadable.append((name, str(error)))
        self._known = {name: self._known[name] for name in names if name in self._known}
        odd = [(name, "it is a link that leads out of the lab, or no folder") for name in lab.left_out("runs")]
        return States(states=tuple(found), unreadable=(*unreadable, *odd), copies=copies)

    def _state(self, lab: Lab, name: str) -> tuple[RunState, frozenset[str]]:
        stamp = lab.stamp(name)
        known = self._known.get(name)
        if known is None or known[0] != stamp:
            run = lab.run(name)
            made = run.manifest.cells if run.manifest else ()
            copied = frozenset(one.label for one in made if one.copied_from)
            known = self._known[name] = (stamp, state_of(run, sized=False), copied)
        return known[1], known[2]


def at_work(state: RunState) -> RunState:
    """A run that a job is at right now, as every other surface has it."""
    flag = state.controls.flag if state.controls else ""
    verdict = decide(state.cells, state.verdict.threshold, in_flight=True).flagged(flag)
    return state.model_copy(update={"verdict": verdict})
