"""What comes of an ensemble, as labelled arrays."""
