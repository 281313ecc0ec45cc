"""Arrays of the compiled code."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Vector: TypeAlias = NDArray[np.float64]
"""One or more dimensions of float64, contiguous."""
Index: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]
