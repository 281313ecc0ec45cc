"""The best strategy that can be found for a budget, over all worlds that are plausible."""

from majung.decision.search.looks import Evaluator, Watch
from majung.decision.search.plan import OBJECTIVES, SearchPlan, planned_search
from majung.decision.search.result import Contender, Found, Regret, Search, Worlds
from majung.decision.search.robust import Effort, best_strategy
from majung.decision.search.run import search, searched
from majung.decision.search.space import Space, describe

__all__ = [
    "OBJECTIVES",
    "Contender",
    "Effort",
    "Evaluator",
    "Found",
    "Regret",
    "Search",
    "SearchPlan",
    "Space",
    "Watch",
    "Worlds",
    "best_strategy",
    "describe",
    "planned_search",
    "search",
    "searched",
]
