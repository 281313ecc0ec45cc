// The market of docs/model.md in C++, sixteen replications side by side: what majung's kernel is measured against.
#include "delivery.hpp"
#include "firms.hpp"
#include "support.hpp"
#include "technology.hpp"

#if defined(__x86_64__)
#include <x86intrin.h>
static inline uint64_t clock_now() { return __rdtsc(); }
#else
static inline uint64_t clock_now() { return 0; }
#endif

enum Phase { FRONTIER, SUPPORT, RESEARCH_MONEY, RESEARCH_AND_OFFER, DEMAND_OF_SEGMENTS, DELIVERIES, ACCOUNTS, ENTRY_AND_COUNT, PHASES };

struct Stopwatch {
    double *spent;
    uint64_t last = clock_now();
    void lap(Phase phase) {
        const uint64_t now = clock_now();
        spent[phase] += static_cast<double>(now - last);
        last = now;
    }
};

static void advance_frontier(const World &w, State &s) {
    for (int64_t k = 0; k < w.size.technologies; ++k) {
        const double growth = std::exp(w.technologies.frontier_growth[k]);
        s.frontier[k] *= growth;
        for (int64_t l = w.technologies.first_line[k]; l < w.technologies.first_line[k + 1]; ++l)
            if (w.firms.size_class[w.lines.firm[l]] == FOREIGN) {
                double *quality = row(s.quality, l);
                EACH_LANE quality[v] *= growth;
            }
    }
    for (int64_t i = 0; i < w.size.firms; ++i) {
        const double *alive = row(s.alive, i);
        double total = 0.0;
        EACH_LANE total += alive[v];
        s.live[i] = total > 0.0;
    }
}

static void close_firms(int64_t t, double pot, const World &w, const Policy &p, State &s, const uint64_t *luck, double *money, double *firms) {
    const int64_t rows = w.size.firms;
    double *received = row(firms, firm_row::public_received * rows), *sales = row(firms, firm_row::total_private_sales * rows);
    std::memset(s.public_money, 0, sizeof s.public_money);
    settle(t, pot > 0.0 ? p.numbers.match_rate : 0.0, w, s, luck, money, received);
    if (pot > 0.0)
        match(pot, p.numbers.match_rate, w, s, received);
    else
        std::memset(s.matched, 0, static_cast<size_t>(rows) * LANES * sizeof(double));
    leave(w, s, money);
    for (int c = 0; c < FOREIGN; ++c) EACH_LANE money[(account::public_to_venture + c) * LANES + v] = s.public_money[c * LANES + v];
    for (int64_t l = 0; l < w.size.lines; ++l) {
        const int64_t i = w.lines.firm[l];
        if (!s.live[i]) continue;
        double *total = row(sales, i), *now = row(s.private_sales, l);
        EACH_LANE total[v] += now[v];
    }
}

static void close_quarter(double budget, const World &w, State &s, const double *records, double *money) {
    for (int64_t i = 0; i < w.size.firms; ++i) {
        if (w.firms.size_class[i] == FOREIGN) continue;
        const double *alive = row(s.alive, i), *cash = row(s.cash, i);
        EACH_LANE ACCOUNT(cash) += cash[v] * alive[v];
    }
    EACH_LANE ACCOUNT(budget) = ACCOUNT(returned) = budget;
    for (int64_t k = 0; k < w.size.technologies; ++k) {
        const double *record = records + k * path::count * LANES;
        EACH_LANE ACCOUNT(returned) -= record[path::subsidy * LANES + v] + record[path::purchase * LANES + v] + record[path::matching * LANES + v];
    }
    // what rounding leaves of a budget that was spent to the last won is nothing
    EACH_LANE ACCOUNT(returned) = ACCOUNT(returned) > 1e-12 * budget ? ACCOUNT(returned) : 0.0;
}

static void end_technology(int64_t k, const World &w, State &s, double *record) {
    const double smoothing = w.rates.hype_smoothing;
    double *hype = row(s.hype, k), *value = row(s.value, k);
    EACH_LANE {
        double now = record[path::market_value * LANES + v], last = value[v];
        bool both = (now > 0.0) & (last > 0.0);
        double growth = log_of((both ? now : 1.0) / (both ? last : 1.0));
        hype[v] = (1.0 - smoothing) * hype[v] + smoothing * growth;
        value[v] = now;
        record[path::hype * LANES + v] = hype[v];
    }
}

static void run(const World &w, const Policy &p, State &s, const uint64_t *luck, double *paths, double *accounts, double *firms, double *cycles) {
    const int64_t K = w.size.technologies, I = w.size.firms;
    for (int64_t t = 0; t < w.size.quarters; ++t) {
        double *records = paths + t * K * path::count * LANES, *money = accounts + t * account::count * LANES;
        Stopwatch watch{cycles};
        advance_frontier(w, s);
        watch.lap(FRONTIER);
        const Budget budget = give_support(t, w, p, s, luck);
        watch.lap(SUPPORT);
        fund_research(w, s);
        std::memset(s.pulled, 0, static_cast<size_t>(K) * pulled::count * LANES * sizeof(double));
        watch.lap(RESEARCH_MONEY);
        for (int64_t n = 0; n < K; ++n) {
            const int64_t k = w.technologies.order[n];
            double *record = records + k * path::count * LANES;
            market_sums(w.technologies.first_line[k], w.technologies.first_line[k + 1], w, s);
            research(t, k, w, s, luck);
            offer(k, w, s);
            watch.lap(RESEARCH_AND_OFFER);
            const int64_t gates = demand(t, k, w, s, luck, record);
            watch.lap(DEMAND_OF_SEGMENTS);
            fill_orders(k, p.numbers.min_quality * s.frontier[k], w, s, record + path::purchase * LANES);
            deliver(k, gates, w, s, record);
            watch.lap(DELIVERIES);
        }
        close_firms(t, budget.matching, w, p, s, luck, money, firms);
        watch.lap(ACCOUNTS);
        for (int64_t k = 0; k < K; ++k) {
            double *record = records + k * path::count * LANES;
            enter(t, k, w, s, luck, record, money);
            census(k, w, s, record);
            end_technology(k, w, s, record);
        }
        close_quarter(budget.total, w, s, records, money);
        watch.lap(ENTRY_AND_COUNT);
    }
    for (int64_t i = 0; i < I; ++i) {
        double *survived = row(firms, firm_row::survived * I + i), *sales = row(firms, firm_row::final_sales * I + i);
        EACH_LANE survived[v] = s.alive[i * LANES + v], sales[v] = s.sales[i * LANES + v];
    }
}

extern "C" {

// Names of all fields and rows that the caller must have in this order.
const char *layout() {
    return TECHNOLOGY_FIELDS(NAME) SEGMENT_FIELDS(NAME) FIRM_FIELDS(NAME) LINE_FIELDS(NAME) RATE_NUMBERS(NAME)
        RATE_ARRAYS(NAME) POLICY_NUMBERS(NAME) POLICY_ARRAYS(NAME) LISTED(PATH_ROWS) ", " LISTED(ACCOUNT_ROWS) ", " LISTED(FIRM_ROWS);
}

const char *compiler() { return __VERSION__; }

// Outputs are cleared by the caller: paths [T][K][rows][LANES], accounts [T][rows][LANES], firms [rows][I][LANES], cycles [PHASES].
void simulate(const Sizes *size, const Technologies *technologies, const Segments *segments, const Firms *firms, const Lines *lines,
              const RateNumbers *rates, const RateArrays *by_class, const PolicyNumbers *numbers, const PolicyArrays *arrays,
              uint64_t seed, uint64_t first_replication, double *paths, double *accounts, double *firm_record, double *cycles) {
    const World w{*size, *technologies, *segments, *firms, *lines, *rates, *by_class};
    const Policy p{*numbers, *arrays};
    alignas(64) uint64_t luck[LANES];
    for (int v = 0; v < LANES; ++v) luck[v] = luck_of(seed, first_replication + static_cast<uint64_t>(v));
    State state(w, p);
    run(w, p, state, luck, paths, accounts, firm_record, cycles);
}
}
