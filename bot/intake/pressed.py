"""Buttons and modals that are answered by a message: what each does, by its action's id."""

from collections.abc import Awaitable, Callable, Mapping

from bot.actions import label, open_page, photos, result_forms, withdraw
from bot.actions.action import Reply
from bot.bench import Bench
from bot.ledger.inbox import InboxRow
from handlers.blocks.failures import FORM as WRONG
from handlers.blocks.labelling import FORM as LABEL_FORM
from handlers.blocks.pages import OPENS_PAGE

REPLIES: Mapping[str, Callable[[Bench, InboxRow], Awaitable[Reply | None]]] = {
    "labs:withdraw": withdraw.pressed,
    "labs:form:leave": photos.left_out,
    LABEL_FORM: label.keep,
    OPENS_PAGE: open_page.pressed,
    WRONG: result_forms.wrong,
}
"""None: there is nothing to be said of it."""
