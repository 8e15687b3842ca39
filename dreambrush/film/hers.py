"""What the artist has changed in a drawing of a film, and how it goes on from there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from dreambrush.arrays import Float32, Pixels
from dreambrush.film.camera import SCALE, filmed
from dreambrush.film.flow import backward, calmed, places_of, smoothed, taken, within

DIFFERENT = 4  # levels by which a pixel differs that she has changed; less is rounding
SOFT = 1.0  # pixels of a frame: blur of the border of what she has changed


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
        return taken(self.paint, self.places) * within(self.places, width, height)[..., None]

    def over(self, picture: Float32) -> Float32:
        """Her paint over a picture (h, w, 3), 0..1."""
        now = self._now
        return np.asarray(np.clip((1 - now[..., 3:]) * picture + now[..., :3], 0, 1), np.float32)

    def carried(self, flow: Float32) -> Hers:
        """The same a frame later.  It is always taken from her own drawing, so that it does not become blurred."""
        height, width = flow.shape[:2]
        at = places_of(height, width) + backward(calmed(flow))
        # What comes from beyond an edge was as far beyond it in her drawing: not hers, unless it was there before.
        inside = np.clip(at, 0, np.array([width - 1, height - 1], np.float32))
        return replace(self, places=np.asarray(taken(self.places, inside) + (at - inside), np.float32))

    def on_sheet(self) -> Pixels:
        """Her paint where it is now, (2h, 2w, 4) uint8, straight alpha."""
        height, width = self.large.shape[:2]
        fine = (places_of(height, width) + np.float32(0.5)) / SCALE - np.float32(0.5)
        at = np.asarray(SCALE * taken(self.places, fine.astype(np.float32)) + np.float32(0.5 * (SCALE - 1)), np.float32)
        paint = taken(self.large.astype(np.float32), at) * within(at, width, height)[..., None]
        return np.asarray(np.rint(paint), np.uint8)


@dataclass(frozen=True, eq=False)
class Key:
    """A drawing that she has changed.

    Attributes:
        frame: number of the frame that it shows.
        merged: (2h, 2w, 3) uint8: what her file looks like.
        options: with which it was painted, plain data.
        seed: of its film.
    """

    frame: int
    merged: Pixels
    options: Mapping[str, Any] = field(default_factory=dict)
    seed: int = 0

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
