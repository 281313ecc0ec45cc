// The world, the policy and the state, as in majung.market.world and .state; arrays of state are [row][LANES].
#pragma once
#include <cstdlib>
#include <vector>

#include "numbers.hpp"

// Names of fields, in the order of the Python tuples; the caller compares them with its own.
#define TECHNOLOGY_FIELDS(F) \
    F(int64_t, order) F(int64_t, first_line) F(int64_t, first_slot) F(int64_t, first_segment) F(double, frontier) \
    F(double, frontier_growth) F(double, learning_exponent) F(double, success_rate) F(double, research_cost) \
    F(double, replacement) F(double, reference_contract) F(double, public_need) F(double, market_value) F(double, hype) \
    F(double, entry_rate) F(double, entrant_cash) F(double, default_log_cost) F(double, inputs)
#define SEGMENT_FIELDS(F) \
    F(int64_t, region) F(uint8_t, public_) F(double, potential) F(double, adopters) F(double, innovation) \
    F(double, imitation) F(double, threshold) F(double, tolerance) F(double, min_quality) F(double, units_each) F(uint64_t, key)
#define FIRM_FIELDS(F) \
    F(int64_t, size_class) F(uint8_t, alive) F(double, cash) F(double, sales) F(double, legacy_profit) F(double, captive) \
    F(double, overhead) F(int64_t, lines) F(uint64_t, key)
#define LINE_FIELDS(F) \
    F(int64_t, firm) F(int64_t, technology) F(double, quality) F(double, log_cost) F(double, experience) F(double, base) \
    F(double, appeal) F(double, reputation) F(double, effort) F(double, reach) F(double, private_sales) \
    F(double, derived_sales) F(uint64_t, key)
#define RATE_NUMBERS(F) \
    F(double, quality_weight) F(double, price_weight) F(double, reputation_weight) F(double, search_share) \
    F(double, demand_noise) F(double, research_share) F(double, cash_horizon) F(double, research_returns) \
    F(double, quality_step) F(double, imitation_rate) F(double, breadth_cost) F(double, customer_learning) \
    F(double, legacy_research_share) F(double, hesitation_threshold) F(double, hesitation_width) F(double, public_reference) \
    F(double, public_presence) F(double, private_reference) F(double, reputation_decay) F(double, funding_base) F(double, funding_growth) \
    F(double, funding_certification) F(double, funding_reputation) F(double, funding_hype) F(double, round_length) \
    F(double, runway_sought) F(double, hype_smoothing) F(double, entry_hype_response) F(double, entrant_spread)
#define RATE_ARRAYS(F) F(double, markup) F(double, crowding_out)
#define POLICY_NUMBERS(F) \
    F(double, start) F(double, length) F(double, budget) F(double, noise) F(double, winners) F(double, spread) \
    F(double, review) F(double, gate) F(double, small_firm_floor) F(double, min_quality) F(double, max_award) F(double, match_rate) \
    F(double, matching_window)
#define POLICY_ARRAYS(F) \
    F(double, mix) F(uint8_t, admits_class) F(uint8_t, admits_technology) F(double, class_weight) F(double, criteria) \
    F(int64_t, award_line) F(int64_t, award_instrument) F(double, award_amount) F(int64_t, award_quarter)

#define POINTER(type, name) const type *name;
#define NUMBER(type, name) type name;
#define NAME(type, name) #name " "

struct Technologies { TECHNOLOGY_FIELDS(POINTER) };
struct Segments { SEGMENT_FIELDS(POINTER) };
struct Firms { FIRM_FIELDS(POINTER) };
struct Lines { LINE_FIELDS(POINTER) };
struct RateNumbers { RATE_NUMBERS(NUMBER) };
struct RateArrays { RATE_ARRAYS(POINTER) };
struct PolicyNumbers { POLICY_NUMBERS(NUMBER) };
struct PolicyArrays { POLICY_ARRAYS(POINTER) };
struct Sizes { int64_t quarters, technologies, segments, firms, lines, awards; };

#define PATH_ROWS \
    private_final_sales, private_derived_sales, induced_sales, ordinary_public_sales, exports, imports, home_sales, \
    market_value, sme_sales, sme_derived_sales, adopters, best_quality, frontier, price, live_ventures, \
    founding_lines, entries, exits, hhi, leader, hype, subsidy, purchase, matching, private_raised, supported
#define ACCOUNT_ROWS \
    budget, returned, cash, margin, research, overhead, legacy, entry_capital, written_off, public_to_venture, \
    public_to_sme, public_to_mid, public_to_large
#define FIRM_ROWS survived, final_sales, total_private_sales, public_received
#define WORDS(...) #__VA_ARGS__
#define LISTED(...) WORDS(__VA_ARGS__)
namespace path { enum { PATH_ROWS, count }; }
namespace account { enum { ACCOUNT_ROWS, count }; }
namespace firm_row { enum { FIRM_ROWS, count }; }

enum { VENTURE, SME, MID, LARGE, FOREIGN, CLASSES };
enum { HOME, WORLD };
enum { EQUAL, BY_SCORE, BY_SIZE };

struct World {
    Sizes size;
    Technologies technologies;
    Segments segments;
    Firms firms;
    Lines lines;
    RateNumbers rates;
    RateArrays by_class;
};

struct Policy {
    PolicyNumbers numbers;
    PolicyArrays arrays;
};

#define LINE_STATE(F) \
    F(quality) F(reviewed) F(log_cost) F(output) F(base_home) F(base_world) F(reputation) F(private_sales) F(derived_sales) \
    F(weight) F(grant) F(order) F(price) F(home) F(world) F(score) F(masked)
#define FIRM_STATE(F) \
    F(alive) F(cash) F(sales) F(market_sales) F(awards) F(displaced) F(legacy) F(own) F(spending) F(granted) F(filled) F(sold) \
    F(firm_reputation) F(firm_hype) F(raised) F(matched) F(died) F(entitled)

namespace sums { enum { reach, base_home, base_world, best, count }; }
namespace totals { enum { home, world, log_quality, log_cost, number, best, count }; }
namespace flow { enum { private_home, private_world, public_home, public_world, derived_home, derived_world, induced_home, induced_world, count }; }
namespace units { enum { domestic, programme, foreign, foreign_programme, count }; }
namespace pulled { enum { home, world, induced_home, induced_world, count }; }

class State {
  public:
#define FIELD(name) double *name;
    LINE_STATE(FIELD)
    FIRM_STATE(FIELD)
    double *frontier, *value, *hype, *adopters, *totals, *pulled, *part;
    alignas(64) double sums[sums::count * LANES], flow[flow::count * LANES], bought[4 * LANES], units[units::count * LANES];
    alignas(64) double public_money[CLASSES * LANES];
    std::vector<double> attention;
    std::vector<uint8_t> live, admitted;
    std::vector<int64_t> gated;
    alignas(64) double coverage[LANES];
    double log_markup[CLASSES], margin_rate[CLASSES];

    State(const World &w, const Policy &p) {
        const int64_t L = w.size.lines, I = w.size.firms, K = w.size.technologies, S = w.size.segments;
#define TAKE_LINES(name) name = take(L);
#define TAKE_FIRMS(name) name = take(I);
        LINE_STATE(TAKE_LINES)
        FIRM_STATE(TAKE_FIRMS)
        frontier = take(K), value = take(K), hype = take(K), adopters = take(S), part = take(S);
        totals = take(K * totals::count), pulled = take(K * pulled::count);
        spread(quality, w.lines.quality, L), spread(reviewed, w.lines.quality, L), spread(log_cost, w.lines.log_cost, L);
        spread(reputation, w.lines.reputation, L);
        spread(private_sales, w.lines.private_sales, L), spread(derived_sales, w.lines.derived_sales, L);
        spread(value, w.technologies.market_value, K), spread(hype, w.technologies.hype, K);
        spread(adopters, w.segments.adopters, S), spread(sales, w.firms.sales, I), spread(market_sales, w.firms.sales, I);
        for (int64_t l = 0; l < L; ++l)
            EACH_LANE base_home[l * LANES + v] = w.lines.base[2 * l], base_world[l * LANES + v] = w.lines.base[2 * l + 1];
        for (int64_t i = 0; i < I; ++i)
            EACH_LANE {
                alive[i * LANES + v] = w.firms.alive[i];
                cash[i * LANES + v] = w.firms.alive[i] ? w.firms.cash[i] : 0.0;
            }
        for (int64_t k = 0; k < K; ++k) frontier[k] = w.technologies.frontier[k];
        EACH_LANE coverage[v] = 1.0;
        live.resize(I), attention.resize(I), admitted.resize(I), gated.resize(S);
        for (int64_t i = 0; i < I; ++i) {
            attention[i] = std::pow(static_cast<double>(w.firms.lines[i] > 1 ? w.firms.lines[i] : 1), -w.rates.breadth_cost);
            admitted[i] = w.firms.size_class[i] != FOREIGN && p.arrays.admits_class[w.firms.size_class[i]];
        }
        for (int c = 0; c < CLASSES; ++c) {
            log_markup[c] = std::log1p(w.by_class.markup[c]);
            margin_rate[c] = w.by_class.markup[c] / (1.0 + w.by_class.markup[c]);
        }
    }
    ~State() {
        for (void *memory : owned) std::free(memory);
    }
    State(const State &) = delete;

  private:
    std::vector<void *> owned;

    // Rows of LANES, cleared; each array begins at another cache set.
    double *take(int64_t rows) {
        size_t skipped = 64 * (3 + 5 * (owned.size() % 12)), bytes = (rows * LANES * sizeof(double) + skipped + 63) / 64 * 64;
        void *memory = std::aligned_alloc(64, bytes);
        std::memset(memory, 0, bytes);
        owned.push_back(memory);
        return reinterpret_cast<double *>(static_cast<char *>(memory) + skipped);
    }
    static void spread(double *to, const double *from, int64_t rows) {
        for (int64_t n = 0; n < rows; ++n) EACH_LANE to[n * LANES + v] = from[n];
    }
};
