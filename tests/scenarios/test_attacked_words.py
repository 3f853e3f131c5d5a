"""Words around "approve" that an attack got through: each of these started a training at its full price."""

import pytest

from bot.sandbox.world import World
from pipeline.actions.decide import Decide
from pipeline.actions.switch import Switch
from pipeline.actions.train import TrainLora
from pipeline.actions.withdraw import WithdrawConsent
from pipeline.lab.catalogue import Catalogue
from pipeline.language.parse import parse
from pipeline.request import Ask, Talk
from tests.channel import Channel, text
from tests.training import ASK

RUN = "20261123-jd-lora-v1"
NOT_PLAIN = """
approve but with 500 steps
approve 500 steps instead
approve if under $1
approve max $1
approve without the judge
approve only the training
approve it tomorrow
approve this when Kim agrees
approve. wait, no
approve not
approve this not
Approve the other one, not this
approve - not sure yet
approve — no, wait
approve: not yet
approve next week
approve as soon as Kim has signed
approve the plan once it is cheaper
approve with seeds [1,2]
approve ~50%
<@U0LABSBOT> can you approve this?
<@U0LABSBOT> approve?
<@U0LABSBOT> resume spending?
""".strip().splitlines()


@pytest.mark.parametrize("said", NOT_PLAIN)
def test_a_decision_with_a_second_thought_is_asked_back(said: str) -> None:
    found = parse(said, Catalogue(), RUN)

    assert isinstance(found, Ask)
    assert found.why


@pytest.mark.parametrize(
    "said", ["approve?", "can you approve this?", "approve or deny?", "deny?", "cancel?", "pause spending?"]
)
def test_what_people_ask_each_other_is_talk(said: str) -> None:
    assert isinstance(parse(said, Catalogue(), RUN), Talk)


@pytest.mark.parametrize(
    "said",
    [
        "approve",
        "Approve!",
        "approve it, looks good to me",
        "yes, approve this please",
        "approve 7f3a because it is not too expensive",
        "approve 7f3a: jd_3.jpg",
    ],
)
def test_a_plain_word_decides(said: str) -> None:
    assert isinstance(parse(said, Catalogue(), RUN), Decide)


LAB = Catalogue(runs=("20260529-cb-lora-v1",), fixtures=("lora-cb-fixture", "lora-jd-fixture"), photos=("jd_1.jpg",))


@pytest.mark.parametrize(
    "photos",
    ["photos from this thread", "photos from thread", "the photos I posted above", "the pictures above", "these pics"],
)
def test_photographs_of_the_thread_are_not_the_old_fixture(photos: str) -> None:
    found = parse(f"in the labs channel: train a LoRA of JD with {photos}", LAB)

    assert isinstance(found, TrainLora)
    assert (found.photos, found.fixture) == ("thread", None)


@pytest.mark.parametrize(
    "said",
    [
        "train a LoRA of JD, 1500 steps at learning rate 0.0001",
        "train JD with fast-flux-trainer",
        "retrain runs/20260529-cb-lora-v1 at lora scale 1.4",
        "retrain runs/20260529-cb-lora-v1 on new photos",
    ],
)
def test_what_a_training_cannot_be_told_is_not_dropped(said: str) -> None:
    found = parse(f"in the labs channel: {said}", LAB)

    assert isinstance(found, Ask)
    assert found.why


@pytest.mark.parametrize("said", ["withdraw JD's consent please", "revoke jd's consent", "withdraw the consent of JD"])
def test_consent_is_withdrawn_in_ordinary_words(said: str) -> None:
    found = parse(f"in the labs channel: {said}", LAB)

    assert isinstance(found, WithdrawConsent)
    assert found.identity == "jd"


def test_spending_is_resumed_by_a_plain_word() -> None:
    assert isinstance(parse("<@U0LABSBOT> resume spending", Catalogue(), None), Switch)


async def test_words_that_limit_an_approval_start_nothing(channel: Channel, world: World) -> None:
    asked = channel.say(ASK)
    await channel.plan(asked)
    channel.say("approve max $1", "U0SAM", asked)
    await channel.reply(asked, "A plan is approved as it stands")

    assert world.replicate.trainings.ordered == []


async def test_a_word_does_not_approve_a_plan_that_it_came_before(channel: Channel, world: World) -> None:
    asked = channel.say(f"{ASK}, 100 steps")
    plan = await channel.plan(asked)
    await channel.until(lambda: channel.workspace.direct("U0SAM"), "the plan, to Sam")
    # The new plan is posted in the thread and to Sam, in either order.
    holds = [world.slack.faults.hold("chat.postMessage", "before", number) for number in (1, 2)]
    await channel.fill(plan, "labs:open:change", steps=3000, lora_rank=64)
    await channel.until(lambda: any(hold.reached.is_set() for hold in holds), "the new plan, on its way")
    channel.say("approve", "U0SAM", asked)
    for hold in holds:
        hold.release.set()
    answer = await channel.reply(asked, "The plan has changed since")

    assert "Nothing was approved" in text(answer)
    assert world.replicate.trainings.ordered == []
