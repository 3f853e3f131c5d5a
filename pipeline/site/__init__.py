"""The lab as pages that open from disk, rendered from the same state as every other surface."""
