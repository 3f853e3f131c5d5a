"""Pages over HTTP, for the people of the channel: who may look, what a path means, and what is sent from there."""
