"""What a complete run is sealed with, so that it can be verified, archived and taken elsewhere."""
