"""Type aliases of arrays.  All modules use these names."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Float32 = NDArray[np.float32]
Float64 = NDArray[np.float64]
Floats = NDArray[np.floating[Any]]  # of any precision
Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]
Indices = NDArray[np.intp]  # what numpy's argsort and flatnonzero give
UInt32 = NDArray[np.uint32]
Pixels = NDArray[np.uint8]  # levels, 0..255
Fixed15 = NDArray[np.uint16]  # libmypaint's fixed point: 1 << 15 is one
Mask = NDArray[np.bool_]
