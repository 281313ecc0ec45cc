"""Compare the ways a state can prime the market for an advanced technology."""
