"""The ledger's file: owned once whatever it is called, copied whole or not at all, and its faults said in words."""

import sqlite3
from pathlib import Path

import pytest

from bot.ledger import Ledger, LedgerBusy, decisions
from bot.ledger.backup import backup
from bot.ledger.faults import LedgerDamaged, LedgerHeld, LedgerNewer, check
from bot.ledger.store import glance
from pipeline.errors import LabsError, NotUnderstood, SettingsError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "ledger.db"
    ledger = Ledger.open(made)
    for number in range(400):
        ledger.run_now(decisions.keep, "U0DANA", "paused", f"spending {number}", "because" * 20, 1.0)
    ledger.close()
    return made


def damaged(path: Path) -> Path:
    """Some pages in the middle are overwritten."""
    content = bytearray(path.read_bytes())
    content[8192:24576] = b"\xa5" * 16384
    path.write_bytes(content)
    return path


def test_a_lock_file_that_was_removed_lets_nobody_in(path: Path) -> None:
    ledger = Ledger.open(path)
    path.with_name("ledger.db.lock").unlink()

    with pytest.raises(LedgerBusy):
        Ledger.open(path)

    ledger.close()
    Ledger.open(path).close()


def test_a_link_under_another_name_is_the_same_ledger(path: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "elsewhere/other.db"
    link.symlink_to(path)
    ledger = Ledger.open(path)

    with pytest.raises(LedgerBusy):
        Ledger.open(link)

    ledger.close()


def test_a_second_name_by_a_hard_link_is_refused(path: Path) -> None:
    path.with_name("other.db").hardlink_to(path)

    with pytest.raises(SettingsError, match="second name"):
        Ledger.open(path.with_name("other.db"))


def test_a_link_in_the_locks_place_is_not_followed(path: Path, tmp_path: Path) -> None:
    victim = tmp_path / "precious.txt"
    victim.write_text("precious")
    lock = path.with_name("ledger.db.lock")
    lock.unlink()
    lock.symlink_to(victim)

    with pytest.raises(LabsError, match="cannot be opened"):
        Ledger.open(path)

    assert victim.read_text() == "precious"


@pytest.mark.parametrize(
    "name", ["ledger.db", "ledger.db-wal", "ledger.db.lock", "sub/../ledger.db", "link.db", "hard.db"]
)
def test_a_backup_onto_the_ledger_itself_is_refused(path: Path, name: str) -> None:
    (path.parent / "sub").mkdir()
    (path.parent / "link.db").symlink_to(path)
    (path.parent / "hard.db").hardlink_to(path)
    before = path.read_bytes()

    with pytest.raises(NotUnderstood, match="the ledger itself"):
        backup(path, path.parent / name)

    assert path.read_bytes() == before


def test_a_damaged_ledger_is_not_copied_over_a_good_copy(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    backup(path, copy)
    good = copy.read_bytes()

    with pytest.raises(LabsError, match="damaged") as refused:
        backup(damaged(path), copy)

    assert copy.read_bytes() == good
    assert "an older one is as it was" in refused.value.hint
    assert copy.stat().st_mode & 0o077 == 0
    assert sorted(one.name for one in tmp_path.iterdir() if "part" in one.name) == []


def test_a_folder_that_is_not_there_is_said(path: Path) -> None:
    with pytest.raises(NotUnderstood, match="no folder"):
        backup(path, path.parent / "nowhere/copy.db")


def test_a_newer_ledger_is_refused_although_its_tables_fit(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute(
            "insert into _sqlite_migrations (migration_set, name, applied_at) values ('labs', 'm999_later', '2027')"
        )
    connection.close()

    for attempt in (lambda: Ledger.open(path), lambda: glance(path, decisions.latest, 1), lambda: check(path)):
        with pytest.raises(LedgerNewer, match="newer labs-bot"):
            attempt()


@pytest.mark.parametrize("content", [b"not a ledger at all" * 100, b"\0" * 4096])
def test_what_is_no_ledger_is_said(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "ledger.db"
    path.write_bytes(content)

    for attempt in (lambda: Ledger.open(path), lambda: glance(path, decisions.latest, 1)):
        with pytest.raises(LedgerDamaged):
            attempt()


def test_a_damaged_ledger_says_so_and_what_to_do(path: Path) -> None:
    damaged(path)

    for attempt in (lambda: Ledger.open(path), lambda: glance(path, decisions.latest, 500), lambda: check(path)):
        with pytest.raises(LedgerDamaged) as told:
            attempt()
        assert "labs backup" in told.value.hint


def test_a_ledger_that_another_program_holds_says_so(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *args, **more: connect(*args, **{**more, "timeout": 0.05}))
    other = connect(path)
    other.execute("pragma locking_mode=exclusive")
    other.execute("begin exclusive")

    with pytest.raises(LedgerHeld):
        glance(path, decisions.latest, 1)

    other.close()
