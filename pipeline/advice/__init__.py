"""What to do next: remedies for a missed bar, and sentences to go on with."""
