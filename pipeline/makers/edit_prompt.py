"""What models that edit pictures are told beside the scene: whose the pictures are, and what of the person to keep."""

from pipeline.makers.maker import CellToMake


def about_the_person(cell: CellToMake) -> str:
    """The scene's prompt as it is, and behind it who is in the pictures that go along."""
    several = len(cell.references) > 1
    where = f"images 1 to {len(cell.references)}" if several else "image 1"
    return f"{cell.prompt.rstrip('. ')}. The {cell.noun} is the one in {where}: the same face, age and skin."
