"""Who speaks: a person is a workspace *and* a user, made out once, at the door.

A colleague is `U0DANA`; the same id in any other workspace is `T0ELSE/U0DANA`, which equals no approver's id, owns no
job and shares no budget.
"""

from collections.abc import Iterable
from typing import Any

from pipeline.models import Value


class Ours(Value):
    """This app, as Slack knows it in this workspace."""

    team: str | None = None
    """None: not known (a shell), and then nothing is told apart."""
    enterprise: str | None = None
    app: str | None = None
    """None: Slack did not say."""
    user: str = "U0LABSBOT"
    url: str | None = None
    """`https://lab.slack.com/`, for links to threads."""


def addressed(body: dict[str, Any], ours: Ours) -> bool:
    """Whether a payload is meant for this app in this workspace.

    In a shared channel `team_id` may be the other side's: there the authorization says whose installation it is.
    """
    authorized = (body.get("authorizations") or [{}])[0]
    where = (body.get("team") or {}).get("id") or body.get("team_id")
    team = authorized.get("team_id") or where
    mine = {None, ours.team, ours.enterprise}
    return ours.team is None or (team in mine and (ours.app is None or body.get("api_app_id") in {None, ours.app}))


def person(user: str, teams: Iterable[object], ours: Ours) -> str:
    """The person, by the workspaces that the payload names for them."""
    mine = {ours.team, ours.enterprise}
    foreign = [team for team in teams if team and team not in mine] if ours.team else []
    return f"{foreign[0]}/{user}" if foreign else user


def speaker(said: dict[str, Any], ours: Ours) -> str:
    """Of a message."""
    return person(str(said["user"]), [said.get(name) for name in ("user_team", "team", "source_team")], ours)


def presser(body: dict[str, Any], ours: Ours) -> str:
    """Of a click or a modal; empty where Slack names nobody."""
    user = body.get("user") or {}
    return person(str(user["id"]), [user.get("team_id")], ours) if user.get("id") else ""


def split(person: str) -> tuple[str | None, str]:
    """The other workspace, and the user's id; None for a colleague."""
    team, _, user = person.rpartition("/")
    return team or None, user
