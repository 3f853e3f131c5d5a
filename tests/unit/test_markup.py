"""Slack's markup is undone at Slack's door; past it, a text is what the person typed."""

import pytest

from handlers.markup import mention, mentions, plain


@pytest.mark.parametrize(
    ("delivered", "typed"),
    [
        ("seeds 1-3 &amp; 42", "seeds 1-3 & 42"),
        ("R&amp;D &lt;3", "R&D <3"),
        ("&amp;lt; is typed", "&lt; is typed"),
        ("update <http://SUMMARY.md|SUMMARY.md>", "update SUMMARY.md"),
        ("see <https://lab.example/runs/x>", "see https://lab.example/runs/x"),
        ("write to <mailto:dana@lab.example|dana@lab.example>", "write to dana@lab.example"),
        ("for <#C0LABS|labs>: judge it", "for labs: judge it"),
        ("<@U0LABSBOT> judge it, says <@U0DANA>", "<@U0LABSBOT> judge it, says <@U0DANA>"),
        ("<!here> look", "<!here> look"),
    ],
)
def test_what_slack_delivers_becomes_what_was_typed(delivered: str, typed: str) -> None:
    assert plain(delivered) == typed


def test_people_are_mentioned_and_shells_are_named() -> None:
    assert mention("U0SAM") == "<@U0SAM>"
    assert mention("shell:dana") == "shell:dana"
    assert mentions(("U0SAM", "U0KIM"), "nobody") == "<@U0SAM>, <@U0KIM>"
    assert mentions((), "nobody yet") == "nobody yet"
