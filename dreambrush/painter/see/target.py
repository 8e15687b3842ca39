"""The target: the picture that is painted, the ground under it, and where it is transparent."""

from __future__ import annotations

import numpy as np

from dreambrush import steady
from dreambrush.arrays import Float32, Pixels
from dreambrush.mypaint.blend.transparency import clip_layers, cut_to_shape
from dreambrush.mypaint.layer import Layer
from dreambrush.painter.see.backdrop import Backdrop
from dreambrush.painter.see.cells import reduced
from dreambrush.painter.see.ground import GroundReason, choose_ground
from dreambrush.pictures.palette import Palette

Colour = tuple[float, float, float]

EXCESS = 1e-3  # how far values of a target may lie beyond 0..1, from rounding
LUMA = np.array([0.299, 0.587, 0.114], np.float32)  # how light red, green and blue are
SHAPE_LAYER = "Shape"  # name of the lowest layer, if the picture is transparent somewhere


class Target:
    """What is painted.

    An error counts as much as the picture is opaque there, and not at all where it is transparent.  Strokes may run
    over the edge, for the layers are cut to the picture's shape in the end.

    On an artist's work, what is seen of it takes the place of the ground.

    Args:
        target: (h, w, 3) float32, sRGB 0..1, or (h, w, 4) with alpha.
        ground: colour under the first stroke, sRGB 0..1; by default as :func:`choose_ground` has it.
        work: work that is painted on, of the target's size; None for an empty canvas.
        palette: colours that may be used; unless the ground is given, it is one of them.
        toned: whether the ground is toned, as :func:`choose_ground` has it.

    Attributes:
        size: height and width in pixels.
        picture: (h, w, 3) float32 picture to be painted.
        alpha: (h, w) uint8 where paint may be; None for everywhere.
        background: (3,) uint8 colour of the ground; (h, w, 3) uint8 on somebody's work.
        ground_reason: why the ground has its colour; None on somebody's work.
        counts: (h, w) float32 how much an error counts; None for alike everywhere.
        attention: (h, w) float32 factor by which an error counts more while painting; None for 1 everywhere.
    """

    def __init__(
        self,
        target: Float32,
        ground: Colour | None,
        work: Backdrop | None = None,
        palette: Palette | None = None,
        toned: bool = False,
    ) -> None:
        self.size: tuple[int, int] = (target.shape[0], target.shape[1])
        self.counts: Float32 | None = None
        self.attention: Float32 | None = None
        opaque = target.shape[2] == 3 or bool((target[..., 3] >= 1).all())
        share = None if opaque else target[..., 3:]
        self.work = work
        if work is not None and work.region is not None:
            region = work.region[..., None] / np.float32(255)
            share = np.asarray(region if share is None else share * region, np.float32)
        self._target, self._share = target[..., :3], share
        self.ground_reason: GroundReason | None = None
        if work is None:
            self.background, self.ground_reason = choose_ground(self._target, share, ground, palette, toned)
        else:
            self.background = work.picture
        self.picture, self.alpha = self._target, None
        if share is not None:
            self.picture = np.where(share > 0, self._target, self.background / np.float32(255)).astype(np.float32)
            self.alpha = np.asarray(np.rint(share[..., 0] * 255), np.uint8)
            self.counts = share[..., 0]
        if work is not None and work.open is not None:
            seen = work.open if share is None else share[..., 0] * work.open
            self.counts = np.asarray(seen, np.float32)

    def paper(self, cell: int = 1) -> Float32:
        """The bare canvas at cells, (n, 3) float32; a ground of one colour takes no memory."""
        if self.work is not None:
            return reduced((self.background / np.float32(255)).astype(np.float32), cell).reshape(-1, 3)
        cells = -(-self.size[0] // cell) * -(-self.size[1] // cell)
        return np.broadcast_to((self.background / np.float32(255)).astype(np.float32), (cells, 3))

    def shaped(self, layers: list[Layer]) -> list[Layer]:
        """Cuts layers to the shape of a transparent target, and lays them on a ground of that shape."""
        if self.work is not None:
            return layers if self.alpha is None else clip_layers(layers, self.alpha)
        return layers if self.alpha is None else cut_to_shape(layers, SHAPE_LAYER, self.background, self.alpha)

    def mean_squared_error(self, merged: Pixels) -> float:
        """Mean squared error of a painting (h, w, 3), as far as the target is opaque."""
        squares = np.square(merged / np.float32(255) - self._target)
        if self._share is None:
            return float(np.mean(squares, dtype=np.float64))
        total = 3 * max(float(self._share.sum(dtype=np.float64)), 1e-9)
        return float((squares * self._share).sum(dtype=np.float64)) / total

    def error_in_values(self, merged: Pixels) -> float:
        """Mean squared error of how light and dark a painting (h, w, 3) is, as far as the target is opaque.

        Paper is darker than light, and a pencil lighter than a shadow.  So it is what is left after the levels of the
        painting were set, as one sets those of a photographed drawing.
        """
        painted, wanted = (
            steady.dot3(each, LUMA).astype(np.float64) for each in (merged / np.float32(255), self._target)
        )
        share = None if self._share is None else np.maximum(self._share[..., 0].astype(np.float64), 1e-9)
        painted, wanted = (each - np.average(each, weights=share) for each in (painted, wanted))
        both, alone = (np.average(painted * each, weights=share) for each in (wanted, painted))
        contrast = max(both, 0.0) / max(alone, 1e-9)
        return float(np.average(np.square(contrast * painted - wanted), weights=share))


def check_target(target: Float32) -> None:
    """Checks that a target can be painted.

    Raises:
        ValueError: it has another shape or type, or numbers out of range.
    """
    if target.ndim != 3 or target.shape[2] not in (3, 4) or 0 in target.shape:
        raise ValueError(f"Expected a target of shape (h, w, 3) or (h, w, 4) but it had shape {target.shape}")
    if target.dtype.kind != "f":
        raise ValueError(f"Expected a target of float32 in 0..1 but it had dtype {target.dtype}")
    if not (target.min() >= -EXCESS and target.max() <= 1 + EXCESS):  # true for NaN, too
        raise ValueError(f"Expected a target within 0..1 but it had {target.min()} to {target.max()}")
