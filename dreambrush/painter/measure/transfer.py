"""How true a dream was: the strokes of a painting are dreamt, and laid again on real canvases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dreambrush.arrays import Float32, Pixels
from dreambrush.models.catalogue import BrushFile
from dreambrush.mypaint.blend.blending import merge_layers
from dreambrush.mypaint.engine.myb import read_myb
from dreambrush.painter.lay.lay_strokes import lay_strokes
from dreambrush.painter.refine.dreams import Dreams
from dreambrush.painter.refine.scene import Scene
from dreambrush.painter.sketch import Sketch
from dreambrush.strokes import Strokes


@dataclass(frozen=True)
class Transfer:
    """The strokes of a painting, dreamt and real.

    Attributes:
        dream: (h, w, 3) float32, the expected colours, 0..1.
        real: (h, w, 3) uint8, the strokes laid again, as MyPaint shows them.
        dreamed_mse: mean squared error that the dream expects, its variance included; colours 0..1.
        mse: mean squared error of ``real``.
    """

    dream: Float32
    real: Pixels
    dreamed_mse: float
    mse: float

    @property
    def gap(self) -> float:
        """The transfer gap of this painting."""
        return transfer_gap(self.mse, self.dreamed_mse)


def transfer_gap(mse: float, dreamed_mse: float) -> float:
    """Share of the real error that the dream did not expect; negative if it expected more."""
    return (mse - dreamed_mse) / max(mse, 1e-12)


def measure_transfer(
    target: Float32, strokes: Strokes, ground: Pixels, brushes: Sequence[BrushFile], seed: int
) -> Transfer:
    """Lays strokes again, dreams them, and compares both with the target.

    Args:
        target: (h, w, 3) float32, sRGB 0..1, of the strokes' size.
        strokes: one stroke or more.
        ground: (3,) uint8.
        brushes: brushes that the strokes name, each with a dream.
        seed: seed that the strokes were painted with.

    Raises:
        BrushError: a brush file is broken.
        ModelError: a dream is.
    """
    by_name = {brush.name: brush for brush in brushes}
    real = merge_layers(lay_strokes(strokes, [read_myb(by_name[name].path) for name in strokes.brushes], seed), ground)
    upward = strokes[np.argsort(strokes.layer, kind="stable")]  # layer on layer
    with Dreams([by_name[name].dream_folder() for name in strokes.brushes]) as dreams:
        paper = np.broadcast_to((ground / np.float32(255)).astype(np.float32), (target.shape[0] * target.shape[1], 3))
        scene = Scene(target, dreams, lambda constrain: constrain, base=paper)
        view = scene.view(sketch_of(upward), paper)
    return Transfer(
        dream=view.canvas.reshape(target.shape),
        real=real,
        dreamed_mse=scene.mean_squared(view.error),
        mse=float(np.mean((real / 255.0 - target) ** 2)),
    )


def sketch_of(strokes: Strokes) -> Sketch:
    """Painted strokes as a sketch."""
    return Sketch(strokes.rows(), strokes.colour, strokes.brush.astype(np.int64))
