"""`watch` and `unwatch`: who hears of a verdict."""

from typing import Literal

from pipeline.actions.action import Action
from pipeline.models import Value


class Watch(Value):
    """Tell me when this run has a verdict, or no longer."""

    action: Literal["watch", "unwatch"]
    run: str


WATCH = Action(
    word="watch",
    group="decide",
    request=Watch,
    phrases="""
        watch, keep an eye on, keep a watch on, keep watch (on|over), subscribe me to, notify me
        (when|once|if|about), tell me (when|once|as), let me know (when|once|if|as), ping me (when|once|if|as),
        give me a (shout|ping) (when|once), alert me (when|once), mention me when, follow,
        (ping|tell|notify|alert|message) (me|us) (as soon as|about|when|once|if|on|with), give (me|us) a
        (shout|ping|heads-up|nudge|sign) (when|once|as soon as|if|about), let (me|us) know (about|as soon
        as|how|when|once|if), subscribe (me|us), keep me (posted|updated) (on|about), (i|we) want to know when,
        wake me when, shout when, heads up when
    """,
    nouns="""
        verdict has is there done ready finished when once if as soon it judge judged through result about comes
        in out changes a new job run me us finishes with lands arrives gets been know
    """,
    not_before={"watch": "and out your", "follow": "up"},
    sentence="watch {run}",
    example=lambda place: Watch(action="watch", run=place.run),
    ways=("tell me when {run} has a verdict",),
)


UNWATCH = Action(
    word="unwatch",
    group="decide",
    request=Watch,
    phrases="""
        unwatch, un watch, stop watching, stop (telling|notifying|pinging) me [about|on], no longer watch, quit
        watching, unsubscribe [me|us] [from], mute, stop (following|bothering|messaging|alerting|mentioning)
        [me|us] [about|on|for|with], (don't|dont|do not) (tell|ping|notify|message|alert) (me|us) [anymore|any
        more] (about|on|when), no more (pings|messages|updates|news|notifications) (about|on|for), unfollow
    """,
    nouns="verdict it this about run me us anymore any more updates job",
    sentence="unwatch {run}",
    example=lambda place: Watch(action="unwatch", run=place.run),
    ways=("stop watching {run}",),
)
