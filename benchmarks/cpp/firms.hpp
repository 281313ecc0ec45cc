// Firms: research money, accounts, private funding, exit, entry, census (majung.market.steps).
#pragma once
#include "world.hpp"

static inline bool incumbent(int64_t size_class) { return size_class == MID || size_class == LARGE; }

static void fund_research(const World &w, State &s) {
    const double rho = w.rates.research_share, horizon = w.rates.cash_horizon, width = w.rates.hesitation_width;
    for (int64_t i = 0; i < w.size.firms; ++i)
        if (incumbent(w.firms.size_class[i])) {
            double *legacy = row(s.legacy, i);
            EACH_LANE legacy[v] = 0.0;
        }
    for (int64_t l = 0; l < w.size.lines; ++l) {
        const int64_t i = w.lines.firm[l];
        if (!incumbent(w.firms.size_class[i])) continue;
        const double profit = w.firms.legacy_profit[i], scale = w.lines.effort[l] * w.rates.legacy_research_share * profit;
        const double bar = std::log(w.rates.hesitation_threshold * profit + TINY);
        const double *market = row(s.value, w.lines.technology[l]);
        double *legacy = row(s.legacy, i);
        EACH_LANE {
            double ready = logistic((log_of(market[v] + TINY) - bar) / width);
            legacy[v] += scale * (profit > 0.0 ? ready : 1.0);
        }
    }
    for (int64_t i = 0; i < w.size.firms; ++i) {
        if (!s.live[i]) continue;
        const bool small = w.firms.size_class[i] <= SME;
        const double domestic = w.firms.size_class[i] != FOREIGN, patient = (1.0 - w.firms.captive[i]) / horizon;
        const double *alive = row(s.alive, i), *cash = row(s.cash, i), *sales = row(s.sales, i), *legacy = row(s.legacy, i);
        const double *displaced = row(s.displaced, i);
        double *own = row(s.own, i), *spending = row(s.spending, i), *granted = row(s.granted, i), *filled = row(s.filled, i);
        double *sold = row(s.sold, i), *reputation = row(s.firm_reputation, i), *hype = row(s.firm_hype, i);
        EACH_LANE {
            double money = rho * sales[v] + (small ? patient * larger(cash[v] - displaced[v], 0.0) : legacy[v]);
            money *= alive[v] * domestic;
            own[v] = spending[v] = money;
            granted[v] = filled[v] = sold[v] = reputation[v] = hype[v] = 0.0;
        }
    }
    for (int64_t l = 0; l < w.size.lines; ++l) {
        const int64_t i = w.lines.firm[l];
        const double added = 1.0 - w.by_class.crowding_out[w.firms.size_class[i]];
        double *spending = row(s.spending, i), *granted = row(s.granted, i), *displaced = row(s.displaced, i), *grant = row(s.grant, l);
        EACH_LANE {
            spending[v] += added * grant[v];
            granted[v] += grant[v];
            displaced[v] += (1.0 - added) * grant[v];
        }
    }
}

#define ACCOUNT(name) money[account::name * LANES + v]

static void settle(int64_t t, double promised, const World &w, State &s, const uint64_t *luck, double *money, double *received_all) {
    const RateNumbers &r = w.rates;
    const double base = r.funding_base, by_growth = r.funding_growth, by_certificate = r.funding_certification;
    const double by_reputation = r.funding_reputation, by_hype = r.funding_hype, runway = r.runway_sought, rounds = r.round_length;
    for (int64_t i = 0; i < w.size.firms; ++i) {
        double *raised = row(s.raised, i), *sales = row(s.sales, i), *sold = row(s.sold, i);
        if (!s.live[i]) {
            EACH_LANE raised[v] = sales[v] = 0.0;
            continue;
        }
        if (w.firms.size_class[i] == FOREIGN) {
            EACH_LANE sales[v] = sold[v];
            continue;
        }
        const bool small = w.firms.size_class[i] <= SME;
        const double cost = w.firms.overhead[i], rate = s.margin_rate[w.firms.size_class[i]];
        const uint64_t event = event_of(w.firms.key[i], t, FUNDING);
        const double *alive = row(s.alive, i), *filled = row(s.filled, i), *spending = row(s.spending, i);
        const double *granted = row(s.granted, i), *legacy = row(s.legacy, i), *reputation = row(s.firm_reputation, i);
        const double *hype = row(s.firm_hype, i), *entitled = row(s.entitled, i);
        double *cash = row(s.cash, i), *market_sales = row(s.market_sales, i), *awards = row(s.awards, i);
        double *displaced = row(s.displaced, i);
        double *received = row(received_all, i), *by_class = s.public_money + w.firms.size_class[i] * LANES;
        EACH_LANE {
            double now = sold[v], last = market_sales[v], total = now + filled[v];
            double margin = rate * total, paid = alive[v] * cost, put_in = legacy[v] * alive[v];
            double income = margin - spending[v] - paid + granted[v] + put_in;
            double before = cash[v], after = before + income, burn = before - after;
            double gift = granted[v] + filled[v], memory = 0.75 * awards[v] + gift;
            double growth = now + last > 0.0 ? 2.0 * (now - last) / (now + last) : 0.0;
            double counted = memory + promised * s.coverage[v] * rounds * larger(burn, 0.0) * entitled[v];
            double certificate = counted > 0.0 ? counted / (counted + 4.0 * (spending[v] + cost)) : 0.0;
            double chance = logistic(base + by_growth * growth + by_certificate * certificate
                + by_reputation * reputation[v] + by_hype * hype[v]);
            bool funded = small & (alive[v] > 0.0) & (burn > 0.0) & (after < runway * burn) & (uniform(luck[v], event) < chance);
            double got = funded ? rounds * burn : 0.0;
            cash[v] = after + got;
            raised[v] = got;
            displaced[v] = larger(displaced[v] - got, 0.0);
            awards[v] = memory;
            sales[v] = total;
            market_sales[v] = now;
            ACCOUNT(margin) += margin;
            ACCOUNT(research) += spending[v];
            ACCOUNT(overhead) += paid;
            ACCOUNT(legacy) += put_in;
            by_class[v] += gift;
            received[v] += gift;
        }
    }
}

static void match(double pot, double match_rate, const World &w, State &s, double *received_all) {
    alignas(64) double scale[LANES] = {};
    for (int64_t i = 0; i < w.size.firms; ++i) {
        const double *raised = row(s.raised, i), *entitled = row(s.entitled, i);
        EACH_LANE scale[v] += match_rate * raised[v] * entitled[v];
    }
    EACH_LANE {
        double covered = scale[v] > pot ? pot / scale[v] : 1.0;
        s.coverage[v] = scale[v] > 0.0 ? covered : s.coverage[v];
        scale[v] = match_rate * covered;
    }
    for (int64_t i = 0; i < w.size.firms; ++i) {
        if (w.firms.size_class[i] > SME) continue;
        const double *raised = row(s.raised, i), *entitled = row(s.entitled, i);
        double *matched = row(s.matched, i), *cash = row(s.cash, i), *awards = row(s.awards, i), *received = row(received_all, i);
        double *by_class = s.public_money + w.firms.size_class[i] * LANES;
        EACH_LANE {
            double paid = scale[v] * raised[v] * entitled[v];
            matched[v] = paid;
            cash[v] += paid;
            awards[v] += paid;
            by_class[v] += paid;
            received[v] += paid;
        }
    }
}

static void leave(const World &w, State &s, double *money) {
    for (int64_t i = 0; i < w.size.firms; ++i) {
        if (w.firms.size_class[i] > SME) continue;
        double *alive = row(s.alive, i), *cash = row(s.cash, i), *died = row(s.died, i);
        EACH_LANE {
            bool dies = (alive[v] > 0.0) & (cash[v] < 0.0);
            ACCOUNT(written_off) += dies ? -cash[v] : 0.0;
            died[v] = dies ? 1.0 : 0.0;
            alive[v] = dies ? 0.0 : alive[v];
            cash[v] = dies ? 0.0 : cash[v];
        }
    }
}

static void enter(int64_t t, int64_t k, const World &w, State &s, const uint64_t *luck, double *record, double *money) {
    const double response = w.rates.entry_hype_response, spread = w.rates.entrant_spread, frontier = s.frontier[k];
    const double start = w.technologies.entrant_cash[k], rate = w.technologies.entry_rate[k], below = frontier * std::exp(-spread);
    const double first_cost = w.technologies.default_log_cost[k];
    const double *total = row(s.totals, k * totals::count), *hype = row(s.hype, k);
    alignas(64) double vacant[LANES] = {}, chance[LANES], mean_quality[LANES], mean_cost[LANES];
    const int64_t first = w.technologies.first_slot[k], last = w.technologies.first_line[k + 1];
    for (int64_t l = first; l < last; ++l) {
        const double *alive = row(s.alive, w.lines.firm[l]);
        EACH_LANE vacant[v] += 1.0 - alive[v];
    }
    EACH_LANE {
        double number = total[totals::number * LANES + v], divisor = number > 0.0 ? number : 1.0;
        chance[v] = 1.0 - exp_of(-rate / larger(vacant[v], 1.0) * exp_of(response * hype[v]));
        mean_quality[v] = total[totals::log_quality * LANES + v] / divisor;
        mean_cost[v] = number > 0.0 ? total[totals::log_cost * LANES + v] / divisor : first_cost;
    }
    for (int64_t l = first; l < last; ++l) {
        const uint64_t arrives = event_of(w.lines.key[l], t, ENTRY), brings = event_of(w.lines.key[l], t, ENTRY_QUALITY);
        const int64_t i = w.lines.firm[l];
        double *alive = row(s.alive, i), *cash = row(s.cash, i), *quality = row(s.quality, l);
        double *sales = row(s.sales, i), *market_sales = row(s.market_sales, i), *awards = row(s.awards, i);
        double *displaced = row(s.displaced, i);
        double *reviewed = row(s.reviewed, l), *log_cost = row(s.log_cost, l), *output = row(s.output, l);
        double *base_home = row(s.base_home, l), *base_world = row(s.base_world, l), *reputation = row(s.reputation, l);
        double *weight = row(s.weight, l), *private_sales = row(s.private_sales, l), *derived = row(s.derived_sales, l);
        EACH_LANE {
            bool enters = (alive[v] == 0.0) & (uniform(luck[v], arrives) < chance[v]);
            double q = exp_of(mean_quality[v] + spread * (2.0 * uniform(luck[v], brings) - 1.0));
            q = total[totals::number * LANES + v] > 0.0 ? q : below;
            q = q < frontier ? q : frontier;
            alive[v] = enters ? 1.0 : alive[v];
            cash[v] = enters ? start : cash[v];
            sales[v] = enters ? 0.0 : sales[v];
            market_sales[v] = enters ? 0.0 : market_sales[v];
            awards[v] = enters ? 0.0 : awards[v];
            displaced[v] = enters ? 0.0 : displaced[v];
            quality[v] = enters ? q : quality[v];
            reviewed[v] = enters ? q : reviewed[v];
            log_cost[v] = enters ? mean_cost[v] : log_cost[v];
            output[v] = enters ? 0.0 : output[v];
            base_home[v] = enters ? 0.0 : base_home[v];
            base_world[v] = enters ? 0.0 : base_world[v];
            reputation[v] = enters ? 0.0 : reputation[v];
            weight[v] = enters ? 0.0 : weight[v];
            private_sales[v] = enters ? 0.0 : private_sales[v];
            derived[v] = enters ? 0.0 : derived[v];
            record[path::entries * LANES + v] += enters ? 1.0 : 0.0;
            ACCOUNT(entry_capital) += enters ? start : 0.0;
        }
    }
}

static void census(int64_t k, const World &w, State &s, double *record) {
    for (int64_t l = w.technologies.first_line[k]; l < w.technologies.first_line[k + 1]; ++l) {
        const int64_t i = w.lines.firm[l];
        if (w.firms.size_class[i] == FOREIGN) continue;
        const double small = w.firms.size_class[i] <= SME, share = w.lines.effort[l];
        const double founding = l < w.technologies.first_slot[k] ? small : 0.0;
        const double *alive = row(s.alive, i), *weight = row(s.weight, l), *died = row(s.died, i), *grant = row(s.grant, l);
        const double *raised = row(s.raised, i), *matched = row(s.matched, i);
        EACH_LANE {
            record[path::live_ventures * LANES + v] += small * alive[v];
            record[path::founding_lines * LANES + v] += founding * alive[v];
            record[path::supported * LANES + v] += weight[v] > 0.0 ? alive[v] : 0.0;
            record[path::exits * LANES + v] += died[v];
            record[path::subsidy * LANES + v] += grant[v];
            record[path::private_raised * LANES + v] += share * raised[v];
            record[path::matching * LANES + v] += share * matched[v];
        }
    }
}
