"""Which file answers which request. To add an action: its file beside this one, and its line here."""

from bot.actions import (
    cancel,
    compare,
    decide,
    find,
    label,
    listing,
    propose,
    show,
    spend,
    status,
    switch,
    train,
    use,
    watch,
    withdraw,
)
from bot.actions import help as helping
from bot.actions.action import Answer, Reply, Turn
from bot.bench import Bench
from pipeline.actions.registry import ACTIONS, Actionable

ANSWERS: dict[str, Answer] = {one.word: propose.answer for one in ACTIONS if one.job} | {
    "train": train.answer,
    "show": show.answer,
    "list": listing.answer,
    "status": status.answer,
    "spend": spend.answer,
    "cancel": cancel.answer,
    "approve": decide.answer,
    "deny": decide.answer,
    "watch": watch.answer,
    "unwatch": watch.answer,
    "withdraw": withdraw.answer,
    "pause": switch.answer,
    "resume": switch.answer,
    "compare": compare.answer,
    "find": find.answer,
    "label": label.answer,
    "labelling": label.sitting,
    "help": helping.answer,
    "use": use.answer,
}
"""What becomes a job is proposed; everything else has its line."""


async def answer(bench: Bench, turn: Turn, request: Actionable) -> Reply | None:
    """Do what a request asks. Raises: LabsError."""
    return await ANSWERS[request.action](bench, turn, request)
