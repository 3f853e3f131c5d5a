"""What moves the ledger's rows: `advance(kind, key)` takes one row one step; the driver decides when."""
