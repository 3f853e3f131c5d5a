"""The errors that a person can act on.

LabsError
├── RequestError          nothing was spent
│   ├── UnknownRun · UnknownReference · UnknownModel · MissingPrompts
│   ├── NotUnderstood · FixtureNotReady
│   │   └── Decided · WrongField
│   ├── BudgetExceeded
│   │   └── AboveCap
│   └── Forbidden
├── LabError              the lab's folder is not as it should be; nothing was spent
│   └── BadPicture
├── SettingsError         the bot cannot start
└── VendorError
    ├── VendorUnavailable not charged; may be tried again
    ├── VendorRejected    not charged; trying again cannot help
    │   ├── VendorClosed  not charged; the account needs a person (key refused, out of credit)
    │   └── OutputGone    made, and not there to be fetched
    └── OutcomeUnknown    possibly charged
"""


class LabsError(Exception):
    """Says what happened; `hint` says what to do. Both are posted in Slack: no tokens, no paths."""

    hint = "Ask the person who runs the bot, and link this thread."
    people: tuple[str, ...] = ()
    """Ids of those whom the hint speaks of; they are named behind it, as each surface names people."""


class RequestError(LabsError):
    """Nothing was spent."""

    hint = "`help` shows what can be asked, `list runs` what there is."


class UnknownRun(RequestError):
    def __init__(self, run: str, nearest: list[str]) -> None:
        super().__init__(f"There is no run {run!r}. Nothing was spent.")
        names = " or ".join(f"`{name}`" for name in nearest)
        self.hint = f"Did you mean {names}?" if names else "`list runs` shows the runs of this lab."
        self.run = run
        self.nearest = nearest


class UnknownReference(RequestError):
    def __init__(self, name: str | None, run: str, nearest: list[str]) -> None:
        said = (
            f"There is no photo {name!r} for run {run!r}"
            if name
            else f"Run {run!r} names no reference photo of its own person"
        )
        super().__init__(f"{said}. Nothing was spent.")
        some = ", ".join(f"`{photo}`" for photo in nearest)
        self.hint = (
            f"Say which photo the judge compares with, one of: {some}."
            if some
            else "Put the person's photos into a folder `inputs/lora-<id>-fixture/`."
        )
        self.nearest = nearest


class UnknownModel(RequestError):
    def __init__(self, model: str, known: list[str]) -> None:
        super().__init__(f"No price is known for the model {model!r}, so it is not used. Nothing was spent.")
        self.hint = "Known: " + ", ".join(f"`{name}`" for name in known) + "."


class MissingPrompts(RequestError):
    def __init__(self, run: str, prompt_ids: list[str]) -> None:
        super().__init__(
            f"Nothing says what the prompts of run {run!r} were, and pose and framing cannot be judged without. Nothing"
            " was spent."
        )
        lines = "\n".join(f'`{prompt_id}: "the prompt in full"`' for prompt_id in prompt_ids)
        self.hint = f"Answer in this thread, a line for each; I keep them in `run.json`:\n{lines}"
        self.prompt_ids = prompt_ids


class NotUnderstood(RequestError):
    def __init__(self, what: str, hint: str) -> None:
        super().__init__(what)
        self.hint = hint


class WrongField(NotUnderstood):
    """Of a form. `field`: its name there."""

    def __init__(self, field: str, what: str, hint: str) -> None:
        super().__init__(what, hint)
        self.field = field


class Decided(NotUnderstood):
    """Somebody was first. `by`: who, where a person decided."""

    def __init__(self, job_id: str, shown: str, by: str | None) -> None:
        first = "Nothing more is needed. Decided by:" if by else "`list jobs` shows the latest."
        super().__init__(f"Job {job_id} does not wait for a decision any more: it is {shown}.", first)
        self.people = (by,) if by else ()


class FixtureNotReady(RequestError):
    """The pre-flight of a fixture is red; `preflight` says of each photograph why."""

    hint = "Mend what is red, and ask again. No approval can pass it."

    def __init__(self, preflight: object) -> None:
        super().__init__(
            "These photographs cannot be trained from as they are. Nothing was uploaded, nothing was spent."
        )
        self.preflight = preflight


class BudgetExceeded(RequestError):
    def __init__(self, what: str, hint: str) -> None:
        super().__init__(f"{what} Nothing was spent.")
        self.hint = hint


class AboveCap(BudgetExceeded):
    """It may cost more than the person's own limit; `plan` says what it would be."""

    def __init__(self, high: str, cap: str, plan: object) -> None:
        super().__init__(
            f"It may cost up to {high}, which is above your {cap}, so nothing was started.",
            "Raise the limit, or ask for fewer cells.",
        )
        self.plan = plan


class Forbidden(RequestError):
    def __init__(self, what: str, hint: str, people: tuple[str, ...] = ()) -> None:
        super().__init__(what)
        self.hint = hint
        self.people = people


class LabError(LabsError):
    """The lab's folder is not as it should be."""

    hint = "Mend the file in the lab folder and ask again."


class BadPicture(LabError):
    """A file that is no picture we would open; its text names the cause."""

    hint = "Replace the file, and ask again."


class SettingsError(LabsError):
    """The bot cannot start with these settings."""

    hint = "`labs doctor` checks all of them."


class VendorError(LabsError):
    """A vendor said no, or nothing."""


class VendorUnavailable(VendorError):
    """Not charged; the caller may try again after `retry_after_s`."""

    def __init__(self, message: str, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class VendorRejected(VendorError):
    """Not charged; trying the same again cannot help."""

    hint = "Nothing was charged. The vendor's words say what it did not like."


class VendorClosed(VendorRejected):
    """Not charged; the account is out of credit or its key is refused, until a person acts."""

    hint = "Nothing was charged. Add credit or a valid key; the work goes on by itself after that."


class OutputGone(VendorRejected):
    """What was made is not at its address (any more)."""


class OutcomeUnknown(VendorError):
    """Sent, but the answer was lost. May be charged."""

    hint = "It may have been charged; it is on the books as unknown."
