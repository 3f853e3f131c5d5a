"""Fields of a request: one kind of value a file, read from the words."""
