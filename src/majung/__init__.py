"""Compare the ways a state can prime the market for an advanced technology, choose whom to support, test claims.

::

    import majung as mj
    scenario = mj.load("examples/korea-ai-2024")
    result = mj.compare(scenario, replications=200)
    print(mj.ranking(result))

    decided = mj.allocate(mj.load("examples/first-buyer-call"))
    print(decided.awards[0].firm, decided.awards[0].reason)

    for test in mj.claims(scenario, worlds=100).tests:
        print(test.claim.id, test.verdict.value, test.share)

    for found in mj.takeoff("examples/was-ai-taking-off/series.csv", as_of="2024-04-29"):
        print(found.series.name, found.stage, found.takeoff.date, found.takeoff.probability)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from majung.decision import Allocation, Interval, StrategySummary, allocate, compare, ranking, summarise
    from majung.decision.claims import Claims, claims
    from majung.decision.explore import Exploration, explore
    from majung.decision.search import Search, search
    from majung.ensemble import Progress, result_hash
    from majung.errors import InputError, Interrupted, MajungError, StoreError
    from majung.evidence.series import Series, read_series
    from majung.evidence.takeoff import Takeoff, hindsight, replay, takeoff
    from majung.scenario import Scenario, Strategy, load

__all__ = [
    "Allocation",
    "Claims",
    "Exploration",
    "InputError",
    "Interrupted",
    "Interval",
    "MajungError",
    "Progress",
    "Scenario",
    "Search",
    "Series",
    "StoreError",
    "Strategy",
    "StrategySummary",
    "Takeoff",
    "allocate",
    "claims",
    "compare",
    "explore",
    "hindsight",
    "load",
    "ranking",
    "read_series",
    "replay",
    "result_hash",
    "search",
    "summarise",
    "takeoff",
]

_HOMES: Final = {
    "majung.decision": (
        "Allocation",
        "Interval",
        "StrategySummary",
        "allocate",
        "compare",
        "ranking",
        "summarise",
    ),
    "majung.decision.claims": ("Claims", "claims"),
    "majung.decision.explore": ("Exploration", "explore"),
    "majung.decision.search": ("Search", "search"),
    "majung.ensemble": ("Progress", "result_hash"),
    "majung.errors": ("InputError", "Interrupted", "MajungError", "StoreError"),
    "majung.evidence.series": ("Series", "read_series"),
    "majung.evidence.takeoff": ("Takeoff", "hindsight", "replay", "takeoff"),
    "majung.scenario": ("Scenario", "Strategy", "load"),
}


def __getattr__(name: str) -> object:
    # Loaded when used: the command line must answer --help before numba and pandas are imported.
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(home), name)
    raise AttributeError(f"module 'majung' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
