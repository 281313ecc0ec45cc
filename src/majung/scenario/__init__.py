"""Scenarios: read from a folder, checked, frozen."""

from majung.scenario.call import Call
from majung.scenario.load import input_files, load
from majung.scenario.model import Scenario
from majung.scenario.settings import SourceNote
from majung.scenario.strategy import HANDS_OFF, Award, ClassWeights, Criteria, Mix, Strategy, hands_off
from majung.scenario.tables.column import Column, Table
from majung.scenario.tables.schema import TABLES, Firms, Inputs, Lines, Segments, Technologies

__all__ = [
    "HANDS_OFF",
    "TABLES",
    "Award",
    "Call",
    "ClassWeights",
    "Column",
    "Criteria",
    "Firms",
    "Inputs",
    "Lines",
    "Mix",
    "Scenario",
    "Segments",
    "SourceNote",
    "Strategy",
    "Table",
    "Technologies",
    "hands_off",
    "input_files",
    "load",
]
