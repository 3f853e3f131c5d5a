"""A run's page, from Slack: the button, the link that one person gets, and what was said on a page."""

from handlers.blocks.kit import Block, button, context, section
from handlers.markup import mention
from handlers.message import Message
from pipeline.evidence.run_state import RunState, headline
from pipeline.money import dollars
from pipeline.surfaces import code, mrkdwn

OPENS_PAGE = "labs:page"


def open_run(run: str) -> Block:
    """*Open run*: whoever presses it gets a link of their own."""
    return button("Open run", OPENS_PAGE, run)


def link_for(address: str, run: str, hours: int) -> Message:
    """The link, for whoever pressed the button alone."""
    said = f"<{address}|Open {mrkdwn(run)}>"
    note = f"For you alone: it opens once, in one browser, and lets you look for {hours} hours. Do not pass it on."
    return Message(text=f"Your link to the page of {run}.", blocks=(section(said), context(note)))


def unfurled(state: RunState, spent_micros: int) -> tuple[Block, ...]:
    """A run's verdict under a link to its page; no picture of it."""
    said = [f"*{mrkdwn(headline(state))}*", mrkdwn(state.reason)]
    said += [mrkdwn(state.evidence)] if state.verdict.scored else []
    money = f"{dollars(spent_micros)} in the ledger" if spent_micros else "nothing spent by this bot"
    judged = f"judged {state.judged_at[:10]}" if state.judged_at else "not judged"
    return section("\n".join(said)), context(
        f"{code('runs/' + state.run)} · {mrkdwn(state.matrix)} · {judged} · {money}"
    )


def said_elsewhere(person: str, where: str, sentence: str) -> Message:
    """In the channel, before it is answered: who said what, where nobody could see it. `where`: mrkdwn."""
    text = f"{mention(person)} says {where}: {code(sentence)}"
    return Message(text=f"Said elsewhere: {sentence}"[:3900], blocks=(section(text),))


def goes_on(where: str) -> Message:
    """To who asked for a job in a conversation with the bot: it is the channel's from now on. `where`: mrkdwn."""
    said = section(f"Jobs are the channel's: it goes on in {where}.")
    return Message(text="It goes on in the channel.", blocks=(said,))
