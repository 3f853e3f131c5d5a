"""Models, versions and files of the sandbox's Replicate account."""

import hashlib
import secrets
import time
import uuid
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import BodyPartReader, web

from bot.sandbox.drawing import Person
from bot.sandbox.replicate import gallery

OWNER = "sandbox-lab"
LAB_VERSION = "5a" * 32
"""The trained version that the sample lab's runs name."""
MOST_FILE_BYTES = 100 * 2**20
Guard = Callable[[str, Any], Any]


class Shelf:
    """What is kept between predictions."""

    def __init__(self) -> None:
        self.models: dict[str, dict[str, Any]] = {}
        self.versions: dict[str, str] = {}
        """Model names by version."""
        self._made_at: dict[str, float] = {}
        self.files: dict[str, tuple[dict[str, Any], bytes]] = {}
        self.uploaded: list[bytes] = []
        """Every file that was ever uploaded: what the tests count."""
        self.people: dict[str, Person] = {}
        """Who appears in the pictures of a trained version; of others the sample lab's first person does."""
        self.changed: dict[str, dict[str, Any]] = {}
        """Public models that are shown otherwise than they were published: what a test wants."""
        self.url = ""
        self.before_listing: Callable[[], None] = lambda: None
        """Called before versions are shown: a training may have ended meanwhile."""
        self.train(f"{OWNER}/cb-lora", LAB_VERSION)

    def train(self, model: str, version: str, visibility: str = "private", at: float | None = None) -> None:
        """A version that can be ordered from, made at a moment."""
        self.versions[version] = model
        self._made_at[version] = time.time() if at is None else at
        self.models.setdefault(model, self._model(model, visibility))
        self.models[model]["latest_version"] = self._version(version)

    def has_version(self, named: str) -> bool:
        return named.rpartition(":")[2] in self.versions

    def model_of(self, named: str) -> str:
        return self.versions[named.rpartition(":")[2]]

    def routes(self, app: web.Application, guard: Guard) -> None:
        base = "/replicate/v1"
        add = app.router
        add.add_post(f"{base}/models", guard("models.create", self._create_model))
        add.add_get(f"{base}/models/{{owner}}/{{name}}", guard("models.get", self._get_model))
        add.add_get(f"{base}/models/{{owner}}/{{name}}/versions", guard("versions.list", self._versions))
        add.add_get(f"{base}/models/{{owner}}/{{name}}/versions/{{id}}", guard("versions.get", self._get_version))
        add.add_delete(
            f"{base}/models/{{owner}}/{{name}}/versions/{{id}}", guard("versions.delete", self._delete_version)
        )
        add.add_delete(f"{base}/models/{{owner}}/{{name}}", guard("models.delete", self._delete_model))
        add.add_post(f"{base}/files", guard("files.create", self._create_file))
        add.add_get(f"{base}/files", guard("files.list", self._list_files))
        add.add_get(f"{base}/files/{{id}}", guard("files.get", self._get_file))
        add.add_delete(f"{base}/files/{{id}}", guard("files.delete", self._delete_file))

    def _model(self, name: str, visibility: str) -> dict[str, Any]:
        owner, _, short = name.partition("/")
        return {
            "url": f"https://replicate.com/{name}",
            "owner": owner,
            "name": short,
            "description": None,
            "visibility": visibility,
            "github_url": None,
            "paper_url": None,
            "license_url": None,
            "run_count": 0,
            "cover_image_url": None,
            "default_example": None,
            "latest_version": None,
        }

    def _version(self, version: str) -> dict[str, Any]:
        made = datetime.fromtimestamp(self._made_at[version], UTC).isoformat().replace("+00:00", "Z")
        return {"id": version, "created_at": made, "cog_version": "0.14.0", "openapi_schema": {}}

    def _named(self, request: web.Request) -> str:
        return f"{request.match_info['owner']}/{request.match_info['name']}"

    async def _create_model(self, request: web.Request) -> web.Response:
        body = await request.json()
        missing = {"owner", "name", "visibility", "hardware"} - set(body)
        if missing:
            return _problem(422, f"- {min(missing)} is required")
        name = f"{body['owner']}/{body['name']}"
        if name in self.models:
            return _problem(409, "A model with that name and owner already exists")
        self.models[name] = self._model(name, body["visibility"])
        return web.json_response(self.models[name], status=201)

    async def _get_model(self, request: web.Request) -> web.Response:
        name = self._named(request)
        found = self.changed.get(name) or self.models.get(name) or gallery.shown(name)
        return web.json_response(found) if found else _problem(404, "Not found")

    async def _versions(self, request: web.Request) -> web.Response:
        self.before_listing()
        own = [one for one, model in self.versions.items() if model == self._named(request)]
        results = [self._version(one) for one in own]
        return web.json_response({"previous": None, "next": None, "results": results})

    async def _get_version(self, request: web.Request) -> web.Response:
        if self.versions.get(request.match_info["id"]) != self._named(request):
            return _problem(404, "Not found")
        return web.json_response(self._version(request.match_info["id"]))

    async def _delete_version(self, request: web.Request) -> web.Response:
        if self.versions.pop(request.match_info["id"], None) is None:
            return _problem(404, "Not found")
        return web.Response(status=202)

    async def _delete_model(self, request: web.Request) -> web.Response:
        name = self._named(request)
        if name not in self.models:
            return _problem(404, "Not found")
        if name in self.versions.values():
            return _problem(409, "A model that has versions cannot be deleted")
        del self.models[name]
        return web.Response(status=204)

    async def _create_file(self, request: web.Request) -> web.Response:
        # Part by part: `request.post()` leaves its temporary file open when a bot dies in the middle.
        if not request.content_type.startswith("multipart/"):
            return _problem(400, "Missing content")
        parts = await request.multipart()
        part = await parts.next()
        while isinstance(part, BodyPartReader) and part.name != "content":
            part = await parts.next()
        if not isinstance(part, BodyPartReader):
            return _problem(400, "Missing content")
        content, kind = bytes(await part.read()), part.headers.get("content-type", "")
        if len(content) > MOST_FILE_BYTES:
            return _problem(413, "Files must be less than 100MB in size")
        self.uploaded.append(content)
        one = b64encode(str(uuid.uuid4()).encode()).decode().rstrip("=")
        self.files[one] = (self._file(one, part.filename or "", kind, content), content)
        return web.json_response(self.files[one][0], status=201)

    def _file(self, one: str, name: str, kind: str, content: bytes) -> dict[str, Any]:
        created = datetime.now(UTC)
        sums = {"sha256": hashlib.sha256(content).hexdigest(), "md5": hashlib.md5(content).hexdigest()}  # noqa: S324  # the vendor's own field
        return {
            "id": one,
            "name": name,
            "content_type": kind,
            "size": len(content),
            "etag": secrets.token_hex(16),
            "checksums": sums,
            "metadata": {},
            "created_at": created.isoformat(),
            "expires_at": (created + timedelta(days=1)).isoformat(),
            "urls": {"get": f"{self.url}/replicate/v1/files/{one}"},
        }

    async def _list_files(self, _request: web.Request) -> web.Response:
        found = [shown for shown, _content in self.files.values()]
        return web.json_response({"previous": None, "next": None, "results": found})

    async def _get_file(self, request: web.Request) -> web.Response:
        found = self.files.get(request.match_info["id"])
        return web.json_response(found[0]) if found else _problem(404, "Not found")

    async def _delete_file(self, request: web.Request) -> web.Response:
        if self.files.pop(request.match_info["id"], None) is None:
            return _problem(404, "Not found")
        return web.Response(status=204)


def _problem(status: int, detail: str) -> web.Response:
    return web.json_response({"title": "Refused", "detail": detail, "status": status}, status=status)
