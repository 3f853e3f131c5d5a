"""What each maker asks for, against what its vendor publishes; and bake-offs counted."""

import json
import math
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from PIL import Image

from pipeline.actions.bakeoff import CARD, OTHERS, Bakeoff
from pipeline.evidence.leaderboard import APART, Standing, differ, leaderboard, standings
from pipeline.evidence.verdict import tally_of
from pipeline.fixture.faces import Face
from pipeline.lab.run import Run
from pipeline.language.parse import parse
from pipeline.language.sentence import render
from pipeline.makers.flux_lora import ASPECTS
from pipeline.makers.maker import CellToMake, Framing, Maker, pictures_in, with_pictures
from pipeline.makers.price_list import price_list
from pipeline.makers.registry import FILES, MAKERS
from pipeline.makers.sizes import nearest, pixels, ratio
from pipeline.models import MAX_SEED, Axis, AxisScore, Cause, Cell, JudgedCell, Scores, Unscored
from pipeline.plan.bakeoff_rows import Contest
from pipeline.plan.reference import LONGEST_SIDE, Ready, prepare
from tests.unit.test_every_word import LAB

SCHEMAS = Path(__file__).parents[1] / "data/models"
REPLICATE: dict[str, Any] = json.loads((SCHEMAS / "replicate-models.json").read_text("utf-8"))
FASHN: dict[str, Any] = json.loads((SCHEMAS / "fashn.json").read_text("utf-8"))
ENTRANTS = {one.name: one for one in MAKERS.entrants}


def asked(maker: Maker, aspect: str, seed: int, photos: int) -> dict[str, Any]:
    shown = tuple(f"{at:064x}" for at in range(photos))
    found = maker.asked(CellToMake("a photograph of a woman, standing, in light", seed, aspect, {}, shown, "woman"))
    return with_pictures(found, {one: f"https://files.example/{one}.jpg" for one in shown})


def faults(maker: Maker, found: dict[str, Any]) -> list[str]:
    """Against the published input: unknown fields are none of it."""
    if maker.vendor.name == "fashn":
        body = {"model_name": maker.model, "inputs": found}
        own = FASHN["ModelCreate"]["properties"]["inputs"]["properties"]
        return [one.message for one in Draft202012Validator(FASHN["ModelCreate"]).iter_errors(body)] + sorted(
            set(found) - set(own)
        )
    name, _, version = (maker.model or "").partition(":")
    known = REPLICATE[name]
    assert version in {"", known["version"]}, f"{name} is pinned to another version"
    schema = {**known["components"]["schemas"]["Input"], "components": known["components"]}
    bounds = {one: part["x-max-items"] for one, part in schema["properties"].items() if "x-max-items" in part}
    several = [one for one, most in bounds.items() if len(found.get(one, ())) > most]
    strange = sorted(set(found) - set(schema["properties"]))
    return [one.message for one in Draft202012Validator(schema).iter_errors(found)] + strange + several


@pytest.mark.parametrize("name", ENTRANTS)
@given(aspect=st.sampled_from(sorted(ASPECTS)), seed=st.integers(0, MAX_SEED), photos=st.integers(1, 14))
def test_every_input_is_one_that_the_vendor_publishes(name: str, aspect: str, seed: int, photos: int) -> None:
    maker = ENTRANTS[name]
    assert maker.entrant is not None

    found = asked(maker, aspect, seed, min(photos, maker.entrant.most_references))

    assert faults(maker, found) == []
    assert ("seed" in found) == maker.seeds
    assert found["prompt"].replace(" img", "").startswith("a photograph of a woman, standing, in light")


@pytest.mark.parametrize("name", ENTRANTS)
def test_no_vendor_rewrites_a_prompt_or_makes_several_pictures(name: str) -> None:
    found = asked(ENTRANTS[name], "3:4", 42, 1)

    switched = {one: found[one] for one in ("num_outputs", "num_samples", "max_images", "num_images") if one in found}
    assert set(switched.values()) <= {1}
    assert found.get("magic_prompt_option", "Off") == "Off"
    assert found.get("prompt_upsampling", False) is False
    assert found.get("output_format", "png") == "png"


@pytest.mark.parametrize(
    ("prompt", "noun", "said"),
    [
        ("a woman, standing", "woman", "a woman img, standing"),
        ("a woman beside a man", "man", "a woman beside a man img"),
        ("by a window.", "woman", "by a window, a woman img"),
    ],
)
def test_photomaker_hears_its_word_exactly_once(prompt: str, noun: str, said: str) -> None:
    found = ENTRANTS["photomaker"].asked(CellToMake(prompt, 1, "1:1", {}, ("a",), noun))

    assert found["prompt"] == said


def test_no_makers_file_is_forgotten() -> None:
    files = {path.stem for path in (Path(__file__).parents[2] / "pipeline/makers").glob("*.py")}
    with_a_maker = {name for name in files if hasattr(import_module(f"pipeline.makers.{name}"), "MAKER")}

    assert with_a_maker == set(FILES.split())


def test_every_maker_names_its_price_its_licence_and_its_mark() -> None:
    for maker in MAKERS.entrants:
        low, high = maker.price.usual[1:]
        assert 0 < low <= maker.price.usual[0] <= high
        assert maker.licence
    marked = {one.name for one in MAKERS.entrants if one.entrant and one.entrant.research_only}
    assert marked == {"instantid", "pulid", "flux-pulid", "ip-adapter-faceid"}


def test_the_price_page_is_as_the_makers_say() -> None:
    written = (Path(__file__).parents[2] / "docs/prices.md").read_text("utf-8")

    assert written == price_list(), "write it anew: uv run labs prices > docs/prices.md"


def test_more_photographs_cost_more_where_they_are_counted() -> None:
    price = ENTRANTS["flux-2-pro"].price

    assert price.estimate(1, (), 8).usd_micros == 45_000 + 7 * 15_000
    assert ENTRANTS["nano-banana-pro"].price.estimate(2, (), 8).usd_micros == 300_000


@given(st.sampled_from(sorted(ASPECTS)))
def test_a_shape_stays_as_near_as_its_maker_allows(aspect: str) -> None:
    width, height = pixels(aspect, least=256, most=1536)

    assert width % 64 == height % 64 == 0
    if 0.5 < ratio(aspect) < 2:
        assert abs(math.log(width / height / ratio(aspect))) < 0.08
    assert nearest(aspect, ASPECTS) == aspect


@pytest.mark.parametrize(
    ("prompt", "trigger", "noun", "said"),
    [
        ("a photograph of TOKR, standing", "TOKR", "woman", "a photograph of a woman, standing"),
        ("a photograph of TOKR woman, standing", "TOKR", "woman", "a photograph of a woman, standing"),
        ("a photograph of a TOKR woman smiling", "TOKR", "woman", "a photograph of a woman smiling"),
        ("TOKR, a woman, in rain", "TOKR", "woman", "a woman, in rain"),
        ("portrait of ohwx by a window", "ohwx", "actor", "portrait of an actor by a window"),
        ("no word here", None, "man", "no word here"),
        ("TOKRS are no TOKR", "TOKR", None, "TOKRS are no a person"),
    ],
)
def test_who_never_heard_the_trigger_word_reads_what_the_person_is(
    tmp_path: Path, prompt: str, trigger: str | None, noun: str | None, said: str
) -> None:
    contest = Contest("r", Run(tmp_path, "r"), None, "cb", {"p": prompt}, (1,), {"p": "1:1"}, trigger, noun)

    assert contest.plainly("p") == said


def test_one_photograph_is_made_ready_for_each_in_its_own_way() -> None:
    photo = Image.linear_gradient("L").resize((1600, 2400)).convert("RGB")
    ready = Ready(photo, Face(height=400, width=320, left=640, top=600))

    def size(framing: Framing, aspect: str | None = None) -> tuple[int, int]:
        import io

        return Image.open(io.BytesIO(prepare(ready, framing, aspect))).size

    head, face, wide = size(Framing.HEAD), size(Framing.FACE), size(Framing.WANTED, "16:9")
    assert max(head) <= LONGEST_SIDE
    assert head[1] > face[1] > 400
    assert abs(wide[0] / wide[1] - 16 / 9) < 0.01
    assert prepare(ready, Framing.HEAD) == prepare(ready, Framing.HEAD)


def test_pictures_in_an_input_are_found_wherever_they_stand() -> None:
    one, two = {"$picture": "a"}, {"$picture": "b"}

    assert pictures_in({"x": one, "y": [two, one], "z": 1}) == ("a", "b", "a")
    assert with_pictures({"x": one, "y": [two, "k"]}, {"a": "A", "b": "B"}) == {"x": "A", "y": ["B", "k"]}


def tally(passed: int, scored: int) -> Any:
    def score(*, good: bool) -> AxisScore:
        return AxisScore(passed=good, score=0.9 if good else 0.1, reason="r")

    cells = [
        JudgedCell(
            cell=Cell(label=f"c{at}", prompt_id="p", seed=at, prompt="p", image="i"),
            outcome=Scores(**{axis.value: score(good=at < passed) for axis in Axis}),
        )
        for at in range(scored)
    ]
    return tally_of(Axis.IDENTITY, cells, 0.8)


@pytest.mark.parametrize(
    ("one", "other", "p"),
    # Fisher's tea, and 6 of 6 against 0, 1 and 2 of 6, by the hypergeometric distribution.
    [((3, 4), (1, 4), 34 / 70), ((6, 6), (0, 6), 2 / 924), ((6, 6), (1, 6), 12 / 792), ((6, 6), (2, 6), 30 / 495)],
)
def test_two_rows_are_told_apart_by_the_exact_test(one: tuple[int, int], other: tuple[int, int], p: float) -> None:
    assert differ(tally(*one), tally(*other)) == pytest.approx(differ(tally(*other), tally(*one)))
    assert differ(tally(*one), tally(*other)) == pytest.approx(p)


def rows_of(counts: list[tuple[int, int]]) -> list[Standing]:
    """A bake-off of rows with so many passes of so many scored cells; three of each in all."""
    cells = []
    for at, (passed, scored) in enumerate(counts):
        for number in range(6):
            good = AxisScore(passed=number < passed, score=0.9, reason="r")
            cells.append(
                JudgedCell(
                    cell=Cell(
                        label=f"c{at}-{number}", prompt_id="p", seed=number, prompt="p", image="i", maker=f"r{at}"
                    ),
                    outcome=Scores(**{axis.value: good for axis in Axis})
                    if number < scored
                    else Unscored(cause=Cause.FILTERED),
                )
            )
    return list(leaderboard(cells, {}, 0.8))


@given(st.lists(st.integers(0, 6).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=1, max_size=13))
def test_rows_of_one_group_cannot_be_told_apart_and_who_has_no_score_has_no_place(
    counts: list[tuple[int, int]],
) -> None:
    rows = rows_of(counts)

    assert sorted(one.row for one in rows) == sorted(f"r{at}" for at in range(len(counts)))
    for one in rows:
        assert (one.group is None) == (one.identity.scored == 0)
        assert one.refused == one.cells - one.identity.scored
        for other in rows:
            if one.group is not None and one.group == other.group:
                assert differ(one.identity, other.identity) >= APART
    placed = [one.group for one in rows if one.group is not None]
    assert placed == sorted(placed)
    assert all(one.group is None for one in rows[len(placed) :])
    lows = [one.identity.low for one in rows if one.group is not None]
    assert lows == sorted(lows, reverse=True)


def test_one_pass_of_one_leads_nobody() -> None:
    rows = rows_of([(6, 6), (1, 1), (0, 0), (0, 6)])

    assert [(one.row, one.group) for one in rows] == [("r0", 1), ("r1", 1), ("r3", 2), ("r2", None)]
    assert standings(rows) == "Q1 cannot tell apart: r0 6/6, r1 1/1. Behind: r3 0/6. Nothing scored of r2."


@given(st.sets(st.sampled_from(CARD)), st.sets(st.sampled_from(OTHERS)), st.booleans(), st.sampled_from([None, 5.0]))
def test_whoever_takes_part_the_sentence_reads_back(
    card: set[str], others: set[str], photo_set: bool, cap: float | None
) -> None:
    run = next(iter(LAB.runs))
    request = Bakeoff(
        reference="cb_4.jpg", vendors=tuple(card), others=tuple(others), photo_set=photo_set, run=run, cap_usd=cap
    )

    read = parse(f"in the labs channel: {render(request)}", LAB)

    assert read == request, render(request)


@pytest.mark.parametrize(
    ("size", "scale", "usd"), [((1000, 1000), 2, 0.17), ((1000, 1000), 4, 0.68), ((1000, 1000), 8, 2.72)]
)
def test_each_doubling_is_billed_by_what_goes_into_it(size: tuple[int, int], scale: int, usd: float) -> None:
    upscaler = MAKERS.named("magnific-precision").upscaler
    assert upscaler is not None

    assert upscaler.price(size, scale) == round(usd * 1_000_000)


@pytest.mark.parametrize("name", [one.name for one in MAKERS.upscalers])
@pytest.mark.parametrize("scale", [2, 4, 8])
def test_every_upscale_is_one_that_the_vendor_publishes(name: str, scale: int) -> None:
    maker = MAKERS.named(name)
    cell = CellToMake("a photograph of a woman", 42, "1:1", {"scale": scale}, ("0" * 64,))

    found = with_pictures(maker.asked(cell), {"0" * 64: "https://files.example/cell.png"})

    if maker.vendor.name == "magnific":
        schema = json.loads((SCHEMAS / "magnific.json").read_text("utf-8"))[maker.model]
        strange = sorted(set(found) - set(schema["properties"]))
        assert [one.message for one in Draft202012Validator(schema).iter_errors(found)] + strange == []
    else:
        assert faults(maker, found) == []
