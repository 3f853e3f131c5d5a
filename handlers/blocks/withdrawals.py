"""What the thread sees when somebody takes their consent back."""

from handlers.blocks.kit import actions, button, section, sections
from handlers.markup import mentions
from handlers.message import Message
from pipeline.fixture.consent import Holdings
from pipeline.surfaces import code, mrkdwn
from pipeline.wordlist import many


def listing(held: Holdings, under_way: list[str], approvers: tuple[str, ...], posted: list[str]) -> Message:
    """Everything that would be deleted, and the button that does it."""
    name = held.identity.upper()
    fixtures = ", ".join(code(f"inputs/{one}") for one in held.fixtures) or "no fixture"
    said = [
        f"• {many(len(held.photos), 'photograph')} in {fixtures}",
        *(f"• {code(f'runs/{run}')}" for run in held.runs),
        f"• {held.images} pictures in those runs, and every grid of them that I posted here",
        *(
            f"• the trained version `{mrkdwn(version[:-52])}…` at Replicate, with its weights"
            for version in held.versions
        ),
    ]
    said += (
        [f"• {many(held.waiting, 'photograph')} that were posted here and wait for their facts"] if held.waiting else []
    )
    said += [f"• {held.others} other files in those folders"] if held.others else []
    said += [f"• _not mine to delete:_ the files that people posted in {where}" for where in posted]
    said += [f"• job `{job}`, which is under way, is stopped" for job in under_way]
    who = mentions(approvers, "nobody (no approvers are set)")
    sure = ("Delete all of this?", f"Everything of {mrkdwn(name)}, here and at the vendor. It cannot be undone.")
    return Message(
        text=f"What holds the likeness of {name}: {_many(held)}",
        blocks=(
            *(section(text) for text in sections([f"*What holds the likeness of {mrkdwn(name)}*", *said])),
            section(
                f"None of it is deleted yet. {who} can do that; `fixture.toml` stays and keeps later plans from using"
                " the photographs, and the ledger keeps what was paid."
            ),
            actions(
                button(
                    f"Delete all of {name}",
                    "labs:withdraw",
                    f"{held.identity} {held.hash}",
                    style="danger",
                    confirm=sure,
                )
            ),
        ),
    )


def _many(held: Holdings) -> str:
    others = f", {many(held.others, 'other file')}" if held.others else ""
    photos = many(len(held.photos) + held.waiting, "photograph")
    return f"{photos}{others}, {many(len(held.runs), 'run')} and {many(len(held.versions), 'trained version')}"


def begun(held: Holdings, person: str, *, done: bool = False) -> Message:
    now = "has been deleted" if done else "is being deleted"
    said = f"Everything of {held.identity.upper()} {now}, by <@{person}>'s word."
    return Message(text=said, blocks=(section(f"{said} No plan uses it from now on."),))


def done(held: Holdings, kept: list[str], posted: list[str]) -> Message:
    """What is gone, and what would not go."""
    said = f"Deleted: {_many(held)} of {held.identity.upper()}, here and at the vendor."
    sign = ":warning:" if kept else ":white_check_mark:"
    rest = [f"• {mrkdwn(one)}" for one in kept]
    told = ["*Not deleted; delete these by hand:*", *rest] if kept else []
    told += [f"The files that people posted in {where} are theirs to delete." for where in posted]
    blocks = [section(f"{sign} {said}"), *(section(text) for text in sections(told))]
    return Message(text=said, blocks=tuple(blocks[:50]))


def stuck(held: Holdings) -> Message:
    said = (
        f"The deletion of everything of {held.identity.upper()} has stopped at an error that nobody foresaw; not all of"
        " it is gone. It is tried again each minute; whoever runs the bot finds the cause in the log as"
        " `advance.failed`."
    )
    return Message(text=said, blocks=(section(f":warning: {said}"),))
