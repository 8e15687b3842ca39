"""How thick the paint lies, stroke upon stroke.

The real brush lays each stroke once more, on a canvas of its own: what it covers there is where it leaves paint.  The
stroke presses flat what lies below, and cuts into it; then comes its own load.  That is thick at its sides and its end,
where paint is pushed, and has ridges along it, which the bristles have drawn.

Painters lay lights fat and shadows thin, block in thinly and load the brush later, and keep faces thin.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from dreambrush.arrays import Float32, Float64
from dreambrush.mypaint.engine.brush import Brush
from dreambrush.mypaint.engine.canvas import ONE, Canvas, Rectangle
from dreambrush.mypaint.engine.myb import BrushSettings
from dreambrush.painter.relief.course import Course, at_places, course_of, path_length_of
from dreambrush.painter.relief.load import NARROW, Stroke, laid_by, laid_by_narrow, load_of
from dreambrush.relief import Ellipse

SIDE = 1024  # pixels of the longer side of a painting of scale 1
LEAST_COVER = np.float32(0.02)
FLATTENED = np.float32(0.88)  # share of what lies below that a stroke presses flat
PART, MOST_PARTS = 12.0, 24  # pixels along a stroke over which it presses level, at scale 1; parts at most
LUMA = (0.299, 0.587, 0.114)
FIRST, LATER, SOON = 0.6, 0.4, 200.0  # body of the first stroke; how much more it gets, half of it after so many
RIM = 1.5  # square of how far from a face, in its own size, paint is as thick as elsewhere
THINNED = 0.85  # share of its thickness that paint lacks in the middle of a face


class HeightField:
    """The thickness of the paint of a painting, while it is painted.

    Args:
        size: width and height in pixels.
        brushes: settings of the brushes, numbered from 0.
        seed: seed of the painting.
        tone: how light the ground is, 0..1.
        thin: where paint lies thinly.

    Attributes:
        height: (h, w) float32 thickness in pixels.
        tone: (h, w) float32 about how light the paint is, 0..1.
        scale: how large the painting is, against one of 1024 pixels.
    """

    def __init__(
        self,
        size: tuple[int, int],
        brushes: Sequence[BrushSettings],
        seed: int = 0,
        tone: float = 0.5,
        thin: Sequence[Ellipse] = (),
    ) -> None:
        shape = size[::-1]
        self.scale = max(size) / SIDE
        self.height = np.zeros(shape, np.float32)
        self.tone = np.full(shape, tone, np.float32)
        self._thickness = _thickness(shape, thin)
        # Without smudging: on an empty canvas there is nothing to pick up but transparency.
        self._brushes = [Brush(each.with_values(smudge=0.0), washed=True) for each in brushes]
        self._loads = [load_of(each) for each in brushes]
        self._canvas, self._seed, self._laid = Canvas(*size), seed, 0

    def lay(
        self, brush: int, path: Float32, pressure: Float32, radius: float, colour: Float32, events: Float64
    ) -> Rectangle:
        """Lays the next stroke; arguments as of :meth:`~dreambrush.painter.lay.paint_layers.PaintLayers.lay`.

        Returns:
            The rectangle in which the thickness may have changed.
        """
        number = self._laid
        self._laid += 1
        self._brushes[brush].set_radius(radius)
        area = self._canvas.stroke(self._brushes[brush], events, self._seed + number)
        left, top, width, height = area
        if not (width and height):
            return area
        whole = self._canvas.read(area)[..., 3] * np.float32(1 / ONE)
        self._canvas.clear()
        here = (slice(top, top + height), slice(left, left + width))
        light = sum(share * level for share, level in zip(LUMA, colour.tolist(), strict=True))
        body = FIRST + LATER * number / (number + SOON)
        stroke = Stroke(self._loads[brush], light, float(pressure[0] + pressure[1]) / 2, body, self.scale)
        if self._lay_narrow(path, whole, here, stroke):
            return area
        places = np.flatnonzero(whole > LEAST_COVER)
        rows, columns = np.divmod(places, width)
        cover = whole.reshape(-1)[places]
        half = np.float32(0.5)
        course = course_of(
            path, (columns + left).astype(np.float32) + half, (rows + top).astype(np.float32) + half, cover
        )
        own = laid_by(stroke, course, 3 * number + self._seed)
        if self._thickness is not None:
            own *= self._thickness[here].reshape(-1)[places]
        paint = self.height[here].copy()
        below = paint.reshape(-1)[places]
        paint.reshape(-1)[places] = below + cover * (FLATTENED * (self._pressed(course, cover, below) - below) + own)
        self.height[here] = paint
        return area

    def _lay_narrow(self, path: Float32, cover: Float32, here: tuple[slice, slice], stroke: Stroke) -> bool:
        """Lays paint of a stroke that covers so much (h, w), if that is too narrow for ridges; says whether it was.

        It changes the tone of any stroke.
        """
        tone = self.tone[here]
        tone += cover * (np.float32(stroke.tone) - tone)
        area = float(cover.sum(dtype=np.float64))
        half = area / (2 * (path_length_of(path) + 1))
        if half >= NARROW * max(self.scale, 1.0):
            return False
        if area > 0:
            paint = self.height[here]
            level = float((cover * paint).sum(dtype=np.float64)) / area
            own = cover * np.float32(laid_by_narrow(stroke, half))
            if self._thickness is not None:
                own *= self._thickness[here]
            paint += cover * (FLATTENED * (np.float32(level) - paint)) + own
        return True

    def _pressed(self, course: Course, cover: Float32, below: Float32) -> Float32:
        """The thickness of what lies below, once it is level across the stroke."""
        first, end = course.reach
        parts = max(min(int((end - first) / (PART * self.scale)), MOST_PARTS), 1)
        place = (course.along - np.float32(first)) * np.float32(parts / (end - first + 1e-3))
        part = np.minimum(place.astype(np.int64), parts - 1)
        level = np.bincount(part, cover * below, parts) / np.maximum(np.bincount(part, cover, parts), 1e-6)
        return at_places(level, place - np.float32(0.5))


def _thickness(shape: tuple[int, int], thin: Sequence[Ellipse]) -> Float32 | None:
    """By how much paint is thinner in places, (h, w) float32; None for nowhere."""
    if not thin:
        return None
    least = np.ones(shape, np.float32)
    for x, y, wide, high in thin:
        rows, columns = _around(y, high, shape[0]), _around(x, wide, shape[1])
        across = np.square((columns + np.float32(0.5 - x)) * np.float32(1 / wide))
        down = np.square((rows + np.float32(0.5 - y)) * np.float32(1 / high))
        near = np.clip(np.float32(RIM) - (across + down[:, None]), 0, 1)
        part = least[int(rows[0]) : int(rows[-1]) + 1, int(columns[0]) : int(columns[-1]) + 1]
        np.minimum(part, 1 - np.float32(THINNED) * near * near, out=part)
    return least


def _around(middle: float, half: float, side: int) -> Float32:
    """The rows or columns in which an ellipse of that middle and half size thins paint; at least one."""
    first = min(max(math.floor(middle - 1.25 * half), 0), side - 1)
    end = min(max(math.ceil(middle + 1.25 * half), first + 1), side)
    return np.arange(first, end, dtype=np.float32)
