"""Every maker of images. To add one: its file beside this one, and its line here; one of a vendor of its own wants a
wire (`vendors/`), and a line in `bot/shop.py`.
"""

from collections.abc import Iterable

from pipeline.makers.flux_lora import FLUX_LORA
from pipeline.makers.maker import Maker, Vendor


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
    def vendors(self) -> dict[str, Vendor]:
        """Whom their orders go to, by name."""
        return {one.vendor.name: one.vendor for one in self._by_name.values()}


MAKERS = Makers((FLUX_LORA,), matrix=FLUX_LORA)
