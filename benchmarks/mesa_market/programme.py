"""The programme: it scores lines, selects, and hands out grants and orders."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from majung.market.world import BY_SCORE, BY_SIZE, MATCHING, Policy
from mesa_market.firm import Line
from mesa_market.luck import EVALUATION

if TYPE_CHECKING:
    from mesa_market.model import MarketModel

__all__ = ["Programme"]


class Programme:
    """What the state does."""

    def __init__(self, model: MarketModel, policy: Policy) -> None:
        if (policy.award_instrument == MATCHING).any():
            raise ValueError("the Mesa twin has no pledges: awards of matching are left out of it")
        self.model, self.policy = model, policy
        self.budget = self.pot = 0.0
        self.last_review = 0
        self.coverage = 1.0

    def support(self) -> None:
        """Review if it is time, and set the quarter's grants and orders."""
        policy, t = self.policy, self.model.quarter
        lines = [line for technology in self.model.technologies for line in technology.lines]
        since = t - policy.start
        active = policy.budget > 0 and 0 <= since < policy.length
        self.budget = policy.budget if active else 0.0
        self.pot = self.budget * float(policy.mix[2])
        if not active:
            for line in lines:
                line.weight = 0.0
        elif since % policy.review == 0:
            self.review(lines)
        cap = policy.max_award if policy.max_award > 0 else math.inf
        for line in lines:
            line.grant = min(line.weight * self.budget * float(policy.mix[0]), cap)
            line.order = min(line.weight * self.budget * float(policy.mix[1]), cap)
        self.hand_out_awards(lines)

    def hand_out_awards(self, lines: list[Line]) -> None:
        """Add the rows of an award table."""
        policy = self.policy
        rows = [n for n, quarter in enumerate(policy.award_quarter) if quarter == self.model.quarter]
        by_row = {line.row: line for line in lines} if rows else {}
        for n in rows:
            amount = float(policy.award_amount[n])
            self.budget += amount
            line = by_row.get(int(policy.award_line[n]))
            if line is not None and policy.award_instrument[n] == 0:
                line.grant += amount
            elif line is not None:
                line.order += amount

    def eligible(self, line: Line) -> bool:
        """Whether a line may be chosen now."""
        policy = self.policy
        sits_out = policy.gate and line.weight > 0 and line.quality <= line.reviewed_quality
        admitted = policy.admits_class[line.firm.size_class] and policy.admits_technology[line.technology.row]
        return bool(admitted) and not line.firm.foreign and not sits_out

    def merit(self, line: Line, elapsed: int) -> float:
        """Score a line as the programme sees it."""
        firm, technology, policy = line.firm, line.technology, self.policy
        pace = 2 * technology.pace * elapsed
        progress = math.log(line.quality / line.reviewed_quality) / pace if pace > 0 else 0.0
        share = self.model.world.rates.research_share
        year = 4 * (firm.overhead + share * firm.sales) + technology.research_cost
        criteria = (
            min(1.0, line.quality / technology.frontier),
            min(1.0, max(0.0, progress)),
            1 / len(firm.lines),
            1 / (1 + (max(firm.cash, 0.0) + 4 * firm.legacy_profit) / year),
            line.private_sales / (line.private_sales + technology.contract),
            1 - line.derived_sales / line.private_sales if line.private_sales > 0 else 1.0,
        )
        luck = self.model.luck
        noise = policy.noise * luck.normal(line.key, self.model.quarter, EVALUATION)
        seen = sum(float(weight) * value for weight, value in zip(policy.criteria, criteria, strict=True))
        return seen + float(policy.class_weight[firm.size_class]) + noise + 1e-6 * luck.tie(line.key)

    def review(self, lines: list[Line]) -> None:
        """Select lines and set their weights."""
        policy, elapsed = self.policy, self.model.quarter - self.last_review
        scores = {line: self.merit(line, elapsed) for line in lines if self.eligible(line)}
        ranked = sorted(scores, key=lambda line: -scores[line])
        chosen = ranked
        if policy.winners > 0:
            reserved = math.ceil(policy.small_firm_floor * policy.winners - 1e-9)
            chosen = [line for line in ranked if line.firm.small][:reserved]
            held = set(chosen)
            chosen = [*chosen, *(line for line in ranked if line not in held)][: policy.winners]
        sizes = {line: self.size(line, scores[line]) for line in chosen}
        total = sum(sizes.values())
        for line in lines:
            line.weight = sizes[line] / total if line in sizes else 0.0
            line.reviewed_quality = line.quality
        self.last_review = self.model.quarter

    def size(self, line: Line, score: float) -> float:
        """Return a chosen line's part before it is divided by the sum."""
        if self.policy.spread == BY_SCORE:
            return math.exp(score / 0.5)
        return line.reach if self.policy.spread == BY_SIZE else 1.0

    def match(self) -> None:
        """Match private money that supported firms raised."""
        asking = [firm for firm in self.model.firms if firm.raised > 0 and firm.supported]
        requests = {firm: self.policy.match_rate * firm.raised for firm in asking}
        total = sum(requests.values())
        if total > 0:
            self.coverage = min(1.0, self.pot / total)
        for firm, asked in requests.items():
            firm.matched = asked * self.pot / total if total > self.pot else asked
            firm.cash += firm.matched
            firm.award_memory += firm.matched
            firm.received += firm.matched
