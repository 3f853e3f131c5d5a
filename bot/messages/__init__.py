"""What is said: messages made from the ledger, and sent once."""
