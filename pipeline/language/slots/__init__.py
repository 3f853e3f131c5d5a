"""Recognisers: what a chunk of the message is, told from the place where it begins."""
