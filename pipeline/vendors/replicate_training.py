"""Replicate's trainings, and what they need: private models, files, versions."""

import hashlib
import io
from typing import Any

from replicate.client import Client

from pipeline.errors import VendorClosed, VendorRejected, VendorUnavailable
from pipeline.makers.outcome import Listing, Prediction
from pipeline.vendors.replicate_http import NotFound, Wire, paid, query_of
from pipeline.vendors.wire import VendorFile

UPLOAD_TIMEOUT_S = 300.0
HARDWARE = "gpu-t4"
"""Of a destination model, as Replicate wants one named; a fine-tune of Flux runs on an H100 whatever it says."""
MOST_PAGES = 50


class Trainings:
    """The account's trainings. Only `order` spends."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._wire = Wire(client)

    async def order(
        self, trainer: str, version: str, destination: str, asked: dict[str, Any], webhook: str | None = None
    ) -> str:
        """Begin one training; its id. Charged by the machine seconds that it will take.

        Args:
            trainer: `owner/name`.
            version: Of the trainer, 64 hex digits.
            destination: The model that the trained version goes into; it must exist.
            asked: The whole input.
            webhook: Where Replicate reports the end.

        Raises: as `Replicate.order`.
        """
        hooks: Any = {"webhook": webhook, "webhook_events_filter": ["completed"]} if webhook else {}
        made = await paid(
            self._client.trainings.async_create(
                model=trainer, version=version, input=asked, destination=destination, **hooks
            )
        )
        return str(made.id)

    async def look(self, training_id: str) -> Prediction | None:
        """One training as it stands, with its log; None when Replicate does not know it."""
        return await self._wire.look(f"/v1/trainings/{training_id}")

    async def page(self, address: str | None = None) -> Listing:
        """A page of recent trainings, newest first."""
        return await self._wire.page("/v1/trainings", address)

    async def cancel(self, training_id: str) -> None:
        """Ask for its end; what ran until then is charged."""
        await self._wire.end(f"/v1/trainings/{training_id}/cancel")

    async def ensure_private_model(self, name: str) -> None:
        """The destination `owner/name`: made private when it is missing.

        Raises:
            VendorRejected: It is there and public: weights of a person's face do not go there.
            OutcomeUnknown, VendorUnavailable, VendorClosed: Nothing was charged; ask again.
        """
        try:
            found = await self._wire.get(f"/v1/models/{name}")
        except NotFound:
            owner, _, short = name.partition("/")
            try:
                await paid(
                    self._client.models.async_create(owner=owner, name=short, visibility="private", hardware=HARDWARE)
                )
            except VendorClosed as error:
                # The token was good a moment ago: it may not make models for this owner.
                raise VendorRejected(
                    f"Replicate does not let us make the model {name}. Nothing was uploaded."
                ) from error
            return
        if not isinstance(found, dict) or found.get("visibility") != "private":
            raise VendorRejected(f"The model {name} is there already and is not private. Nothing was uploaded.")

    async def versions(self, name: str) -> tuple[tuple[str, str], ...]:
        """A model's versions as (64 hex digits, when it was made), newest first; none where there is no such model."""
        try:
            content = await self._wire.get(f"/v1/models/{name}/versions")
        except NotFound:
            return ()
        results = content.get("results", []) if isinstance(content, dict) else []
        return tuple((str(one["id"]), str(one.get("created_at", ""))) for one in results)

    async def delete_version(self, name: str, version: str) -> None:
        """Delete a trained version with its weights."""
        await self._wire.delete(f"/v1/models/{name}/versions/{version}")

    async def delete_model(self, name: str) -> None:
        """Delete a model that has no versions any more."""
        await self._wire.delete(f"/v1/models/{name}")

    async def upload(self, name: str, content: bytes, content_type: str) -> VendorFile:
        """Upload photographs. Raises: as `paid`; nothing is charged in any case."""
        made = await paid(
            self._client.files.async_create(io.BytesIO(content), filename=name, content_type=content_type),
            UPLOAD_TIMEOUT_S,
        )
        return VendorFile(
            id=made.id, name=made.name, address=str(made.urls["get"]), sha256=hashlib.sha256(content).hexdigest()
        )

    async def files(self) -> tuple[VendorFile, ...]:
        """Every file of the account."""
        found: list[VendorFile] = []
        address: str | None = None
        for _ in range(MOST_PAGES):
            content = await self._wire.get(f"/v1/files{query_of(address)}")
            if not isinstance(content, dict):
                raise VendorUnavailable("Replicate's answer made no sense.")
            found += [_file(one) for one in content.get("results", [])]
            address = content.get("next")
            if address is None:
                break
        return tuple(found)

    async def delete_file(self, file_id: str) -> None:
        """Delete a file at the vendor; one that is gone is as good."""
        await self._wire.delete(f"/v1/files/{file_id}")


def _file(content: dict[str, Any]) -> VendorFile:
    sums = content.get("checksums") or {}
    return VendorFile(
        id=str(content.get("id", "")),
        name=str(content.get("name", "")),
        address=str((content.get("urls") or {}).get("get", "")),
        sha256=sums.get("sha256"),
    )
