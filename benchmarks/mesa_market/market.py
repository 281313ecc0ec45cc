"""Technologies with their markets, and the segments of buyers, which are agents."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from mesa import Agent

from majung.market.world import HOME, WORLD
from mesa_market.firm import Firm, Line, logistic
from mesa_market.luck import DEMAND, ENTRY, ENTRY_QUALITY

if TYPE_CHECKING:
    from mesa_market.model import MarketModel

__all__ = ["Segment", "Technology"]


class Segment(Agent):
    """A group of buyers that adopt over time."""

    model: MarketModel

    def __init__(self, model: MarketModel, row: int) -> None:
        super().__init__(model)
        given = model.world.segments
        self.key, self.region, self.public = int(given.key[row]), int(given.region[row]), bool(given.public[row])
        self.potential, self.adopters = float(given.potential[row]), float(given.adopters[row])
        self.innovation, self.imitation = float(given.innovation[row]), float(given.imitation[row])
        self.threshold, self.tolerance = float(given.threshold[row]), float(given.tolerance[row])
        self.min_quality, self.units_each = float(given.min_quality[row]), float(given.units_each[row])

    def buy(self, lines: list[Line], replacement: float) -> None:
        """Adopt, and buy from the lines that are good enough, by their attraction."""
        offers = [line for line in lines if line.quality >= self.min_quality and line.attraction[self.region] > 0]
        total = sum(line.attraction[self.region] for line in offers)
        if total <= 0:
            return
        size = self.model.world.rates.demand_noise
        noise = math.exp(size * self.model.luck.normal(self.key, self.model.quarter, DEMAND) - size**2 / 2)
        acceptable = logistic((math.log(total) - self.threshold) / self.tolerance)
        adopted = self.adopters / self.potential if self.potential > 0 else 0.0
        hazard = min(1.0, (self.innovation + self.imitation * adopted) * acceptable * noise)
        new = (self.potential - self.adopters) * hazard
        units = self.units_each * (new + replacement * self.adopters)
        self.adopters += new
        for line in offers:
            bought = line.public if self.public else line.final
            bought[self.region] += units * line.attraction[self.region] / total


class Technology:
    """A technology: its frontier and its market."""

    def __init__(self, model: MarketModel, row: int) -> None:
        given = model.world.technologies
        self.model, self.row = model, row
        self.frontier, self.growth = float(given.frontier[row]), math.exp(given.frontier_growth[row])
        self.pace, self.learning = float(given.frontier_growth[row]), float(given.learning_exponent[row])
        self.success_rate, self.research_cost = float(given.success_rate[row]), float(given.research_cost[row])
        self.replacement, self.contract = float(given.replacement[row]), float(given.reference_contract[row])
        self.public_need, self.entry_rate = float(given.public_need[row]), float(given.entry_rate[row])
        self.entrant_cash, self.default_log_cost = float(given.entrant_cash[row]), float(given.default_log_cost[row])
        self.market_value, self.hype = float(given.market_value[row]), float(given.hype[row])
        self.inputs, self.first_slot = [float(share) for share in given.inputs[row]], int(given.first_slot[row])
        self.lines: list[Line] = []
        self.segments: list[Segment] = []
        self.vacant: list[tuple[int, int]] = []
        self.needs, self.induced_needs = [0.0, 0.0], [0.0, 0.0]
        self.best_domestic = self.mean_log_quality = self.mean_log_cost = self.best_offered = 0.0
        self.offered: list[Line] = []
        self.exits = self.entries = 0

    def open_quarter(self) -> None:
        """Move the frontier and forget the last quarter's demand."""
        self.frontier *= self.growth
        self.needs, self.induced_needs = [0.0, 0.0], [0.0, 0.0]
        self.exits = self.entries = 0
        for line in self.lines:
            line.clear()

    @property
    def domestic(self) -> list[Line]:
        """Lines of domestic firms."""
        return [line for line in self.lines if not line.firm.foreign]

    def look_around(self) -> None:
        """See who is best at home, before research."""
        self.best_domestic = max((line.quality for line in self.domestic), default=0.0)

    def open_market(self) -> None:
        """Let all lines make their offers."""
        reach = sum(line.reach for line in self.lines)
        base = [sum(line.base[region] for line in self.lines) for region in (HOME, WORLD)]
        for line in self.lines:
            line.make_offer(reach, base)
        self.offered = list(self.lines)
        peers = self.domestic
        self.best_offered = max((line.quality for line in peers), default=0.0)
        if peers:
            self.mean_log_quality = sum(math.log(line.quality) for line in peers) / len(peers)
            self.mean_log_cost = sum(line.log_cost for line in peers) / len(peers)

    def fill_orders(self, min_quality: float) -> None:
        """Deliver the programme's orders within the public need."""
        good = [line for line in self.lines if line.order > 0 and line.quality >= min_quality * self.frontier]
        total = sum(line.order for line in good)
        scale = min(1.0, self.public_need / total) if total > 0 else 0.0
        for line in good:
            line.programme = line.order * scale / line.price

    def trade(self) -> None:
        """Serve the segments and derived demand, and pass needs on to the technologies used as inputs."""
        for segment in self.segments:
            segment.buy(self.lines, self.replacement)
        for region in (HOME, WORLD):
            total = sum(line.attraction[region] for line in self.lines)
            if total > 0:
                for line in self.lines:
                    share = line.attraction[region] / total
                    line.induced[region] = self.induced_needs[region] * share
                    line.derived[region] = self.needs[region] * share
        made, set_off = [0.0, 0.0], [0.0, 0.0]
        for line in self.lines:
            side = WORLD if line.firm.foreign else HOME
            made[side] += sum(line.final) + sum(line.public) + sum(line.derived)
            set_off[side] += sum(line.induced) + line.programme
            line.deliver()
        for share, other in zip(self.inputs, self.model.technologies, strict=True):
            for side in (HOME, WORLD):
                other.needs[side] += share * made[side]
                other.induced_needs[side] += share * set_off[side]

    def admit_entrants(self) -> None:
        """Fill free slots by chance."""
        rates, luck, quarter = self.model.world.rates, self.model.luck, self.model.quarter
        keys = self.model.world.lines.key
        rate = self.entry_rate / max(1, len(self.vacant)) * math.exp(rates.entry_hype_response * self.hype)
        chance, known = -math.expm1(-rate), any(not line.firm.foreign for line in self.offered)
        for slot in sorted(self.vacant):
            row, firm_row = slot
            if luck.uniform(int(keys[row]), quarter, ENTRY) >= chance:
                continue
            self.vacant.remove(slot)
            self.entries += 1
            firm = Firm(self.model, firm_row)
            firm.cash, firm.sales, firm.market_sales = self.entrant_cash, 0.0, 0.0
            line = Line(firm, self, row)
            luckily = 2 * luck.uniform(int(keys[row]), quarter, ENTRY_QUALITY) - 1
            quality = math.exp(self.mean_log_quality + rates.entrant_spread * luckily)
            quality = quality if known else self.frontier * math.exp(-rates.entrant_spread)
            line.quality = line.reviewed_quality = min(self.frontier, quality)
            line.first_log_cost = self.mean_log_cost if known else self.default_log_cost
            line.base, line.reputation = [0.0, 0.0], 0.0
            line.private_sales = line.derived_sales = 0.0
            firm.lines.append(line)
            self.lines.append(line)

    def remember(self) -> None:
        """Let hype follow the market's growth."""
        value = sum(line.private_sales for line in self.offered)
        growth = math.log(value / self.market_value) if value > 0 and self.market_value > 0 else 0.0
        smoothing = self.model.world.rates.hype_smoothing
        self.hype = (1 - smoothing) * self.hype + smoothing * growth
        self.market_value = value
