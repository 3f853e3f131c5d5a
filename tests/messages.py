"""One of every message and modal that the bot shows, made of a kept ledger's own plans, runs and outcomes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.actions.change import form_of
from bot.ledger import jobs, money
from bot.ledger.jobs import Job
from bot.ledger.store import glance
from handlers.blocks import answers, notices, photos, questions, readings, withdrawals
from handlers.blocks.anchor import anchor
from handlers.blocks.help import usage
from handlers.blocks.result import result
from handlers.message import Message
from handlers.ports import Opening
from handlers.views import AnchorView, Progress, ResultView, TrainingView, Undecided
from pipeline.errors import NotUnderstood
from pipeline.evidence.run_state import state_of
from pipeline.fixture.consent import Holdings
from pipeline.fixture.findings import Checked, Preflight, amber, red
from pipeline.fixture.incoming import Posted
from pipeline.lab.lab import Lab
from pipeline.language.parse import parse
from pipeline.language.question import question
from pipeline.models import Cause
from pipeline.record.job import Filed

UNDECIDED = (
    Undecided(label="CB-LORA-front-full-S42", why=Cause.UNKNOWN),
    Undecided(label="CB-LORA-upper-front-S42", why=Cause.EXPIRED),
)
KEPT = Path(__file__).parent / "data/ledgers/26.11.1"
RUN = "20260529-cb-lora-v1"
WHO: dict[str, Any] = {"asked_by": "U0DANA", "approvers": ("U0SAM",)}
HELD = Holdings(
    identity="jd",
    fixtures=("lora-jd-fixture",),
    photos=("inputs/lora-jd-fixture/jd_1.jpg",),
    runs=("20261126-jd-lora-v1",),
    images=6,
    versions=("sandbox-lab/jd-lora-v1:" + "7" * 64,),
    waiting=2,
    others=1,
)
POSTED = (
    Posted(name="IMG_1.jpg", kept_as="jd_1.jpg"),
    Posted(name="IMG <2>.gif", cause="it moves: 12 pictures in one file"),
)


INTAKE = Preflight(
    fixture="inputs/lora-jd-fixture",
    identity="jd",
    class_noun="person",
    trigger_word="JDKR",
    photos=(Checked(name="jd_1.jpg"), Checked(name="jd_2.jpg", findings=(amber("jd_2.jpg", "it is small", "larger"),))),
)


def kept() -> dict[str, Job]:
    """The kept jobs, by what they do; of two re-runs the one that is over."""
    found = glance(KEPT / "ledger.db", jobs.latest, 20) or []
    return {job.plan.action: job for job in found}


def _anchors() -> Iterator[tuple[str, Message]]:
    plans = {action: job.plan for action, job in kept().items()}
    shown: dict[str, dict[str, Any]] = {
        "judge-grace": {"state": "grace", "plan": plans["judge"], "grace_s": 5, "stamp": "Starts in 5 s."},
        "judge-running": {
            "state": "running", "plan": plans["judge"],
            "progress": Progress(
                done=4, total=6, tallies=(("Q1 identity", 3, 4),), seconds_left=9, spent_micros=14_000
            ),
        },
        "matrix-waiting": {
            "state": "waiting", "plan": plans["rerun"], "expires_at": 1_795_800_000.0, "changeable": True,
            "needs_approval": "Its upper estimate $0.11 is above $0.10.",
        },
        "matrix-running": {
            "state": "running", "plan": plans["rerun"], "stamp": "Approved by <@U0SAM>.",
            "progress": Progress(done=1, total=3, made=2, to_make=3, making=1, seconds_left=7, spent_micros=31_000),
            "picture": ("F0000000001", "Contact sheet, two of three cells."),
        },
        "matrix-undecided": {
            "state": "running", "plan": plans["extend"],
            "progress": Progress(done=0, total=0, made=1, to_make=3, undecided=UNDECIDED, undecided_micros=60_000),
        },
        "matrix-held": {
            "state": "running", "plan": plans["extend"],
            "progress": Progress(done=0, total=0, to_make=3, held="Spending is paused by <@U0SAM>."),
        },
        "matrix-canceled": {"state": "canceled", "plan": plans["extend"], "stamp": "Canceled by <@U0DANA>."},
        "training-waiting": {
            "state": "waiting", "plan": plans["train"], "expires_at": 1_795_800_000.0, "changeable": True,
            "needs_approval": "A training always needs an approval.", "picture": ("F0000000002", "7 photographs."),
        },
        "training-running": {
            "state": "running", "plan": plans["train"],
            "progress": Progress(
                done=0, total=0, training=TrainingView(at="training", percent=41, step=410, steps=1000),
                seconds_left=700,
            ),
        },
        "training-failed": {"state": "failed", "plan": plans["train"], "stamp": "The training was not made."},
    }  # fmt: skip
    for name, given in shown.items():
        yield f"anchor-{name}", anchor(AnchorView(job_id="7f3a21", **WHO, **given))


def _results() -> Iterator[tuple[str, Message]]:
    for action in ("judge", "rerun"):
        job = kept()[action]
        filed = Filed.model_validate(job.outcome)
        spent, unknown = glance(KEPT / "ledger.db", money.spent_by_job, job.id) or (0, 0)
        view = ResultView(
            job_id="7f3a21",
            asked_by="U0DANA",
            watchers=("U0KIM",),
            plan=job.plan,
            state=filed.state,
            steps=filed.steps,
            spent_micros=spent,
            unknown_micros=unknown,
            bought=filed.scored,
            took_s=2.5,
            scored=filed.scored,
            total=len(job.plan.cells),
            made=filed.made,
            simulated=True,
            files=(("F0000000001", "Contact sheet."),),
        )
        yield f"result-{action}", result(view)
        yield (
            f"result-{action}-canceled",
            result(
                view.model_copy(
                    update={"canceled_by": "U0SAM", "files": (), "file_note": "The grid follows as a file."}
                )
            ),
        )


def _answers() -> Iterator[tuple[str, Message]]:
    yield "problem", answers.problem(NotUnderstood("There is no run “x <y>”.", "`list runs` lists them."))
    yield "plain", answers.plain("Spending is paused.", note="by <@U0SAM>")
    yield "listing", answers.listing("Runs, newest first", [f"`{RUN}` PROCEED"], "There are no runs.")
    yield "listing-empty", answers.listing("Runs, newest first", [], "There are no runs.")
    yield "help", usage(RUN, None)
    yield "help-train", usage(RUN, "train")
    filed = Filed.model_validate(kept()["judge"].outcome)
    yield "card", answers.card(state_of(Lab(KEPT).run(RUN)), filed.steps)
    catalogue = Lab(KEPT).catalogue()
    for name, words in {"which-run": "judge the latest ZZ run", "unclear": "do the thing with the faces"}.items():
        said = f"in the labs channel: {words}"
        asked = parse(said, catalogue)
        assert asked.action == "ask"
        yield f"question-{name}", questions.asked(question(asked, said, catalogue))
    sentence = f"judge runs/{RUN}"
    yield "reading", readings.confirm("Watch it.", f"watch runs/{RUN}", "Tell me when this run has a verdict.")
    yield (
        "reading-planned",
        readings.planned("Judge the first CB run.", sentence, kept()["judge"].plan, instead="7f3a21"),
    )
    yield "reading-changed", readings.planned("", sentence, kept()["judge"].plan, changed=True)
    yield "reading-several", readings.several("Judge it, then show it.", (sentence, f"show the grid of runs/{RUN}"))
    yield "reading-answered", readings.answered("No run is called *X* <here>. Which one do you mean?")


def _notices() -> Iterator[tuple[str, Message]]:
    train = kept()["train"].plan
    where = notices.link("https://lab.slack.com", "C0LABS", "1795730580.175930")
    state = state_of(Lab(KEPT).run(RUN))
    yield "notice-waits", notices.waits(train, "7f3a21", "U0DANA", where)
    yield "notice-expires", notices.expires(train, "7f3a21", ("U0SAM",), 3)
    yield "notice-not-trained", notices.not_trained(train, "7f3a21", "U0DANA", "Out of memory. $0.40 were charged.")
    yield "notice-verdict", notices.verdict_is(state, "IN-FLIGHT (inconclusive)", where)
    yield "notice-in-vain", notices.in_vain(RUN)
    taken = {"images": 9, "trainings": 0, "judgements": 10, "orders": 1, "posts": 2, "usd_micros": 310_000}
    yield "notice-restored", notices.restored({**taken, "jobs": ("7f3a21",)}, "the lab's folder has receipts of it")
    yield "photos-none", photos.none_usable(POSTED[1:])
    yield "photos-taken-in", photos.taken_in(7, "jd", POSTED, INTAKE)
    few = INTAKE.model_copy(update={"general": (red("count", "only 1 different usable photograph", "add more"),)})
    yield "photos-taken-in-red", photos.taken_in(7, "jd", (), few)
    yield "withdrawal-listing", withdrawals.listing(HELD, ["7f3a21"], ("U0SAM",), [where])
    yield "withdrawal-begun", withdrawals.begun(HELD, "U0SAM")
    yield "withdrawal-done", withdrawals.done(HELD, ["the ledger"], [where])
    yield "withdrawal-stuck", withdrawals.stuck(HELD)


def messages() -> dict[str, Message]:
    """By name."""
    return dict([*_anchors(), *_results(), *_answers(), *_notices()])


def views() -> dict[str, dict[str, Any]]:
    """Modals, by name."""
    found = {}
    for form in ("change", "deny", "approve"):
        opening = Opening(
            form=form, subject="7f3a21", person="U0SAM", channel="C0LABS", thread_ts="1.000001", trigger_id="1.2.3"
        )
        view = form_of(opening, kept()["train"])
        assert view is not None
        found[f"modal-{form}"] = view
    facts = Opening(form="facts", subject="7", person="U0SAM", channel="C0LABS", thread_ts=None, trigger_id="1.2.3")
    found["modal-facts"] = photos.facts_form(facts, "jd", ["jd_1.jpg", "jd_2.jpg"], ["self", "release"])
    found["modal-leave"] = photos.leave_form(facts.model_copy(update={"form": "leave"}), "jd", INTAKE)
    matrix = form_of(
        facts.model_copy(update={"form": "change"}), kept()["extend"].model_copy(update={"state": "waiting"})
    )
    assert matrix is not None
    found["modal-change-matrix"] = matrix
    return found
