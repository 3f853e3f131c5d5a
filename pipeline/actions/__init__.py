"""What can be asked for: one file an action, one value an action."""
