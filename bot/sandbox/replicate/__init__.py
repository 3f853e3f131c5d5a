"""A small Replicate: predictions, trainings, models, files."""
