"""The portfolio that is worth most under all rules: a mixed-integer programme, solved to proven optimality."""

from majung.decision.portfolio.clash import check, clash
from majung.decision.portfolio.failures import Infeasible, Unproven
from majung.decision.portfolio.knapsack import choose
from majung.decision.portfolio.prices import needed, prices, reduced, relaxed
from majung.decision.portfolio.programme import FREE, IN, OUT, Limit, RowLike
from majung.decision.portfolio.risk import Risk, RiskLike
from majung.decision.portfolio.solve import Solution, solve

__all__ = [
    "FREE",
    "IN",
    "OUT",
    "Infeasible",
    "Limit",
    "Risk",
    "RiskLike",
    "RowLike",
    "Solution",
    "Unproven",
    "check",
    "choose",
    "clash",
    "needed",
    "prices",
    "reduced",
    "relaxed",
    "solve",
]
