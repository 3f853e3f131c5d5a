"""Who calls `advance`, when and where."""
