// Deliveries of a technology and what is recorded of them (majung.market.steps.deliver).
#pragma once
#include "world.hpp"

struct Delivery {
    double *private_units, *lead;
};

template <bool domestic>
static inline void deliver_line(int64_t l, int64_t k, int64_t gates, const World &w, State &s, double *record, Delivery d) {
    const int64_t i = w.lines.firm[l];
    const double small = w.firms.size_class[i] <= SME, share = w.lines.effort[l], number = static_cast<double>(l);
    const double per_contract = 1.0 / w.technologies.reference_contract[k], kept = 1.0 - w.technologies.replacement[k];
    const double by_public = w.rates.public_reference * per_contract, by_private = w.rates.private_reference * per_contract;
    const double decay = w.rates.reputation_decay, presence = w.rates.public_presence;
    const double *home = row(s.home, l), *world = row(s.world, l), *prices = row(s.price, l), *orders = row(s.order, l);
    const double *quality = row(s.quality, l), *hype = row(s.hype, k), *flow = s.flow;
    double *bought = s.bought, *units = s.units;
    double *output = row(s.output, l), *base_home = row(s.base_home, l), *base_world = row(s.base_world, l);
    double *reputation = row(s.reputation, l), *private_sales = row(s.private_sales, l), *derived = row(s.derived_sales, l);
    double *firm_sales = row(s.sold, i), *firm_reputation = row(s.firm_reputation, i), *firm_hype = row(s.firm_hype, i);
    EACH_LANE {
        bought[v] = home[v] * flow[flow::private_home * LANES + v];
        bought[LANES + v] = world[v] * flow[flow::private_world * LANES + v];
        bought[2 * LANES + v] = home[v] * flow[flow::public_home * LANES + v];
        bought[3 * LANES + v] = world[v] * flow[flow::public_world * LANES + v];
    }
    for (int64_t g = 0; g < gates; ++g) {
        const int64_t n = s.gated[g];
        const double least = w.segments.min_quality[n], *part = row(s.part, n);
        const double *offers = w.segments.region[n] == HOME ? home : world;
        double *to = bought + (w.segments.region[n] + 2 * w.segments.public_[n]) * LANES;
        EACH_LANE to[v] += quality[v] >= least ? offers[v] * part[v] : 0.0;
    }
#define RECORD(name) record[path::name * LANES + v]
    EACH_LANE {
        double p = prices[v];
        double derived_home = home[v] * flow[flow::derived_home * LANES + v], derived_world = world[v] * flow[flow::derived_world * LANES + v];
        double induced_world = world[v] * flow[flow::induced_world * LANES + v];
        double induced = home[v] * flow[flow::induced_home * LANES + v] + induced_world;
        double ordered = orders[v] / p;
        double at_home = bought[v] + bought[2 * LANES + v] + derived_home;
        double abroad = bought[LANES + v] + bought[3 * LANES + v] + derived_world;
        double sold = at_home + abroad;
        double final_sales = p * (bought[v] + bought[LANES + v]);
        double derived_sales = p * (derived_home + derived_world - induced);
        double own_sales = final_sales + derived_sales;
        output[v] += sold + ordered;
        base_home[v] = kept * base_home[v] + at_home + presence * ordered;
        base_world[v] = kept * base_world[v] + abroad;
        double old = reputation[v];
        double rep = old + (1.0 - old) * (1.0 - exp_of(-(by_public * ordered + by_private * sold))) - decay * old;
        reputation[v] = rep;
        private_sales[v] = own_sales;
        derived[v] = derived_sales;
        firm_sales[v] += p * sold;
        firm_reputation[v] += share * rep;
        firm_hype[v] += share * hype[v];
        RECORD(home_sales) += p * at_home;
        RECORD(market_value) += own_sales;
        RECORD(hhi) += own_sales * own_sales;
        if (domestic) {
            RECORD(private_final_sales) += final_sales;
            RECORD(private_derived_sales) += derived_sales;
            RECORD(induced_sales) += p * induced;
            RECORD(ordinary_public_sales) += p * (bought[2 * LANES + v] + bought[3 * LANES + v]);
            RECORD(exports) += p * (bought[LANES + v] + derived_world - induced_world);
            RECORD(sme_sales) += small * own_sales;
            RECORD(sme_derived_sales) += small * derived_sales;
            d.private_units[v] += bought[v] + bought[LANES + v] + derived_home + derived_world - induced;
            RECORD(leader) = own_sales > d.lead[v] ? number : RECORD(leader);
            d.lead[v] = larger(own_sales, d.lead[v]);
            units[units::domestic * LANES + v] += sold - induced;
            units[units::programme * LANES + v] += ordered + induced;
        } else {
            RECORD(imports) += p * at_home;
            units[units::foreign * LANES + v] += sold - induced;
            units[units::foreign_programme * LANES + v] += induced;
        }
    }
}

static void deliver(int64_t k, int64_t gates, const World &w, State &s, double *record) {
    alignas(64) double private_units[LANES] = {}, lead[LANES] = {};
    std::memset(s.units, 0, sizeof s.units);
    EACH_LANE RECORD(leader) = -1.0;
    for (int64_t l = w.technologies.first_line[k]; l < w.technologies.first_line[k + 1]; ++l) {
        const int64_t i = w.lines.firm[l];
        if (!s.live[i]) continue;
        if (w.firms.size_class[i] != FOREIGN)
            deliver_line<true>(l, k, gates, w, s, record, {private_units, lead});
        else
            deliver_line<false>(l, k, gates, w, s, record, {private_units, lead});
    }
    const double frontier = s.frontier[k], *best = row(s.totals, k * totals::count + totals::best);
    EACH_LANE {
        double value = RECORD(market_value);
        RECORD(hhi) = value > 0.0 ? RECORD(hhi) / (value * value) : 0.0;
        double mine = RECORD(private_final_sales) + RECORD(private_derived_sales);
        RECORD(price) = private_units[v] > 0.0 ? mine / private_units[v] : 0.0;
        RECORD(best_quality) = best[v] / frontier;
        RECORD(frontier) = frontier;
    }
    for (int64_t j = 0; j < w.size.technologies; ++j) {
        const double needs = w.technologies.inputs[k * w.size.technologies + j];
        double *pull = row(s.pulled, j * pulled::count);
        const double *made = s.units;
        EACH_LANE {
            double ours = made[units::programme * LANES + v], theirs = made[units::foreign_programme * LANES + v];
            pull[pulled::home * LANES + v] += needs * (made[units::domestic * LANES + v] + ours);
            pull[pulled::world * LANES + v] += needs * (made[units::foreign * LANES + v] + theirs);
            pull[pulled::induced_home * LANES + v] += needs * ours;
            pull[pulled::induced_world * LANES + v] += needs * theirs;
        }
    }
}
