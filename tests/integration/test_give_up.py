"""What fails again and again, for no reason that anybody foresaw, ends with a word."""

from pathlib import Path

from bot.advance import give_up
from bot.bench import Bench
from bot.driver.local import LocalDriver
from bot.ledger import Ledger, outbox, withdrawals
from bot.settings.environment import read_settings
from pipeline.fixture.consent import Holdings
from pipeline.lab.lab import Lab


async def test_a_deletion_that_cannot_go_on_says_so_once(tmp_path: Path) -> None:
    ledger = Ledger.open(tmp_path / "ledger.db")
    bench = Bench(settings=read_settings(root=tmp_path), ledger=ledger, lab=Lab(tmp_path), driver=LocalDriver())
    held = Holdings(identity="jd", fixtures=(), photos=(), runs=(), images=0, versions=())
    try:
        begun = ledger.run_now(withdrawals.begin, held, "U0SAM", ("C1", "1.0"), 1.0)
        for _ in range(2):
            await give_up(bench, "withdrawal", str(begun))
        said = [ledger.run_now(outbox.get, key) for key in ledger.run_now(outbox.unfinished)]
    finally:
        ledger.close()

    assert [one.body is not None and "not all of it is gone" in one.body for one in said if one] == [True]
