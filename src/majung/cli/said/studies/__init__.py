"""What the studies of a scenario over all worlds that are plausible say to people."""
