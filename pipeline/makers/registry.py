"""Every maker of images. To add one: its file beside this one, with its `MAKER`, and its file's name in the list here;
one of a vendor of its own wants a wire (`vendors/`), and a line in `bot/shop.py`.
"""

from collections.abc import Iterable
from importlib import import_module

from pipeline.makers.flux_lora import MAKER as FLUX_LORA
from pipeline.makers.maker import Maker, Vendor

FILES = """
    flux_lora
    fashn photomaker instantid pulid flux_pulid ip_adapter
    nano_banana flux_2_pro seedream qwen_image_edit flux_kontext ideogram_character
    magnific_skin magnific_precision magnific_creative clarity crystal seedvr2
"""
"""In the order in which they are named: what is trained, the card's six, those that came since, and upscalers."""


class Makers:
    """The makers that a lab has, and which of them makes the cells of a matrix."""

    def __init__(self, every: Iterable[Maker], matrix: Maker) -> None:
        """`matrix` makes what is trained: its images are of a run's own version."""
        self._by_name = {one.name: one for one in every}
        self.matrix = matrix

    def named(self, name: str) -> Maker:
        """Raises: LookupError for one that this code does not know (any more)."""
        return self._by_name[name]

    @property
    def every(self) -> tuple[Maker, ...]:
        return tuple(self._by_name.values())

    @property
    def entrants(self) -> tuple[Maker, ...]:
        """Those that take part in bake-offs."""
        return tuple(one for one in self._by_name.values() if one.entrant is not None)

    @property
    def upscalers(self) -> tuple[Maker, ...]:
        """Those that cells are put through; of a vendor's several the first is the usual one."""
        return tuple(one for one in self._by_name.values() if one.upscaler is not None)

    @property
    def vendors(self) -> dict[str, Vendor]:
        """Whom their orders go to, by name."""
        return {one.vendor.name: one.vendor for one in self._by_name.values()}


def _maker(file: str) -> Maker:
    found: Maker = import_module(f"pipeline.makers.{file}").MAKER
    return found


MAKERS = Makers(map(_maker, FILES.split()), matrix=FLUX_LORA)
