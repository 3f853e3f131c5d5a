"""Numbers for Prometheus, in its text format (version 0.0.4), on loopback alone."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

from aiohttp import web

from bot.bench import Bench
from bot.ledger import processes, workload
from bot.ledger.workload import Booked

HOST = "127.0.0.1"
TYPE = "text/plain; version=0.0.4"


@asynccontextmanager
async def metrics_alone(bench: Bench) -> AsyncIterator[None]:
    """Serve `/metrics` for as long as the block lasts, where a port is set for it."""
    if bench.settings.metrics_port is None:
        yield
        return

    async def answer(_request: web.Request) -> web.Response:
        return web.Response(text=await written(bench), headers={"content-type": TYPE})

    app = web.Application()
    app.router.add_get("/metrics", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, HOST, bench.settings.metrics_port).start()
        yield
    finally:
        await runner.cleanup()


async def written(bench: Bench) -> str:
    """Every number, by the ledger: the same from each process that shares it."""
    states = await bench.ledger.run(workload.states)
    due = await bench.ledger.run(workload.oldest_due, bench.now())
    booked = await bench.ledger.run(workload.booked)
    alive = await bench.ledger.run(processes.listed)
    rows = ((f'table="{one.table}",state="{one.state}"', one.rows) for one in states)
    waits = ((f'table="{table}"', round(waited, 3)) for table, waited in due.items())
    lines = [
        *_metric("labs_rows", "gauge", "Rows of the ledger by table and state.", rows),
        *_metric("labs_oldest_due_seconds", "gauge", "How long the oldest row that is due has waited.", waits),
        *_of_money(booked),
        *_metric("labs_processes", "gauge", "Processes on the list of a shared ledger.", [("", len(alive))]),
    ]
    return "\n".join(lines) + "\n"


def _of_money(booked: list[Booked]) -> list[str]:
    calls = ((f'vendor="{one.vendor}",state="{one.state}"', one.calls) for one in booked)
    spent = ((f'vendor="{one.vendor}",state="{one.state}"', one.usd_micros / 1e6) for one in booked)
    busy = ((f'vendor="{one.vendor}"', one.refused) for one in booked if one.state == "released")
    return [
        *_metric("labs_charges_total", "counter", "Paid calls by vendor and what came of them.", calls),
        *_metric("labs_charged_usd_total", "counter", "US dollars on the books by vendor.", spent),
        *_metric("labs_busy_total", "counter", "Calls that a busy vendor refused (429, 529).", busy),
    ]


def _metric(
    name: str, kind: str, about: str, values: "Iterator[tuple[str, float]] | list[tuple[str, int]]"
) -> list[str]:
    said = [f"{name}{{{labels}}} {value}" if labels else f"{name} {value}" for labels, value in values]
    return [f"# HELP {name} {about}", f"# TYPE {name} {kind}", *said]
