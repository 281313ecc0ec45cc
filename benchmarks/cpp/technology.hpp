// What happens in the market of a technology: research, offers, demand, orders and deliveries (majung.market.steps).
#pragma once
#include "world.hpp"

static void market_sums(int64_t first, int64_t last, const World &w, State &s) {
    double *reach_sum = s.sums + sums::reach * LANES, *home_sum = s.sums + sums::base_home * LANES;
    double *world_sum = s.sums + sums::base_world * LANES, *best = s.sums + sums::best * LANES;
    std::memset(s.sums, 0, sizeof s.sums);
    for (int64_t l = first; l < last; ++l) {
        const int64_t i = w.lines.firm[l];
        if (!s.live[i]) continue;
        const double reach = w.lines.reach[l], domestic = w.firms.size_class[i] != FOREIGN;
        const double *alive = row(s.alive, i), *quality = row(s.quality, l);
        const double *base_home = row(s.base_home, l), *base_world = row(s.base_world, l);
        EACH_LANE {
            reach_sum[v] += alive[v] * reach;
            home_sum[v] += alive[v] * base_home[v];
            world_sum[v] += alive[v] * base_world[v];
            best[v] = larger(quality[v] * alive[v] * domestic, best[v]);
        }
    }
}

static void research(int64_t t, int64_t k, const World &w, State &s, const uint64_t *luck) {
    const double lambda = w.rates.customer_learning, per_cost = 1.0 / w.technologies.research_cost[k];
    const double rate = w.technologies.success_rate[k], returns = w.rates.research_returns;
    const double step = 2.0 * w.rates.quality_step, imitation = w.rates.imitation_rate, frontier = s.frontier[k];
    const double *best = s.sums + sums::best * LANES;
    for (int64_t l = w.technologies.first_line[k]; l < w.technologies.first_line[k + 1]; ++l) {
        const int64_t i = w.lines.firm[l];
        if (w.firms.size_class[i] == FOREIGN || !s.live[i]) continue;
        const uint64_t event = event_of(w.lines.key[l], t, INNOVATION);
        const double share = w.lines.effort[l], thin = s.attention[i] * per_cost;
        const double added = 1.0 - w.by_class.crowding_out[w.firms.size_class[i]];
        const double *own = row(s.own, i), *alive = row(s.alive, i), *grant = row(s.grant, l), *reputation = row(s.reputation, l);
        double *quality = row(s.quality, l);
        EACH_LANE {
            double effort = (share * own[v] + added * grant[v]) * thin * (1.0 + lambda * reputation[v]);
            double chance = 1.0 - exp_of(-rate * exp_of(returns * log_of(effort + TINY)));
            chance = effort > 0.0 ? chance : 0.0;
            double draw = uniform(luck[v], event), before = quality[v];
            double won = step * draw / (chance + TINY) * larger(frontier - before, 0.0);
            double q = before + (draw < chance ? won : 0.0);
            q += imitation * effort / (1.0 + effort) * larger(best[v] - q, 0.0);
            quality[v] = alive[v] > 0.0 ? q : before;
        }
    }
}

static void offer(int64_t k, const World &w, State &s) {
    const double alpha = w.rates.quality_weight, beta = w.rates.price_weight, delta = w.rates.reputation_weight;
    const double search = w.rates.search_share, exponent = w.technologies.learning_exponent[k];
    double *total = row(s.totals, k * totals::count);
    double *home_sum = total, *world_sum = total + totals::world * LANES, *log_quality = total + totals::log_quality * LANES;
    double *cost_sum = total + totals::log_cost * LANES, *number = total + totals::number * LANES, *best = total + totals::best * LANES;
    alignas(64) double per_reach[LANES], per_home[LANES], per_world[LANES], no_home[LANES], no_world[LANES];
    const double *reach_sum = s.sums, *old_home = s.sums + sums::base_home * LANES, *old_world = s.sums + sums::base_world * LANES;
    EACH_LANE {
        per_reach[v] = 1.0 / (reach_sum[v] > 0.0 ? reach_sum[v] : 1.0);
        per_home[v] = old_home[v] > 0.0 ? 1.0 / old_home[v] : 0.0;
        per_world[v] = old_world[v] > 0.0 ? 1.0 / old_world[v] : 0.0;
        no_home[v] = old_home[v] > 0.0 ? 0.0 : 1.0;
        no_world[v] = old_world[v] > 0.0 ? 0.0 : 1.0;
    }
    std::memset(total, 0, totals::count * LANES * sizeof(double));
    for (int64_t l = w.technologies.first_line[k]; l < w.technologies.first_line[k + 1]; ++l) {
        const int64_t i = w.lines.firm[l];
        double *home = row(s.home, l), *world = row(s.world, l);
        if (!s.live[i]) {
            EACH_LANE home[v] = 0.0, world[v] = 0.0;
            continue;
        }
        const double domestic = w.firms.size_class[i] != FOREIGN, reach = w.lines.reach[l];
        const double markup = s.log_markup[w.firms.size_class[i]], per_scale = 1.0 / w.lines.experience[l];
        const double at_home = w.lines.appeal[2 * l], abroad = w.lines.appeal[2 * l + 1];
        const double *alive = row(s.alive, i), *quality = row(s.quality, l), *output = row(s.output, l);
        const double *base_home = row(s.base_home, l), *base_world = row(s.base_world, l);
        const double *reputation = row(s.reputation, l), *first_cost = row(s.log_cost, l);
        double *price = row(s.price, l);
        EACH_LANE {
            double q = quality[v], lq = log_of(larger(q, TINY));
            double cost = first_cost[v] - exponent * log_of(1.0 + output[v] * per_scale), log_price = cost + markup;
            double attracted = alive[v] * exp_of(alpha * lq - beta * log_price + delta * reputation[v]);
            double seen = reach * per_reach[v];
            double known_home = base_home[v] * per_home[v] + seen * no_home[v];
            double known_world = base_world[v] * per_world[v] + seen * no_world[v];
            double e_home = attracted * at_home * (search * seen + (1.0 - search) * known_home);
            double e_world = attracted * abroad * (search * seen + (1.0 - search) * known_world);
            double counted = alive[v] * domestic;
            price[v] = exp_of(log_price);
            home[v] = e_home;
            world[v] = e_world;
            home_sum[v] += e_home;
            world_sum[v] += e_world;
            log_quality[v] += counted * lq;
            cost_sum[v] += counted * cost;
            number[v] += counted;
            best[v] = larger(q * counted, best[v]);
        }
    }
}

// Adoption in the segments of a technology, and derived demand: units demanded per e^V. Returns how many segments are gated.
static int64_t demand(int64_t t, int64_t k, const World &w, State &s, const uint64_t *luck, double *record) {
    const int64_t first = w.technologies.first_line[k], last = w.technologies.first_line[k + 1];
    const double sigma = w.rates.demand_noise;
    const double *total = row(s.totals, k * totals::count), *pull = row(s.pulled, k * pulled::count);
    int64_t gates = 0;
    std::memset(s.flow, 0, sizeof s.flow);
    for (int64_t n = w.technologies.first_segment[k]; n < w.technologies.first_segment[k + 1]; ++n) {
        const int64_t region = w.segments.region[n];
        const double least = w.segments.min_quality[n], potential = w.segments.potential[n];
        alignas(64) double eligible[LANES];
        std::memcpy(eligible, total + region * LANES, sizeof eligible);
        if (least > 0.0) {
            EACH_LANE eligible[v] = 0.0;
            for (int64_t l = first; l < last; ++l) {
                const double *quality = row(s.quality, l), *offers = row(region == HOME ? s.home : s.world, l);
                EACH_LANE eligible[v] += quality[v] >= least ? offers[v] : 0.0;
            }
            s.gated[gates++] = n;
        }
        const uint64_t event = event_of(w.segments.key[n], t, DEMAND);
        const double innovation = w.segments.innovation[n], imitation = w.segments.imitation[n], threshold = w.segments.threshold[n];
        const double tolerance = w.segments.tolerance[n], each = w.segments.units_each[n], replacement = w.technologies.replacement[k];
        double *adopters = row(s.adopters, n), *part = row(s.part, n), *recorded = row(record, path::adopters);
        double *flowing = row(s.flow, region + 2 * w.segments.public_[n]);
        const double counted = region == HOME, open = least > 0.0 ? 0.0 : 1.0, per_potential = potential > 0.0 ? 1.0 / potential : 0.0;
        EACH_LANE {
            double before = adopters[v];
            double noise = exp_of(sigma * normal(luck[v], event) - 0.5 * sigma * sigma);
            double acceptable = logistic((log_of(eligible[v] + TINY) - threshold) / tolerance);
            double hazard = (innovation + imitation * before * per_potential) * acceptable * noise;
            double fresh = eligible[v] > 0.0 ? (potential - before) * (hazard < 1.0 ? hazard : 1.0) : 0.0;
            double wanted = each * (fresh + replacement * before);
            adopters[v] = before + fresh;
            part[v] = eligible[v] > 0.0 ? wanted / eligible[v] : 0.0;
            recorded[v] += counted * (before + fresh);
            flowing[v] += open * part[v];
        }
    }
    EACH_LANE {
        double home = total[v] > 0.0 ? 1.0 / total[v] : 0.0, abroad = total[LANES + v] > 0.0 ? 1.0 / total[LANES + v] : 0.0;
        s.flow[flow::derived_home * LANES + v] = pull[pulled::home * LANES + v] * home;
        s.flow[flow::derived_world * LANES + v] = pull[pulled::world * LANES + v] * abroad;
        s.flow[flow::induced_home * LANES + v] = pull[pulled::induced_home * LANES + v] * home;
        s.flow[flow::induced_world * LANES + v] = pull[pulled::induced_world * LANES + v] * abroad;
    }
    return gates;
}

static void fill_orders(int64_t k, double min_quality, const World &w, State &s, double *paid) {
    const int64_t first = w.technologies.first_line[k], last = w.technologies.first_line[k + 1];
    const double need = w.technologies.public_need[k];
    alignas(64) double scale[LANES];
    for (int64_t l = first; l < last; ++l) {
        double *order = row(s.order, l), *quality = row(s.quality, l);
        EACH_LANE {
            order[v] = quality[v] >= min_quality ? order[v] : 0.0;
            paid[v] += order[v];
        }
    }
    EACH_LANE scale[v] = paid[v] > need ? need / paid[v] : 1.0;
    for (int64_t l = first; l < last; ++l) {
        double *order = row(s.order, l), *filled = row(s.filled, w.lines.firm[l]);
        EACH_LANE {
            order[v] *= scale[v];
            filled[v] += order[v];
        }
    }
    EACH_LANE paid[v] = paid[v] > need ? need : paid[v];
}
