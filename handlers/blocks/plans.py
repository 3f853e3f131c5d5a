"""A plan in words: what will be done, with what, and what it will cost."""

from handlers.blocks.kit import escape, seconds
from pipeline.money import dollars
from pipeline.plan import Making, Plan

VERBS = {"judge": "judge", "rerun": "re-run", "extend": "extend", "redo": "redo cells of"}


def subject(plan: Plan) -> str:
    """`judge runs/X`, `re-run runs/X`: as a headline."""
    run = plan.making.parent if plan.making and plan.making.parent else plan.run
    return f"{VERBS[plan.action]} runs/{run}"


def told(plan: Plan) -> str:
    """The plan's lines, as mrkdwn."""
    lines = _made(plan, plan.making) if plan.making else []
    lines += [_judged(plan)] if plan.judge else []
    return "\n".join([*lines, f"Estimate {_price(plan)}"])


def _made(plan: Plan, making: Making) -> list[str]:
    where = f" in the new run `runs/{escape(plan.run)}`" if making.parent else ""
    first = f"{escape(making.matrix)}{where}"
    if making.kept:
        many = len(making.kept)
        first += f" · {many} exist{'s' if many == 1 else ''} already and {'is' if many == 1 else 'are'} not made again"
    version = making.version.rpartition(":")
    return [
        first,
        f"Difference: {escape(making.diff)}",
        f"Trained version `{escape(version[0])}:{version[2][:12]}`, {_settings(making)}",
    ]


def _settings(making: Making) -> str:
    names = {"num_inference_steps": "steps", "guidance_scale": "guidance", "lora_scale": "scale"}
    said = ", ".join(
        f"{word} {making.settings[name]}" for name, word in names.items() if name in making.settings
    )
    return said if making.settings_known else f"{said} (defaults)"


def _judged(plan: Plan) -> str:
    if plan.judge is None:
        return ""
    cells = len(plan.cells)
    votes = f", {plan.votes} votes a cell" if plan.votes > 1 else ""
    what = [
        f"{'then the judge: ' if plan.making else ''}{cells} cell{'' if cells == 1 else 's'} on all four axes{votes}"
    ]
    if plan.stored:
        what.append(
            f"{plan.stored} stored judgement{'s' if plan.stored > 1 else ''} used again, {plan.judged} to buy"
        )
    if plan.unusable:
        what.append(f"{len(plan.unusable)} without a usable image")
    judge = plan.judge
    return (
        " · ".join(what)
        + f"\nJudge `{escape(judge.model)}`, rubric {judge.rubric}, against `{escape(judge.reference)}`"
    )


def _price(plan: Plan) -> str:
    if not plan.buys:
        return "*$0.00*: nothing to buy"
    said = f"*{plan.estimate}* ({escape(plan.estimate.basis)}), about {seconds(plan.took_s)}"
    if plan.making and plan.judge:
        said += f": images {dollars(plan.making.estimate.usd_micros)}, judge {dollars(plan.judging_estimate.usd_micros)}"
    if plan.request.cap_usd is not None:
        said += f", stops at ${plan.request.cap_usd:g}"
    return said


def count(plan: Plan) -> str:
    """`9 images, 9 calls`: what is bought."""
    images = len(plan.making.ordered) if plan.making else 0
    parts = [f"{images} image{'' if images == 1 else 's'}"] if plan.making else []
    parts += [f"{plan.judged} calls"] if plan.judge else []
    return ", ".join(parts)
