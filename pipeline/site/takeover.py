"""What a successor needs, made from state: fixtures and consents, models at the vendors, prices with their dates."""

from collections import Counter
from datetime import date

from pipeline.errors import LabError
from pipeline.fixture.facts import read_facts
from pipeline.lab.lab import Lab
from pipeline.makers.registry import MAKERS
from pipeline.models import Value
from pipeline.prices import AS_OF, MODELS
from pipeline.site.lab_facts import LabFacts
from pipeline.site.states import States


class Fixture(Value):
    """One person's photographs, and what allows their use."""

    name: str
    identity: str
    photos: int
    fit: int
    """Photographs that may be used today."""
    consents: str
    until: str
    why_not: tuple[str, ...]
    """What forbids the others, the most frequent first."""


class Model(Value):
    """A trained version at the vendor."""

    version: str
    runs: tuple[str, ...]
    identity: str


class Price(Value):
    """What a vendor's list says."""

    name: str
    model: str
    unit: str
    read: str
    licence: str


class Takeover(Value):
    """`site/takeover.html`."""

    facts: LabFacts
    runs: int
    cells: int
    fixtures: tuple[Fixture, ...]
    models: tuple[Model, ...]
    makers: tuple[Price, ...]
    judges: tuple[Price, ...]


def takeover_of(lab: Lab, seen: States, facts: LabFacts) -> Takeover:
    """Everything as it stands today."""
    versions: dict[str, list[str]] = {}
    identities: dict[str, str] = {}
    for state in seen.states:
        if state.trained_version:
            versions.setdefault(state.trained_version, []).append(state.run)
            identities[state.trained_version] = (state.identity or "").upper()
    return Takeover(
        facts=facts,
        runs=len(seen.states) + len(seen.unreadable),
        cells=sum(len(state.cells) for state in seen.states),
        fixtures=tuple(_fixture(lab, name, facts) for name in lab.fixtures()),
        models=tuple(
            Model(version=version, runs=tuple(runs), identity=identities[version])
            for version, runs in reversed(versions.items())
        ),
        makers=tuple(
            Price(
                name=one.name,
                model=(one.model or "the run's trained version").partition(":")[0],
                unit=f"{_usd(one.price.unit_micros)} a {one.price.basis.value}",
                read=one.price.as_of.isoformat(),
                licence=one.licence,
            )
            for one in (MAKERS.matrix, *(other for other in MAKERS.every if other is not MAKERS.matrix))
        ),
        judges=tuple(
            Price(
                name=name,
                model=name,
                unit=f"${price.input} in, ${price.output} out a million tokens",
                read=AS_OF.isoformat(),
                licence="",
            )
            for name, price in MODELS.items()
        ),
    )


def _fixture(lab: Lab, name: str, facts: LabFacts) -> Fixture:
    photos = [path.rpartition("/")[2] for path in lab.photos(name)]
    try:
        read = read_facts(lab, name)
    except LabError as error:
        return Fixture(name=name, identity="", photos=len(photos), fit=0, consents="", until="", why_not=(str(error),))
    if read is None:
        none = ("there is no fixture.toml: `labs facts` writes one",)
        return Fixture(name=name, identity="", photos=len(photos), fit=0, consents="", until="", why_not=none)
    today = date.fromisoformat(facts.today)
    each = [read.of(photo) for photo in photos]
    lacking = Counter(why for one in each if (why := one.lacks(facts.consent_bases, today)))
    consents = Counter(one.consent for one in each if one.consent)
    until = sorted({one.consent_until.isoformat() for one in each if one.consent_until})
    gone = f"withdrawn on {read.all.withdrawn.isoformat()}" if read.all.withdrawn else ""
    return Fixture(
        name=name,
        identity=(read.identity or "").upper(),
        photos=len(photos),
        fit=len(photos) - lacking.total(),
        consents=gone or ", ".join(f"{basis} ({count})" for basis, count in consents.most_common()),
        until=until[0] if until else "",
        why_not=tuple(f"{why} ({count})" for why, count in lacking.most_common()),
    )


def _usd(micros: int) -> str:
    return f"${micros / 1_000_000:.6f}".rstrip("0").rstrip(".") if micros % 10_000 else f"${micros / 1_000_000:.2f}"
