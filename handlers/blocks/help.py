"""How to ask: four groups with names from this lab, or one action."""

from handlers.blocks.kit import Block, actions, context, says, section
from handlers.message import Message
from pipeline.actions.registry import ACTIONS, BY_WORD, Actionable
from pipeline.lab.catalogue import Catalogue
from pipeline.language import manual
from pipeline.language.sentence import render
from pipeline.surfaces import code, mrkdwn

_GROUPS = {
    "make": ("Make images and models", "extend"),
    "judge": ("Judge them", "judge"),
    "look": ("Look at what is there", "show"),
    "decide": ("Decide and follow", "watch"),
}
"""By `Action.group`: the heading, and the action that *Try it* tries."""
_HEAR = (
    "I hear what begins with *in the labs channel*, what mentions me, what opens with such a request, and a job's"
    " thread. The price always comes before any money moves. `help judge` says more about one of these."
)


def usage(run: str, topic: str | None, catalogue: Catalogue | None = None) -> Message:
    """How to ask. `run` is a run of this lab, whose names the examples take."""
    made = manual.examples(run, catalogue)
    return _one(topic, run, made) if topic in made else _all(made)


def _all(made: dict[str, Actionable]) -> Message:
    blocks: list[Block] = []
    tries: list[Block] = []
    for group, (title, tried) in _GROUPS.items():
        own = [one for one in ACTIONS if one.group == group and one.in_help]
        words = ", ".join(f"`{one.word}`" for one in own)
        sentence = _harmless(made[tried])
        blocks.append(section(f"*{title}*: {words}\nFor example {code(sentence)}"))
        tries += says(f"Try {tried}", f"labs:say:{group}", sentence)
    titles = "; ".join(title.lower() for title, _tried in _GROUPS.values())
    return Message(text=f"What I can do: {titles}.", blocks=(*blocks, actions(*tries), context(_HEAR)))


def _harmless(request: Actionable) -> str:
    """The sentence of an example; one that would cost something asks for its price only."""
    pays = BY_WORD[request.action].pays
    return render(request.model_copy(update={"dry_run": True}) if pays else request)


def _one(topic: str, run: str, made: dict[str, Actionable]) -> Message:
    action = BY_WORD[topic]
    ways = "\n".join(f"• {code(text)}" for text in (render(made[topic]), *manual.ways(topic, run)))
    text = f"*{topic}*: {mrkdwn(action.meaning)}\n{ways}"
    blocks: list[Block] = [section(text)]
    if not action.decides:
        sentence = _harmless(made[topic])
        blocks.append(actions(*says("Try it", "labs:say:0", sentence)))
    return Message(text=text[:3900], blocks=tuple(blocks))
