"""The tables of a scenario: what they hold, how they are read, and the rules they keep."""
