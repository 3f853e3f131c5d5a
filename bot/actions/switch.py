"""`pause` and `resume`: every new paid call at once."""

from bot.actions.action import Reply, Turn
from bot.actions.decide import pause
from bot.bench import Bench
from handlers.blocks import switches
from pipeline.actions.switch import Switch


async def answer(bench: Bench, turn: Turn, request: Switch) -> Reply:
    changed = await pause(bench, turn.row.person, request.reason, on=request.action == "pause")
    return Reply(switches.switched(request, changed=changed))
