"""How paint mixes like pigment, in three bands of light: what the painter expects of ``--pigment``.

libmypaint mixes pigments in ten bands.  It turns either colour into reflectances, takes their geometric mean, weighted
by coverage, and turns that into RGB again, dab by dab (brushmodes.c, ``draw_dab_pixels_BlendMode_Normal_Paint``;
helpers.c, ``rgb_to_spectral`` and ``spectral_to_rgb``).  Three broad bands do nearly as well, for after every dab only
three numbers are left.  Of random colours, mixed in eight dabs, they miss 0.015 of display sRGB (root mean square),
where mixing changes 0.24, and a mixture of display sRGB misses 0.041.  With three
bands there are as many numbers as channels of RGB.  And where powers of them stand for the colours, mixing is linear:
all that is known of linear mixing holds for them.

The power is small, 1/16.  A geometric mean is a power of 0 in the end, but it is too dark for brushes that spatter:
what is expected where a dab falls or does not is a plain mean.  1/16 suits both.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dreambrush import steady
from dreambrush.arrays import Float32, Floats
from dreambrush.dream.wet import WetPaint

BLACK = 0.001  # reflectance of black, as in libmypaint's helpers.c (WGM_EPSILON)
# What each band takes of red, green and blue light (rows).  Fitted to the mixtures that helpers.c gives, of random
# colours in eight dabs each, to the least error of display sRGB; white reflects all of each band.
BANDS = np.array([[0.96893, 0.02834, 0.01216], [0.03101, 0.91969, 0.01493], [0.00006, 0.05197, 0.97291]], np.float64)
_TO_LIGHT = np.linalg.inv(BANDS)
ROOTS = 4  # square roots that are taken of a reflectance: a power of 1/16
POWER = 2**ROOTS
LOWEST = BLACK ** (1 / POWER)  # of the powers; they are stretched to 0..1
LEAST = np.float32(1e-6)  # of shares that something is divided by
DIM = 1e-3  # light below which the slope of display sRGB counts as the same


@dataclass(frozen=True)
class Pigment:
    """Between display sRGB and bands in which pigments mix linearly.

    Attributes:
        eotf: of the light in which they are mixed: light is display sRGB to this power.
    """

    eotf: float

    def bands(self, shown: Floats) -> Float32:
        """The bands (..., 3) float32, 0..1, of display sRGB (..., 3) of 0..1."""
        light = steady.power(np.clip(shown, 0, 1).astype(np.float32), self.eotf)
        powers = _mixed(light * np.float32(1 - BLACK) + np.float32(BLACK), BANDS)
        for _ in range(ROOTS):
            np.sqrt(powers, out=powers)
        return np.asarray((powers - np.float32(LOWEST)) * np.float32(1 / (1 - LOWEST)), np.float32)

    def shown(self, bands: Floats) -> Float32:
        """Display sRGB (..., 3) float32, 0..1, of bands (..., 3)."""
        return steady.power(self._light(_powers(bands)), 1 / self.eotf)

    def by_bands(self, bands: Floats, by_shown: Floats) -> Float32:
        """How something changes with bands (..., 3), from how it changes with what is shown of them (..., 3)."""
        powers = _powers(bands)
        by_light = by_shown * self._slope(self._light(powers))
        return np.asarray(_mixed(by_light, _TO_LIGHT.T) * _steepness(powers), np.float32)

    def steepness(self, bands: Floats) -> Float32:
        """How fast what is shown (..., 3) changes with each band (..., 3) alone; the root of the sum of squares."""
        powers = _powers(bands)
        squares = np.square(self._slope(self._light(powers)))
        return np.asarray(np.sqrt(_mixed(squares, np.square(_TO_LIGHT.T))) * _steepness(powers), np.float32)

    def _light(self, powers: Float32) -> Float32:
        """Light (..., 3), 0..1, of powers of reflectances."""
        reflected = powers
        for _ in range(ROOTS):
            reflected = np.square(reflected)
        light = (_mixed(reflected, _TO_LIGHT) - np.float32(BLACK)) * np.float32(1 / (1 - BLACK))
        return np.asarray(np.clip(light, 0, 1), np.float32)

    def _slope(self, light: Float32) -> Float32:
        """How fast display sRGB grows with light."""
        dim = np.maximum(light, np.float32(DIM))
        return np.asarray(steady.power(dim, 1 / self.eotf) / dim * np.float32(1 / self.eotf), np.float32)


def as_pigment(paint: WetPaint, cover: Floats) -> WetPaint:
    """Wet paint as it is mixed with pigment, from the shares that are right without.

    When libmypaint mixes what it picked up with the brush's own colour as pigments, the former's share f of the paint
    becomes f a / (a + 1 - f), if it is opaque by a (helpers.c, ``mix_colors``).  How opaque the paint is stays the
    same.  So over paint, a = 1, there is more of the brush's own colour.

    Args:
        paint: at n points.
        cover: (n,) how opaque that is which is picked up, 0..1.
    """
    less, more = _shares(paint.own, cover)
    return WetPaint(more * paint.own, less * paint.kept, less * paint.carried, paint.weights)


def by_plain(paint: WetPaint, cover: Floats, by: WetPaint) -> WetPaint:
    """How something changes with wet paint, from how it changes with what :func:`as_pigment` makes of it.

    Args:
        paint: as given there.
        cover: as given there; it counts as fixed.
        by: how it changes with the answer.
    """
    less, more = _shares(paint.own, cover)
    both = np.maximum(cover + paint.own, LEAST)
    by_less = (1 - cover - less) / both
    own = by.own * (more + paint.own * (1 + cover) * by_less) + by_less * (
        paint.kept * by.kept + paint.carried * by.carried
    )
    return WetPaint(own, less * by.kept, less * by.carried, by.weights)


def _shares(own: Floats, cover: Floats) -> tuple[Floats, Floats]:
    """By which factors there is less of what was picked up, and more of the brush's own."""
    both = np.maximum(cover + own, LEAST)
    less = np.where(both > LEAST, (own + (1 - own) * cover) / both, 1).astype(own.dtype)
    return less, less * (1 + cover)


def _powers(bands: Floats) -> Float32:
    return np.asarray(np.maximum(bands * np.float32(1 - LOWEST) + np.float32(LOWEST), 0), np.float32)


def _steepness(powers: Float32) -> Float32:
    """How fast reflectances grow with bands, per light."""
    rising = powers
    for _ in range(ROOTS - 1):
        rising = np.square(rising) * powers
    return np.asarray(rising * np.float32(POWER * (1 - LOWEST) / (1 - BLACK)), np.float32)


def _mixed(channels: Floats, matrix: Floats) -> Float32:
    """Channels (..., 3) times a matrix (3, 3), the same bits on every machine."""
    made = np.empty(channels.shape, np.float32)
    for column in range(3):
        by = matrix[:, column].astype(np.float32)
        made[..., column] = channels[..., 0] * by[0] + channels[..., 1] * by[1] + channels[..., 2] * by[2]
    return made
