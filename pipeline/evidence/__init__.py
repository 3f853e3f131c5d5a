"""What judgements amount to: the verdict, its evidence, and the run as it stands."""
