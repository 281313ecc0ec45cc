"""Steps over buyer segments and the chain of inputs, sixteen replications side by side; arrays are (LANES,)."""

from __future__ import annotations

from majung.market import draws
from majung.market.engine import rows
from majung.market.engine.compile import LANES, step
from majung.market.engine.vectormath import exp, log
from majung.market.equations import acceptable_share, adoption_hazard

_TINY = 1e-300


@step
def adopt(
    potential, innovation, imitation, threshold, tolerance, units_each, replacement, noise_size, event,
    luck, total, adopters, part,
):  # fmt: skip
    """Adoption in a segment whose eligible offers sum to ``total``; write units demanded per e^V into ``part``."""
    for v in range(LANES):
        before = adopters[v]
        adopted = before / potential if potential > 0.0 else 0.0
        noise = exp(noise_size * draws.normal(luck[v], event) - 0.5 * noise_size * noise_size)
        acceptable = acceptable_share(log(total[v] + _TINY), threshold, tolerance)
        hazard = adoption_hazard(innovation, imitation, adopted, acceptable, noise)
        new = (potential - before) * hazard if total[v] > 0.0 else 0.0
        adopters[v] = before + new
        wanted = units_each * (new + replacement * before)
        part[v] = wanted / total[v] if total[v] > 0.0 else 0.0


@step
def add(values, to):
    """Add values to others."""
    for v in range(LANES):
        to[v] += values[v]


@step
def derive(totals, pulled, flow):
    """Write derived demand per e^V into ``flow``."""
    for v in range(LANES):
        home, abroad = totals[rows.OFFERS_HOME + v], totals[rows.OFFERS_WORLD + v]
        flow[rows.DERIVED_HOME + v] = pulled[rows.PULLED_HOME + v] / home if home > 0.0 else 0.0
        flow[rows.DERIVED_WORLD + v] = pulled[rows.PULLED_WORLD + v] / abroad if abroad > 0.0 else 0.0
        flow[rows.INDUCED_HOME + v] = pulled[rows.PULLED_INDUCED_HOME + v] / home if home > 0.0 else 0.0
        flow[rows.INDUCED_WORLD + v] = pulled[rows.PULLED_INDUCED_WORLD + v] / abroad if abroad > 0.0 else 0.0


@step
def pull(needs, units, pulled):
    """Add the input needs of delivered units to the derived demand for an input."""
    for v in range(LANES):
        ours, theirs = units[rows.PROGRAMME + v], units[rows.FOREIGN_PROGRAMME + v]
        pulled[rows.PULLED_HOME + v] += needs * (units[rows.DOMESTIC + v] + ours)
        pulled[rows.PULLED_WORLD + v] += needs * (units[rows.FOREIGN_MADE + v] + theirs)
        pulled[rows.PULLED_INDUCED_HOME + v] += needs * ours
        pulled[rows.PULLED_INDUCED_WORLD + v] += needs * theirs
