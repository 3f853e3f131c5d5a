"""Replicate's API on loopback, as far as this bot asks it now: the account and the list of predictions."""

from aiohttp import web

from bot.sandbox.faults import Faults

TOKEN = "r8_sandbox"  # noqa: S105  # of the sandbox only


class ReplicateServer:
    """Nothing is made here yet; the sample run's images come with the lab."""

    def __init__(self) -> None:
        self.faults = Faults()
        self.url = ""

    def routes(self, app: web.Application) -> None:
        app.router.add_get("/replicate/v1/account", self._account)
        app.router.add_get("/replicate/v1/predictions", self._predictions)

    async def _account(self, request: web.Request) -> web.StreamResponse:
        async def answer() -> web.StreamResponse:
            if refused := _refused(request):
                return refused
            return web.json_response(
                {
                    "type": "organization",
                    "username": "sandbox-lab",
                    "name": "Sandbox lab",
                    "github_url": "https://github.com/sandbox-lab",
                }
            )

        return await self.faults.serve("account", request, answer)

    async def _predictions(self, request: web.Request) -> web.StreamResponse:
        return _refused(request) or web.json_response(
            {"previous": None, "next": None, "results": []}
        )


def _refused(request: web.Request) -> web.Response | None:
    if request.headers.get("Authorization") == f"Bearer {TOKEN}":
        return None
    body = {
        "title": "Unauthenticated",
        "detail": "You did not pass a valid authentication token",
        "status": 401,
    }
    return web.json_response(body, status=401)
