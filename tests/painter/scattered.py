"""Another controller than the painter's own: it has learned nothing and sees nothing."""

from __future__ import annotations

import numpy as np

from dreambrush.arrays import Float32
from dreambrush.painter.propose.windows import SIDE, Windows


class Scattered:
    """Proposes straight strokes of all sizes anywhere."""

    def propose(self, windows: Windows, count: int, rng: np.random.Generator) -> Float32:
        """See :class:`~dreambrush.painter.propose.ridge_proposer.Controller`."""
        ends = rng.uniform(0, SIDE, (2, len(windows), count, 2))
        pressure, radius = rng.uniform(0.4, 1, (len(windows), count, 2)), rng.uniform(0.8, 8, (len(windows), count, 1))
        return np.concatenate([ends[0], ends.mean(0), ends[1], pressure, radius], -1, dtype=np.float32)
