"""The command line: parse, call, print."""

from majung.cli.main import main

__all__ = ["main"]
