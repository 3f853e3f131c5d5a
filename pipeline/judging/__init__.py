"""The judge: the question, its rubric, and what its answer is worth."""
