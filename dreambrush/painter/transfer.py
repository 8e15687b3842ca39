"""How much of what was dreamt comes true: the strokes of a painting once in the dream, once on fresh real canvases."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dreambrush.models import Dream
from dreambrush.mypaint.blending import merge_layers
from dreambrush.mypaint.layer import Layer
from dreambrush.painter.compositing import compose
from dreambrush.painter.masks import Masks, near
from dreambrush.painter.replay import replay
from dreambrush.strokes import Strokes

Float32 = NDArray[np.float32]


@dataclass(frozen=True)
class Transfer:
    """A target, and the same strokes dreamt and real.

    Attributes:
        dream: (h, w, 3) float32, the expected colours, 0..1.
        real: (h, w, 3) uint8, as MyPaint shows the replayed strokes.
        dreamed_mse: mean squared error that the dream expects, its variance included; colours 0..1.
        mse: mean squared error of ``real``.
    """

    dream: Float32
    real: NDArray[np.uint8]
    dreamed_mse: float
    mse: float

    @property
    def gap(self) -> float:
        """The transfer gap of this painting."""
        return transfer_gap(self.mse, self.dreamed_mse)


def transfer_gap(mse: float, dreamed_mse: float) -> float:
    """By which share of the real error the dream was too hopeful; negative where it was too gloomy."""
    return (mse - dreamed_mse) / max(mse, 1e-12)


def measure_transfer(
    target: Float32, strokes: Strokes, ground: NDArray[np.uint8], brush: Path, dream: Dream, seed: int
) -> Transfer:
    """Replays strokes and dreams them.

    Args:
        target: (h, w, 3) float32, sRGB 0..1, of the strokes' size.
        strokes: of one brush, at least one stroke.
        ground: (3,) uint8.
        brush: its .myb file.
        dream: of the brush.
        seed: that the strokes were painted with.

    Raises:
        BrushError: the brush file is broken.
        ModelError: the dream is.
    """
    canvases = replay(strokes, {name: brush for name in strokes.brushes}, seed)
    layers = [Layer(name, canvas.read8()) for name, canvas in zip(strokes.layers, canvases, strict=True)]
    real = merge_layers(layers, ground)
    height, width = target.shape[:2]
    upward = strokes[np.argsort(strokes.layer, kind="stable")]  # layer on layer
    rows = np.concatenate([upward.path.reshape(-1, 6), upward.pressure, upward.radius[:, None]], 1)
    paper = np.broadcast_to((ground / np.float32(255)).astype(np.float32), (height * width, 3))
    places = near(rows, height, width, dream.reach)
    masks = Masks(dream, rows, places)
    composite = compose(paper, upward.colour, places.pixels, masks.means, masks.variances)
    return Transfer(
        dream=composite.canvas.reshape(target.shape),
        real=real,
        dreamed_mse=composite.error(target.reshape(-1, 3)) / target.size,
        mse=float(np.mean((real / 255.0 - target) ** 2)),
    )
