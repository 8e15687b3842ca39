"""The proof on the real canvas: what strokes that were dreamt to gain so much gain when libmypaint lays them.

A controller that exploits its dream shows here, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from dreambrush.arrays import Float32, Float64
from dreambrush.bezier import END, RADIUS, START, path_length
from dreambrush.dream.dream import Dream
from dreambrush.mypaint.engine.myb import BrushSettings
from dreambrush.painter.lay.easel import Easel
from dreambrush.painter.lay.layer_canvas import Tool
from research.controllers.rollout import Round, rollout

SHORT = 1.0  # length by width below which a stroke is little more than a dot
CURLED = 1.3  # length of path by length of chord above which a stroke comes back to itself


@dataclass(frozen=True)
class Proof:
    """Strokes of one controller, dreamt and laid; n strokes on m pictures.

    Attributes:
        strokes: (n, 9).
        dreamt: (n,) squared error that each was foretold to remove.
        real: (n,) squared error that each removed on the real canvas.
        left: (n,) squared error that there was before each.
        before: (m,) mean squared error of the empty canvases.
        after: (m,) of the real paintings.
        paintings: (m, s, s, 3), real.
    """

    strokes: Float32
    dreamt: Float64
    real: Float64
    left: Float64
    before: Float64
    after: Float64
    paintings: Float32

    def figures(self) -> dict[str, float]:
        """What one wants to know at a glance; the transfer gap is positive where the dream promised too much."""
        chord = np.maximum(np.hypot(*(self.strokes[:, END] - self.strokes[:, START]).T), 1e-3)
        length = path_length(self.strokes)
        by_width = length / (2 * self.strokes[:, RADIUS])
        pixels = self.paintings[0].size
        dreamt = self.before.sum() - self.dreamt.sum() / pixels
        return {
            "mse": round(float(self.after.mean()), 5),
            "share_removed": round(float(1 - self.after.sum() / self.before.sum()), 4),
            "gain_dreamt": round(float(self.dreamt.sum() / pixels / self.before.sum()), 4),
            "gain_real": round(float(self.real.sum() / pixels / self.before.sum()), 4),
            "transfer_gap": round(float((self.after.sum() - dreamt) / self.after.sum()), 4),
            "share_per_stroke_dreamt": round(float((self.dreamt / self.left).mean()), 4),
            "share_per_stroke_real": round(float((self.real / self.left).mean()), 4),
            "strokes": round(len(self.strokes) / len(self.after), 2),
            "length_by_width": round(float(np.median(by_width)), 2),
            "short": round(float((by_width < SHORT).mean()), 4),
            "curled": round(float((length / chord > CURLED).mean()), 4),
            "short_and_curled": round(float(((by_width < SHORT) & (length / chord > CURLED)).mean()), 4),
            "promised_but_void": round(float(((self.dreamt > 0.5) & (self.real <= 0)).mean()), 4),
        }


def prove(
    dream: Dream,
    settings: BrushSettings,
    targets: Float32,
    grounds: Float32,
    strokes: int,
    propose: Callable[[Float32, Float32], Float32],
    colour: Float32 | None = None,
    *,
    look_again: bool = True,
) -> Proof:
    """Lets a controller paint pictures on the real canvas.

    Args:
        dream: of the brush.
        settings: of the brush.
        targets: (m, s, s, 3), 0..1.
        grounds: (m, 3) colours to begin with, multiples of 1/255.
        strokes: on each picture, at most.
        propose: targets and canvases (m, s, s, 3) to strokes (m, k, 9); the dream says which of them is laid.
        colour: (3,) of all strokes, or None for the one that suits each best.
        look_again: at the real canvas after every stroke; otherwise all strokes are planned inside the dream.
    """
    side = targets.shape[1]
    easels = [
        Easel(side, side, np.rint(ground * 255).astype(np.uint8), [Tool(settings)], ("paint",)) for ground in grounds
    ]
    area = (0, 0, side, side)
    canvas = np.stack([easel.seen(area) for easel in easels])
    before = ((targets - canvas) ** 2).mean((1, 2, 3), dtype=np.float64)
    rows: list[Float32] = []
    sums: list[tuple[float, float, float]] = []

    def wanted(residual: Float32) -> Float32:
        return propose(targets, targets - residual)

    def rounds() -> Iterator[Round]:
        if look_again:
            for _ in range(strokes):
                yield from rollout(dream, targets, canvas, 1, wanted, colour)
        else:
            yield from rollout(dream, targets, canvas, strokes, wanted, colour)

    for laid in rounds():
        canvas = canvas.copy()
        for row in np.flatnonzero(laid.gain > 0):
            easels[row].paint(laid.strokes[row], laid.colour[row])
            painted = easels[row].seen(area)
            left, then = (float(((targets[row] - seen) ** 2).sum(dtype=np.float64)) for seen in (canvas[row], painted))
            canvas[row] = painted
            rows.append(laid.strokes[row])
            sums.append((float(laid.gain[row]), left - then, left))
    after = ((targets - canvas) ** 2).mean((1, 2, 3), dtype=np.float64)
    dreamt, real, before_each = np.array(sums).reshape(-1, 3).T
    return Proof(np.array(rows).reshape(-1, 9), dreamt, real, before_each, before, after, canvas)
