"""Replicate as a wire: by version, and by the name of an official model."""

import pytest

from bot.sandbox.replicate.server import TOKEN
from bot.sandbox.world import World
from pipeline.errors import VendorRejected
from pipeline.makers.outcome import same_order
from pipeline.vendors.replicate import open_replicate

OFFICIAL = "black-forest-labs/flux-2-pro"
ASKED = {"prompt": "TOKR woman, seated", "seed": 42}


async def test_an_official_model_is_ordered_by_its_name_and_found_again(world: World) -> None:
    async with open_replicate(TOKEN, base_url=f"{world.url}/replicate") as wire:
        ordered = await wire.order(OFFICIAL, ASKED)
        listed = (await wire.page()).predictions

    (seen,) = [one for one in listed if one.id == ordered]
    assert (seen.model, seen.version) == (OFFICIAL, "hidden")
    assert same_order(seen, OFFICIAL, ASKED)
    assert not same_order(seen, "black-forest-labs/flux-2-max", ASKED)
    assert not same_order(seen, f"{OFFICIAL}:{'1' * 64}", ASKED)


async def test_a_model_that_has_versions_is_not_ordered_by_its_name(world: World) -> None:
    async with open_replicate(TOKEN, base_url=f"{world.url}/replicate") as wire:
        with pytest.raises(VendorRejected):
            await wire.order("zsxkib/pulid", ASKED)

    assert world.replicate.ordered == []
