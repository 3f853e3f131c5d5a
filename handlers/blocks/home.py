"""A person's own page in Slack: what waits for them, what runs, what their runs came to, and what to say next."""

from typing import Any

from handlers.blocks.kit import Block, actions, button, context, divider, header, section
from handlers.markup import mention
from pipeline.models import Value
from pipeline.money import dollars
from pipeline.surfaces import code, mrkdwn

COMPOSER = "labs:new"
"""What opens the form that puts a request together, wherever somebody is."""
MOST = 8
"""Of each list; the rest is counted."""


class Line(Value):
    """A job or a run, with where it is talked about."""

    text: str
    """Slack's mrkdwn."""
    link: str | None = None
    """To its thread."""


class HomeView(Value):
    """What one person sees."""

    person: str
    waits: tuple[Line, ...]
    """Plans that this person may decide on."""
    mine: tuple[Line, ...]
    """Their own jobs under way."""
    runs: tuple[Line, ...]
    """Their latest runs, with what they came to."""
    month_micros: int
    limit_micros: int
    own_day_micros: int
    held: str | None
    """Why nothing is bought just now."""
    tries: tuple[str, ...]
    """Sentences to try, of this lab."""


def home(view: HomeView) -> dict[str, Any]:
    """The view, as Slack publishes it."""
    blocks: list[Block] = [header("labs")]
    blocks += [section(f":double_vertical_bar: {view.held}")] if view.held else []
    blocks.append(actions(button("New request…", "labs:open:else", COMPOSER, style="primary")))
    blocks += _list("Waits for you", view.waits, "Nothing waits for your word.")
    blocks += _list("Under way for you", view.mine, "Nothing of yours is under way.")
    blocks += _list("Your runs", view.runs, "No run of yours yet.")
    money = f"The lab's month: {dollars(view.month_micros)} of {dollars(view.limit_micros)}"
    blocks += [divider(), context(f"{money} · yours today: {dollars(view.own_day_micros)}")]
    if view.tries:
        said = "\n".join(f"• {code(one)}" for one in view.tries)
        blocks.append(section(f"*Try in the channel, or behind* `/labs`\n{said}"))
    blocks.append(context(f"For {mention(view.person)}; `/labs help` says what can be asked."))
    return {"type": "home", "blocks": blocks[:100]}


def _list(title: str, found: tuple[Line, ...], empty: str) -> list[Block]:
    shown = [f"• {one.text}{f' · <{one.link}|thread>' if one.link else ''}" for one in found[:MOST]]
    shown += [f"… and {len(found) - MOST} more"] if len(found) > MOST else []
    return [section(f"*{mrkdwn(title)}*\n" + ("\n".join(shown) or empty))]
