"""`labs` without Slack: the same pipeline, ledger and words."""

import dataclasses
import getpass
import io
import sys
from datetime import date
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from bot.cli import cli, speak_plainly
from bot.sandbox.world import World
from pipeline.fixture.facts import read_facts
from pipeline.lab.lab import Lab
from tests.channel import RUN, Channel
from tests.conftest import Start, signed_post, speak_http
from tests.ledger import charges, lab_at, table
from tests.process import BotProcess, command


@pytest.mark.slow
@pytest.mark.in_file
async def test_plan_run_show_render_jobs_and_backup(labs: Start, world: World, root: Path, tmp_path: Path) -> None:
    planned = await labs("plan", f"judge runs/{RUN}")
    assert planned.status == 0, planned.text
    assert "6 calls" in planned.text
    assert world.anthropic.asked == []

    done = await labs("run", "--yes", f"judge runs/{RUN}, max $1")
    assert done.status == 0, done.text
    assert "PROCEED" in done.text
    assert "actual $0.0" in done.text
    assert len(world.anthropic.asked) == 6
    assert world.slack.calls == []

    shown = await labs("show", RUN)
    assert "44–97 %" in shown.text
    (root / "runs" / RUN / "SUMMARY.md").unlink()
    assert "index.html of runs/20260529-cb-lora-v1 say PROCEED" in (await labs("render", f"runs/{RUN}")).text
    assert (Lab(root).run(RUN).summary or "").startswith("# ✅ PROCEED")
    assert "done" in (await labs("jobs")).text
    assert "planned" in (await labs("jobs", "--audit")).text
    assert (await labs("backup", str(tmp_path / "copy.db"))).status == 0
    assert (tmp_path / "copy.db").stat().st_size == (root / "ledger.db").stat().st_size


async def test_run_beside_serve_hands_over_and_follows(start: Start, labs: Start, world: World, root: Path) -> None:
    await start()

    done = await labs("run", "--yes", f"judge runs/{RUN}")

    assert done.status == 0, done.text
    assert "PROCEED" in done.text
    assert len(world.anthropic.asked) == 6
    assert table(root, "plans")[0]["asked_by"].startswith("shell:")


async def test_a_dear_run_waits_for_an_operator(labs: Start, world: World, root: Path) -> None:
    waits = await labs("run", "--yes", f"judge runs/{RUN}", approval_above_usd="0.01")
    assert waits.status == 1
    assert "waits for an approval" in waits.text
    job = table(root, "jobs")[0]["id"]

    refused = await labs("approve", job)
    assert refused.status == 1
    assert "not one of the operators" in refused.text
    assert world.anthropic.asked == []


async def test_run_makes_a_matrix_without_slack(labs: Start, world: World, root: Path) -> None:
    words = f"re-run runs/{RUN} with 2 seeds, then judge"
    planned = await labs("plan", words)
    assert "3 prompts × 2 seeds = 6 new images" in planned.text
    assert world.replicate.ordered == []

    done = await labs("run", "--yes", words)

    assert done.status == 0, done.text
    assert "6 of 6 images made" in done.text
    assert len(world.replicate.ordered) == 6
    assert len(world.anthropic.asked) == 6
    assert world.slack.calls == []
    assert "re-run runs/" in (await labs("jobs")).text


async def test_reconcile_adopts_what_was_made_and_names_strays(labs: Start, world: World, root: Path) -> None:
    hold = world.replicate.faults.hold("predictions.create", "during", 1)
    async with BotProcess(world, root, image_concurrency=1) as bot:
        channel = Channel(world)
        channel.say(f"in the labs channel: re-run runs/{RUN} with seed 5")
        await channel.until(hold.reached.is_set, "an order at the vendor")
        await bot.kill()
    hold.release.set()
    await channel.until(lambda: world.replicate.ordered, "the order")
    assert [one["state"] for one in table(root, "orders")].count("ordering") == 1

    first = await labs("reconcile")
    assert first.status == 0, first.text
    assert [one["state"] for one in table(root, "orders")].count("made") == 1
    assert "Every recent order" in first.text
    assert len(world.replicate.ordered) == 1

    made = world.replicate.ordered[0]
    world.replicate.ordered.append(dataclasses.replace(made, id="elsewhere"))
    assert "elsewhere" in (await labs("reconcile")).text


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (f"judge runs/{RUN[:-1]}9", "Did you mean"),
        ("what a lovely day", "did not understand"),
        (f"show runs/{RUN}", "is no job"),
        (f"judge runs/{RUN} with cb_99.jpg as the identity reference", "Which photo"),
    ],
)
async def test_what_cannot_be_done_exits_with_the_same_hint(labs: Start, words: str, answer: str) -> None:
    done = await labs("plan", words)

    assert done.status == 1
    assert answer in done.text
    assert "Traceback" not in done.text


@pytest.mark.slow
async def test_the_demo_plays_and_saves_what_it_made(labs: Start, tmp_path: Path) -> None:
    done = await labs("demo", "--script", "--out", str(tmp_path / "out"))

    assert done.status == 0, done.text
    assert "PROCEED" in done.text
    assert "is no run here" in done.text
    saved = {path.name for path in (tmp_path / "out").rglob("*")}
    assert {"transcript.txt", "calls.jsonl", "SUMMARY.md", "judge_output.json", RUN} <= saved
    assert any("-r1-cut." in name for name in saved)
    assert {"grid.png", "grid.jpg"} & saved


async def test_http_mode_hears_signed_events_and_refuses_others(start: Start, world: World) -> None:
    where: list[str] = []
    channel: Channel = await start(slack_mode="http", port=0, listening=where.append)
    speak_http(world, where[0].removesuffix("/slack/events"))

    asked = channel.say(f"show runs/{RUN}")
    await channel.reply(asked, "not judged yet")

    assert await signed_post(where[0], {"type": "event_callback"}, "another secret") == 401


async def test_no_token_and_no_prompt_is_ever_logged(labs: Start, world: World, root: Path) -> None:
    done = await labs("run", "--yes", f"judge runs/{RUN}")

    private = [
        value for name, value in world.settings().items() if "TOKEN" in name or "KEY" in name or "SECRET" in name
    ]
    for words in (*private, "wearing a white tank top", str(root)):
        assert words not in done.text
    assert charges(root)


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1"])
def test_a_terminal_of_another_encoding_gets_letters(monkeypatch: pytest.MonkeyPatch, encoding: str) -> None:
    """As a pipe on Windows: no command fails for a tick."""
    pipe = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    monkeypatch.setattr(sys, "stdout", pipe)
    speak_plainly()

    click.echo("✅ PROCEED – “é” 桜 😀")
    pipe.flush()

    said = pipe.buffer.getvalue().decode(encoding)
    assert said.startswith("OK PROCEED ")
    assert said.rstrip().endswith("? ?")


async def test_what_can_be_asked_in_slack_can_be_asked_in_a_shell(labs: Start, world: World) -> None:
    for words, answer in (
        (("list", "runs"), "Runs, newest first"),
        (("spend",), "Spent"),
        (("help",), "judge"),
        (("status", "of", f"runs/{RUN}"), RUN),
        (("show", f"runs/{RUN}"), "not judged yet"),
    ):
        done = await labs(*words)
        assert done.status == 0, (words, done.text)
        assert answer in done.text, (words, done.text)
    judged = await labs("judge", f"runs/{RUN}", "--yes")
    assert "PROCEED" in judged.text
    assert len(world.anthropic.asked) == 6
    assert (await labs("sevre")).status == 2


COMMANDS: tuple[tuple[str, ...], ...] = (
    ("jobs",), ("jobs", "--audit"), ("plan", f"judge runs/{RUN}"), ("run", "--yes", f"judge runs/{RUN}"),
    ("approve", "abc123"), ("pause",), ("resume",), ("reconcile",), ("settle", "abc123", "--retry"), ("serve",),
    ("backup", "copy.db"), ("doctor",),
)  # fmt: skip


@pytest.mark.in_file
async def test_every_command_says_that_the_ledger_is_damaged(world: World, root: Path) -> None:
    environment = world.settings() | lab_at(root) | {"LABS_OPERATORS": getpass.getuser()}
    assert (await command(("run", "--yes", f"judge runs/{RUN}"), environment))[0] == 0
    path = root / "ledger.db"
    content = bytearray(path.read_bytes())
    content[4096 : len(content) // 2] = b"\xa5" * (len(content) // 2 - 4096)
    path.write_bytes(content)

    for words in COMMANDS:
        status, said = await command(words, environment)

        assert status == 1, (words, said)
        assert "Traceback" not in said, (words, said)
        assert "damaged" in said, (words, said)
        assert "labs backup" in " ".join(said.split()), (words, said)


def test_facts_are_written_beside_what_a_person_wrote(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABS_ROOT", str(root))
    path = root / "inputs/lora-jd-fixture/fixture.toml"
    path.write_text('# shot in May\nclass_noun = "man"  # not "boy"\n', "utf-8")
    words = ["facts", "inputs/lora-jd-fixture", "--licence", "own work", "--vouched-by", "Kim"]

    odd = CliRunner().invoke(cli, [*words, "--consent", "because"])
    nobody = CliRunner().invoke(cli, ["facts", "inputs/lora-zz-fixture", "--licence", "own work"])
    wrong = CliRunner().invoke(cli, [*words, "--class-noun", "A MAN"])
    done = CliRunner().invoke(cli, [*words, "--consent", "self", "--consent-until", "2027-01-31"])

    assert "none of the lab's" in odd.output
    assert "inputs/lora-jd-fixture" in nobody.output
    assert wrong.exit_code == 1
    assert done.exit_code == 0, done.output
    written = path.read_text("utf-8")
    assert written.startswith('# shot in May\nclass_noun = "man"  # not "boy"\n')
    facts = read_facts(Lab(root), "inputs/lora-jd-fixture")
    assert facts is not None
    assert facts.of("jd_1.jpg").lacks(("self",), date(2026, 11, 27)) is None
    assert facts.all.consent_until == date(2027, 1, 31)
