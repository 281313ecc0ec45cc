"""exp, log and the normal quantile as branch-free polynomials, so that loops over lanes stay SIMD.

Calls into the C library stop vectorisation. Relative errors are below 1e-15 for ``exp`` and ``log`` (tested against the C library)
and 1e-15 for ``normal_quantile`` (Wichura 1988, algorithm AS 241, PPND16).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from majung.market._compile import equation


@intrinsic  # type: ignore[untyped-decorator]
def float_bits(typing: Any, value: Any) -> Any:
    """The 64 bits of a float64, as an int64."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.bitcast(args[0], ir.IntType(64))

    return types.int64(types.float64), codegen


@intrinsic  # type: ignore[untyped-decorator]
def bits_float(typing: Any, value: Any) -> Any:
    """The float64 with the given 64 bits."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.bitcast(args[0], ir.DoubleType())

    return types.float64(types.int64), codegen


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
def normal_quantile(p: float) -> float:
    """Quantile of the standard normal distribution for 0 < p < 1 (Wichura 1988, AS 241)."""
    q = p - 0.5
    c = 0.180625 - q * q
    central = q * (((((((2.5090809287301226727e3 * c + 3.3430575583588128105e4) * c + 6.7265770927008700853e4) * c
        + 4.5921953931549871457e4) * c + 1.3731693765509461125e4) * c + 1.9715909503065514427e3) * c
        + 1.3314166789178437745e2) * c + 3.3871328727963666080e0) / (((((((5.2264952788528545610e3 * c
        + 2.8729085735721942674e4) * c + 3.9307895800092710610e4) * c + 2.1213794301586595867e4) * c
        + 5.3941960214247511077e3) * c + 6.8718700749205790830e2) * c + 4.2313330701600911252e1) * c + 1.0)
    tail = p if q < 0.0 else 1.0 - p
    r = np.sqrt(-log(tail))
    near = r - 1.6
    middle = (((((((7.74545014278341407640e-4 * near + 2.27238449892691845833e-2) * near + 2.41780725177450611770e-1) * near
        + 1.27045825245236838258e0) * near + 3.64784832476320460504e0) * near + 5.76949722146069140550e0) * near
        + 4.63033784615654529590e0) * near + 1.42343711074968357734e0) / (((((((1.05075007164441684324e-9 * near
        + 5.47593808499534494600e-4) * near + 1.51986665636164571966e-2) * near + 1.48103976427480074590e-1) * near
        + 6.89767334985100004550e-1) * near + 1.67638483018380384940e0) * near + 2.05319162663775882187e0) * near + 1.0)
    far = r - 5.0
    extreme = (((((((2.01033439929228813265e-7 * far + 2.71155556874348757815e-5) * far + 1.24266094738807843860e-3) * far
        + 2.65321895265761230930e-2) * far + 2.96560571828504891230e-1) * far + 1.78482653991729133580e0) * far
        + 5.46378491116411436990e0) * far + 6.65790464350110377720e0) / (((((((2.04426310338993978564e-15 * far
        + 1.42151175831644588870e-7) * far + 1.84631831751005468180e-5) * far + 7.86869131145613259100e-4) * far
        + 1.48753612908506148525e-2) * far + 1.36929880922735805310e-1) * far + 5.99832206555887937690e-1) * far + 1.0)
    outer = middle if r <= 5.0 else extreme
    outer = -outer if q < 0.0 else outer
    return central if abs(q) <= 0.425 else outer
