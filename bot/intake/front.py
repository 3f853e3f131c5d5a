"""What the listeners talk to: everything is kept first, and dealt with afterwards."""

import asyncio
from typing import Any

from bot.actions import photos
from bot.actions.change import form_of
from bot.bench import Bench
from bot.intake.filling import comes_to
from bot.ledger import inbox, jobs
from handlers.blocks import anything
from handlers.ports import Filling, Heard, Opening


class Front:
    """What the listeners talk to (`handlers.ports.Lab`)."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    async def form(self, opening: Opening) -> dict[str, Any] | None:
        if opening.form == "facts":
            return await photos.form(self._bench, opening)
        if opening.form == "else":
            runs = await asyncio.to_thread(self._bench.lab.runs)
            return anything.form(opening, tuple(reversed(runs)))
        job_id = opening.subject.partition(" ")[0]
        return form_of(opening, await self._bench.ledger.run(jobs.get, job_id))

    async def filled(self, filling: Filling) -> dict[str, Any]:
        runs = await asyncio.to_thread(self._bench.lab.runs)
        return anything.form(filling.opening, tuple(reversed(runs)), await comes_to(self._bench, filling))

    async def hear(self, heard: Heard) -> None:
        bench = self._bench
        with bench.intake:
            inbox_id = await bench.ledger.run(inbox.hear, heard, bench.now())
        if inbox_id is not None:
            await bench.driver.kick("inbox", str(inbox_id))
