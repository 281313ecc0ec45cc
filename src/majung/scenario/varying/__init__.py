"""A scenario made otherwise: what is uncertain in it, and what is set in it to ask what if."""

from majung.scenario.varying.change import CHANGES, Change, How, changed
from majung.scenario.varying.entry import Entry
from majung.scenario.varying.reading import UNCERTAINTY, read_change, read_uncertainty
from majung.scenario.varying.uncertain import Uncertain

__all__ = [
    "CHANGES",
    "UNCERTAINTY",
    "Change",
    "Entry",
    "How",
    "Uncertain",
    "changed",
    "read_change",
    "read_uncertainty",
]
