"""Every maker of images. To add one: its file beside this one, and its line here; one of a vendor of its own wants a
wire (`vendors/`), and a line in `bot/shop.py`.
"""

from collections.abc import Iterable

from pipeline.makers.clarity import CLARITY
from pipeline.makers.crystal import CRYSTAL
from pipeline.makers.fashn import FASHN_CREATE
from pipeline.makers.flux_2_pro import FLUX_2_PRO
from pipeline.makers.flux_kontext import FLUX_KONTEXT_MAX
from pipeline.makers.flux_lora import FLUX_LORA
from pipeline.makers.flux_pulid import FLUX_PULID
from pipeline.makers.ideogram_character import IDEOGRAM_CHARACTER
from pipeline.makers.instantid import INSTANTID
from pipeline.makers.ip_adapter import IP_ADAPTER
from pipeline.makers.magnific_creative import MAGNIFIC_CREATIVE
from pipeline.makers.magnific_precision import MAGNIFIC_PRECISION
from pipeline.makers.magnific_skin import MAGNIFIC_SKIN
from pipeline.makers.maker import Maker, Vendor
from pipeline.makers.nano_banana import NANO_BANANA_PRO
from pipeline.makers.photomaker import PHOTOMAKER
from pipeline.makers.pulid import PULID
from pipeline.makers.qwen_image_edit import QWEN_IMAGE_EDIT
from pipeline.makers.seedream import SEEDREAM
from pipeline.makers.seedvr2 import SEEDVR2


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


MAKERS = Makers(
    (
        FLUX_LORA,
        FASHN_CREATE,
        PHOTOMAKER,
        INSTANTID,
        PULID,
        FLUX_PULID,
        IP_ADAPTER,
        NANO_BANANA_PRO,
        FLUX_2_PRO,
        SEEDREAM,
        QWEN_IMAGE_EDIT,
        FLUX_KONTEXT_MAX,
        IDEOGRAM_CHARACTER,
        MAGNIFIC_SKIN,
        MAGNIFIC_PRECISION,
        MAGNIFIC_CREATIVE,
        CLARITY,
        CRYSTAL,
        SEEDVR2,
    ),
    matrix=FLUX_LORA,
)
