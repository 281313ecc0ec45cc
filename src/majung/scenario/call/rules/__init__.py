"""Rules of a call as dated data, and how rules.toml is read."""
