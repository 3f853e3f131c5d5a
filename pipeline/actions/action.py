"""What an action is: one value, from which the grammar's tables, the manual, the help, Claude's schema, the confirm
rules and the messages' heads are derived.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pipeline.models import Value
from pipeline.request import Spending, ThenJudge

COMMON = frozenset(Spending.model_fields)
"""Fields of every action that may cost money, which the manual explains once."""


class Place(NamedTuple):
    """A lab, as examples speak of it."""

    run: str
    other: str
    """Another run."""
    label: str
    """A cell of the run."""
    fixture: str
    photo: str | None
    """A photograph of the run's person; None where the lab has none."""
    identity: str


class JobWords(NamedTuple):
    """How the message of a job speaks of it."""

    verb: str
    """`re-run`, before the run's name."""
    busy: str
    done: str


@dataclass(frozen=True, kw_only=True)
class Action:
    """One word that a person can ask with."""

    word: str
    """As in the request's field `action`."""
    request: type[Value]
    """Its docstring's first sentence is the action's meaning."""
    phrases: str
    """What opens the request, in the language of `language/phrases.py`, between commas."""
    sentence: str
    """The canonical form: words, and parts in braces, which are left out where their field is empty."""
    example: Callable[[Place], Any]
    """A request of this action about a lab."""
    nouns: str = ""
    """Words that mean nothing more beside this action: "re-run the *new* matrix", "label it *as* a pass"."""
    needs: tuple[str, ...] = ()
    """Beside what the request's type requires: of each group of fields, between spaces, one must be said."""
    ways: tuple[str, ...] = ()
    """Freer sentences that are read, for the manual; `{run}` is a run's name."""
    participles: str = ""
    """The request as something done: "have it *judged*", "could it be *judged*"."""
    nominals: str = ""
    """The request as a noun, behind the question for a price: `judging`, `[a] redo of`."""
    light: str = ""
    """What a light verb's sentence speaks of: "start a *training*"."""
    not_before: dict[str, str] = field(default_factory=dict)
    """By opening verb: words behind which it is none, as in "approve of that lighting"."""
    of_run: bool = False
    """After something else its sentence says "of runs/X"."""
    group: str = "look"
    """Of the help: `make`, `judge`, `look` or `decide`."""
    job: JobWords | None = None
    """None: it becomes no job."""
    usual: bool = False
    """Offered where nothing was understood."""
    in_help: bool = True
    """False: the help names it beside another action only."""
    question: bool = False
    """A question about the lab's state may ask for it."""
    decides: bool = False
    """A person's word that moves money or stops it: every word around it counts."""
    plainly: bool = False
    """Said as a question, however politely, it is none: "can you approve this?"."""
    left_over: str = ""
    """What is said where words are left over, instead of quoting them."""
    by_claude: bool = True
    """False: only a person's own plain words or clicks make it, never a reading by Claude."""
    answered_at_once: bool = False
    """A look at what is there: also where Claude read the request, nobody has to confirm it."""

    @property
    def pays(self) -> bool:
        """Whether it may cost money."""
        return issubclass(self.request, Spending)

    @property
    def judges_too(self) -> bool:
        """Whether "then judge" may stand behind it."""
        return issubclass(self.request, ThenJudge)

    @property
    def meaning(self) -> str:
        """What it does, in one sentence."""
        return " ".join((self.request.__doc__ or "").split("\n\n", maxsplit=1)[0].split())
