"""A plan in words: what will be done, with what, and what it will cost."""

from handlers.blocks.kit import clip, seconds
from pipeline.actions.action import JobWords
from pipeline.actions.registry import BY_WORD
from pipeline.fixture.findings import Finding, Level, Preflight, accounted, grouped
from pipeline.makers.flux_lora import WORDS
from pipeline.money import as_said, dollars
from pipeline.plan.entries import Entry, LeftOut
from pipeline.plan.plan import Making, Plan, Training
from pipeline.surfaces import code, mrkdwn
from pipeline.wordlist import many

SIGNS = {Level.GREEN: ":large_green_circle:", Level.AMBER: ":large_yellow_circle:", Level.RED: ":red_circle:"}
MOST_NAMED = 12
"""Findings that a message names; the contact sheet shows all of them."""
LINE = "\n"
NOT_SAID = frozenset({"steps", "lora_rank", "trigger_word", "training_steps"})


MAKES = JobWords("make images of", "Making", "Made")
"""How a message speaks of a job that makes images, whatever it began with."""


def words_of(plan: Plan) -> JobWords:
    """How the plan's own action is spoken of."""
    return BY_WORD[plan.action].job or MAKES


def subject(plan: Plan) -> str:
    """`judge runs/X`, `re-run runs/X`, `train a LoRA of JD`: as a headline."""
    if plan.training:
        again = plan.training.parent
        return f"retrain runs/{again}" if again else f"train a LoRA of {plan.training.identity.upper()}"
    run = plan.making.parent if plan.making and plan.making.parent else plan.run
    return f"{words_of(plan).verb} runs/{run}"


def title(plan: Plan) -> str:
    """`Train JD · up to $3.35 · about 20 min`: what, the most that it may cost, how long; plain text."""
    if not plan.buys:
        return f"{name(plan)} · free"
    return f"{name(plan)} · up to {dollars(plan.estimate.high_micros)} · about {seconds(plan.took_s)}"


def name(plan: Plan) -> str:
    """`Train JD`, `Re-run 20260529-cb-lora-v1`: as short as it can be said."""
    if plan.training:
        again = plan.training.parent
        return f"Retrain {again}" if again else f"Train {plan.training.identity.upper()}"
    run = plan.making.parent if plan.making and plan.making.parent else plan.run
    verb = words_of(plan).verb
    return f"{verb[:1].upper()}{verb[1:]} {run}"


def brief(plan: Plan) -> str:
    """What somebody decides by, as mrkdwn: what is done, what differs, what it costs. The rest is in the details."""
    return "\n".join([*what(plan), f"Estimate {_price(plan)}"])


def what(plan: Plan) -> list[str]:
    """What is done, and what differs from before; a line each."""
    lines = []
    if training := plan.training:
        parameters = training.parameters
        steps = parameters.get("steps") or parameters.get("training_steps")
        rank = f", rank {parameters['lora_rank']}" if "lora_rank" in parameters else ""
        word = code(training.preflight.trigger_word)
        lines.append(f"{mrkdwn(training.diff[:1].upper() + training.diff[1:])} · {steps} steps{rank} · {word}")
        lines.append(f"Into the new run {code('runs/' + plan.run)}")
        lines += [_matrix(plan.making)] if plan.making else []
    elif plan.making:
        lines += _made(plan, plan.making)[: None if plan.making.entries else 2]
        asked = [f"{WORDS[one]} {plan.making.settings[one]}" for one in plan.making.asked if one in WORDS]
        lines += [", ".join(asked)] if asked else []
    if plan.judge:
        reference = plan.judge.reference.rpartition("/")[2]
        lines.append(f"{_judged(plan).partition(LINE)[0]} · by {code(plan.judge.model)} against {code(reference)}")
    return lines


def told(plan: Plan) -> str:
    """All of the plan's lines, as mrkdwn."""
    lines = _trained(plan, plan.training) if plan.training else []
    if plan.making:
        lines += [_matrix(plan.making)] if plan.training else _made(plan, plan.making)
    lines += [_judged(plan)] if plan.judge else []
    return "\n".join([*lines, f"Estimate {_price(plan)}"])


def _trained(plan: Plan, training: Training) -> list[str]:
    """What is trained, by what, with what."""
    checked = training.preflight
    rest = ", ".join(
        f"{name.replace('_', ' ')} {value}" for name, value in training.parameters.items() if name not in NOT_SAID
    )
    steps = training.parameters.get("steps") or training.parameters.get("training_steps")
    rank = f", rank {training.parameters['lora_rank']}" if "lora_rank" in training.parameters else ""
    return [
        (
            f"{mrkdwn(training.diff[:1].upper() + training.diff[1:])}; {code(checked.fixture)}, the judge's"
            f" reference {code(checked.reference.rpartition('/')[2])}"
        ),
        (
            f"*{steps} steps{rank}*, trigger word {code(checked.trigger_word)} · into the private model"
            f" {code(training.destination)}, the new run {code('runs/' + plan.run)}"
        ),
        f"Trainer `{training.trainer}:{training.version[:12]}` ({mrkdwn(rest)})",
    ]


_SHOWN = 3


def preflight_lines(checked: Preflight) -> list[str]:
    """`Pre-flight: 12 green, 1 amber`, and what is amber or red by name."""
    counts = [(level, sum(photo.level is level for photo in checked.photos)) for level in Level]
    said = " · ".join(f"{SIGNS[level]} {count} {level.value}" for level, count in counts if count)
    found = [_grouped(several) for several in grouped(checked.findings)]
    unchecked = "" if checked.faces_checked else " (faces are not checked)"
    photos = many(len(checked.photos), "photograph")
    lines = [f"Pre-flight of {photos}: {said}{unchecked}", mrkdwn(clip(" · ".join(accounted(checked)), 900))]
    more = [f"… and {len(found) - MOST_NAMED} more: the contact sheet shows them"] if len(found) > MOST_NAMED else []
    return [*lines, *found[:MOST_NAMED], *more]


def _grouped(several: tuple[Finding, ...]) -> str:
    """What is the same of many photographs is said once, with their number."""
    if len(several) == 1:
        return finding_line(several[0])
    first = several[0]
    more = f" and {len(several) - _SHOWN} more" if len(several) > _SHOWN else ""
    named = ", ".join(code(one.about) for one in several[:_SHOWN])
    what = f"{mrkdwn(clip(first.what, 300))} – {mrkdwn(first.do)}"
    return f"{SIGNS[first.level]} {many(len(several), 'photograph')} ({named}{more}): {what}"


def finding_line(one: Finding) -> str:
    """One finding by the name that it is accepted by."""
    return f"{SIGNS[one.level]} {code(one.about)}: {mrkdwn(clip(one.what, 300))} – {mrkdwn(one.do)}"


def _matrix(making: Making) -> str:
    prompts = list(dict.fromkeys(image.prompt_id for image in making.images))
    seeds = list(dict.fromkeys(image.seed for image in making.images))
    return f"Then {mrkdwn(making.matrix)} ({mrkdwn(', '.join(prompts))} at seeds {', '.join(map(str, seeds))})"


def _made(plan: Plan, making: Making) -> list[str]:
    where = f" in the new run {code('runs/' + plan.run)}" if making.parent else ""
    first = f"{mrkdwn(making.matrix)}{where}"
    if making.kept:
        kept = len(making.kept)
        first += f" · {kept} exist{'s' if kept == 1 else ''} already and {'is' if kept == 1 else 'are'} not made again"
    if making.entries:
        rows = [*map(_entry, making.entries), *map(left_out, making.left_out)]
        return [first, f"Difference: {mrkdwn(making.diff)}", *rows]
    if not making.version:
        return [first, f"Difference: {mrkdwn(making.diff)}", "Each by its own maker, as it was asked for"]
    version = making.version.rpartition(":")
    return [
        first,
        f"Difference: {mrkdwn(making.diff)}",
        f"Trained version `{mrkdwn(version[0])}:{version[2][:12]}`, {_settings(making)}",
    ]


def _entry(entry: Entry) -> str:
    """`• *PuLID* 6 pictures, $0.04 by the GPU second · for research only: InsightFace weights`."""
    cost = f"{entry.estimate} by the {entry.counts}" if entry.to_order else "copied, $0.00"
    said = [f"*{mrkdwn(entry.title)}* {many(entry.images, 'picture')}, {cost}"]
    said += [f":warning: for research only: {mrkdwn(entry.research_only)}"] if entry.research_only else []
    said += [mrkdwn(one) for one in entry.cannot]
    return f"• {' · '.join(said)}"


def left_out(one: LeftOut) -> str:
    """A vendor that was asked for and takes no part, with its cause."""
    return f"• _left out:_ {mrkdwn(one.name)}, {mrkdwn(one.why)}"


def _settings(making: Making) -> str:
    said = []
    for name, word in WORDS.items():
        if name in making.settings:
            assumed = "" if making.settings_known or name in making.asked else " (default)"
            said.append(f"{word} {making.settings[name]}{assumed}")
    return ", ".join(said)


def _judged(plan: Plan) -> str:
    if plan.judge is None:
        return ""
    cells = len(plan.request.cells or plan.cells) if plan.request.action == "judge" else len(plan.cells)
    votes = f", {plan.votes} votes a cell" if plan.votes > 1 else ""
    what = [
        f"{'Then the judge: ' if plan.making else ''}{cells} cell{'' if cells == 1 else 's'} on all four axes{votes}"
    ]
    if plan.stored:
        what.append(f"{plan.stored} stored judgement{'s' if plan.stored > 1 else ''} used again, {plan.judged} to buy")
    if plan.unusable:
        what.append(f"{len(plan.unusable)} without a usable image")
    judge = plan.judge
    return " · ".join(what) + f"\nJudge {code(judge.model)}, rubric {judge.rubric}, against {code(judge.reference)}"


def _price(plan: Plan) -> str:
    if not plan.buys:
        return "*$0.00*: nothing to buy"
    said = f"*{plan.estimate}* ({mrkdwn(plan.estimate.basis)}), about {seconds(plan.took_s)}"
    if plan.training:
        parts = [f"training {dollars(plan.training.estimate.usd_micros)}"]
        parts += [f"images {dollars(plan.making.estimate.usd_micros)}"] if plan.making else []
        parts += [f"judge {dollars(plan.judging_estimate.usd_micros)}"] if plan.judge else []
        said += f": {', '.join(parts)}"
    elif plan.making and plan.judge:
        said += (
            f": images {dollars(plan.making.estimate.usd_micros)}, judge {dollars(plan.judging_estimate.usd_micros)}"
        )
    if plan.request.cap_usd is not None:
        said += f", stops at {as_said(plan.request.cap_usd)}"
    return said


def count(plan: Plan) -> str:
    """`9 images, 9 judgements`: what is bought."""
    images = len(plan.making.ordered) if plan.making else 0
    parts = ["a training"] if plan.training else []
    parts += [f"{images} image{'' if images == 1 else 's'}"] if plan.making else []
    parts += [f"{many(plan.judged, 'judgement')}"] if plan.judge else []
    return ", ".join(parts)
