"""Tables, as named steps that are never edited once released: `sql/m…`. Times are Unix seconds (UTC); money is
micro-dollars.
"""

from importlib import resources

from sqlite_utils import Database, Migrations

migrations = Migrations("labs")


@migrations()
def m001_first(db: Database) -> None:
    _apply(db, "m001_first")


@migrations()
def m002_questions(db: Database) -> None:
    """What the bot asks back, choices that count once, and messages that Claude was asked to read."""
    _apply(db, "m002_questions")


@migrations()
def m003_orders(db: Database) -> None:
    """Orders at a vendor that makes things, charges for them, and pictures that are swapped."""
    _apply(db, "m003_orders")


@migrations()
def m004_trainings(db: Database) -> None:
    """What a vendor tells of an order, and the archives of photographs that lie at the vendor."""
    _apply(db, "m004_trainings")


@migrations()
def m005_watches(db: Database) -> None:
    """Who wants to hear of a run's verdict."""
    _apply(db, "m005_watches")


@migrations()
def m006_withdrawals(db: Database) -> None:
    """Consent that was taken back, and how far its deletion is."""
    _apply(db, "m006_withdrawals")


@migrations()
def m007_incoming(db: Database) -> None:
    """Photographs that came through Slack and wait for their facts."""
    _apply(db, "m007_incoming")


@migrations()
def m008_remedies(db: Database) -> None:
    """What remedies did for the bars that they were to mend."""
    _apply(db, "m008_remedies")


def _apply(db: Database, name: str) -> None:
    text = resources.files("bot.ledger").joinpath(f"sql/{name}.sql").read_text("utf-8")
    for statement in text.split(";"):
        if statement.strip():
            db.execute(statement)
