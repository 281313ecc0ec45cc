// Lanes, exp, log, the normal quantile and draws: the same polynomials and hashes as majung.market.vectormath and .draws.
#pragma once
#include <cmath>
#include <cstdint>
#include <cstring>

constexpr int LANES = 16;
#define EACH_LANE _Pragma("GCC ivdep") for (int v = 0; v < LANES; ++v)

// Asks the compiler not to reassociate through it, where -ffast-math would undo the range reduction.
#if defined(__has_builtin)
#if __has_builtin(__builtin_assoc_barrier)
#define KEEP(x) __builtin_assoc_barrier(x)
#endif
#endif
#ifndef KEEP
#define KEEP(x) (x)
#endif

static inline double *row(double *array, int64_t number) {
    return static_cast<double *>(__builtin_assume_aligned(array + number * LANES, 64));
}
static inline double as_double(uint64_t bits) {
    double x;
    std::memcpy(&x, &bits, sizeof x);
    return x;
}
static inline uint64_t as_bits(double x) {
    uint64_t bits;
    std::memcpy(&bits, &x, sizeof bits);
    return bits;
}
static inline double larger(double a, double b) { return a > b ? a : b; }

constexpr double LN2_HIGH = 6.93147180369123816490e-01, LN2_LOW = 1.90821492927058770002e-10;
constexpr double ROUND = 6755399441055744.0;
constexpr uint64_t ROUND_BITS = 0x4338000000000000u;
constexpr double TINY = 1e-300;

static inline double exp_of(double x) {
    x = x < -700.0 ? -700.0 : x;
    x = x > 700.0 ? 700.0 : x;
    double n = __builtin_rint(x * 1.4426950408889634);
    double shifted = n + ROUND;
    double r = KEEP(x - n * LN2_HIGH) - n * LN2_LOW;
    double p = 1.0 / 39916800.0 + r * (1.0 / 479001600.0);
    p = 1.0 / 3628800.0 + r * p;
    p = 1.0 / 362880.0 + r * p;
    p = 1.0 / 40320.0 + r * p;
    p = 1.0 / 5040.0 + r * p;
    p = 1.0 / 720.0 + r * p;
    p = 1.0 / 120.0 + r * p;
    p = 1.0 / 24.0 + r * p;
    p = 1.0 / 6.0 + r * p;
    p = 0.5 + r * p;
    p = 1.0 + r * (1.0 + r * p);
    return p * as_double((as_bits(shifted) - ROUND_BITS + 1023) << 52);
}

static inline double log_of(double x) {
    uint64_t bits = as_bits(x);
    double mantissa = as_double((bits & 0x000FFFFFFFFFFFFFu) | 0x3FE0000000000000u);
    double exponent = as_double((bits >> 52) + ROUND_BITS) - (ROUND + 1022.0);
    bool small = mantissa < 0.70710678118654757;
    mantissa = small ? mantissa + mantissa : mantissa;
    exponent = small ? exponent - 1.0 : exponent;
    double f = (mantissa - 1.0) / (mantissa + 1.0);
    double s = f * f;
    double p = 1.0 / 19.0 + s * (1.0 / 21.0);
    p = 1.0 / 17.0 + s * p;
    p = 1.0 / 15.0 + s * p;
    p = 1.0 / 13.0 + s * p;
    p = 1.0 / 11.0 + s * p;
    p = 1.0 / 9.0 + s * p;
    p = 1.0 / 7.0 + s * p;
    p = 1.0 / 5.0 + s * p;
    p = 1.0 / 3.0 + s * p;
    return exponent * LN2_HIGH + KEEP(2.0 * f + (2.0 * f * s * p + exponent * LN2_LOW));
}

static inline double logistic(double x) { return 1.0 / (1.0 + exp_of(-x)); }

// Wichura 1988, AS 241.
static inline double normal_quantile(double p) {
    double q = p - 0.5;
    double c = 0.180625 - q * q;
    double central = q * (((((((2.5090809287301226727e3 * c + 3.3430575583588128105e4) * c + 6.7265770927008700853e4) * c
        + 4.5921953931549871457e4) * c + 1.3731693765509461125e4) * c + 1.9715909503065514427e3) * c
        + 1.3314166789178437745e2) * c + 3.3871328727963666080e0) / (((((((5.2264952788528545610e3 * c
        + 2.8729085735721942674e4) * c + 3.9307895800092710610e4) * c + 2.1213794301586595867e4) * c
        + 5.3941960214247511077e3) * c + 6.8718700749205790830e2) * c + 4.2313330701600911252e1) * c + 1.0);
    double tail = q < 0.0 ? p : 1.0 - p;
    double r = std::sqrt(-log_of(tail));
    double near = r - 1.6;
    double middle = (((((((7.74545014278341407640e-4 * near + 2.27238449892691845833e-2) * near + 2.41780725177450611770e-1) * near
        + 1.27045825245236838258e0) * near + 3.64784832476320460504e0) * near + 5.76949722146069140550e0) * near
        + 4.63033784615654529590e0) * near + 1.42343711074968357734e0) / (((((((1.05075007164441684324e-9 * near
        + 5.47593808499534494600e-4) * near + 1.51986665636164571966e-2) * near + 1.48103976427480074590e-1) * near
        + 6.89767334985100004550e-1) * near + 1.67638483018380384940e0) * near + 2.05319162663775882187e0) * near + 1.0);
    double far = r - 5.0;
    double extreme = (((((((2.01033439929228813265e-7 * far + 2.71155556874348757815e-5) * far + 1.24266094738807843860e-3) * far
        + 2.65321895265761230930e-2) * far + 2.96560571828504891230e-1) * far + 1.78482653991729133580e0) * far
        + 5.46378491116411436990e0) * far + 6.65790464350110377720e0) / (((((((2.04426310338993978564e-15 * far
        + 1.42151175831644588870e-7) * far + 1.84631831751005468180e-5) * far + 7.86869131145613259100e-4) * far
        + 1.48753612908506148525e-2) * far + 1.36929880922735805310e-1) * far + 5.99832206555887937690e-1) * far + 1.0);
    double outer = r <= 5.0 ? middle : extreme;
    outer = q < 0.0 ? -outer : outer;
    return std::fabs(q) <= 0.425 ? central : outer;
}

enum Purpose { INNOVATION, EVALUATION, TIE, DEMAND, FUNDING, ENTRY, ENTRY_QUALITY };
constexpr uint64_t GOLDEN = 0x9E3779B97F4A7C15u;

static inline uint64_t mix(uint64_t z) {
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}
static inline uint64_t luck_of(uint64_t seed, uint64_t replication) {
    return mix(mix(seed + GOLDEN) + replication * GOLDEN);
}
static inline uint64_t event_of(uint64_t entity, int64_t period, Purpose purpose) {
    return mix(entity + static_cast<uint64_t>(16 * period + purpose + 1) * GOLDEN);
}
static inline double bits_uniform(uint64_t bits) {
    return as_double((bits >> 12) | 0x3FF0000000000000u) - 1.0 + 0x1p-53;
}
static inline double uniform(uint64_t luck, uint64_t event) { return bits_uniform(mix(luck + event)); }
static inline double normal(uint64_t luck, uint64_t event) { return normal_quantile(uniform(luck, event)); }
