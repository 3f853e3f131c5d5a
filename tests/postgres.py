"""Databases for tests, on a server of their own."""

import contextlib

from bot.ledger import Ledger
from bot.settings.address import Address

_TEMPLATE = "labs_template"


def make_database(where: Address) -> None:
    """An empty ledger; one of that name from an earlier test goes."""
    import psycopg

    server, _, name = where.uri.rpartition("/")
    with contextlib.closing(psycopg.connect(f"{server}/postgres", autocommit=True)) as connection:
        connection.execute("select pg_advisory_lock(71)")  # pytest's processes make the template once
        there = connection.execute("select 1 from pg_database where datname = %s", (_TEMPLATE,)).fetchone()
        if there is None:
            connection.execute(f"create database {_TEMPLATE}")
            Ledger.open(Address(f"{server}/{_TEMPLATE}")).close()
        connection.execute(f"drop database if exists {name} with (force)")
        connection.execute(f"create database {name} template {_TEMPLATE} strategy file_copy")
