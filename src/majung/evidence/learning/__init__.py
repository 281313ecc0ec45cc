"""Learning curves: how unit cost falls with cumulative output."""
