"""Firms, which are agents, and their product lines."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from mesa import Agent

from majung.market.world import FOREIGN, HOME, SME, WORLD
from mesa_market.luck import FUNDING, INNOVATION

if TYPE_CHECKING:
    from mesa_market.market import Technology
    from mesa_market.model import MarketModel

__all__ = ["Firm", "Line", "logistic"]


def logistic(x: float) -> float:
    """1 / (1 + e**-x), without overflow."""
    return 1 / (1 + math.exp(-x)) if x > -700 else 0.0


class Line:
    """A product of a firm in the market of a technology."""

    def __init__(self, firm: Firm, technology: Technology, row: int) -> None:
        given = firm.model.world.lines
        self.firm, self.technology, self.row = firm, technology, row
        self.key = int(given.key[row])
        self.effort, self.reach = float(given.effort[row]), float(given.reach[row])
        self.experience = float(given.experience[row])
        self.appeal = [float(value) for value in given.appeal[row]]
        self.quality = self.reviewed_quality = float(given.quality[row])
        self.first_log_cost = float(given.log_cost[row])
        self.base = [float(value) for value in given.base[row]]
        self.reputation = float(given.reputation[row])
        self.private_sales, self.derived_sales = float(given.private_sales[row]), float(given.derived_sales[row])
        self.output = self.weight = self.grant = self.order = self.research_effort = 0.0
        self.log_cost = self.price = 0.0
        self.attraction = [0.0, 0.0]
        self.clear()

    def clear(self) -> None:
        """Forget the units of the last quarter."""
        self.final, self.public, self.derived, self.induced = [0.0, 0.0], [0.0, 0.0], [0.0, 0.0], [0.0, 0.0]
        self.programme = 0.0

    @property
    def market_units(self) -> float:
        """Units to all but the programme."""
        return sum(self.final) + sum(self.public) + sum(self.derived) + sum(self.induced)

    def innovate(self, best: float) -> None:
        """Close part of the gap to the frontier with some luck, and part of the gap to the best at home."""
        rates, technology = self.firm.model.world.rates, self.technology
        effort = self.research_effort
        if effort <= 0:
            return
        chance = 1 - math.exp(-technology.success_rate * effort**rates.research_returns)
        draw = self.firm.model.luck.uniform(self.key, self.firm.model.quarter, INNOVATION)
        if draw < chance and self.quality < technology.frontier:
            self.quality += 2 * rates.quality_step * draw / chance * (technology.frontier - self.quality)
        self.quality += rates.imitation_rate * effort / (1 + effort) * max(0.0, best - self.quality)

    def make_offer(self, reach: float, base: list[float]) -> None:
        """Set price and attraction, given the technology's reach and installed base in all."""
        rates, technology = self.firm.model.world.rates, self.technology
        self.log_cost = self.first_log_cost - technology.learning * math.log1p(self.output / self.experience)
        self.price = (1 + self.firm.markup) * math.exp(self.log_cost)
        utility = rates.quality_weight * math.log(self.quality) - rates.price_weight * math.log(self.price)
        pull = math.exp(utility + rates.reputation_weight * self.reputation)
        seen = self.reach / reach if reach > 0 else 0.0
        for region in (HOME, WORLD):
            known = self.base[region] / base[region] if base[region] > 0 else seen
            presence = rates.search_share * seen + (1 - rates.search_share) * known
            self.attraction[region] = self.appeal[region] * pull * presence

    def deliver(self) -> None:
        """Add the quarter's units to output, installed base and reputation."""
        rates, technology, units = self.firm.model.world.rates, self.technology, self.market_units
        self.output += units + self.programme
        for region in (HOME, WORLD):
            new = self.final[region] + self.public[region] + self.derived[region] + self.induced[region]
            ordered = rates.public_presence * self.programme if region == HOME else 0.0
            self.base[region] = (1 - technology.replacement) * self.base[region] + new + ordered
        counted = rates.public_reference * self.programme + rates.private_reference * units
        gain = -math.expm1(-counted / technology.contract)
        self.reputation += (1 - self.reputation) * gain - rates.reputation_decay * self.reputation
        self.derived_sales = self.price * sum(self.derived)
        self.private_sales = self.price * sum(self.final) + self.derived_sales


class Firm(Agent):
    """A firm: it spends on research, sells, looks for money and may die."""

    model: MarketModel

    def __init__(self, model: MarketModel, row: int) -> None:
        super().__init__(model)
        given = model.world.firms
        self.row, self.key = row, int(given.key[row])
        self.size_class = int(given.size_class[row])
        self.cash, self.sales = float(given.cash[row]), float(given.sales[row])
        self.legacy_profit, self.captive = float(given.legacy_profit[row]), float(given.captive[row])
        self.overhead = float(given.overhead[row])
        self.markup = float(model.world.rates.markup[self.size_class])
        self.crowding_out = float(model.world.rates.crowding_out[self.size_class])
        self.market_sales = self.sales
        self.award_memory = self.received = self.crowded_out = 0.0
        self.legacy = self.research = self.margin = self.burn = self.raised = self.matched = self.growth = 0.0
        self.lines: list[Line] = []

    @property
    def foreign(self) -> bool:
        """Whether it is the outside competition."""
        return self.size_class == FOREIGN

    @property
    def small(self) -> bool:
        """Whether it is a venture or a small firm."""
        return self.size_class <= SME

    @property
    def supported(self) -> bool:
        """Whether one of its lines holds a weight in the programme."""
        return any(line.weight > 0 for line in self.lines)

    def follow_frontier(self) -> None:
        """Keep the distance to the frontier, if foreign."""
        if self.foreign:
            for line in self.lines:
                line.quality *= line.technology.growth

    def hesitation(self, technology: Technology) -> float:
        """How far a market has outgrown the old business."""
        rates = self.model.world.rates
        if self.legacy_profit == 0:
            return 1.0
        if technology.market_value == 0:
            return 0.0
        size = math.log(technology.market_value) - math.log(rates.hesitation_threshold * self.legacy_profit)
        return logistic(size / rates.hesitation_width)

    def plan_research(self) -> None:
        """Decide on research money and divide it over the lines."""
        if self.foreign:
            return
        rates = self.model.world.rates
        if self.small:
            self.legacy = 0.0
            free = max(self.cash - self.crowded_out, 0.0)
            own = rates.research_share * self.sales + (1 - self.captive) * free / rates.cash_horizon
        else:
            ready = sum(line.effort * self.hesitation(line.technology) for line in self.lines)
            self.legacy = rates.legacy_research_share * self.legacy_profit * ready
            own = rates.research_share * self.sales + self.legacy
        self.research = own
        attention = len(self.lines) ** -rates.breadth_cost
        for line in self.lines:
            added = (1 - self.crowding_out) * line.grant
            self.research += added
            self.crowded_out += self.crowding_out * line.grant
            learning = 1 + rates.customer_learning * line.reputation
            line.research_effort = (line.effort * own + added) * attention * learning / line.technology.research_cost

    def innovate(self) -> None:
        """Do the research of all lines."""
        if not self.foreign:
            for line in self.lines:
                line.innovate(line.technology.best_domestic)

    def settle(self) -> None:
        """Pay wages, suppliers and researchers."""
        before = self.market_sales
        self.market_sales = sum(line.price * line.market_units for line in self.lines)
        self.sales = self.market_sales + sum(line.price * line.programme for line in self.lines)
        self.raised = self.matched = 0.0
        if self.foreign:
            return
        self.margin = sum(
            (line.price - math.exp(line.log_cost)) * (line.market_units + line.programme) for line in self.lines
        )
        grants = sum(line.grant for line in self.lines)
        income = self.margin - self.research - self.overhead + grants + self.legacy
        self.cash += income
        self.burn = -income
        self.received = grants + sum(line.price * line.programme for line in self.lines)
        self.award_memory = 0.75 * self.award_memory + self.received
        mean = (self.market_sales + before) / 2
        self.growth = (self.market_sales - before) / mean if mean > 0 else 0.0

    def raise_money(self) -> None:
        """Look for private money when cash runs short."""
        rates = self.model.world.rates
        if not self.small or self.burn <= 0 or self.cash >= rates.runway_sought * self.burn:
            return
        year = 4 * (self.research + self.overhead)
        programme, counted = self.model.programme, self.award_memory
        if self.supported and programme.pot > 0:
            counted += programme.coverage * programme.policy.match_rate * rates.round_length * self.burn
        certified = counted / (counted + year) if counted > 0 else 0.0
        chance = logistic(
            rates.funding_base
            + rates.funding_growth * self.growth
            + rates.funding_certification * certified
            + rates.funding_reputation * sum(line.effort * line.reputation for line in self.lines)
            + rates.funding_hype * sum(line.effort * line.technology.hype for line in self.lines)
        )
        if self.model.luck.uniform(self.key, self.model.quarter, FUNDING) < chance:
            self.raised = rates.round_length * self.burn
            self.cash += self.raised
            self.crowded_out = max(0.0, self.crowded_out - self.raised)

    def leave_if_broke(self) -> None:
        """Die when a small firm has no cash left."""
        if self.small and self.cash < 0:
            self.model.written_off += -self.cash
            for line in self.lines:
                line.technology.lines.remove(line)
                line.technology.exits += 1
            self.model.vacate(self)
            self.remove()
