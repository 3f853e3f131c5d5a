"""What was judged: votes by their fingerprint, whatever they were bought for."""

import json

from bot.ledger.database import Database, rows
from pipeline.models import Judge, Judgement


def votes(db: Database, job_id: str) -> dict[str, list[Judgement]]:
    """What is judged so far of a job's cells, by label."""
    found = rows(
        db,
        """select calls.label, judgements.body from calls join judgements using (fingerprint)
           where calls.job_id = :job order by calls.id""",
        job=job_id,
    )
    by_label: dict[str, list[Judgement]] = {}
    for row in found:
        by_label.setdefault(row["label"], []).append(Judgement.model_validate_json(row["body"]))
    return by_label


def known(db: Database, fingerprints: list[str]) -> set[str]:
    """Which of these are judged."""
    return {judgement.fingerprint for judgement in by_fingerprint(db, fingerprints)}


def by_fingerprint(db: Database, fingerprints: list[str]) -> list[Judgement]:
    """The judgements with these fingerprints, oldest first, whatever run they were bought for."""
    found = rows(
        db,
        """select body from judgements where fingerprint in (select value from json_each(:wanted))
           order by judged_at, rowid""",
        wanted=json.dumps(fingerprints),
    )
    return [Judgement.model_validate_json(row["body"]) for row in found]


def controls(db: Database, judge: Judge) -> list[Judgement]:
    """Every control that this judge (model, rubric and reference) answered about."""
    found = rows(
        db,
        """select body from judgements where substr(json_extract(body, '$.label'), 1, 8) = 'control:'
             and json_extract(body, '$.judge.model') = :model
             and json_extract(body, '$.judge.rubric_sha256') = :rubric
             and json_extract(body, '$.judge.reference_sha256') = :reference order by judged_at, rowid""",
        model=judge.model,
        rubric=judge.rubric_sha256,
        reference=judge.reference_sha256,
    )
    return [Judgement.model_validate_json(row["body"]) for row in found]
