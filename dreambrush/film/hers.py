"""What the artist has changed in a drawing of a film, and how it goes on from there."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from dreambrush.arrays import Float32, Pixels
from dreambrush.film.camera import SCALE, filmed
from dreambrush.film.flow import backward, places_of, smoothed, taken

DIFFERENT = 4  # levels by which a pixel differs that she has changed; less is rounding
SOFT = 1.0  # pixels of a frame: blur of the border of what she has changed
FLOW = 4.0  # pixels: blur of the flow that it follows, as strokes do


@dataclass(frozen=True, eq=False)
class Hers:
    """What she has changed, wherever it is by now.

    Attributes:
        paint: (h, w, 4) float32: what the camera saw of it in her drawing; colours times alpha, and alpha.
        large: (2h, 2w, 4) uint8: the same on the sheet, with straight alpha.
        places: (h, w, 2) float32: where in her drawing each place of the present one was, in pixels of a frame.
    """

    paint: Float32
    large: Pixels
    places: Float32

    @property
    def share(self) -> Float32:
        """How much of each place is hers, (h, w), 0..1."""
        return self._now[..., 3]

    @property
    def _now(self) -> Float32:
        height, width = self.paint.shape[:2]
        return taken(self.paint, self.places) * _within(self.places, width, height)

    def over(self, picture: Float32) -> Float32:
        """Her paint over a picture (h, w, 3), 0..1."""
        now = self._now
        return np.asarray(np.clip((1 - now[..., 3:]) * picture + now[..., :3], 0, 1), np.float32)

    def carried(self, flow: Float32) -> Hers:
        """The same a frame later.  It is always taken from her own drawing, so that it does not become blurred."""
        places = places_of(flow.shape[0], flow.shape[1]) + backward(smoothed(flow, FLOW))
        # Beyond the edges of a frame nothing is known; what comes from there is not hers.
        there = _within(places, flow.shape[1], flow.shape[0]) > 0
        return replace(self, places=np.where(there, taken(self.places, places), np.float32(-1)).astype(np.float32))

    def on_sheet(self) -> Pixels:
        """Her paint where it is now, (2h, 2w, 4) uint8, straight alpha."""
        height, width = self.large.shape[:2]
        fine = (places_of(height, width) + np.float32(0.5)) / SCALE - np.float32(0.5)
        at = np.asarray(SCALE * taken(self.places, fine.astype(np.float32)) + np.float32(0.5 * (SCALE - 1)), np.float32)
        paint = taken(self.large.astype(np.float32), at) * _within(at, width, height)
        return np.asarray(np.rint(paint), np.uint8)


def _within(places: Float32, width: int, height: int) -> Float32:
    """1 where places (h, w, 2) lie within a picture of that size, 0 elsewhere: (h, w, 1)."""
    x, y = places[..., 0], places[..., 1]
    return np.asarray((x >= 0) & (x <= width - 1) & (y >= 0) & (y <= height - 1), np.float32)[..., None]


@dataclass(frozen=True, eq=False)
class Key:
    """A drawing that she has changed.

    Attributes:
        frame: number of the frame that it shows.
        merged: (2h, 2w, 3) uint8: what her file looks like.
    """

    frame: int
    merged: Pixels

    def changes(self, ours: Pixels) -> Hers | None:
        """What differs from our drawing (2h, 2w, 3) uint8; None if nothing does."""
        differs = np.abs(self.merged.astype(np.int16) - ours).max(2) > DIFFERENT
        if not differs.any():
            return None
        alpha = np.clip(2 * smoothed(differs.astype(np.float32), SOFT * SCALE), 0, 1)
        large = np.concatenate([self.merged, np.rint(alpha * 255).astype(np.uint8)[..., None]], 2)
        share = filmed(np.repeat(large[..., 3:], 3, 2))[..., :1]
        paint = np.concatenate([filmed(self.merged) * share, share], 2)
        return Hers(np.asarray(paint, np.float32), large, places_of(paint.shape[0], paint.shape[1]))
