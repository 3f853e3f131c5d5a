"""What the thread sees when somebody takes their consent back."""

from handlers.blocks.kit import actions, button, clip, context, escape, lines, section
from handlers.slack import Message
from pipeline.consent import Holdings


def listing(held: Holdings, under_way: list[str], approvers: tuple[str, ...]) -> Message:
    """Everything that would be deleted, and the button that does it."""
    name = held.identity.upper()
    said = [
        f"• {len(held.photos)} photographs in {', '.join(f'`inputs/{one}`' for one in held.fixtures) or 'no fixture'}",
        *(f"• `runs/{run}`" for run in held.runs),
        f"• {held.images} pictures in those runs, and every grid of them that I posted here",
        *(f"• the trained version `{escape(version[:-52])}…` at Replicate, with its weights" for version in held.versions),
    ]  # fmt: skip
    said += [f"• job `{job}`, which is under way, is stopped" for job in under_way]
    who = ", ".join(f"<@{person}>" for person in approvers) or "nobody (no approvers are set)"
    sure = ("Delete all of this?", f"Everything of {escape(name)}, here and at the vendor. It cannot be undone.")  # fmt: skip
    return Message(
        text=f"What holds the likeness of {name}: {len(held.photos)} photographs, {len(held.runs)} runs, {len(held.versions)} trained versions",
        blocks=(
            section(f"*What holds the likeness of {escape(name)}*\n{lines(said)}"),
            section(f"None of it is deleted yet. {who} can do that; `fixture.toml` stays and keeps later plans from using the photographs, and the ledger keeps what was paid."),
            actions(button(f"Delete all of {name}", "labs:withdraw", f"{held.identity} {held.hash}", style="danger", confirm=sure)),
        ),
    )  # fmt: skip


def begun(held: Holdings, person: str) -> Message:
    said = f"Everything of {held.identity.upper()} is being deleted, by <@{person}>'s word."
    return Message(text=said, blocks=(section(f"{said} No plan uses it from now on."),))


def done(held: Holdings, kept: list[str]) -> Message:
    """What is gone, and what would not go."""
    said = f"Deleted: {len(held.photos)} photographs, {len(held.runs)} runs and {len(held.versions)} trained versions of {held.identity.upper()}, here and at the vendor."
    blocks = [section(f":white_check_mark: {said}")]
    if kept:
        said = f"{said} Not deleted: {clip('; '.join(kept), 300)}."
        blocks = [section(f":warning: {escape(said)}"), context("Delete these by hand at the vendor.")]  # fmt: skip
    return Message(text=said, blocks=tuple(blocks))
