"""Compiled least squares of diffusion curves."""
