"""A run's second opinion into `faces.json`: measured once a picture, from photographs that were not the reference."""

from pathlib import PurePosixPath

from pipeline import pictures
from pipeline.errors import BadPicture, LabError
from pipeline.evidence.second_opinion import COPY, FEWEST, band_of
from pipeline.fixture.face_network import FaceReader, Seen, Vector, cosine, mean_of
from pipeline.fixture.facts import FixtureFacts, read_facts
from pipeline.fixture.likeness import SAME
from pipeline.fixture.measures import Measurer
from pipeline.lab.face_report import FILE, CellFace, FaceReport
from pipeline.lab.lab import Lab
from pipeline.lab.paths import inside
from pipeline.lab.run import Run
from pipeline.plan.consent import ConsentRules

ENGINE = "YuNet and SFace (OpenCV Zoo, int8), RGB, mirrored and averaged"
MOST_PHOTOS = 40


def look_at_faces(lab: Lab, run: Run, reader: FaceReader, measurer: Measurer, rules: ConsentRules) -> str | None:
    """Measure what is not measured yet, and write the report; why there is none, where that is so.

    CPU: some 100 ms a picture. Raises: LabError when the disk refuses.
    """
    photos = _photos(lab, run, reader, rules)
    if len(photos) < FEWEST:
        return f"it takes {FEWEST} photographs of the person with a face that can be measured; {len(photos)} are there"
    vectors = dict(photos)
    others = [
        cosine(vector, mean_of([other for name, other in vectors.items() if name != own]))
        for own, vector in vectors.items()
    ]
    band, middle = band_of(others)
    names = tuple(PurePosixPath(path).name for path in vectors)
    before = run.faces
    known = before.cells if before and (before.photos, before.engine) == (names, ENGINE) else {}
    common = mean_of(list(vectors.values()))
    cells: dict[str, CellFace] = {}
    for cell in run.cells:
        try:
            content = pictures.read(inside(run.root, cell.image))
            sha256 = pictures.sha256(content)
            held = known.get(cell.label)
            same = held if held is not None and held.sha256 == sha256 else None
            seen = reader.read(pictures.decode(content, cell.label)) if same is None else None
        except (BadPicture, LabError):
            continue
        cells[cell.label] = same or _face(lab, seen or Seen(0, None), sha256, common, vectors, measurer, cell.image)
    report = FaceReport(engine=ENGINE, photos=names, band=band, middle=middle, cells=cells)
    run.write(FILE, (report.model_dump_json(indent=2) + "\n").encode())
    return None


def _photos(lab: Lab, run: Run, reader: FaceReader, rules: ConsentRules) -> list[tuple[str, Vector]]:
    """The person's photographs that may be used, with what the network makes of their face."""
    reference = run.output.reference if run.output else run.manifest.reference if run.manifest else None
    found = []
    for path in _allowed(lab, run, rules)[:MOST_PHOTOS]:
        if path == reference:
            continue
        try:
            content = pictures.read(inside(lab.root, path), pictures.MOST_PHOTO_BYTES)
            seen = reader.read(pictures.decode_photograph(content, path).image)
        except (BadPicture, LabError):
            continue
        if seen.vector is not None:
            found.append((path, seen.vector))
    return found


def _allowed(lab: Lab, run: Run, rules: ConsentRules) -> list[str]:
    found = []
    for path in lab.own_photos(run):
        _inputs, fixture, name = PurePosixPath(path).parts[:3]
        try:
            facts = read_facts(lab, fixture) or FixtureFacts()
        except LabError:
            continue
        if facts.of(name).lacks(rules.bases, rules.today) is None:
            found.append(path)
    return found


def _face(
    lab: Lab, seen: Seen, sha256: str, common: Vector, photos: dict[str, Vector], measurer: Measurer, image: str
) -> CellFace:
    if seen.vector is None:
        return CellFace(sha256=sha256, height=seen.height, why=seen.why)
    nearest = max(photos, key=lambda path: cosine(seen.vector or (), photos[path]))
    copied = cosine(seen.vector, photos[nearest]) > COPY and _alike(lab, measurer, image, nearest)
    return CellFace(
        sha256=sha256,
        height=seen.height,
        likeness=round(cosine(seen.vector, common), 3),
        copy_of=PurePosixPath(nearest).name if copied else None,
    )


def _alike(lab: Lab, measurer: Measurer, *paths: str) -> bool:
    """Near-identical composition, too: a face alone may simply be well learnt."""
    one, other = (measurer.measure(inside(lab.root, path)) for path in paths)
    return measurer.alike(one, other) >= SAME
