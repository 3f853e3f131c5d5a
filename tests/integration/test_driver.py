"""The embedded driver: a row that fails is tried again, whatever happens meanwhile."""

import asyncio

from bot.driver.driver import Kind
from bot.driver.local import LocalDriver


async def nothing(*_row: object) -> None:
    return None


async def test_a_row_that_is_kicked_while_it_fails_is_tried_again_soon() -> None:
    driver, tries, done = LocalDriver(), list[str](), asyncio.Event()

    async def advance(kind: Kind, key: str) -> float | None:
        tries.append(key)
        if len(tries) == 1:
            await driver.kick(kind, key)
            raise OSError("the disk is full")
        done.set()
        return None

    await driver.run(advance, nothing, nothing)
    await driver.kick("job", "7")
    try:
        async with asyncio.timeout(50):  # the next sweep comes after 60 s
            await done.wait()
    finally:
        await driver.stop(1)

    assert tries == ["7", "7"]
