"""The receipts beside the ledger: kept for their owner alone, read whatever a crash left of the last line."""

from pathlib import Path

from bot import receipts
from bot.receipts import PLACE, Receipt


def receipt(key: str) -> Receipt:
    return Receipt(what="ordered", key=key, at=1.0, job="7f3a21", label="CB-S42", kind="image", attempt=1)


async def test_receipts_are_kept_in_order_for_their_owner_alone(tmp_path: Path) -> None:
    await receipts.keep(tmp_path, [receipt("a"), receipt("b")])
    await receipts.keep(tmp_path, [receipt("c")])

    assert receipts.read(tmp_path) == [receipt("a"), receipt("b"), receipt("c")]
    assert (tmp_path / PLACE).stat().st_mode & 0o077 == 0


async def test_a_line_that_a_crash_cut_off_takes_no_other_with_it(tmp_path: Path) -> None:
    await receipts.keep(tmp_path, [receipt("a")])
    with (tmp_path / PLACE).open("a", encoding="utf-8") as file:
        file.write('{"what":"made","key":"hal')

    assert receipts.read(tmp_path) == [receipt("a")]
    await receipts.keep(tmp_path, [receipt("b")])
    assert receipts.read(tmp_path) == [receipt("a"), receipt("b")]


async def test_a_long_file_is_put_aside_and_read_once_more(tmp_path: Path) -> None:
    await receipts.keep(tmp_path, [receipt("a")])
    receipts.read(tmp_path, most_bytes=10)
    assert not (tmp_path / PLACE).exists()
    await receipts.keep(tmp_path, [receipt("b")])

    assert receipts.read(tmp_path) == [receipt("a"), receipt("b")]


async def test_a_link_in_its_place_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / ".labs").mkdir()
    (tmp_path / "other").write_text("mine", "utf-8")
    (tmp_path / PLACE).symlink_to(tmp_path / "other")

    await receipts.keep(tmp_path, [receipt("a")])

    assert (tmp_path / "other").read_text("utf-8") == "mine"
    assert receipts.read(tmp_path) == []
