"""Exactly what will be bought, for how much."""
