"""How a maker's vendor is spoken to: five calls, of which only `order` spends. What a vendor cannot do is said by its
`Vendor`, and is never called.
"""

from typing import Protocol

from pipeline.makers.maker import Input
from pipeline.makers.outcome import Listing, Prediction
from pipeline.models import Value


class VendorFile(Value):
    """A file that lies at the vendor; it is deleted there after a day."""

    id: str
    name: str
    address: str
    sha256: str | None = None


class Store(Protocol):
    """Files of ours at a vendor. Nothing here is charged."""

    async def upload(self, name: str, content: bytes, content_type: str) -> VendorFile:
        """Raises: VendorUnavailable, VendorClosed, VendorRejected, OutcomeUnknown."""
        ...

    async def files(self) -> tuple[VendorFile, ...]:
        """Every file of the account. Raises: as `Wire.page`."""
        ...

    async def delete_file(self, file_id: str) -> None:
        """Delete a file; one that is gone is as good. Raises: as `Wire.page`."""
        ...


class Wire(Protocol):
    """One account at a vendor."""

    @property
    def store(self) -> Store | None:
        """Where photographs lie that orders name; None where they go inside."""
        ...

    async def order(self, version: str, asked: Input, webhook: str | None = None) -> str:
        """Order one picture; its id at the vendor. Charged by the maker's price.

        Args:
            version: `owner/model:64 hex digits`, or a model's name, as the maker says.
            asked: The whole input.
            webhook: Where the vendor reports the end, where it does that.

        Raises:
            VendorUnavailable: Not charged; the caller may order again.
            VendorRejected: Not charged; the same order would be refused again.
            VendorClosed: Not charged; token refused or out of credit.
            OutcomeUnknown: Possibly made: sent, but the answer was lost.
        """
        ...

    async def look(self, order_id: str) -> Prediction | None:
        """One order as it stands; None when the vendor does not know it. Raises: as `page`."""
        ...

    async def cancel(self, order_id: str) -> None:
        """Ask for the end of an order. Doing it twice changes nothing. Raises: as `page`."""
        ...

    async def page(self, address: str | None = None) -> Listing:
        """Recent orders, newest first. Raises: VendorUnavailable, VendorClosed, VendorRejected."""
        ...

    async def fetch(self, address: str) -> bytes:
        """The bytes of an output. Raises: VendorRejected (gone, or not the vendor's own), VendorUnavailable."""
        ...
