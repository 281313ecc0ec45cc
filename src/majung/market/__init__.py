"""The market: one world, quarter by quarter. Arrays and numbers only."""
