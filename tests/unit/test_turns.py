"""Turns are fair: by rank, and then to whoever has had the fewest."""

import asyncio

from bot.turns import Turns


async def had(turns: Turns, order: list[str], rank: int, person: str) -> None:
    async with turns.turn(rank, person):
        order.append(person)
        await asyncio.sleep(0)


async def test_one_persons_many_do_not_stand_before_anothers_one() -> None:
    turns, order = Turns(2), list[str]()
    many = [asyncio.create_task(had(turns, order, 1, "dana")) for _ in range(150)]
    await asyncio.sleep(0)
    await asyncio.gather(*many, had(turns, order, 1, "sam"))

    assert order.index("sam") <= 4
    assert len(order) == 151


async def test_a_verdict_goes_before_chatter_of_the_same_person() -> None:
    turns, order = Turns(1), list[str]()
    many = [asyncio.create_task(had(turns, order, 1, "dana")) for _ in range(50)]
    await asyncio.sleep(0)
    urgent = asyncio.create_task(had(turns, order, 0, "verdict"))
    await asyncio.gather(*many, urgent)

    assert order.index("verdict") <= 2


async def test_whoever_waits_for_something_slow_lets_others_go_on() -> None:
    turns, order, slow = Turns(1), list[str](), asyncio.Event()

    async def reads() -> None:
        async with turns.turn(1, "dana"):
            async with turns.aside(1, "dana"):
                await slow.wait()
            order.append("dana")

    reading = asyncio.create_task(reads())
    await asyncio.sleep(0)
    await had(turns, order, 1, "sam")
    slow.set()
    await reading

    assert order == ["sam", "dana"]


async def test_who_is_canceled_together_with_whom_they_wait_for_takes_no_turn_with_them() -> None:
    turns, order = Turns(1), list[str]()

    async def holds() -> None:
        async with turns.turn(0, "first"):
            await asyncio.Event().wait()

    both = [asyncio.create_task(holds()), asyncio.create_task(had(turns, order, 0, "gone"))]
    await asyncio.sleep(0)
    for one in both:
        one.cancel()
    ended = await asyncio.gather(*both, return_exceptions=True)

    assert [type(one) for one in ended] == [asyncio.CancelledError] * 2
    async with asyncio.timeout(1):
        await had(turns, order, 0, "next")


async def test_who_is_canceled_while_waiting_takes_no_turn_with_them() -> None:
    turns, order = Turns(1), list[str]()
    async with turns.turn(0, "first"):
        gone = asyncio.create_task(had(turns, order, 0, "gone"))
        await asyncio.sleep(0)
        gone.cancel()
        await asyncio.gather(gone, return_exceptions=True)
    async with asyncio.timeout(1):
        await had(turns, order, 0, "next")

    assert order == ["next"]
