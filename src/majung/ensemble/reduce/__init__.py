"""What replications are reduced to: a block of them, and all of them together."""
