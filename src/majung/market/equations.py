"""The economics: one equation, one pure scalar function, one section of the model page.

All arguments and results are numbers; money is in the scenario's unit, rates are per quarter. The kernel only loops.
"""

from __future__ import annotations

from majung.market.engine.compile import equation
from majung.market.engine.vectormath import exp, log, logistic

_TINY = 1e-300


@equation
def hesitation(market_value: float, legacy_profit: float, threshold: float, width: float) -> float:
    """How ready an incumbent is to enter a market that is small beside its old profit, in (0, 1] (page: Research)."""
    ready = logistic((log(market_value + _TINY) - log(threshold * legacy_profit + _TINY)) / width)
    return ready if legacy_profit > 0.0 else 1.0


@equation
def small_firm_research(sales: float, cash: float, captive: float, research_share: float, horizon: float) -> float:
    """Own research money of a venture or SME: a share of sales and of the cash that no customer holds captive."""
    return research_share * sales + (1.0 - captive) * (cash if cash > 0.0 else 0.0) / horizon


@equation
def effective_effort(
    own: float, grant: float, crowding_out: float, attention: float, learning: float, reputation: float, cost: float
) -> float:
    """Effort of a line: money thinned by breadth (attention n^-χ), raised by demanding customers, per research cost."""
    return (own + (1.0 - crowding_out) * grant) * attention * (1.0 + learning * reputation) / cost


@equation
def success_probability(effort: float, rate: float, returns: float) -> float:
    """P = 1 - exp(-ζ e^ψ): chance of an innovation in the quarter (Nelson & Winter 1982; Dosi et al. 2010: ψ = 1)."""
    chance = 1.0 - exp(-rate * exp(returns * log(effort + _TINY)))
    return chance if effort > 0.0 else 0.0


@equation
def innovate(quality: float, frontier: float, step: float, chance: float, draw: float) -> float:
    """Quality after research: success closes a part of the gap to the frontier, uniform with mean ``step``."""
    gap = frontier - quality
    gap = gap if gap > 0.0 else 0.0
    part = 2.0 * step * draw / (chance + _TINY)
    return quality + (part * gap if draw < chance else 0.0)


@equation
def imitate(quality: float, best: float, effort: float, rate: float) -> float:
    """Quality after imitation of the best domestic line, by absorptive capacity (Cohen & Levinthal 1989)."""
    gap = best - quality
    return quality + rate * effort / (1.0 + effort) * (gap if gap > 0.0 else 0.0)


@equation
def log_unit_cost(log_cost: float, output: float, experience: float, exponent: float) -> float:
    """Log of unit cost after ``output`` units since the start (Wright 1936)."""
    return log_cost - exponent * log(1.0 + output / experience)


@equation
def attraction(
    quality: float, log_price: float, reputation: float, quality_weight: float, price_weight: float, weight: float
) -> float:
    """Exponential of the utility of an offer, before appeal and presence."""
    return exp(quality_weight * log(quality) - price_weight * log_price + weight * reputation)


@equation
def presence(reach_share: float, base_share: float, search_share: float) -> float:
    """Part of buyers before whose eyes a line is: some look around, the rest see whom they know."""
    return search_share * reach_share + (1.0 - search_share) * base_share


@equation
def acceptable_share(inclusive_value: float, threshold: float, tolerance: float) -> float:
    """Part of a segment that finds some offer acceptable (threshold model, David 1969)."""
    return logistic((inclusive_value - threshold) / tolerance)


@equation
def adoption_hazard(innovation: float, imitation: float, adopted: float, acceptable: float, noise: float) -> float:
    """Chance that a buyer adopts in the quarter (Bass 1969), gated by acceptability, at most one."""
    hazard = (innovation + imitation * adopted) * acceptable * noise
    return hazard if hazard < 1.0 else 1.0


@equation
def updated_reputation(
    reputation: float, public: float, private: float, public_rate: float, private_rate: float, decay: float
) -> float:
    """Reputation after deliveries, counted in reference contracts."""
    gain = 1.0 - exp(-(public_rate * public + private_rate * private))
    return reputation + (1.0 - reputation) * gain - decay * reputation


@equation
def symmetric_growth(now: float, before: float) -> float:
    """Growth rate in [-2, 2] that is defined for births and deaths (Davis & Haltiwanger 1992)."""
    total = now + before
    return 2.0 * (now - before) / total if total > 0.0 else 0.0


@equation
def certification(awards: float, spending: float) -> float:
    """How much an award certifies: awards of the last year beside a year's spending, in [0, 1)."""
    return awards / (awards + 4.0 * spending) if awards > 0.0 else 0.0


@equation
def funding_probability(
    growth: float, certified: float, reputation: float, hype: float,
    base: float, by_growth: float, by_certification: float, by_reputation: float, by_hype: float,
) -> float:  # fmt: skip
    """Chance that a firm which seeks private money finds it."""
    return logistic(
        base + by_growth * growth + by_certification * certified + by_reputation * reputation + by_hype * hype
    )


@equation
def entry_probability(rate: float, slots: float, response: float, hype: float) -> float:
    """Chance that a free slot is filled; over many slots the number of entrants is Poisson."""
    return 1.0 - exp(-rate / slots * exp(response * hype))


@equation
def smoothed_growth(before: float, now: float, last: float, smoothing: float) -> float:
    """Hype: exponentially smoothed log growth of the market."""
    growth = log(now / last) if now > 0.0 and last > 0.0 else 0.0
    return (1.0 - smoothing) * before + smoothing * growth
