"""What the lab's history says: a table with intervals, who cannot be told apart, and by which judge."""

from collections.abc import Sequence

from handlers.blocks.kit import Block, actions, clip, context, header, lines, says, section
from handlers.blocks.tables import Cell, table
from handlers.message import Message
from pipeline.actions.find import FindInHistory
from pipeline.actions.show import ShowRun
from pipeline.evidence.find import Found, JudgeName, Row
from pipeline.grid.compared import LETTERS
from pipeline.language.sentence import render
from pipeline.models import Axis
from pipeline.money import dollars
from pipeline.surfaces import code, mrkdwn
from pipeline.wordlist import many

USUAL = 10
_NAME = 30
"""Letters of a name; longer ones lose their middle."""
_SHOWN = 3


def found(request: FindInHistory, answer: Found, looked_at: int) -> Message:
    """One message.

    Args:
        request: The question.
        answer: Its rows, in order.
        looked_at: How many runs were looked at.
    """
    head = title(request)
    rows = answer.rows[: request.limit or USUAL] if not _of_bakeoffs(request) else answer.rows
    blocks: list[Block] = [header(f"🔎 {head}")]
    if not rows:
        nothing = f"Nothing of what {many(looked_at, 'run')} {'says' if looked_at == 1 else 'say'} fits."
        blocks.append(section(nothing))
    else:
        blocks.append(_table(head, rows, answer.judges, vendors=request.subject == "vendors"))
        blocks.append(context(*_notes(request, answer, rows, looked_at)))
    if answer.left_out:
        blocks.append(context(f"Left out: {lines([mrkdwn(one) for one in answer.left_out], 700)}"))
    runs = dict.fromkeys(run for row in rows for run in row.runs)
    buttons = [
        one
        for at, run in enumerate(list(runs)[:_SHOWN])
        for one in says(f"Show {run}", f"labs:say:{at}", render(ShowRun(run=run, what="grid")))
    ]
    blocks += [actions(*buttons)] if buttons else []
    return Message(text=f"{head}: {', '.join(row.name for row in rows[:5]) or 'nothing'}", blocks=tuple(blocks))


def _of_bakeoffs(request: FindInHistory) -> bool:
    """Whether its number is that of bake-offs, as in "the last three bake-offs"."""
    return request.subject == "vendors" and request.order is None


def title(request: FindInHistory) -> str:
    """`Worst seeds on Q1 identity of runs/X`, as a headline."""
    axis = {one.code: one.title for one in Axis}.get(request.axis or "")
    by = f" on {axis}" if axis else "" if request.subject == "vendors" else " on the verdict's bars"
    order = f"{request.order} " if request.order else ""
    bounds = [f"below {request.below:g}"] if request.below is not None else []
    bounds += [f"above {request.above:g}"] if request.above is not None else []
    where = f" of runs/{request.run}" if request.run else f" of {request.identity.upper()}" if request.identity else ""
    said = f"{order}{request.subject}{by}{' ' if bounds else ''}{' and '.join(bounds)}{where}"
    return said[:1].upper() + said[1:]


def _table(caption: str, rows: Sequence[Row], judges: Sequence[JudgeName], *, vendors: bool) -> Block:
    """A column for each fact; the rank carries its judge's letter where there are several."""
    head = ["#", "name", "score"] if rows[0].tally is None else ["#", "name", "passed", "single look"]
    head += ["$ a pass"] if vendors and rows[0].tally is not None else []
    cells = [_cells(row, judges, vendors=vendors) for row in rows]
    return table(caption, head, cells, as_text(rows, judges, vendors=vendors))


def _cells(row: Row, judges: Sequence[JudgeName], *, vendors: bool) -> list[Cell]:
    found: list[Cell] = [_place(row, judges), row.name]
    if row.tally is None:
        return [*found, (row.score or 0, f"{row.score or 0:.2f} {'pass' if row.passed else 'fail'}")]
    found += [(row.tally.rate or 0, f"{row.tally.passed}/{row.tally.scored}"), row.tally.interval]
    each = row.usd_micros // row.paid_passes if row.paid_passes and row.usd_micros else 0
    return [*found, (each / 1e6, dollars(each)) if each else "–"] if vendors else found


def _place(row: Row, judges: Sequence[JudgeName]) -> str:
    letter = LETTERS[judges.index(row.judge) % len(LETTERS)] if len(judges) > 1 else ""
    return f"{letter}{row.group}" if row.group is not None else letter


def as_text(rows: Sequence[Row], judges: Sequence[JudgeName], *, vendors: bool = False) -> str:
    """Rows as monospaced text, as narrow as a telephone bears."""
    several = len(judges) > 1
    head = f"{'#' if not several else '#  ':<3} {'':<{_width(rows)}} {'passed':>8} {'single look':>12}"
    if rows[0].tally is None:
        head = f"{'':<3} {'':<{_width(rows)}} {'score':>8}"
    elif vendors:
        head += f" {'$/pass':>7}"
    return "\n".join(["```", head, *(_line(row, rows, judges, vendors=vendors) for row in rows), "```"])


def _line(row: Row, rows: Sequence[Row], judges: Sequence[JudgeName], *, vendors: bool) -> str:
    name = f"{_place(row, judges):<3} {_short(row.name):<{_width(rows)}}"
    if row.tally is None:
        return f"{name} {row.score or 0:>8.2f} {'pass' if row.passed else 'fail'}"
    said = f"{name} {f'{row.tally.passed}/{row.tally.scored}':>8} {row.tally.interval:>12}"
    price = dollars(row.usd_micros // row.paid_passes) if row.paid_passes and row.usd_micros else "–"
    return f"{said} {price:>7}" if vendors else said


def _width(rows: Sequence[Row]) -> int:
    return min(_NAME, max(len(row.name) for row in rows))


def _short(name: str) -> str:
    return name if len(name) <= _NAME else f"{name[: _NAME - 11]}…{name[-10:]}"


def _file(path: str) -> str:
    return code(path.rpartition("/")[2])


def _notes(request: FindInHistory, answer: Found, rows: Sequence[Row], looked_at: int) -> list[str]:
    notes = [f"{len(rows)} of {many(len(answer.rows), 'row')} · {many(looked_at, 'run')} looked at"]
    notes += [mrkdwn(answer.remark)] if answer.remark else []
    if shaky := [run for run in answer.flagged if any(run in row.runs for row in rows)]:
        notes.append(f":warning: A control says that the judge is not to be trusted on {', '.join(map(code, shaky))}.")
    if rows[0].tally is not None:
        notes.append("Rows of one number cannot be told apart; intervals are those of a single look.")
    names = [f"{clip(model, 40)}, rubric {words}, against {_file(photo)}" for model, words, photo in answer.judges]
    if len(names) > 1:
        listed = "; ".join(f"*{LETTERS[at % len(LETTERS)]}* {name}" for at, name in enumerate(names))
        notes.append(f":warning: Several judges, so a rank across letters says nothing: {listed}")
    else:
        notes.append(f"Judged by {names[0]}")
    if request.axis is None and request.subject in {"runs", "seeds", "prompts", "cells"}:
        notes.append("Of Q1 and Q4 the weaker counts.")
    return notes
