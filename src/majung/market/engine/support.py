"""Support: score lines on noisy evidence, select, and hand out grants and orders (page: Support)."""

from __future__ import annotations

import numpy as np

from majung.market import draws
from majung.market.engine import rows
from majung.market.engine.compile import LANES, step
from majung.market.engine.vectormath import exp, log
from majung.market.world import BY_SCORE, BY_SIZE, SME

_OUT = -1e30
"""Score of a line that is not eligible."""
_SCORE_TEMPERATURE = 0.5
_TIE_JITTER = 1e-6
_BISECTIONS = 64
_NARROWED = 4
"""Bisections after which candidates are narrowed down, if there are more than a few."""
_FEW = 256


@step
def _narrow(score, candidates, left, low, high, passed):
    """Keep the candidates that are between the bounds in some lane, and return how many; count those above both."""
    stay = 0
    for n in range(left):
        l = candidates[n]
        near = 0
        for v in range(LANES):
            near += 1 if score[l, v] >= low[v] and score[l, v] < high[v] else 0
        if near > 0:
            candidates[stay] = l
            stay += 1
        else:
            for v in range(LANES):
                passed[v] += 1.0 if score[l, v] >= low[v] else 0.0
    return stay


@step
def select(score, wanted, chosen, candidates, low, high, count, passed):
    """Choose the best lines of each lane: the threshold by bisection over all lanes at once.

    Of many lines, only those that are between the bounds in some lane are looked at again.

    Parameters
    ----------
    score : (L, LANES) float
        Scores; lines that are not eligible have -1e30 and are never chosen.
    wanted : (LANES,) float
        How many to choose.
    chosen : (L, LANES) float, changed
        1 is written for the chosen lines; others stay.
    candidates, low, high, count, passed : (L,) int, (LANES,) float
        Work space.
    """
    lines = score.shape[0]
    for v in range(LANES):
        low[v] = 1e30
        high[v] = -1e30
    for l in range(lines):
        for v in range(LANES):
            s = score[l, v]
            low[v] = s if s > _OUT and s < low[v] else low[v]
            high[v] = s if s > high[v] else high[v]
    for l in range(lines):
        candidates[l] = l
    for v in range(LANES):
        # at least `wanted` lines lie at or above low, fewer above high
        high[v] = high[v] + 1.0
        passed[v] = 0.0
    left = lines
    for turn in range(_BISECTIONS):
        if turn % _NARROWED == 0 and turn > 0 and left > _FEW:
            left = _narrow(score, candidates, left, low, high, passed)
        for v in range(LANES):
            count[v] = passed[v]
        for n in range(left):
            l = candidates[n]
            for v in range(LANES):
                count[v] += 1.0 if score[l, v] >= 0.5 * (low[v] + high[v]) else 0.0
        done = True
        for v in range(LANES):
            middle = 0.5 * (low[v] + high[v])
            if count[v] >= wanted[v]:
                low[v] = middle
            else:
                high[v] = middle
            done = done and (count[v] == wanted[v])
        if done:
            break
    for l in range(lines):
        for v in range(LANES):
            chosen[l, v] = 1.0 if score[l, v] >= low[v] and score[l, v] > _OUT and wanted[v] > 0.0 else chosen[l, v]


@step
def score_lines(
    t, eligible_firm, admits_technology, criteria, class_weight, noise, gate, research_share,
    line_firm, line_technology, line_key, size_class, overhead, legacy_profit, lines_of_firm, research_cost,
    reference_contract, frontier_growth, frontier, elapsed,
    luck, alive, cash, sales, quality, reviewed, weight, private, derived, score,
):  # fmt: skip
    """Write observed merit of every line into ``score``, -1e30 where it is not eligible."""
    for l in range(score.shape[0]):
        i, k = line_firm[l], line_technology[l]
        if not (eligible_firm[i] and admits_technology[k]):
            for v in range(LANES):
                score[l, v] = _OUT
            continue
        event = draws.event(line_key[l], t, draws.EVALUATION)
        tie = _TIE_JITTER * draws.bits_uniform(draws.mix(draws.event(line_key[l], 0, draws.TIE)))
        pace = 2.0 * frontier_growth[k] * elapsed
        fixed = class_weight[size_class[i]] + criteria[2] / lines_of_firm[i] + tie
        for v in range(LANES):
            q = quality[l, v]
            q = q if q > 1e-300 else 1e-300
            near = q / frontier[k]
            progress = (log(q) - log(reviewed[l, v])) / pace if pace > 0.0 else 0.0
            money = 4.0 * legacy_profit[i] + (cash[i, v] if cash[i, v] > 0.0 else 0.0)
            need = 1.0 / (1.0 + money / (4.0 * (overhead[i] + research_share * sales[i, v]) + research_cost[k]))
            private_sales = private[l, v]
            opening = 1.0 - derived[l, v] / (private_sales if private_sales > 0.0 else 1.0)
            merit = (
                fixed
                + criteria[0] * (near if near < 1.0 else 1.0)
                + criteria[1] * (0.0 if progress < 0.0 else (1.0 if progress > 1.0 else progress))
                + criteria[3] * need
                + criteria[4] * private_sales / (private_sales + reference_contract[k])
                + criteria[5] * opening
                + noise * draws.normal(luck[v], event)
            )
            sits_out = gate and weight[l, v] > 0.0 and q <= reviewed[l, v]
            score[l, v] = _OUT if alive[i, v] == 0.0 or sits_out else merit


@step
def review(
    winners, small_firm_floor, spread, line_firm, size_class, reach,
    quality, score, masked, reviewed, weight, kept, candidates, wanted, left, low, high, count, passed,
):  # fmt: skip
    """Select the winners and set the weights of all lines; remember the quality that was seen."""
    lines = score.shape[0]
    for l in range(lines):
        for v in range(LANES):
            weight[l, v] = 0.0
    if winners == 0:
        for l in range(lines):
            for v in range(LANES):
                weight[l, v] = 1.0 if score[l, v] > _OUT else 0.0
    else:
        reserved = np.ceil(small_firm_floor * winners - 1e-9)
        if reserved > 0.0:
            for l in range(lines):
                small = size_class[line_firm[l]] <= SME
                for v in range(LANES):
                    masked[l, v] = score[l, v] if small else _OUT
            for v in range(LANES):
                wanted[v] = reserved
            select(masked, wanted, weight, candidates, low, high, count, passed)
        for v in range(LANES):
            left[v] = winners
        for l in range(lines):
            for v in range(LANES):
                left[v] -= weight[l, v]
                masked[l, v] = _OUT if weight[l, v] > 0.0 else score[l, v]
        select(masked, left, weight, candidates, low, high, count, passed)
    for v in range(LANES):
        count[v] = 0.0
    for l in range(lines):
        for v in range(LANES):
            if spread == BY_SCORE:
                weight[l, v] = exp(score[l, v] / _SCORE_TEMPERATURE) if weight[l, v] > 0.0 else 0.0
            elif spread == BY_SIZE:
                weight[l, v] *= reach[l]
            count[v] += weight[l, v]
            reviewed[l, v] = quality[l, v]
    for l in range(lines):
        holds = 0
        for v in range(LANES):
            holds += 1 if weight[l, v] > 0.0 else 0
            weight[l, v] = weight[l, v] / count[v] if count[v] > 0.0 else 0.0
        kept[l] = holds > 0


@step
def hand_out(subsidy_pot, purchase_pot, cap, line_firm, alive, weight, kept, held, aided, grant, order):
    """Grant and order by weight, up to the cap, to live lines."""
    for l in range(held.size):
        held[l] = kept[l]
        if not kept[l]:
            continue
        i = line_firm[l]
        aided[i] = True
        for v in range(LANES):
            share = weight[l, v] * alive[i, v]
            u = share * subsidy_pot
            o = share * purchase_pot
            grant[l, v] = cap if cap > 0.0 and u > cap else u
            order[l, v] = cap if cap > 0.0 and o > cap else o


@step
def entitle(line_firm, kept, weight, entitled):
    """Mark firms that have a line with a weight: their private money is matched."""
    for l in range(kept.size):
        if kept[l]:
            for v in range(LANES):
                entitled[line_firm[l], v] = 0.0
    for l in range(kept.size):
        if kept[l]:
            i = line_firm[l]
            for v in range(LANES):
                entitled[i, v] = 1.0 if weight[l, v] > 0.0 else entitled[i, v]


@step
def award(amount, l, i, alive, held, aided, given, other):
    """Add an award to what a line is given; it may have had nothing else."""
    for v in range(LANES):
        given[l, v] = (given[l, v] if held[l] else 0.0) + amount * alive[i, v]
        other[l, v] = other[l, v] if held[l] else 0.0
    held[l] = True
    aided[i] = True


@step
def pledge(amount, i, alive, aided, pledged, account):
    """Pledge an award of matching to a firm; where it is dead, the amount is in the budget, to be returned."""
    for v in range(LANES):
        pledged[i, v] += amount * alive[i, v]
        account[rows.BUDGET + v] += amount * (1.0 - alive[i, v])
    aided[i] = True


@step
def end(kept, held):
    """Take all weights, grants and orders back."""
    for l in range(kept.size):
        kept[l] = False
        held[l] = False
