"""The state of one market and the steps of a quarter, in plain NumPy, from the text of docs/model.md alone.

The sections below are that page's steps, and the symbols in the comments are its symbols. A step acts on all firms or
lines at once. Money of lines is (L,), of firms (I,); units and money by region are (L, 2).
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from scipy.special import expit

from majung.market.reference import luck
from majung.market.reference.quantities import Books, Funding, Mask, Offers, Research, Support, Trade
from majung.market.world import (
    BY_SCORE,
    BY_SIZE,
    FOREIGN,
    HOME,
    LARGE,
    MATCHING,
    MID,
    PURCHASE,
    SME,
    SUBSIDY,
    VENTURE,
    WORLD,
    Floats,
    Ints,
    Keys,
    Policy,
    World,
)

SCORE_TEMPERATURE: Final = 0.5
TIE_JITTER: Final = 1e-6


def ratio(part: Floats, whole: Floats) -> Floats:
    """Return part / whole, 0 where the whole is 0."""
    return np.divide(part, whole, out=np.zeros(np.shape(part)), where=whole > 0)


def shares(attraction: Floats) -> Floats:
    """Return the logit shares of lines with attraction e^V: 0 where nothing is offered."""
    return ratio(attraction, np.full(attraction.shape, attraction.sum()))


class Market:
    """One market: what is given, its state, and the steps of a quarter in their order."""

    def __init__(self, world: World, policy: Policy, seed: int, replication: int) -> None:
        technologies, firms, lines = world.technologies, world.firms, world.lines
        self.world, self.policy, self.luck = world, policy, luck.luck_key(seed, replication)
        self.line_class = firms.size_class[lines.firm]
        self.domestic = self.line_class != FOREIGN
        self.small_firm = np.isin(firms.size_class, (VENTURE, SME))
        self.domestic_firm = firms.size_class != FOREIGN

        self.frontier = technologies.frontier.copy()
        self.market_value = technologies.market_value.copy()
        self.hype = technologies.hype.copy()
        self.adopters = world.segments.adopters.copy()

        self.alive = firms.alive.copy()
        self.cash = firms.cash.copy()
        self.sales = firms.sales.copy()
        self.market_sales = firms.sales.copy()
        self.award_memory = np.zeros(len(firms.cash))
        self.crowded_out = np.zeros(len(firms.cash))
        self.pledged = np.zeros(len(firms.cash))
        self.coverage = 1.0

        self.quality = np.where(self.live, lines.quality, 1)  # of a slot: set at entry
        self.reviewed_quality = self.quality.copy()
        self.first_log_cost = lines.log_cost.copy()
        self.output = np.zeros(len(lines.firm))
        self.base = lines.base.copy()
        self.reputation = lines.reputation.copy()
        self.private_sales = lines.private_sales.copy()
        self.derived_sales = lines.derived_sales.copy()
        self.weight = np.zeros(len(lines.firm))
        self.last_review = 0

    @property
    def live(self) -> Mask:
        """Lines of firms that are alive, (L,)."""
        return self.alive[self.world.lines.firm]

    def by_firm(self, amounts: Floats) -> Floats:
        """Sum lines' amounts over each firm."""
        return np.asarray(np.bincount(self.world.lines.firm, amounts, len(self.cash)), np.float64)

    def by_technology(self, amounts: Floats) -> Floats:
        """Sum lines' amounts over each technology."""
        return np.asarray(np.bincount(self.world.lines.technology, amounts, len(self.frontier)), np.float64)

    def bits(self, entity: Keys, period: int, purpose: int) -> Keys:
        """Return the random bits of the entities' events."""
        return luck.mix(self.luck + luck.event_key(entity, period, purpose))

    def draw(self, entity: Keys, period: int, purpose: int) -> Floats:
        """Draw uniform numbers for the entities."""
        return luck.uniform(self.bits(entity, period, purpose))

    def best_quality(self) -> Floats:
        """Return the best quality of a live domestic line by technology, 0 if there is none."""
        best = np.zeros(len(self.frontier))
        mine = self.live & self.domestic
        np.maximum.at(best, self.world.lines.technology[mine], self.quality[mine])
        return best

    # 1 Frontier

    def advance_frontier(self) -> None:
        """Move the world frontier, and the foreign lines with it."""
        growth = np.exp(self.world.technologies.frontier_growth)
        self.frontier *= growth
        self.quality[~self.domestic] *= growth[self.world.lines.technology[~self.domestic]]

    # 2 Support

    def merit(self, period: int) -> Floats:
        """Score every line as the programme sees it."""
        lines, firms, technologies = self.world.lines, self.world.firms, self.world.technologies
        contract = technologies.reference_contract[lines.technology]
        cost_of_year = 4 * (firms.overhead + self.world.rates.research_share * self.sales)[lines.firm]
        cost_of_year = cost_of_year + technologies.research_cost[lines.technology]
        means_of_year = (np.maximum(self.cash, 0) + 4 * firms.legacy_profit)[lines.firm]
        pace = 2 * technologies.frontier_growth[lines.technology] * (period - self.last_review)
        criteria = (
            np.minimum(1, self.quality / self.frontier[lines.technology]),
            np.clip(ratio(np.log(self.quality / self.reviewed_quality), pace), 0, 1),
            1 / firms.lines[lines.firm],
            1 / (1 + means_of_year / cost_of_year),
            self.private_sales / (self.private_sales + contract),
            1 - ratio(self.derived_sales, self.private_sales),
        )
        merit: Floats = self.policy.criteria @ np.array(criteria) + self.policy.class_weight[self.line_class]
        noise = luck.normal(self.bits(lines.key, period, luck.EVALUATION))
        tie = luck.uniform(luck.mix(luck.event_key(lines.key, 0, luck.TIE)))
        return merit + self.policy.noise * noise + TIE_JITTER * tie

    def select(self, eligible: Mask, score: Floats) -> Ints:
        """Choose the best eligible lines, those of small firms first up to their floor."""
        ranked = np.argsort(-score)
        ranked = ranked[eligible[ranked]]
        winners = self.policy.winners
        if winners == 0:
            return ranked
        small = ranked[self.small_firm[self.world.lines.firm[ranked]]]
        reserved = small[: math.ceil(self.policy.small_firm_floor * winners - 1e-9)]
        return np.concatenate([reserved, ranked[~np.isin(ranked, reserved)]])[:winners]

    def hold_review(self, period: int) -> None:
        """Select lines and set their weights."""
        lines, policy = self.world.lines, self.policy
        eligible = self.live & self.domestic
        eligible &= policy.admits_class[self.line_class] & policy.admits_technology[lines.technology]
        if policy.gate:
            eligible &= (self.weight == 0) | (self.quality > self.reviewed_quality)
        score = self.merit(period)
        chosen = self.select(eligible, score)
        size = np.ones(len(chosen))
        if policy.spread == BY_SCORE:
            size = np.exp(score[chosen] / SCORE_TEMPERATURE)
        elif policy.spread == BY_SIZE:
            size = lines.reach[chosen]
        self.weight = np.zeros(len(score))
        self.weight[chosen] = size / size.sum()
        self.reviewed_quality = self.quality.copy()
        self.last_review = period

    def support(self, period: int) -> Support:
        """Split the budget of the quarter over lines and instruments."""
        policy = self.policy
        active = policy.start <= period < policy.start + policy.length
        if not active or policy.budget == 0:
            self.weight[:] = 0
        elif (period - policy.start) % policy.review == 0:
            self.hold_review(period)
        budget = policy.budget if active else 0.0
        cap = policy.max_award if policy.max_award > 0 else np.inf
        grants, orders = (np.minimum(self.weight * budget * policy.mix[i], cap) for i in (0, 1))
        rows = policy.award_quarter == period
        pledges = rows & (policy.award_instrument == MATCHING)
        for instrument, amounts in ((SUBSIDY, grants), (PURCHASE, orders)):
            chosen = rows & (policy.award_instrument == instrument)
            np.add.at(amounts, policy.award_line[chosen], policy.award_amount[chosen])
        total = budget + float(policy.award_amount[rows & ~pledges].sum()) + self.pledge(pledges)
        able = self.live & self.domestic
        return Support(grants * able, orders * able, budget * float(policy.mix[2]), total)

    def pledge(self, rows: Mask) -> float:
        """Pledge the amounts of rows of the award table; return what is returned because the firm is dead."""
        firm, amount = self.world.lines.firm[self.policy.award_line[rows]], self.policy.award_amount[rows]
        np.add.at(self.pledged, firm, np.where(self.alive[firm], amount, 0))
        return float(amount[~self.alive[firm]].sum())

    # 3 Research

    def hesitation(self) -> Floats:
        """Return how far a line's market has outgrown the firm's old business, (L,) in [0, 1]."""
        lines, rates = self.world.lines, self.world.rates
        old = rates.hesitation_threshold * self.world.firms.legacy_profit[lines.firm]
        new = self.market_value[lines.technology]
        with np.errstate(divide="ignore"):  # ln 0 is -inf: a market that does not exist convinces nobody
            distance = np.subtract(np.log(new), np.log(old), out=np.full(len(old), np.inf), where=old > 0)
        hesitation: Floats = expit(distance / rates.hesitation_width)
        return hesitation

    def research(self, period: int, grants: Floats) -> Research:
        """Spend on research; innovation and imitation raise quality."""
        firms, lines, rates = self.world.firms, self.world.lines, self.world.rates
        technology, technologies = lines.technology, self.world.technologies
        active = self.alive & self.domestic_firm
        incumbent = active & np.isin(firms.size_class, (MID, LARGE))
        attention = self.by_firm(lines.effort * self.hesitation())
        legacy = np.where(incumbent, rates.legacy_research_share * firms.legacy_profit * attention, 0)
        patient = (1 - firms.captive) * np.maximum(self.cash - self.crowded_out, 0) / rates.cash_horizon
        own = np.where(active, rates.research_share * self.sales, 0) + legacy
        own += np.where(active & self.small_firm, patient, 0)

        added = (1 - rates.crowding_out[self.line_class]) * grants
        self.crowded_out = self.crowded_out + self.by_firm(grants - added)
        effort = (lines.effort * own[lines.firm] + added) * firms.lines[lines.firm] ** -rates.breadth_cost
        effort *= (1 + rates.customer_learning * self.reputation) / technologies.research_cost[technology]

        best, frontier = self.best_quality()[technology], self.frontier[technology]
        chance = -np.expm1(-technologies.success_rate[technology] * effort**rates.research_returns)
        draw = self.draw(lines.key, period, luck.INNOVATION)
        step = np.where(draw < chance, 2 * rates.quality_step * ratio(draw, chance), 0)
        self.quality = self.quality + step * np.maximum(0, frontier - self.quality)
        absorbed = rates.imitation_rate * effort / (1 + effort)
        self.quality = self.quality + absorbed * np.maximum(0, best - self.quality)
        return Research(own + self.by_firm(added), legacy)

    # 4 Cost and price, 5 Offer

    def offers(self) -> Offers:
        """Set costs, prices and the attraction of every line in each region."""
        lines, rates = self.world.lines, self.world.rates
        exponent = self.world.technologies.learning_exponent[lines.technology]
        log_cost = self.first_log_cost - exponent * np.log1p(self.output / lines.experience)
        price = (1 + rates.markup[self.line_class]) * np.exp(log_cost)
        utility = rates.quality_weight * np.log(self.quality) - rates.price_weight * np.log(price)
        utility += rates.reputation_weight * self.reputation

        reach = np.where(self.live, lines.reach, 0)
        reach = ratio(reach, self.by_technology(reach)[lines.technology])
        attraction = np.zeros_like(lines.appeal)
        for region in (HOME, WORLD):
            base = np.where(self.live, self.base[:, region], 0)
            users = self.by_technology(base)[lines.technology]
            known = np.where(users > 0, ratio(base, users), reach)
            presence = rates.search_share * reach + (1 - rates.search_share) * known
            attraction[:, region] = lines.appeal[:, region] * np.exp(utility) * presence
        return Offers(self.live, self.best_quality(), log_cost, price, attraction)

    # 6 Adoption, 7 Derived demand, 8 Public orders

    def adopt(self, segment: int, replacement: float, attraction: Floats, noise: float) -> float:
        """Return the units that a segment's buyers demand from its eligible lines; some buyers adopt."""
        s = self.world.segments
        if not attraction.any():
            return 0.0
        inclusive_value = math.log(attraction.sum())
        good_enough = expit((inclusive_value - s.threshold[segment]) / s.tolerance[segment])
        potential, before = s.potential[segment], self.adopters[segment]
        imitation = s.imitation[segment] * before / potential if potential > 0 else 0.0
        hazard = (s.innovation[segment] + imitation) * good_enough * noise
        new = (potential - before) * min(1.0, hazard)
        self.adopters[segment] = before + new
        return float(s.units_each[segment] * (new + replacement * before))

    def programme_units(self, price: Floats, orders: Floats) -> Floats:
        """Return the units of orders that lines are good enough for, within the public need."""
        technology = self.world.lines.technology
        good = self.live & (self.quality >= self.policy.min_quality * self.frontier[technology])
        orders = np.where(good, orders, 0)
        total, need = self.by_technology(orders), self.world.technologies.public_need
        filled = np.where(total > need, ratio(need, total), 1)
        return orders * filled[technology] / price

    def trade(self, period: int, offers: Offers, orders: Floats) -> Trade:
        """Meet demand technology by technology, from the users of inputs to their makers."""
        technologies, segments = self.world.technologies, self.world.segments
        spread = self.world.rates.demand_noise
        noise = np.exp(spread * luck.normal(self.bits(segments.key, period, luck.DEMAND)) - spread**2 / 2)
        done = Trade(*(np.zeros_like(offers.attraction) for _ in Trade._fields))
        done.programme[:, HOME] = self.programme_units(offers.price, orders)
        needs = np.zeros((len(self.frontier), 2))
        induced_needs = np.zeros((len(self.frontier), 2))
        for k in technologies.order:
            mine = slice(technologies.first_line[k], technologies.first_line[k + 1])
            attraction, domestic = offers.attraction[mine], self.domestic[mine]
            for s in range(technologies.first_segment[k], technologies.first_segment[k + 1]):
                region = segments.region[s]
                eligible = self.quality[mine] >= segments.min_quality[s]
                wanted = np.where(eligible, attraction[:, region], 0)
                units = self.adopt(s, technologies.replacement[k], wanted, noise[s])
                bought = done.public if segments.public[s] else done.final
                bought[mine, region] += units * shares(wanted)
            for region in (HOME, WORLD):
                share = shares(attraction[:, region])
                done.derived[mine, region] = needs[k, region] * share
                done.induced[mine, region] = induced_needs[k, region] * share

            own_account = (done.private + done.public)[mine].sum(1)
            set_off = (done.induced + done.programme)[mine].sum(1)
            for region, makers in ((HOME, domestic), (WORLD, ~domestic)):
                needs[:, region] += technologies.inputs[k] * own_account[makers].sum()
                induced_needs[:, region] += technologies.inputs[k] * set_off[makers].sum()
        return done

    # 9 Deliveries and reputation

    def deliver(self, units: Trade) -> None:
        """Add the quarter's units to output, installed base and reputation."""
        rates, technologies = self.world.rates, self.world.technologies
        technology = self.world.lines.technology
        references = rates.public_reference * units.programme + rates.private_reference * units.market
        gain = -np.expm1(-references.sum(1) / technologies.reference_contract[technology])
        self.output = self.output + (units.market + units.programme).sum(1)
        seen = units.market + rates.public_presence * units.programme
        self.base = (1 - technologies.replacement[technology, None]) * self.base + seen
        self.reputation = self.reputation + (1 - self.reputation) * gain - rates.reputation_decay * self.reputation

    # 10 Accounts

    def settle(self, offers: Offers, value: Trade, support: Support, research: Research) -> Books:
        """Pay wages, suppliers and researchers; operations change cash."""
        active = self.alive & self.domestic_firm
        overhead = np.where(active, self.world.firms.overhead, 0)
        margin = (1 - np.exp(offers.log_cost) / offers.price) * (value.market + value.programme).sum(1)
        margin = self.by_firm(np.where(self.domestic, margin, 0))
        books = Books(margin, self.by_firm(support.grants), research.legacy, research.spending, overhead)
        self.cash = self.cash + books.income
        self.market_sales = self.by_firm(value.market.sum(1))
        self.sales = self.market_sales + self.by_firm(value.programme.sum(1))
        self.private_sales, self.derived_sales = value.private.sum(1), value.derived.sum(1)
        return books

    # 11 Private funding

    def fund(self, period: int, books: Books, awards: Floats, market_sales_before: Floats, pot: float) -> Funding:
        """Raise private money, and public money that matches it, for firms that run short."""
        lines, rates, burn = self.world.lines, self.world.rates, -books.income
        seeks = self.alive & self.small_firm & (burn > 0) & (self.cash < rates.runway_sought * burn)
        mean_sales = (self.market_sales + market_sales_before) / 2
        growth = ratio(self.market_sales - market_sales_before, mean_sales)
        memory = 0.75 * self.award_memory + awards
        promised = (self.by_firm(self.weight * self.live) > 0) & (pot > 0)
        promise = self.coverage * self.policy.match_rate * rates.round_length
        counted = memory + np.where(promised, promise * np.maximum(burn, 0), 0)
        match_of_round = self.policy.match_rate * rates.round_length * np.maximum(burn, 0)
        counted = counted + np.minimum(self.pledged, match_of_round)
        certification = ratio(counted, counted + 4 * (books.research + books.overhead))
        chance = expit(
            rates.funding_base
            + rates.funding_growth * growth
            + rates.funding_certification * certification
            + rates.funding_reputation * self.by_firm(lines.effort * self.reputation)
            + rates.funding_hype * self.by_firm(lines.effort * self.hype[lines.technology])
        )
        success = seeks & (self.draw(self.world.firms.key, period, luck.FUNDING) < chance)
        raised = np.where(success, rates.round_length * burn, 0)

        requests = np.where(promised, self.policy.match_rate * raised, 0)
        total = requests.sum()
        matching = requests * (pot / total) if total > pot else requests
        if total > 0:
            self.coverage = min(1.0, pot / total)
        drawn = np.minimum(self.pledged, self.policy.match_rate * raised)
        self.pledged = self.pledged - drawn
        self.crowded_out = np.maximum(0, self.crowded_out - raised)
        self.cash = self.cash + raised + matching + drawn
        self.award_memory = memory + matching + drawn
        return Funding(raised, matching + drawn, float(drawn.sum()), self.lapse(period))

    def lapse(self, period: int) -> float:
        """Take off balances what the rows that end with this quarter have left, row by row, and return its sum."""
        policy, returned = self.policy, 0.0
        ends = np.minimum(policy.award_quarter + policy.matching_window, self.world.quarters) - 1
        for row in np.flatnonzero((policy.award_instrument == MATCHING) & (ends == period)):
            firm = self.world.lines.firm[policy.award_line[row]]
            left = min(policy.award_amount[row], self.pledged[firm])
            self.pledged[firm] -= left
            returned += float(left)
        return returned

    # 12 Exit, entry

    def leave(self) -> tuple[Mask, float, float]:
        """Close the small firms without money; return them, the debts that are written off, the pledges returned."""
        dead = self.alive & self.small_firm & (self.cash < 0)
        debts, pledges = float((-self.cash[dead]).sum()), float(self.pledged[dead].sum())
        self.alive[dead] = False
        self.cash[dead] = self.pledged[dead] = 0
        return dead, debts, pledges

    def enter(self, period: int, offers: Offers) -> Ints:
        """Fill vacant slots; return the entrants' lines."""
        technologies, lines, rates = self.world.technologies, self.world.lines, self.world.rates
        draw, draw_quality = (self.draw(lines.key, period, purpose) for purpose in (luck.ENTRY, luck.ENTRY_QUALITY))
        rivals, entered = offers.live & self.domestic, []
        for k, (slot, end) in enumerate(zip(technologies.first_slot, technologies.first_line[1:], strict=True)):
            vacant = np.arange(slot, end)[~self.live[slot:end]]
            rate = technologies.entry_rate[k] * np.exp(rates.entry_hype_response * self.hype[k])
            new = vacant[draw[vacant] < -np.expm1(-rate / max(1, len(vacant)))]
            peers = rivals & (lines.technology == k)
            if peers.any():
                spread = rates.entrant_spread * (2 * draw_quality[new] - 1)
                quality = np.exp(np.log(self.quality[peers]).mean() + spread)
                self.first_log_cost[new] = offers.log_cost[peers].mean()
            else:
                quality = np.full(len(new), self.frontier[k] * np.exp(-rates.entrant_spread))
                self.first_log_cost[new] = technologies.default_log_cost[k]
            self.quality[new] = self.reviewed_quality[new] = np.minimum(self.frontier[k], quality)
            self.alive[lines.firm[new]] = True
            self.cash[lines.firm[new]] = technologies.entrant_cash[k]
            entered.append(new)
        entrants = np.concatenate(entered)
        for of_line in (self.output, self.base, self.reputation, self.weight):
            of_line[entrants] = 0
        for of_firm in (self.sales, self.market_sales, self.award_memory, self.crowded_out):
            of_firm[lines.firm[entrants]] = 0
        self.private_sales[entrants] = self.derived_sales[entrants] = 0
        return entrants

    # 13 Record

    def move_hype(self, value: Trade) -> None:
        """Let market value follow the quarter's private sales, and hype its growth."""
        before, smoothing = self.market_value, self.world.rates.hype_smoothing
        self.market_value = self.by_technology(value.private.sum(1))
        both = (before > 0) & (self.market_value > 0)
        growth = np.log(np.where(both, self.market_value, 1) / np.where(both, before, 1))
        self.hype = (1 - smoothing) * self.hype + smoothing * growth
