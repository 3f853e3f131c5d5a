"""Fields of requests: each consumes the chunks that are its own, and says what is missing or not clear."""
