"""A PostgreSQL server for tests, of Debian's packages: on loopback, in a folder of its own, gone with the suite."""

import contextlib
import fcntl
import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

from bot.ledger import Ledger
from bot.settings.address import Address

_TEMPLATE = "labs_template"


def programs() -> Path | None:
    """The newest server's programs; None: there is none on this machine."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda one: int(one.parts[-3]))
    return found[-1].parent if found else None


def server(base: Path, *, safe: bool = False) -> str | None:
    """The address of the suite's server, which the first to ask starts; None: it cannot be had here. `safe`: commits
    are on disk before anybody hears of them, as in use; in tests processes die, the machine does not.
    """
    with (base / "postgres.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        said = base / "postgres"
        if not said.exists():
            said.write_text(_started(safe=safe) or "", "utf-8")
        return said.read_text("utf-8").partition(" ")[0] or None


def stop(base: Path) -> None:
    """End the suite's server, where one was started."""
    said = base / "postgres"
    if said.exists() and (words := said.read_text("utf-8").split()):
        folder = Path(words[1])
        _as_server("pg_ctl", "-D", str(folder / "data"), "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def restart(base: Path) -> None:
    """As an upgrade of the server does it: every session is thrown out."""
    folder = Path((base / "postgres").read_text("utf-8").split()[1])
    words = ("pg_ctl", "-w", "-t", "20", "-D", str(folder / "data"), "restart", "-m")
    try:
        _as_server(*words, "fast")
    except subprocess.CalledProcessError:  # now and then it is gone, and its pid stays
        _as_server(*words, "immediate")


def _started(*, safe: bool) -> str | None:
    """`ADDRESS FOLDER`."""
    if programs() is None:
        return None
    folder = Path(tempfile.mkdtemp(prefix="labs-postgres-"))
    if os.getuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    data = str(folder / "data")
    _as_server("initdb", "-A", "trust", "-U", "labs", "-D", data)
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c max_connections=300"
    options += "" if safe else " -F"
    _as_server("pg_ctl", "-w", "-D", data, "-l", str(folder / "log"), "-o", options, "start")
    return f"postgresql://labs@127.0.0.1:{port} {folder}"


def _as_server(program: str, *words: str) -> None:
    """The server refuses to run as root."""
    found = programs()
    user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.getuid() == 0 else []
    subprocess.run([*user, str(found and found / program), *words], check=True, stdout=subprocess.DEVNULL, cwd="/")


def make_database(where: Address, *, tables: bool = True) -> None:
    """An empty ledger; one of that name from an earlier test goes. `tables`: those of today's version are there."""
    import psycopg

    at, _, name = where.uri.rpartition("/")
    with contextlib.closing(psycopg.connect(f"{at}/postgres", autocommit=True)) as connection:
        connection.execute("select pg_advisory_lock(71)")  # pytest's processes make the template once
        if connection.execute("select 1 from pg_database where datname = %s", (_TEMPLATE,)).fetchone() is None:
            connection.execute(f"create database {_TEMPLATE}")
            Ledger.open(Address(f"{at}/{_TEMPLATE}")).close()
        connection.execute(f"drop database if exists {name} with (force)")
        connection.execute(f"create database {name}" + (f" template {_TEMPLATE}" if tables else ""))
