"""A call for applications: who asks for what, under which rules, and what may be awarded."""

from majung.scenario.call.applications import Applications
from majung.scenario.call.awardable import options_of
from majung.scenario.call.judging.findings import Finding, Judgement, Money, Status
from majung.scenario.call.judging.judge import judge
from majung.scenario.call.law.sizes import SMALL, Facts, SizeClass, size_class
from majung.scenario.call.law.statutes import Law, packaged_law
from majung.scenario.call.model import Call
from majung.scenario.call.options import Options, Row
from majung.scenario.call.rows import rows_of
from majung.scenario.call.rules.kinds import KINDS
from majung.scenario.call.rules.rule import Rule
from majung.scenario.call.rules.settings import CallSettings, Risk

__all__ = [
    "KINDS",
    "SMALL",
    "Applications",
    "Call",
    "CallSettings",
    "Facts",
    "Finding",
    "Judgement",
    "Law",
    "Money",
    "Options",
    "Risk",
    "Row",
    "Rule",
    "SizeClass",
    "Status",
    "judge",
    "options_of",
    "packaged_law",
    "rows_of",
    "size_class",
]
