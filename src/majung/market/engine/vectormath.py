"""exp, log and the normal quantile as branch-free polynomials, so that loops over lanes stay SIMD.

Calls into the C library stop vectorisation. Relative errors are below 1e-15 for ``exp``, ``log`` and
``normal_quantile`` (Wichura 1988, algorithm AS 241, PPND16), tested against the C library and SciPy.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from majung.market.engine.compile import equation


def _bitcast(source: Any, target: Any, llvm_type: Any) -> Any:
    def typing(typing_context: Any, value: Any) -> Any:
        def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            return builder.bitcast(args[0], llvm_type)

        return target(source), codegen

    return intrinsic(typing)


float_bits: Callable[[float], Any] = _bitcast(types.float64, types.int64, ir.IntType(64))
"""The 64 bits of a float64, as an int64."""
bits_float: Callable[[Any], float] = _bitcast(types.int64, types.float64, ir.DoubleType())
"""The float64 with the given 64 bits."""


_LOG2E = 1.4426950408889634
_LN2_HIGH = 6.93147180369123816490e-01
_LN2_LOW = 1.90821492927058770002e-10
_ROUND = 6755399441055744.0
"""1.5 * 2**52: adding it rounds a float to the nearest integer, in the low bits."""
_ROUND_BITS = 0x4338000000000000
_MANTISSA = 0x000FFFFFFFFFFFFF
_HALF_BITS = 0x3FE0000000000000
_SQRT_HALF = math.sqrt(0.5)


@equation
def exp(x: float) -> float:
    """e**x; x is clipped to [-700, 700]."""
    x = -700.0 if x < -700.0 else x
    x = 700.0 if x > 700.0 else x
    shifted = x * _LOG2E + _ROUND
    n = shifted - _ROUND
    r = (x - n * _LN2_HIGH) - n * _LN2_LOW
    p = 1.0 / 39916800.0 + r * (1.0 / 479001600.0)
    p = 1.0 / 3628800.0 + r * p
    p = 1.0 / 362880.0 + r * p
    p = 1.0 / 40320.0 + r * p
    p = 1.0 / 5040.0 + r * p
    p = 1.0 / 720.0 + r * p
    p = 1.0 / 120.0 + r * p
    p = 1.0 / 24.0 + r * p
    p = 1.0 / 6.0 + r * p
    p = 0.5 + r * p
    p = 1.0 + r * (1.0 + r * p)
    return p * bits_float((float_bits(shifted) - _ROUND_BITS + 1023) << 52)


@equation
def log(x: float) -> float:
    """Natural logarithm of a positive normal number."""
    bits = float_bits(x)
    mantissa = bits_float((bits & _MANTISSA) | _HALF_BITS)
    # float(exponent) by the same rounding trick, which vectorises where a conversion does not
    exponent = bits_float((bits >> 52) + _ROUND_BITS) - (_ROUND + 1022.0)
    small = mantissa < _SQRT_HALF
    mantissa = mantissa + mantissa if small else mantissa
    exponent = exponent - 1.0 if small else exponent
    f = (mantissa - 1.0) / (mantissa + 1.0)
    s = f * f
    p = 1.0 / 19.0 + s * (1.0 / 21.0)
    p = 1.0 / 17.0 + s * p
    p = 1.0 / 15.0 + s * p
    p = 1.0 / 13.0 + s * p
    p = 1.0 / 11.0 + s * p
    p = 1.0 / 9.0 + s * p
    p = 1.0 / 7.0 + s * p
    p = 1.0 / 5.0 + s * p
    p = 1.0 / 3.0 + s * p
    return exponent * _LN2_HIGH + (2.0 * f + (2.0 * f * s * p + exponent * _LN2_LOW))


@equation
def logistic(x: float) -> float:
    """1 / (1 + e**-x)."""
    return 1.0 / (1.0 + exp(-x))


@equation
def _horner(x: float, a: float, b: float, c: float, d: float, e: float, f: float, g: float, h: float) -> float:
    """Polynomial with coefficients from the highest power down."""
    return ((((((a * x + b) * x + c) * x + d) * x + e) * x + f) * x + g) * x + h


@equation
def normal_quantile(p: float) -> float:
    """Quantile of the standard normal distribution for 0 < p < 1 (Wichura 1988, AS 241)."""
    q = p - 0.5
    x = 0.180625 - q * q
    central = q * _horner(
        x, 2.5090809287301226727e3, 3.3430575583588128105e4, 6.7265770927008700853e4, 4.5921953931549871457e4,
        1.3731693765509461125e4, 1.9715909503065514427e3, 1.3314166789178437745e2, 3.3871328727963666080e0,
    ) / _horner(
        x, 5.2264952788528545610e3, 2.8729085735721942674e4, 3.9307895800092710610e4, 2.1213794301586595867e4,
        5.3941960214247511077e3, 6.8718700749205790830e2, 4.2313330701600911252e1, 1.0,
    )  # fmt: skip
    tail = p if q < 0.0 else 1.0 - p
    r = np.sqrt(-log(tail))
    x = r - 1.6
    middle = _horner(
        x, 7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1, 1.27045825245236838258e0,
        3.64784832476320460504e0, 5.76949722146069140550e0, 4.63033784615654529590e0, 1.42343711074968357734e0,
    ) / _horner(
        x, 1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2, 1.48103976427480074590e-1,
        6.89767334985100004550e-1, 1.67638483018380384940e0, 2.05319162663775882187e0, 1.0,
    )  # fmt: skip
    x = r - 5.0
    extreme = _horner(
        x, 2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3, 2.65321895265761230930e-2,
        2.96560571828504891230e-1, 1.78482653991729133580e0, 5.46378491116411436990e0, 6.65790464350110377720e0,
    ) / _horner(
        x, 2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5, 7.86869131145613259100e-4,
        1.48753612908506148525e-2, 1.36929880922735805310e-1, 5.99832206555887937690e-1, 1.0,
    )  # fmt: skip
    outer = middle if r <= 5.0 else extreme
    outer = -outer if q < 0.0 else outer
    return central if abs(q) <= 0.425 else outer
