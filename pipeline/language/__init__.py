"""Words in the channel become a request, by rules alone; what the rules cannot read is asked back, never guessed."""
