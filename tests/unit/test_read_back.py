"""Whatever is said back reads the same again; whatever is typed raises nothing and spends within bounds."""

from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.actions.find import FindInHistory
from pipeline.actions.matrix import ExtendMatrix
from pipeline.actions.registry import SPENDING, Actionable
from pipeline.language.parse import parse
from pipeline.language.sentence import render
from tests.sentences import CATALOGUE, PIECES, REQUESTS, RUN, RUNS


@given(REQUESTS)
@example(ExtendMatrix(run=RUN, prompts=("a portrait of TOKR woman\nby the window",)))
@example(FindInHistory(subject="seeds", limit=2))
def test_what_is_rendered_reads_back(request: Actionable) -> None:
    sentence = render(request)

    assert parse(f"in the labs channel: {sentence}", CATALOGUE) == request
    assert parse(sentence, CATALOGUE) == request


@given(st.lists(PIECES | st.text(max_size=6), max_size=40).map(" ".join), st.sampled_from([None, RUN]))
def test_no_text_raises_or_spends_outside_the_bounds(text: str, thread: str | None) -> None:
    found = parse(text, CATALOGUE, thread)

    if found.action in SPENDING:
        said = found.model_dump()
        seeds = said.get("seeds") or ()
        assert len(seeds) <= 60
        assert all(0 <= seed < 2**32 for seed in seeds)
        assert (said.get("n_seeds") or 1) <= 60
        assert len(said.get("prompts") or ()) <= 20
        assert all(len(prompt) <= 2000 for prompt in said.get("prompts") or ())
        assert said.get("run") is None or said["run"] in RUNS
