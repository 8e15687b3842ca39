"""Canvases to paint over while a wet brush is learned: pictures, and paintings that were only begun."""

from __future__ import annotations

import copy

import numpy as np

from dreambrush.arrays import Fixed15, Float32
from dreambrush.bezier import PATH, RADIUS, control_points, point_at
from dreambrush.events import events_of_rows
from dreambrush.models.catalogue import shipped_folder
from dreambrush.mypaint.engine.brush import Brush
from dreambrush.mypaint.engine.canvas import ONE, Canvas
from dreambrush.mypaint.engine.myb import read_myb
from dreambrush.pictures.picture_sets import PictureSet
from dreambrush.train.collect.strokes import SIDE, random_strokes
from dreambrush.train.collect.wet import WIDE
from dreambrush.train.fit.practice_pictures import draw_picture

PICTURES, TRANSLUCENT = 0.5, 0.2  # shares of the canvases: pictures, and strokes on nothing; the rest is strokes on
# a picture or on one colour
FEWEST, MOST = 10, 60  # strokes
BROADER = 1.5  # times as broad as the strokes that are learned from


class Grounds:
    """A store of canvases, each of which is drawn many times: turned, mirrored, its colour channels in any order.

    Args:
        pictures: of these; None for drawn ones.
        count: number of canvases.
        seed: of all choices.

    Raises:
        PictureError: a picture's file is broken.
    """

    def __init__(self, pictures: PictureSet | None, count: int, seed: int) -> None:
        self._rng = np.random.default_rng(seed)
        self._pictures = pictures
        self._canvas = Canvas(WIDE, WIDE)
        self._brushes = [Brush(read_myb(path)) for path in sorted(shipped_folder("brushes").glob("*.myb"))]
        self.canvases = [self._drawn() for _ in range(count)]

    def __call__(self) -> Fixed15:
        """Draws a canvas (WIDE, WIDE, 4) uint16, premultiplied RGBA of 0..ONE."""
        canvas = np.rot90(self.canvases[self._rng.integers(len(self.canvases))], int(self._rng.integers(4)))
        if self._rng.random() < 0.5:
            canvas = canvas[:, ::-1]
        return np.ascontiguousarray(canvas[..., [*self._rng.permutation(3), 3]])

    def anew(self) -> Grounds:
        """The same canvases, which are drawn as those of this one will be; drawing of one does not change the other."""
        other = copy.copy(self)
        other._rng = copy.deepcopy(self._rng)
        return other

    def _drawn(self) -> Fixed15:
        rng = self._rng
        kind = rng.random()
        if kind < PICTURES:
            return _opaque(self._picture())
        if kind < PICTURES + TRANSLUCENT:
            self._canvas.clear()
        elif rng.random() < 0.5:
            self._canvas.write(_opaque(self._picture()))
        else:
            self._canvas.write(_opaque(np.broadcast_to(rng.random(3), (WIDE, WIDE, 3))))
        self._lay_strokes(self._picture())
        return self._canvas.read()

    def _picture(self) -> Float32:
        return draw_picture(self._pictures, WIDE, self._rng)

    def _lay_strokes(self, picture: Float32) -> None:
        """Strokes of one of our brushes, each in the colour that a picture has in its middle."""
        strokes = random_strokes(int(self._rng.integers(FEWEST, MOST)), int(self._rng.integers(1 << 30)))
        strokes[:, PATH] *= WIDE / SIDE
        strokes[:, RADIUS] *= BROADER
        brush = self._brushes[self._rng.integers(len(self._brushes))]
        middles = np.clip(point_at(*control_points(strokes), 0.5), 0, WIDE - 1).astype(int)
        for index, events in enumerate(events_of_rows(strokes)):
            x, y = middles[index]
            brush.set_colour(picture[y, x].tolist())
            brush.set_radius(float(strokes[index, RADIUS]))
            self._canvas.stroke(brush, events, index)


def _opaque(picture: Float32) -> Fixed15:
    pixels = np.full((*picture.shape[:2], 4), ONE, np.uint16)
    pixels[..., :3] = np.rint(picture * ONE)
    return pixels
