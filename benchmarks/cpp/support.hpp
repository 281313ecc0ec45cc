// Support: score lines on noisy evidence, select, hand out (majung.market.support).
#pragma once
#include "world.hpp"

constexpr double OUT = -1e30, SCORE_TEMPERATURE = 0.5, TIE_JITTER = 1e-6;

static void select_best(const double *score, const double *wanted, double *chosen, int64_t lines) {
    alignas(64) double low[LANES], high[LANES], middle[LANES], count[LANES];
    EACH_LANE low[v] = 1e30, high[v] = -1e30;
    for (int64_t l = 0; l < lines; ++l) {
        const double *s = score + l * LANES;
        EACH_LANE {
            low[v] = s[v] > OUT && s[v] < low[v] ? s[v] : low[v];
            high[v] = larger(s[v], high[v]);
        }
    }
    EACH_LANE high[v] += 1.0;
    for (int pass = 0; pass < 64; ++pass) {
        EACH_LANE middle[v] = 0.5 * (low[v] + high[v]), count[v] = 0.0;
        for (int64_t l = 0; l < lines; ++l) {
            const double *s = score + l * LANES;
            EACH_LANE count[v] += s[v] >= middle[v] && s[v] > OUT ? 1.0 : 0.0;
        }
        bool done = true;
        for (int v = 0; v < LANES; ++v) {
            (count[v] >= wanted[v] ? low[v] : high[v]) = middle[v];
            done = done && count[v] == wanted[v];
        }
        if (done) break;
    }
    for (int64_t l = 0; l < lines; ++l) {
        const double *s = score + l * LANES;
        double *c = chosen + l * LANES;
        EACH_LANE c[v] = s[v] >= low[v] && s[v] > OUT && wanted[v] > 0.0 ? 1.0 : c[v];
    }
}

static void score_lines(int64_t t, double elapsed, const World &w, const Policy &p, State &s, const uint64_t *luck) {
    const double rho = w.rates.research_share, noise = p.numbers.noise;
    const bool gate = p.numbers.gate != 0.0;
    const double *criteria = p.arrays.criteria;
    const double c0 = criteria[0], c1 = criteria[1], c3 = criteria[3], c4 = criteria[4], c5 = criteria[5];
    for (int64_t l = 0; l < w.size.lines; ++l) {
        const int64_t i = w.lines.firm[l], k = w.lines.technology[l];
        double *score = row(s.score, l);
        if (!(s.admitted[i] && p.arrays.admits_technology[k])) {
            EACH_LANE score[v] = OUT;
            continue;
        }
        const uint64_t event = event_of(w.lines.key[l], t, EVALUATION);
        const double tie = TIE_JITTER * bits_uniform(mix(event_of(w.lines.key[l], 0, TIE)));
        const double pace = 2.0 * w.technologies.frontier_growth[k] * elapsed, pace_or_one = pace > 0.0 ? pace : 1.0;
        const double fixed = p.arrays.class_weight[w.firms.size_class[i]] + criteria[2] / w.firms.lines[i] + tie;
        const double profit = 4.0 * w.firms.legacy_profit[i], overhead = w.firms.overhead[i];
        const double cost = w.technologies.research_cost[k], contract = w.technologies.reference_contract[k];
        const double frontier = s.frontier[k], counts = pace > 0.0 ? 1.0 : 0.0;
        const double *quality = row(s.quality, l), *reviewed = row(s.reviewed, l), *weight = row(s.weight, l);
        const double *sold = row(s.private_sales, l), *derived = row(s.derived_sales, l);
        const double *alive = row(s.alive, i), *cash = row(s.cash, i), *sales = row(s.sales, i);
        EACH_LANE {
            double q = larger(quality[v], TINY);
            double near = q / frontier;
            double progress = counts * (log_of(q) - log_of(reviewed[v])) / pace_or_one;
            double need = 1.0 / (1.0 + (profit + larger(cash[v], 0.0)) / (4.0 * (overhead + rho * sales[v]) + cost));
            double opening = 1.0 - derived[v] / (sold[v] > 0.0 ? sold[v] : 1.0);
            progress = progress < 0.0 ? 0.0 : progress;
            double merit = fixed + c0 * (near < 1.0 ? near : 1.0) + c1 * (progress > 1.0 ? 1.0 : progress) + c3 * need
                + c4 * sold[v] / (sold[v] + contract) + c5 * opening + noise * normal(luck[v], event);
            bool sits_out = gate & (weight[v] > 0.0) & (q <= reviewed[v]);
            score[v] = (alive[v] == 0.0) | sits_out ? OUT : merit;
        }
    }
}

static void review(const World &w, const Policy &p, State &s) {
    const int64_t lines = w.size.lines;
    const int64_t winners = static_cast<int64_t>(p.numbers.winners), spread = static_cast<int64_t>(p.numbers.spread);
    alignas(64) double wanted[LANES], count[LANES];
    std::memset(s.weight, 0, static_cast<size_t>(lines) * LANES * sizeof(double));
    if (winners == 0) {
        for (int64_t l = 0; l < lines; ++l) {
            double *weight = row(s.weight, l), *score = row(s.score, l);
            EACH_LANE weight[v] = score[v] > OUT ? 1.0 : 0.0;
        }
    } else {
        const double reserved = std::ceil(p.numbers.small_firm_floor * winners - 1e-9);
        if (reserved > 0.0) {
            for (int64_t l = 0; l < lines; ++l) {
                const bool small = w.firms.size_class[w.lines.firm[l]] <= SME;
                double *masked = row(s.masked, l), *score = row(s.score, l);
                EACH_LANE masked[v] = small ? score[v] : OUT;
            }
            EACH_LANE wanted[v] = reserved;
            select_best(s.masked, wanted, s.weight, lines);
        }
        EACH_LANE wanted[v] = winners;
        for (int64_t l = 0; l < lines; ++l) {
            double *masked = row(s.masked, l), *score = row(s.score, l), *weight = row(s.weight, l);
            EACH_LANE {
                wanted[v] -= weight[v];
                masked[v] = weight[v] > 0.0 ? OUT : score[v];
            }
        }
        select_best(s.masked, wanted, s.weight, lines);
    }
    EACH_LANE count[v] = 0.0;
    for (int64_t l = 0; l < lines; ++l) {
        double *weight = row(s.weight, l), *score = row(s.score, l), *reviewed = row(s.reviewed, l), *quality = row(s.quality, l);
        if (spread == BY_SCORE) {
            EACH_LANE weight[v] = weight[v] > 0.0 ? exp_of(score[v] / SCORE_TEMPERATURE) : 0.0;
        } else if (spread == BY_SIZE) {
            EACH_LANE weight[v] *= w.lines.reach[l];
        }
        EACH_LANE {
            count[v] += weight[v];
            reviewed[v] = quality[v];
        }
    }
    EACH_LANE count[v] = count[v] > 0.0 ? 1.0 / count[v] : 0.0;
    for (int64_t l = 0; l < lines; ++l) {
        double *weight = row(s.weight, l);
        EACH_LANE weight[v] *= count[v];
    }
}

static void hand_out(double subsidy_pot, double purchase_pot, double cap, const World &w, State &s) {
    cap = cap > 0.0 ? cap : 1e300;
    for (int64_t l = 0; l < w.size.lines; ++l) {
        double *weight = row(s.weight, l), *alive = row(s.alive, w.lines.firm[l]), *grant = row(s.grant, l), *order = row(s.order, l);
        EACH_LANE {
            double share = weight[v] * alive[v], u = share * subsidy_pot, o = share * purchase_pot;
            grant[v] = u > cap ? cap : u;
            order[v] = o > cap ? cap : o;
        }
    }
}

static void entitle(const World &w, State &s) {
    std::memset(s.entitled, 0, static_cast<size_t>(w.size.firms) * LANES * sizeof(double));
    for (int64_t l = 0; l < w.size.lines; ++l) {
        double *entitled = row(s.entitled, w.lines.firm[l]), *weight = row(s.weight, l);
        EACH_LANE entitled[v] = weight[v] > 0.0 ? 1.0 : entitled[v];
    }
}

struct Budget { double total, matching; };

static Budget give_support(int64_t t, const World &w, const Policy &p, State &s, const uint64_t *luck) {
    const PolicyNumbers &n = p.numbers;
    const double since = static_cast<double>(t) - n.start;
    Budget given{0.0, 0.0};
    if (n.budget > 0.0 && since >= 0.0 && since < n.length) {
        given = {n.budget, n.budget * p.arrays.mix[2]};
        if (static_cast<int64_t>(since) % static_cast<int64_t>(n.review) == 0) {
            score_lines(t, since == 0.0 ? static_cast<double>(t) : n.review, w, p, s, luck);
            review(w, p, s);
        }
        hand_out(n.budget * p.arrays.mix[0], n.budget * p.arrays.mix[1], n.max_award, w, s);
        entitle(w, s);
    } else {
        const size_t bytes = static_cast<size_t>(w.size.lines) * LANES * sizeof(double);
        std::memset(s.weight, 0, bytes), std::memset(s.grant, 0, bytes), std::memset(s.order, 0, bytes);
    }
    for (int64_t a = 0; a < w.size.awards; ++a)
        if (p.arrays.award_quarter[a] == t) {
            const int64_t l = p.arrays.award_line[a];
            double *to = row(p.arrays.award_instrument[a] == 0 ? s.grant : s.order, l), *alive = row(s.alive, w.lines.firm[l]);
            EACH_LANE to[v] += p.arrays.award_amount[a] * alive[v];
            given.total += p.arrays.award_amount[a];
        }
    return given;
}
