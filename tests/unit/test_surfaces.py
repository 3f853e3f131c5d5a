"""Strangers' words stay words, on every surface; and no secret travels."""

import io
import json
import logging
import re
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from rich.console import Console

from bot import logs
from bot.cli.terminal import Words, out
from handlers.blocks import answers, lines, notices, stamps
from handlers.blocks.reasons import reasons
from handlers.message import Message
from handlers.outgoing import safe, top_text
from pipeline.advice.next_steps import Prices, next_steps
from pipeline.errors import NotUnderstood
from pipeline.evidence.run_state import RunState
from pipeline.evidence.verdict import decide
from pipeline.lab.paths import write_whole
from pipeline.models import Axis, Cause, Cell, JudgedCell, Scores, Unscored
from pipeline.record import summary
from pipeline.scrub import Scrubber, scrub
from pipeline.surfaces import clean, code, fenced, markdown, mrkdwn, unmarked_down
from tests.messages import messages, views

HOSTILE = (
    "<!channel> <@U0EVE> <http://evil.example|here> *b* `c` ``` \x1b[31m\x07\r \u202e\u2066 <img src=//evil.example>"
    " ![p](http://evil.example/x.png) [l](javascript:x) | [/x] &lt;!here&gt; \ud800"
)
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def hostile_state() -> RunState:
    """A run of which everything that comes from outside is hostile."""
    axis = {"passed": False, "score": 0.2, "reason": HOSTILE}
    bad = Scores.model_validate({one.value: axis for one in Axis})
    cells = tuple(
        JudgedCell(
            cell=Cell(
                label=f"X-a-S{at}", prompt_id="a", seed=at, prompt=HOSTILE, image=f"runs/r/{HOSTILE[:30]}{at}.png"
            ),
            outcome=bad if at else Unscored(cause=Cause.REJECTED, detail=HOSTILE),
        )
        for at in range(3)
    )
    return RunState(
        run=f"20260101-x-{HOSTILE}",
        title=HOSTILE,
        date="2026-01-01",
        identity="x",
        cells=cells,
        verdict=decide(cells),
        judge_version=HOSTILE,
        model=HOSTILE,
        reference=HOSTILE,
        parent=HOSTILE,
        trained_version=HOSTILE,
        files=(HOSTILE,),
    )


STATE = hostile_state()
STEPS = next_steps(STATE, Prices(), "claude-sonnet-4-6")
SAID = {
    "problem": answers.problem(NotUnderstood(HOSTILE, HOSTILE)),
    "card": answers.card(STATE, STEPS),
    "reasons": reasons(STATE, STATE.cells, STEPS, failed_only=False),
    "verdict": notices.verdict_is(STATE, HOSTILE, "#labs"),
    "in vain": notices.in_vain(HOSTILE),
    "lines": answers.listing(HOSTILE, [lines.run_line(STATE.run, STATE), lines.unreadable(HOSTILE, HOSTILE)], ""),
    "stamps": answers.plain(stamps.ended(HOSTILE) + stamps.denied("U0SAM", HOSTILE) + stamps.paused("U0SAM", HOSTILE)),
}


def texts_of(message: Message) -> list[str]:
    """The top-level text, and every mrkdwn text, as they leave for Slack."""
    found = [top_text(message.text)]

    def walk(piece: object) -> None:
        if isinstance(piece, dict):
            if piece.get("type") == "mrkdwn" and isinstance(piece.get("text"), str):
                found.append(piece["text"])
            for one in piece.values():
                walk(one)
        for one in piece if isinstance(piece, list) else ():
            walk(one)

    walk(safe(message.blocks))
    return found


@pytest.mark.parametrize("name", SAID)
def test_nothing_hostile_is_markup_in_slack(name: str) -> None:
    for text in texts_of(SAID[name]):
        assert not UNSEEN.search(text.replace("\n", ""))
        assert "<!channel" not in text
        assert "<@U0EVE" not in text
        assert "<http" not in text
        json.dumps(text).encode()


def test_the_door_holds_where_a_maker_forgot() -> None:
    raw = Message(text=HOSTILE, blocks=({"type": "section", "text": {"type": "mrkdwn", "text": HOSTILE}},))

    for text in texts_of(raw):
        assert "<!channel" not in text
        assert not UNSEEN.search(text)


@pytest.mark.parametrize("name", messages())
def test_our_own_messages_pass_the_door_as_they_are(name: str) -> None:
    blocks = json.loads(json.dumps(messages()[name].blocks))

    assert safe(blocks) == blocks
    assert "&amp;lt;" not in top_text(messages()[name].text)


@pytest.mark.parametrize("name", views())
def test_our_own_modals_do_too(name: str) -> None:
    view = json.loads(json.dumps(views()[name]))

    assert safe(view) == view


def test_a_summary_holds_no_html_and_no_foreign_picture() -> None:
    text = summary.render(STATE, STEPS, 0, None)

    parsed = MarkdownIt("commonmark", {"html": True}).enable("table").parse(text)
    inner = [child for token in parsed for child in token.children or ()]
    kinds = {token.type for token in [*parsed, *inner]}
    assert not kinds & {"html_block", "html_inline"}
    pictures = [token.attrGet("src") for token in inner if token.type == "image"]
    assert len(pictures) == 3
    assert not any("//" in str(one) for one in pictures)
    assert not [token for token in inner if token.type == "link_open"]
    assert sum(token.type == "fence" for token in parsed) == len(STEPS)
    assert not UNSEEN.search(text.replace("\n", ""))


def test_a_title_comes_back_from_its_summary_as_it_was() -> None:
    for title in ("A_B *c* [d] `e` #f", "plain", "a\\b"):
        assert unmarked_down(markdown(title)) == title


def test_a_terminal_gets_words(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = io.StringIO()
    monkeypatch.setattr(out, "_file", screen)  # its `file`, put back, would stay with this test's own output
    table = Words("a", "b", box=None)
    table.add_row(HOSTILE, "x")

    out.print(HOSTILE)
    out.print(table)

    assert not UNSEEN.search(re.sub(r"[\n]", "", screen.getvalue()))
    assert isinstance(out, Console)


@given(st.text(max_size=60))
def test_every_surface_takes_any_text(text: str) -> None:
    assert "<" not in mrkdwn(text)
    assert code(text).count("`") == 2
    assert clean(clean(text)) == clean(text)
    block = MarkdownIt().parse(fenced(text))
    assert [token.type for token in block] == ["fence"]


SECRETS = ("xoxb-1234-abcdef", "r8_AbCdEfGhIjKl", "sk-ant-api03-xyz", "Str@nge/Secret=1", "xapp-1-A0-55")


def test_a_secret_is_hidden_by_value_and_by_shape() -> None:
    hides = Scrubber()
    hides.learn(["Str@nge/Secret=1", "short"])

    told = hides(f"a {' b '.join(SECRETS)} and Str%40nge%2FSecret%3D1, Authorization: Bearer abcdefghijkl, short")

    for secret in (*SECRETS, "Str%40nge", "abcdefghijkl"):
        assert secret not in told
    assert "short" in told


def test_no_secret_reaches_a_log_a_post_or_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scrub.learn(["a-signing-secret"])
    handlers, level = logging.getLogger().handlers[:], logging.getLogger().level
    try:
        logs.configure("debug")
        try:
            raise ValueError("input_value='a prompt with r8_AbCdEfGhIjKl'")
        except ValueError:
            logs.get().exception("advance.failed", told={"deep": ["a-signing-secret", SECRETS[0]]})
        logging.getLogger("slack_bolt.AsyncApp").warning("Unhandled request")
        logs.for_bolt().warning("an envelope with a prompt")
    finally:
        logging.getLogger().handlers = handlers
        logging.getLogger().setLevel(level)
    written = capsys.readouterr().out
    write_whole(tmp_path / "run.json", json.dumps({"detail": "the token a-signing-secret"}).encode())

    for secret in ("a-signing-secret", SECRETS[0], "r8_AbCdEfGhIjKl", "a prompt", "envelope"):
        assert secret not in written
        assert secret not in top_text(f"said {secret}") or secret in {"a prompt", "envelope"}
        assert secret not in (tmp_path / "run.json").read_text()
    assert "ValueError" in written
    assert "test_surfaces.py" in written
    assert sys.exc_info()[0] is None
