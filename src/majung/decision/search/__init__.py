"""The best strategy that can be found for a budget, over all worlds that are plausible."""

from majung.decision.search.looks import Evaluator, Watch
from majung.decision.search.result import Contender, Found, Regret, Search, Worlds
from majung.decision.search.robust import Effort, best_strategy
from majung.decision.search.space import Space, describe

__all__ = [
    "Contender",
    "Effort",
    "Evaluator",
    "Found",
    "Regret",
    "Search",
    "Space",
    "Watch",
    "Worlds",
    "best_strategy",
    "describe",
]
