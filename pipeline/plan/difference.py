"""What a training changes, in words: who is trained, or what differs from the run that is trained again."""

from pipeline.fixture.findings import Preflight
from pipeline.lab.lab import Lab
from pipeline.lab.run import Run
from pipeline.makers.trainers import Parameters, Trainer
from pipeline.wordlist import many


def of_whom(lab: Lab, checked: Preflight) -> str:
    """Of a training that repeats no run: who it is, and from how many photographs."""
    who = checked.identity.upper()
    known = any(Run(lab.root, name).identity == checked.identity for name in lab.runs())
    return f"{f'{who} anew,' if known else f'new identity {who}'} from {many(len(checked.training), 'photograph')}"


def difference(trainer: Trainer, parameters: Parameters, before: Parameters, parent: Run, checked: Preflight) -> str:
    """What differs from the run that is trained again."""
    names = {trainer.steps: "steps", trainer.rank: "rank", "trigger_word": "trigger word"}
    changed = []
    for name, word in names.items():
        if name is None:
            continue
        was, now = before.get(name), parameters[name]
        if was != now:
            changed.append(f"{word} {'unknown' if was is None else was} → {now}")
    changed += _photos_changed(parent, checked)
    return f"{parent.name} trained again: {', '.join(changed) or 'the same parameters'}"


def _photos_changed(parent: Run, checked: Preflight) -> list[str]:
    """Photographs that came or went since the run that is trained again; nothing where it does not say which it had."""
    recorded = parent.manifest.fixture if parent.manifest else None
    before = {photo.sha256 for photo in recorded.photos} if recorded else set()
    if not before:
        return []
    new = sum(photo.sha256 not in before for photo in checked.training)
    gone = len(before - {photo.sha256 for photo in checked.photos})
    return [f"{many(count, 'photograph')} {word}" for count, word in ((new, "more"), (gone, "fewer")) if count]
