"""Pages say what every other surface says, show hostile words as words, and know whom they must not show."""

import contextlib
import csv
import io
import json
import re
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import pytest
from click.testing import CliRunner

from bot.cli.show import show_command
from bot.ledger import Ledger, past, simulated
from bot.pages.links import page_of as page_of_run
from bot.settings.settings import Settings
from bot.site_facts import Office, lab_facts
from handlers.blocks.answers import card
from pipeline.evidence.run_state import state_of
from pipeline.lab.lab import Lab
from pipeline.lab.labels import Label
from pipeline.lab.run import Run
from pipeline.makers.registry import MAKERS
from pipeline.models import Axis
from pipeline.record.labels import append, picture_hash
from pipeline.record.summary import render
from pipeline.site.lab_facts import Gone, Running, Waiting
from pipeline.site.lab_pages import index_of, prompts_of
from pipeline.site.pages import as_json
from pipeline.site.site import is_stale, pairs_of, run_html, table, write_lab
from pipeline.site.states import StateCache
from tests.judged import facts, judged_run, page_of, write_pages

RUN, SECOND = "20260529-cb-lora-v1", "20260612-cb-lora-v1-r1"
PROMPTS = {"front-full": "a photograph of TOKR", "3q-side": "TOKR from the side"}
EVIL = {
    "a script": "</script><script>fetch('//evil')</script>",
    "an image": '"><img src=x onerror=alert(1)>',
    "a template": "{{ 7 * 7 }}{% raw %}",
    "a comment": "<!-- ]]> --!>",
    "right to left": "\u202egnp.exe\u2066 שלום",
    "a link": "javascript:alert(1)",
    "long": "very " * 500,
    "a formula": "=HYPERLINK(1)",
}


def fails(prompt: str, seed: int, axis: Axis) -> float:
    return 0.05 if (prompt, seed, axis) == ("front-full", 7301, Axis.IDENTITY) else 0.9


def words(page: bytes) -> str:
    """What a reader of a page sees, without its scripts."""
    body = re.sub(r"(?s)<(script|style|svg).*?</\1>", " ", page.decode())
    return " ".join(unescape(re.sub(r"(?s)<[^>]+>", " ", body)).split())


def test_one_truth_on_every_surface(tmp_path: Path) -> None:
    run = judged_run(tmp_path, RUN, PROMPTS, (42, 7301, 9), fails)
    state, page = page_of(tmp_path, RUN, spent_micros=1_230_000)
    spent, verdict = "$1.23", state.verdict
    summary = render(state, (), 1_230_000, None)
    message = json.dumps(card(state, ()).model_dump(), ensure_ascii=False)
    shown_by = CliRunner().invoke(show_command, [RUN], env={"LABS_ROOT": str(tmp_path), "COLUMNS": "400"})
    terminal = " ".join(shown_by.output.split())
    filed = json.loads((run.path / "judge_output.json").read_text())["summary"]

    shown = words(run_html(page))

    assert (filed["verdict"], verdict.word.value) == ("PROCEED", "PROCEED")
    for surface in (shown, summary, message, terminal):
        assert "PROCEED" in surface
        assert verdict.reason.replace("≥", "") in surface.replace("≥", "").replace("\\", "")
        assert verdict.evidence.split(" As a")[0] in surface
    assert spent in shown
    assert f"{spent} in the ledger" in summary
    for tally in verdict.tallies:
        assert f"{tally.axis.title} {tally.passed}/{tally.scored} {tally.interval}" in terminal
        assert f"{tally.axis.title} {tally.passed} of {tally.scored}" in shown
        assert f"{tally.passed}/{tally.scored} (single look {tally.interval})" in summary


@pytest.mark.parametrize("name", EVIL)
def test_hostile_words_are_words(tmp_path: Path, name: str) -> None:
    evil = EVIL[name]
    prompts = {"front-full": evil}
    judged_run(tmp_path, RUN, prompts, (42,), fails, reason=evil, title=evil[:200], asked_by=evil[:50])
    (tmp_path / "runs" / RUN / "SUMMARY.md").write_text(f"# x\n\n## Notes / gotchas\n\n{evil}\n", "utf-8")
    _state, page = page_of(tmp_path, RUN)
    waiting = Waiting(job="ab12cd", what=evil, run=RUN, price="$1", who=(evil,), asked_by=evil)
    write_lab(Lab(tmp_path), facts(waiting=(waiting,)))

    pages = [run_html(page), *((tmp_path / "site" / f"{one}.html").read_bytes() for one in ("index", "prompts"))]

    for one in pages:
        scripts = re.findall(r"<script[^>]*>", one.decode())
        assert [
            found for found in scripts if found not in {"<script>", '<script type="application/json" id="data">'}
        ] == []
        assert len(scripts) <= 2
        assert b"onerror=alert" not in re.sub(rb'(?s)<script type="application/json".*?</script>', b"", one).replace(
            b"&#34;&gt;&lt;img src=x onerror", b""
        )
        assert "\u202e" not in one.decode()
        assert b"49" not in words(one).encode() or name != "a template"
    assert " ".join(evil.replace("\u202e", "\ufffd").replace("\u2066", "\ufffd").split())[:60] in words(pages[0])


def test_data_for_a_script_cannot_end_its_block() -> None:
    told = as_json({"a": "</script>\u2028<!--", "b": ["&"]})

    assert not set("<>&\u2028") & set(told)
    assert json.loads(told) == {"a": "</script>\ufffd<!--", "b": ["&"]}


def test_a_table_holds_no_formula(tmp_path: Path) -> None:
    judged_run(tmp_path, RUN, {"p": "+cmd|' /C calc'!A0"}, (42,), reason="=1+1")
    _state, page = page_of(tmp_path, RUN)

    rows = list(csv.DictReader(io.StringIO(table(page.cells))))

    assert rows[0]["prompt"].startswith("'+cmd")
    assert rows[0]["label"] == "CB-LORA-p-S42"
    assert (rows[0]["q1_pass"], rows[0]["q1_score"]) == ("true", "0.9")


def test_the_index_groups_by_person_and_names_what_it_cannot_show(tmp_path: Path) -> None:
    judged_run(tmp_path, RUN, PROMPTS, (42, 7301), fails)
    judged_run(tmp_path, SECOND, PROMPTS, (42, 7301), parent=RUN, title="CB again")
    judged_run(tmp_path, "20260101-jd-lora-v1", PROMPTS, (42,), prefix="JD-LORA")
    (tmp_path / "runs/20260102-jd-lora-v2").mkdir()
    (tmp_path / "runs/20260102-jd-lora-v2/run.json").write_text("{", "utf-8")
    gone = Gone(identity="mm", runs=("20250101-mm-lora-v1",), on="2026-10-02", done=True)
    seen = StateCache().of(Lab(tmp_path), facts())

    index = index_of(Lab(tmp_path), seen, facts(gone=(gone,)), pairs_of(seen))

    assert [(one.identity, [row.run for row in one.rows]) for one in index.people] == [
        ("CB", [SECOND, RUN]), ("JD", ["20260101-jd-lora-v1"]),
    ]  # fmt: skip
    assert index.people[0].said == "3/4 → 4/4"
    assert index.pairs == ((RUN, SECOND),)
    assert [name for name, _why in index.unreadable] == ["20260102-jd-lora-v2"]
    assert index.gone == (gone,)


def test_a_withdrawn_person_is_named_and_not_shown(tmp_path: Path) -> None:
    judged_run(tmp_path, RUN, PROMPTS, (42,))
    gone = Gone(identity="mm", runs=("20250101-mm-lora-v1",), on="2026-10-02", done=True)

    write_pages(tmp_path, gone=(gone,))

    page = (tmp_path / "site/index.html").read_bytes()
    assert "MM took the consent back on 2026-10-02" in words(page)
    assert b'href="../runs/20250101-mm-lora-v1' not in page


def test_prompts_pool_within_one_judge_alone(tmp_path: Path) -> None:
    judged_run(tmp_path, RUN, PROMPTS, (42, 7301), fails)
    other = judged_run(tmp_path, SECOND, PROMPTS, (1, 2, 3))
    path = other.path / "judge_output.json"
    path.write_text(path.read_text().replace("claude-sonnet-4-6", "claude-opus-4-6"), "utf-8")
    seen = StateCache().of(Lab(tmp_path), facts())

    rows = prompts_of(Lab(tmp_path), seen, facts()).prompts

    front = next(row for row in rows if row.prompt_id == "front-full")
    assert {(one.judge, one.passed, one.scored) for one in front.rates} == {
        ("claude-sonnet-4-6 (v1)", 1, 2),
        ("claude-opus-4-6 (v1)", 3, 3),
    }


def test_a_picture_counts_once_however_many_runs_show_it(tmp_path: Path) -> None:
    judged_run(tmp_path, RUN, PROMPTS, (42,))
    copied = {
        "label": "CB-LORA-front-full-S42", "prompt_id": "front-full", "seed": 42, "state": "made",
        "image": f"runs/{SECOND}/CB-LORA-front-full-S42.png", "copied_from": f"runs/{RUN}",
    }  # fmt: skip
    judged_run(tmp_path, SECOND, PROMPTS, (42, 7), cells=[copied])

    rows = prompts_of(Lab(tmp_path), StateCache().of(Lab(tmp_path), facts()), facts()).prompts

    assert {row.prompt_id: row.rates[0].scored for row in rows} == {"front-full": 2, "3q-side": 3}


def test_a_run_at_work_is_at_work_on_every_page(tmp_path: Path) -> None:
    run = judged_run(tmp_path, RUN, PROMPTS, (42, 7301), fails)
    busy = facts(running=(Running(job="ab12cd", what="judge", run=RUN, how_far="1 of 4"),))
    cache = StateCache()

    during = cache.of(Lab(tmp_path), busy).states[0]
    after = cache.of(Lab(tmp_path), facts()).states[0]

    assert during.verdict == state_of(run, in_flight=True).verdict
    assert after.verdict == state_of(run).verdict


@pytest.mark.parametrize("name", ["20260529-cb-a#b", "20260529-cb-50%25", "20260529-cb-x--v2", '20260529-cb-"q" ü'])
def test_an_odd_name_is_found_by_its_links(tmp_path: Path, name: str) -> None:
    judged_run(tmp_path, name, PROMPTS, (42,))
    write_pages(tmp_path)

    hrefs = re.findall(r'href="\.\./(runs/[^"]+)"', (tmp_path / "site/index.html").read_text("utf-8"))

    assert f"/{hrefs[0]}" == page_of_run(name)
    assert (tmp_path / unquote(hrefs[0])).is_file()


def test_sentences_on_pages_are_understood_and_name_this_lab(tmp_path: Path) -> None:
    from pipeline.language.parse import parse
    from pipeline.request import Ask, Talk

    judged_run(tmp_path, RUN, PROMPTS, (42, 7301), fails)
    judged_run(tmp_path, SECOND, PROMPTS, (42, 7301), parent=RUN)
    lab = Lab(tmp_path)
    _state, page = page_of(tmp_path, SECOND)
    made = [step.sentence for cell in page.cells for step in cell.go_on] + [step.sentence for step in page.steps]
    made += [step.sentence for step in prompts_of(lab, StateCache().of(lab, facts()), facts()).standard]

    read = [parse(f"in the labs channel: {sentence}", lab.catalogue()) for sentence in made if sentence]

    assert len(read) > 10
    assert not [one for one in read if isinstance(one, Ask | Talk)]


def test_only_a_run_that_changed_is_read_or_written_again(tmp_path: Path) -> None:
    run = judged_run(tmp_path, RUN, PROMPTS, (42,))
    assert is_stale(run)
    page_of(tmp_path, RUN)
    cache, lab = StateCache(), Lab(tmp_path)
    first = cache.of(lab, facts()).states[0]

    assert not is_stale(run)
    assert cache.of(lab, facts()).states[0] is first
    path = run.path / "judge_output.json"
    path.write_text(path.read_text().replace("0.9", "0.95"), "utf-8")
    assert is_stale(run)
    assert cache.of(lab, facts()).states[0] is not first


def test_state_of_a_page_is_that_of_its_files(tmp_path: Path) -> None:
    judged_run(tmp_path, RUN, PROMPTS, (42, 7301), fails)
    state, page = page_of(tmp_path, RUN)

    again = state_of(Run(tmp_path, RUN))

    assert again == state
    assert [(cell.label, cell.fails) for cell in page.cells if cell.fails] == [("CB-LORA-front-full-S7301", ("q1",))]
    assert page.matrix.rows[0].margin.said("bars") == "1/2"
    assert page.matrix.columns[1].said("q1") == "1/2"


def test_a_blind_word_against_the_judge_is_a_disagreement(tmp_path: Path) -> None:
    run = judged_run(tmp_path, RUN, PROMPTS, (42, 7301), fails)
    cell = next(one for one in run.cells if one.seed == 42)
    said = {"cell": cell.label, "sha256": picture_hash(run, cell), "at": "2026-11-27T10:00:00+00:00", "seen": "blind"}
    blind = [
        Label.model_validate(said | {"author": who, "axis": Axis.IDENTITY, "value": value, "sitting": f"s:{who}"})
        for who, value in (("U0DANA", "fail"), ("U0SAM", "pass"), ("U0KIM", "unsure"))
    ]
    append(run, blind)

    _state, page = page_of(tmp_path, RUN)

    assert {one.label: one.disagree for one in page.cells if one.disagree} == {
        cell.label: ("U0DANA: Q1 identity fails",)
    }
    assert page.counts["disagree"] == 1


def test_a_lab_that_a_sandbox_worked_on_says_so_for_good(tmp_path: Path) -> None:
    read = Settings(root=tmp_path, anthropic_base_url="https://api.anthropic.com")
    with contextlib.closing(Ledger.open(read.ledger_at)) as ledger:
        ledger.run_now(simulated.begin, 1.0)
    office = Office(past.glances(read.ledger_at), read, MAKERS.matrix)

    assert lab_facts(office, 1_795_800_000.0).simulated
