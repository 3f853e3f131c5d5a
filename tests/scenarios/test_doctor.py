"""What `labs doctor` finds, and what it says to do."""

import shutil
from pathlib import Path

from bot.sandbox.lab import SECOND_RUN
from bot.sandbox.world import World
from bot.settings.needed import NEEDS
from bot.settings.scopes import MORE, NEEDED
from tests.conftest import Start
from tests.process import command


async def test_the_doctor_finds_all_well_and_names_what_is_not(labs: Start, world: World, root: Path) -> None:
    well = await labs("doctor", approvers="U0SAM")
    assert well.status == 0, well.text
    assert well.text.count("MEND") == 0

    world.slack.scopes = frozenset({"chat:write"})
    (root / "runs" / SECOND_RUN / "run.json").write_text("{")
    ill = await labs("doctor")
    assert ill.status == 1
    for words in ("channels:history", "run.json cannot be read", "approvers is not set"):
        assert words in ill.text


async def test_the_doctor_tells_what_is_off_without_a_scope_and_mends_nothing(labs: Start, world: World) -> None:
    world.slack.scopes = frozenset(NEEDED)

    seen = await labs("doctor", approvers="U0SAM")

    assert (seen.status, seen.text.count("MEND")) == (0, 0), seen.text
    for scope, feature in MORE.items():
        assert scope in seen.text
        assert feature[:40] in " ".join(seen.text.split())


async def test_a_new_lab_without_runs_is_well_and_a_folder_that_is_none_is_named(labs: Start, root: Path) -> None:
    for name in ("runs", "inputs"):
        shutil.rmtree(root / name)
        (root / name).mkdir()
    new = await labs("doctor", approvers="U0SAM")

    assert (new.status, new.text.count("MEND")) == (0, 0), new.text

    (root / "runs").rmdir()
    no_lab = await labs("doctor", approvers="U0SAM")

    assert no_lab.status == 1
    assert "runs/ is missing in LABS_ROOT" in no_lab.text


async def test_the_doctor_lists_everything_at_once(world: World, tmp_path: Path) -> None:
    del world
    nothing = await command(("doctor",), dict.fromkeys(("LABS_ROOT", "SLACK_BOT_TOKEN", "ANTHROPIC_API_KEY"), ""))
    wrong = await command(
        ("doctor",),
        {
            "LABS_ROOT": str(tmp_path),
            "LABS_APROVERS": "U1",
            "LABS_CHANNEL": "#labs",
            "SLACK_API_URL": "http://[bad",
            "LABS_APPROVERS": "sam",
            "LABS_GRACE_S": "inf",
            "SLACK_BOT_TOKN": "x",
        },
    )

    assert nothing[0] == wrong[0] == 1
    said = " ".join(nothing[1].split())
    for one in NEEDS:
        assert one.name in said, one.name
    for words in (
        "did you mean LABS_APPROVERS?",
        "no channel's id",
        "no address",
        "no Slack id",
        "grace_s:",
        "did you mean SLACK_BOT_TOKEN?",
    ):
        assert words in " ".join(wrong[1].split()), words
    assert "Traceback" not in nothing[1] + wrong[1]
