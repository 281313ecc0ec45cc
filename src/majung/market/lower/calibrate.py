"""Start where the data are: appeal by inversion, derived demand, and segments scaled to the observed sales.

See the model page, Initialisation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from majung.market import draws
from majung.market.lower.roster import Roster, by_technology
from majung.market.world import FOREIGN, HOME, WORLD, Floats, Ints, Lines, Rates, Segments

if TYPE_CHECKING:
    from majung.scenario import Scenario

__all__ = ["FirstQuarter", "appeal_by_inversion", "derived_demand", "scaled_segments"]


class FirstQuarter(NamedTuple):
    """What the offers before the first quarter sell, (K, 2) by technology and region."""

    domestic: Floats
    """Sales of domestic lines, money per quarter."""
    public_share: Floats
    """Part of all sales that ordinary public buyers have."""
    derived_share: Floats
    """Part of all sales that is derived demand."""


def derived_demand(roster: Roster, domestic: NDArray[np.bool_], sales: Floats, price: Floats, inputs: Floats) -> Floats:
    """Units of derived demand at the observed sales per quarter, (K, 2)."""
    units = (sales / price[:, np.newaxis]).sum(axis=1)
    makers = np.stack([np.where(domestic, units, 0.0), np.where(domestic, 0.0, units)], axis=1)
    derived: Floats = inputs.T @ by_technology(roster, makers, inputs.shape[0])
    return derived


def _presence(reach: Floats, base: Floats, search_share: float) -> Floats:
    """Presence of live lines of one technology, (n,) and (n, 2) to (n, 2)."""
    reach_share = (reach / reach.sum())[:, np.newaxis]
    total = base.sum(axis=0)
    base_share = np.where(total > 0, base / np.where(total > 0, total, 1.0), reach_share)
    seen: Floats = search_share * reach_share + (1.0 - search_share) * base_share
    return seen


def appeal_by_inversion(
    scenario: Scenario,
    roster: Roster,
    rates: Rates,
    units: Floats,
    base: Floats,
    price: Floats,
    quality: Floats,
    reputation: Floats,
    reach: Floats,
) -> Floats:
    """e^ξ by inversion (Berry 1994): shares of the first quarter are the observed ones, and Σ e^V = 1."""
    shifts = (scenario.parameters.value("no_sales_shift"), scenario.parameters.value("no_export_shift"))
    domestic = roster.size_class[roster.line_firm] != FOREIGN
    attraction = np.exp(
        rates.quality_weight * np.log(quality)
        - rates.price_weight * np.log(price)
        + rates.reputation_weight * reputation
    )
    appeal = np.zeros_like(units)
    for k in range(roster.first_slot.size):
        lines = np.arange(roster.first_line[k], roster.first_line[k + 1])
        alive = lines[roster.row[lines] >= 0]
        if not alive.size:
            continue
        seen = _presence(reach[alive], base[alive], rates.search_share)
        for region in (HOME, WORLD):
            sold = units[alive, region]
            sells = sold > 0
            if not sells.any():
                continue
            found = sold[sells] / sold.sum() / (attraction[alive][sells] * seen[sells, region])
            appeal[alive[sells], region] = found
            peers = found[domestic[alive][sells]]
            if peers.size:
                silent = lines[(units[lines, region] == 0) & domestic[lines]]
                appeal[silent, region] = np.exp(np.median(np.log(peers)) + shifts[region])
    return appeal


def scaled_segments(
    scenario: Scenario,
    roster: Roster,
    lines: Lines,
    rates: Rates,
    observed: Floats,
    derived: Floats,
    replacement: Floats,
) -> tuple[Segments, FirstQuarter]:
    """Scale segments to the observed final demand, at the prices of the offers that each of them accepts.

    Parameters
    ----------
    observed : (K, 2) float
        Observed sales, money per quarter.
    derived : (K, 2) float
        Derived demand, units per quarter.
    replacement : (K,) float
        Part of adopters who buy again in a quarter.
    """
    given = scenario.segments
    sort = np.argsort(np.asarray(given.technology), kind="stable")
    technology = np.asarray(given.technology, dtype=np.int64)[sort]
    region = np.asarray(given.region, dtype=np.int64)[sort]
    public = np.array(given.public, dtype=np.bool_)[sort]

    def floats(name: str) -> Floats:
        return np.array(getattr(given, name), dtype=np.float64)[sort]

    potential, adopters, min_quality, weight = (
        floats(name) for name in ("potential", "adopters", "min_quality", "weight")
    )
    innovation, imitation, threshold, tolerance = (
        floats(name) for name in ("innovation", "imitation", "threshold", "tolerance")
    )
    market = _Offers.of(roster, lines, rates)
    spending, domestic_part = np.zeros(technology.size), np.zeros(technology.size)
    for s in range(technology.size):
        k, r = int(technology[s]), int(region[s])
        total, price, domestic_part[s] = market.sold(k, r, min_quality[s])
        if total > 0:
            acceptable = 1.0 / (1.0 + np.exp(-(np.log(total) - threshold[s]) / tolerance[s]))
            hazard = min((innovation[s] + imitation[s] * adopters[s] / potential[s]) * acceptable, 1.0)
            buyers = (potential[s] - adopters[s]) * hazard + replacement[k] * adopters[s]
            spending[s] = weight[s] * buyers * price
    pulled, pulled_domestic = np.zeros_like(observed), np.zeros_like(observed)
    for k, r in np.ndindex(*observed.shape):
        _, price, pulled_domestic[k, r] = market.sold(k, r, 0.0)
        pulled[k, r] = derived[k, r] * price
    wanted = _sums(technology, region, spending, observed.shape)
    scale = _ratio(np.maximum(observed - pulled, 0.0), wanted)
    sales = scale[technology, region] * spending
    total_sales = _sums(technology, region, sales, observed.shape) + pulled
    return (
        Segments(
            region=region,
            public=public,
            potential=potential,
            adopters=adopters,
            innovation=innovation,
            imitation=imitation,
            threshold=threshold,
            tolerance=tolerance,
            min_quality=min_quality,
            units_each=weight * scale[technology, region],
            key=draws.entity_keys("segment", np.asarray(given.id, dtype=object)[sort]),
        ),
        FirstQuarter(
            domestic=_sums(technology, region, sales * domestic_part, observed.shape) + pulled * pulled_domestic,
            public_share=_ratio(_sums(technology, region, sales * public, observed.shape), total_sales),
            derived_share=_ratio(pulled, total_sales),
        ),
    )


def _sums(technology: Ints, region: Ints, values: Floats, shape: tuple[int, ...]) -> Floats:
    """Sum segments' values by technology and region."""
    total = np.zeros(shape)
    np.add.at(total, (technology, region), values)
    return total


def _ratio(part: Floats, whole: Floats) -> Floats:
    """Return parts of wholes; 0 where there is no whole."""
    return np.divide(part, whole, out=np.zeros_like(whole), where=whole > 0)


class _Offers(NamedTuple):
    """The lines' offers before the first quarter."""

    value: Floats
    """(L, 2) e^V."""
    price: Floats
    """(L,)"""
    quality: Floats
    """(L,)"""
    domestic: NDArray[np.bool_]
    """(L,)"""
    first_line: Ints
    """(K + 1,)"""

    @classmethod
    def of(cls, roster: Roster, lines: Lines, rates: Rates) -> _Offers:
        size_class = roster.size_class[roster.line_firm]
        price = np.exp(lines.log_cost) * (1.0 + rates.markup)[size_class]
        return cls(_values(roster, lines, rates, price), price, lines.quality, size_class != FOREIGN, roster.first_line)

    def sold(self, technology: int, region: int, min_quality: float) -> tuple[float, float, float]:
        """Return Σ e^V of the eligible lines, their mean price, and the domestic part of what they sell."""
        here = slice(self.first_line[technology], self.first_line[technology + 1])
        value = np.where(self.quality[here] >= min_quality, self.value[here, region], 0.0)
        total = float(value.sum())
        if total == 0.0:
            return 0.0, 0.0, 0.0
        money = value * self.price[here]
        return total, float(money.sum()) / total, float(money[self.domestic[here]].sum() / money.sum())


def _values(roster: Roster, lines: Lines, rates: Rates, price: Floats) -> Floats:
    """e^V (L, 2) of the live lines before the first quarter."""
    attraction = np.exp(
        rates.quality_weight * np.log(lines.quality)
        - rates.price_weight * np.log(price)
        + rates.reputation_weight * lines.reputation
    )
    offers = np.zeros_like(lines.appeal)
    for k in range(roster.first_slot.size):
        alive = np.arange(roster.first_line[k], roster.first_slot[k])
        if alive.size:
            seen = _presence(lines.reach[alive], lines.base[alive], rates.search_share)
            offers[alive] = attraction[alive, np.newaxis] * lines.appeal[alive] * seen
    return offers
