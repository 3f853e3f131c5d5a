"""What the listeners talk to: everything is kept first, and dealt with afterwards."""

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Any

from bot.actions import label, photos, result_forms
from bot.actions.change import form_of, must_open
from bot.actions.open_page import unfurled
from bot.bench import Bench
from bot.intake.assistant import suggest
from bot.intake.filling import comes_to
from bot.intake.form_faults import faults_of
from bot.intake.standing import may_ask
from bot.ledger import LedgerUnavailable, inbox, jobs
from handlers.blocks import anything
from handlers.blocks.forms import told
from handlers.blocks.kit import Block
from handlers.blocks.photos import whose_form
from handlers.ports import Filling, Heard, Opening
from handlers.slack_errors import SlackBusy, SlackLost
from pipeline.errors import LabsError

KNOWN_WITHIN_S = 1.5
_READ = {"plan": result_forms.plan, "details": result_forms.details, "failures": result_forms.failed}
"""Modals that anybody may read, by their button's name."""


class Front:
    """What the listeners talk to (`handlers.ports.Lab`)."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    async def form(self, opening: Opening) -> dict[str, Any] | None:
        if not await self._known(opening.person):
            return None
        try:
            return await self._form(opening)
        except LabsError as error:
            return told(opening, error)

    async def _form(self, opening: Opening) -> dict[str, Any]:
        if opening.form == "facts":
            return await photos.form(self._bench, opening)
        if opening.form == "whose":
            return whose_form(opening)
        if opening.form == "leave":
            return await photos.leave_form(self._bench, opening)
        if opening.form == "label":
            return await label.form(self._bench, opening)
        if (read := _READ.get(opening.form)) is not None:
            return await read(self._bench, opening)
        if opening.form == "else":
            runs = await asyncio.to_thread(self._bench.lab.runs)
            return anything.form(opening, tuple(reversed(runs)))
        job_id = opening.subject.partition(" ")[0]
        job = await self._bench.ledger.run(jobs.get, job_id)
        made = form_of(opening, job)
        must_open(self._bench, opening, job)
        return made

    async def _known(self, person: str) -> bool:
        """Whether somebody may see a modal; within the time that Slack gives for it."""
        with contextlib.suppress(TimeoutError, SlackBusy, SlackLost):
            async with asyncio.timeout(KNOWN_WITHIN_S):
                return await may_ask(self._bench, person)
        return False

    async def filled(self, filling: Filling) -> dict[str, Any] | None:
        if not await self._known(filling.opening.person):
            return None
        runs = await asyncio.to_thread(self._bench.lab.runs)
        return anything.form(filling.opening, tuple(reversed(runs)), await comes_to(self._bench, filling))

    async def next_form(self, heard: Heard) -> dict[str, Any] | None:
        return await label.after(self._bench, heard)

    async def faults(self, heard: Heard) -> dict[str, str]:
        return await faults_of(self._bench, heard)

    async def cards(self, addresses: Sequence[str]) -> dict[str, tuple[Block, ...]]:
        return await unfurled(self._bench, addresses)

    async def at_home(self, person: str) -> None:
        await self._bench.driver.kick("home", person)

    async def at_messages(self, channel: str) -> None:
        await suggest(self._bench, channel)

    async def hear(self, heard: Heard) -> None:
        try:
            await self.keep(heard)
        except LedgerUnavailable:
            # Slack delivers a message a few times more, and a click never again: it is taken up when there is room.
            self._bench.intake.missed.append(heard)
            raise

    async def keep(self, heard: Heard) -> None:
        """Keep it for good. Raises: LedgerUnavailable."""
        bench = self._bench
        with bench.intake:
            inbox_id = await bench.ledger.run(inbox.hear, heard, bench.now())
        if inbox_id is not None:
            await bench.driver.kick("inbox", str(inbox_id))
