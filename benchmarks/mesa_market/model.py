"""The market model as a user of Mesa 3 would write it: agents, agent sets and a data collector."""

from __future__ import annotations

from functools import partial
from typing import Any

from mesa import Model
from mesa.agent import AgentSet
from mesa.datacollection import DataCollector

from majung.dims import ACCOUNT_ARRAYS, CLASSES, PATH_ARRAYS
from majung.market.world import FOREIGN, HOME, WORLD, Policy, World
from mesa_market.firm import Firm, Line
from mesa_market.luck import Luck
from mesa_market.market import Segment, Technology
from mesa_market.programme import Programme

__all__ = ["MarketModel"]


class MarketModel(Model):  # type: ignore[misc]
    """One replication of one strategy in one world."""

    def __init__(self, world: World, policy: Policy, seed: int, replication: int) -> None:
        super().__init__(seed=seed)
        self.world, self.luck = world, Luck(seed, replication)
        self.programme = Programme(self, policy)
        self.written_off = 0.0
        self.technologies = [Technology(self, k) for k in range(world.technologies.order.size)]
        by_row = {row: Firm(self, row) for row in range(world.firms.key.size) if world.firms.alive[row]}
        for row, (firm, k) in enumerate(zip(world.lines.firm, world.lines.technology, strict=True)):
            technology = self.technologies[k]
            if firm in by_row:
                line = Line(by_row[firm], technology, row)
                by_row[firm].lines.append(line)
                technology.lines.append(line)
            else:
                technology.vacant.append((row, int(firm)))
        for technology in self.technologies:
            first, last = world.technologies.first_segment[technology.row : technology.row + 2]
            technology.segments = [Segment(self, row) for row in range(first, last)]
        self.datacollector = DataCollector(
            model_reporters={
                **{array.name: partial(_path, name=array.name) for array in PATH_ARRAYS},
                **{array.name: partial(_account, name=array.name) for array in ACCOUNT_ARRAYS},
            }
        )

    @property
    def firms(self) -> AgentSet:
        """All firms alive."""
        return self.agents_by_type[Firm]

    @property
    def quarter(self) -> int:
        """The current quarter, from 0."""
        return int(self.steps) - 1

    def vacate(self, firm: Firm) -> None:
        """Give the slot of a dead entrant back."""
        for line in firm.lines:
            if line.row >= line.technology.first_slot:
                line.technology.vacant.append((line.row, firm.row))

    def step(self) -> None:
        """Run a quarter."""
        self.written_off = 0.0
        for technology in self.technologies:
            technology.open_quarter()
        self.firms.do("follow_frontier")
        self.programme.support()
        for technology in self.technologies:
            technology.look_around()
        self.firms.do("plan_research")
        self.firms.do("innovate")
        for technology in self.technologies:
            technology.open_market()
        for k in self.world.technologies.order:
            self.technologies[k].fill_orders(self.programme.policy.min_quality)
            self.technologies[k].trade()
        self.firms.do("settle")
        self.firms.do("raise_money")
        self.programme.match()
        active = list(self.firms)
        self.firms.do("leave_if_broke")
        for technology in self.technologies:
            technology.admit_entrants()
        for technology in self.technologies:
            technology.remember()
        self.paths = [_paths(technology) for technology in self.technologies]
        self.accounts = _accounts(self, active)
        self.datacollector.collect(self)


def _path(model: MarketModel, name: str) -> list[float]:
    return [path[name] for path in model.paths]


def _account(model: MarketModel, name: str) -> float:
    return model.accounts[name]


def _paths(technology: Technology) -> dict[str, float]:
    """Return the quarter of a technology."""
    lines = technology.offered
    domestic = [line for line in lines if not line.firm.foreign]
    sold = technology.market_value
    leader = max(domestic, key=lambda line: (line.private_sales, -line.row), default=None)
    private_units = sum(sum(line.final) + sum(line.derived) for line in domestic)
    own_sales = sum(line.private_sales for line in domestic)
    home = {line: line.final[HOME] + line.public[HOME] + line.derived[HOME] + line.induced[HOME] for line in lines}
    return {
        "private_final_sales": own_sales - sum(line.derived_sales for line in domestic),
        "private_derived_sales": sum(line.derived_sales for line in domestic),
        "induced_sales": sum(line.price * sum(line.induced) for line in domestic),
        "ordinary_public_sales": sum(line.price * sum(line.public) for line in domestic),
        "exports": sum(line.price * (line.final[WORLD] + line.derived[WORLD]) for line in domestic),
        "imports": sum(line.price * units for line, units in home.items() if line.firm.foreign),
        "home_sales": sum(line.price * units for line, units in home.items()),
        "market_value": sold,
        "sme_sales": sum(line.private_sales for line in domestic if line.firm.small),
        "sme_derived_sales": sum(line.derived_sales for line in domestic if line.firm.small),
        "adopters": sum(segment.adopters for segment in technology.segments if segment.region == HOME),
        "best_quality": technology.best_offered / technology.frontier,
        "frontier": technology.frontier,
        "price": own_sales / private_units if private_units > 0 else 0.0,
        "live_ventures": sum(line.firm.small for line in technology.lines),
        "founding_lines": sum(line.firm.small and line.row < technology.first_slot for line in technology.lines),
        "entries": technology.entries,
        "exits": technology.exits,
        "hhi": sum((line.private_sales / sold) ** 2 for line in lines) if sold > 0 else 0.0,
        "leader": leader.row if leader is not None and leader.private_sales > 0 else -1,
        "hype": technology.hype,
        "subsidy": sum(line.grant for line in domestic),
        "purchase": sum(line.price * line.programme for line in domestic),
        "matching": sum(line.effort * line.firm.matched for line in domestic),
        "private_raised": sum(line.effort * line.firm.raised for line in domestic),
        "supported": sum(line.weight > 0 for line in technology.lines),
    }


def _accounts(model: MarketModel, active: list[Firm]) -> dict[str, Any]:
    """Return the quarter's money; ``active`` are the firms before exit and entry."""
    domestic = [firm for firm in active if not firm.foreign]
    left = model.programme.budget - sum(firm.received for firm in domestic)
    return {
        "budget": model.programme.budget,
        "returned": left if left > 1e-12 * model.programme.budget else 0.0,
        "cash": sum(firm.cash for firm in model.firms if not firm.foreign),
        "margin": sum(firm.margin for firm in domestic),
        "research": sum(firm.research for firm in domestic),
        "overhead": sum(firm.overhead for firm in domestic),
        "legacy": sum(firm.legacy for firm in domestic),
        "entry_capital": sum(technology.entries * technology.entrant_cash for technology in model.technologies),
        "written_off": model.written_off,
        **{
            f"public_to_{name}": sum(firm.received for firm in domestic if firm.size_class == number)
            for number, name in enumerate(CLASSES)
            if number != FOREIGN
        },
    }
