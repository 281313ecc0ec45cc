"""Start where the data are: appeal by inversion, derived demand, and segments scaled to the observed sales.

See the model page, Initialisation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from majung.market import draws
from majung.market.lower.roster import Roster, by_technology
from majung.market.world import FOREIGN, HOME, WORLD, Floats, Lines, Rates, Segments, Technologies

if TYPE_CHECKING:
    from majung.scenario import Scenario

__all__ = ["appeal_by_inversion", "derived_demand", "scaled_segments"]


def derived_demand(
    roster: Roster, domestic: NDArray[np.bool_], sales: Floats, price: Floats, inputs: Floats
) -> tuple[Floats, Floats]:
    """Units of derived demand at the observed sales per quarter, and mean prices (1 where nothing is sold), (K, 2)."""
    count = inputs.shape[0]
    units = sales / price[:, np.newaxis]
    makers = np.stack([np.where(domestic, units.sum(axis=1), 0.0), np.where(domestic, 0.0, units.sum(axis=1))], axis=1)
    derived = inputs.T @ by_technology(roster, makers, count)
    money, sold = by_technology(roster, sales, count), by_technology(roster, units, count)
    return derived, np.divide(money, sold, out=np.ones_like(money), where=sold > 0)


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
    mean_price: Floats,
    technologies: Technologies,
) -> tuple[Segments, Floats, Floats]:
    """Scale segments to the observed final demand.

    Also return modelled sales of the first quarter, and the part that ordinary public buyers have of them, (K, 2).
    """
    given = scenario.segments
    sort = np.argsort(np.asarray(given.technology), kind="stable")
    technology = np.asarray(given.technology, dtype=np.int64)[sort]
    region = np.asarray(given.region, dtype=np.int64)[sort]

    def floats(name: str) -> Floats:
        return np.array(getattr(given, name), dtype=np.float64)[sort]

    potential, adopters, min_quality = floats("potential"), floats("adopters"), floats("min_quality")
    threshold, tolerance = floats("threshold"), floats("tolerance")
    offers = _offers(roster, lines, rates)
    wanted = np.zeros(technology.size)
    for s in range(technology.size):
        here = (roster.line_technology == technology[s]) & (lines.quality >= min_quality[s])
        total = offers[here, region[s]].sum()
        if total > 0:
            acceptable = 1.0 / (1.0 + np.exp(-(np.log(total) - threshold[s]) / tolerance[s]))
            share = adopters[s] / potential[s]
            hazard = min((floats("innovation")[s] + floats("imitation")[s] * share) * acceptable, 1.0)
            wanted[s] = (potential[s] - adopters[s]) * hazard + technologies.replacement[technology[s]] * adopters[s]
    wanted *= floats("weight")
    expected = np.zeros_like(observed)
    np.add.at(expected, (technology, region), wanted)
    final = np.maximum(observed / mean_price - derived, 0.0)
    scale = np.divide(final, expected, out=np.zeros_like(final), where=expected > 0)
    modelled = (scale * expected + derived) * mean_price
    public = np.array(given.public, dtype=np.bool_)[sort]
    bought = np.zeros_like(observed)
    np.add.at(bought, (technology[public], region[public]), wanted[public])
    return (
        Segments(
            region=region,
            public=public,
            potential=potential,
            adopters=adopters,
            innovation=floats("innovation"),
            imitation=floats("imitation"),
            threshold=threshold,
            tolerance=tolerance,
            min_quality=min_quality,
            units_each=floats("weight") * scale[technology, region],
            key=draws.entity_keys("segment", np.asarray(given.id, dtype=object)[sort]),
        ),
        modelled,
        bought * scale * mean_price,
    )


def _offers(roster: Roster, lines: Lines, rates: Rates) -> Floats:
    """e^V (L, 2) of the live lines before the first quarter."""
    price = np.exp(lines.log_cost) * (1.0 + rates.markup)[roster.size_class[roster.line_firm]]
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
