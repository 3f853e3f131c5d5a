"""The labelled contact sheet: prompts down, seeds across, the reference pinned first. Pure: values in, pictures out."""

from pipeline.grid.alt import alt_text
from pipeline.grid.columns import contests
from pipeline.grid.contest import contest_text, draw_contest
from pipeline.grid.layout import MOST_CELLS, Sheet, sheets
from pipeline.grid.picture import draw, encode

__all__ = ["MOST_CELLS", "Sheet", "alt_text", "contest_text", "contests", "draw", "draw_contest", "encode", "sheets"]
