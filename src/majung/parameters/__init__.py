"""Every number of the model with its value, unit, plausible range and source."""

from majung.parameters.document import table
from majung.parameters.load import load
from majung.parameters.model import LocalText, Parameter, ParameterSet, Source

__all__ = ["LocalText", "Parameter", "ParameterSet", "Source", "load", "table"]
