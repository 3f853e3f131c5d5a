"""`watch` and `unwatch`: who hears of a verdict."""

from collections.abc import Callable
from typing import Literal

from pipeline.actions.action import Action
from pipeline.language.reading import Fields, Reading
from pipeline.language.slots import cells, targets
from pipeline.models import Value


class Watch(Value):
    """Tell me when this run has a verdict, or no longer."""

    action: Literal["watch", "unwatch"]
    run: str


def watch(action: str) -> Callable[[Reading], Fields]:
    """A reader for `watch` or `unwatch`."""

    def reader(reading: Reading) -> Fields:
        cells.labels(reading)
        return {"action": action, "run": targets.one_run(reading)}

    return reader


WATCH = Action(
    word="watch",
    request=Watch,
    phrases="""
        watch, keep an eye on, subscribe me to, notify me (when|once|if|about), tell me (when|once|as), let me know
        (when|once|if|as), ping me (when|once|if|as), give me a (shout|ping) (when|once), alert me (when|once),
        mention me when, follow
    """,
    not_before={"watch": "and out your", "follow": "up"},
    sentence="watch {run}",
    read=watch("watch"),
    example=lambda place: Watch(action="watch", run=place.run),
    ways=("tell me when {run} has a verdict",),
)


UNWATCH = Action(
    word="unwatch",
    request=Watch,
    phrases="""
        unwatch, un watch, stop watching, stop (telling|notifying|pinging) me [about|on], no longer watch, quit
        watching, unsubscribe [me] from
    """,
    sentence="unwatch {run}",
    read=watch("unwatch"),
    example=lambda place: Watch(action="unwatch", run=place.run),
    ways=("stop watching {run}",),
)
