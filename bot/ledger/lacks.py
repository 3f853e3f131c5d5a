"""Which of Slack's newer blocks this workspace does not take yet: learnt from a refusal, tried again after a while."""

from collections.abc import Iterable

from bot.ledger.database import Database, change, rows

AGAIN_S = 7 * 86400.0
"""Slack rolls blocks out in phases: after so long a workspace may have them."""


def known(db: Database, now: float) -> frozenset[str]:
    """Types of blocks, by Slack's names."""
    found = rows(db, "select block from lacks where since > :since", since=now - AGAIN_S)
    return frozenset(row["block"] for row in found)


def learn(db: Database, blocks: Iterable[str], now: float) -> None:
    for block in blocks:
        change(
            db,
            "insert into lacks (block, since) values (:block, :now) on conflict (block) do update set since = :now",
            block=block,
            now=now,
        )
