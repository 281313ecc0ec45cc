"""Every number of the model with its value, unit, plausible range and source."""

from majung.parameters.document import table
from majung.parameters.load import ALL, CLAIMS, DETECTOR, load
from majung.parameters.model import NO_TEXT, LocalText, Parameter, ParameterSet, Source

__all__ = ["ALL", "CLAIMS", "DETECTOR", "NO_TEXT", "LocalText", "Parameter", "ParameterSet", "Source", "load", "table"]
