"""Type aliases of arrays.  All modules use these names."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Float32 = NDArray[np.float32]
Float64 = NDArray[np.float64]
Int64 = NDArray[np.int64]
Pixels = NDArray[np.uint8]
Mask = NDArray[np.bool_]
