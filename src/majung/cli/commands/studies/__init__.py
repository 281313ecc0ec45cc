"""What the commands do that study a scenario over all worlds that are plausible."""
