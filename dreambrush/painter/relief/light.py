"""The light on the paint: one lamp to the upper left, as pixels of a layer that lies over all paint.

Where a slope faces the lamp the layer is white, where it turns away, or lies in the shadow of thicker paint, it is
black, and it is the more opaque the more light the paint gains or loses there.  Level paint stays as it is, to the
byte.  The layer's mode is Normal: in white and black, MyPaint's Hard Light draws the same, and other programs know it.

All arithmetic is local and in one order, so that an area has the same pixels alone as in the whole picture.
"""

from __future__ import annotations

import numpy as np

from dreambrush import steady
from dreambrush.arrays import Float32, Pixels
from dreambrush.mypaint.engine.eotf import PLAIN

LAMP = 0.5, 0.6, 0.62  # how much it comes from the left, from above and from the front
CONTRAST = 0.85  # of slopes, at full strength
TOWARDS = 1.3  # more of it on slopes that face the lamp, so that the picture is as light as without
SHADOW, HOLLOW = 0.3, 0.26  # how dark cast shadows and hollows are, at full strength
LOW = 0.75  # how far the lamp's rays fall in a pixel
SOFT = 2.5  # pixels of height over which a cast shadow fades in
LONGEST_SHADOW = 6  # steps
DEEP = 3.0  # pixels of depth at which a hollow is darkest
GLOSS, MATT = 0.4, 0.35  # share of the light that the darkest paint throws back; tone from which on paint has all of it
WARM, COOL = (255, 251, 240), (10, 8, 16)  # colours of light and shadow
BAND = 64  # rows that are lit at a time


def lit(
    height: Float32, tone: Float32, area: tuple[slice, slice], strength: float, scale: float, eotf: float = PLAIN
) -> Pixels:
    """The pixels of the relief's layer in an area.

    Args:
        height: (h, w) float32, thickness of the paint of the whole picture, in pixels.
        tone: (h, w) float32, about how light the paint is, display values 0..1.
        area: rows and columns.
        strength: of the relief, 0..1.
        scale: how large the painting is, against one of 1024 pixels.
        eotf: of the document.

    Returns:
        Straight sRGB and alpha, uint8, of the area.
    """
    gained = np.float32(strength) * _gained(height, area, max(round(scale), 1))
    return _as_pixels(gained, tone[area], eotf)


def lit_whole(height: Float32, tone: Float32, strength: float, scale: float, eotf: float = PLAIN) -> Pixels:
    """The pixels of the whole layer; arguments as of :func:`lit`."""
    pixels = np.empty((*height.shape, 4), np.uint8)
    for top in range(0, len(height), BAND):
        area = slice(top, min(top + BAND, len(height))), slice(0, height.shape[1])
        pixels[area] = lit(height, tone, area, strength, scale, eotf)
    return pixels


def reach(scale: float) -> int:
    """How many pixels around it the height of a pixel has a say in the light."""
    return 8 + LONGEST_SHADOW * max(round(scale), 1)


def _gained(height: Float32, area: tuple[slice, slice], step: int) -> Float32:
    """How much light the paint gains, -1..1, at full strength."""
    margin = 8 + LONGEST_SHADOW * step
    padded = _with_margin(height, area, margin)
    surface = _smooth(padded)
    rows, columns = (part.stop - part.start for part in area)

    def at(field: Float32, down: int, right: int) -> Float32:
        top, left = margin + down, margin + right
        return field[top : top + rows, left : left + columns]

    half = np.float32(0.5)
    across = half * (at(surface, 0, 1) - at(surface, 0, -1))
    down = half * (at(surface, 1, 0) - at(surface, -1, 0))
    left, above, front = (np.float32(part) for part in LAMP)
    facing = (across * left + down * above + front) / (front * np.sqrt(1 + across * across + down * down)) - 1
    here = at(surface, 0, 0)
    shadow = np.zeros_like(here)
    for far in range(1, LONGEST_SHADOW + 1):
        ray = half * (at(surface, -far * step, -far * step) + at(surface, -far * step, 1 - far * step))
        np.maximum(shadow, ray - here - np.float32(LOW * far * step), out=shadow)
    hollow = _around(surface, step)
    hollow = at(hollow, 0, 0) - here
    gained = np.clip(np.where(facing > 0, np.float32(CONTRAST * TOWARDS), np.float32(CONTRAST)) * facing, -1, 1)
    gained -= np.float32(SHADOW) * np.minimum(shadow * np.float32(1 / SOFT / step), 1)
    gained -= np.float32(HOLLOW) * np.clip(hollow * np.float32(1 / DEEP / step), 0, 1)
    return np.asarray(gained, np.float32)


def _with_margin(height: Float32, area: tuple[slice, slice], margin: int) -> Float32:
    """The heights of an area and around it; beyond the picture they are as at its edge."""
    places = []
    for part, end in zip(area, height.shape, strict=True):
        places.append(np.clip(np.arange(part.start - margin, part.stop + margin), 0, end - 1))
    return np.ascontiguousarray(height[places[0][:, None], places[1]])


def _smooth(field: Float32) -> Float32:
    """Each pixel with its neighbours; the outermost pixels stay as they are."""
    quarter, half = np.float32(0.25), np.float32(0.5)
    smoothed = field.copy()
    smoothed[1:-1] = quarter * (field[:-2] + field[2:]) + half * field[1:-1]
    rows = smoothed.copy()
    smoothed[:, 1:-1] = quarter * (rows[:, :-2] + rows[:, 2:]) + half * rows[:, 1:-1]
    return smoothed


def _around(surface: Float32, step: int) -> Float32:
    """The mean height around each pixel."""
    mean = surface
    for _ in range(4):
        mean = _smooth(mean)
    for far in (2 * step, 3 * step):
        wide = mean.copy()
        wide[far:-far, far:-far] = np.float32(0.25) * (
            (mean[: -2 * far, far:-far] + mean[2 * far :, far:-far])
            + (mean[far:-far, : -2 * far] + mean[far:-far, 2 * far :])
        )
        mean = wide
    return mean


def _as_pixels(gained: Float32, tone: Float32, eotf: float) -> Pixels:
    """A layer of white and black that changes paint of that tone by so much, in the light of the document."""
    lighter, darker = np.maximum(gained, 0), np.maximum(-gained, 0)
    shine = np.float32(GLOSS) + np.float32(1 - GLOSS) * np.minimum(tone * np.float32(1 / MATT), 1)
    lighter = np.minimum(lighter * shine, 1)
    darker = np.minimum(darker, 1)
    if eotf != PLAIN:
        before = steady.power(tone, eotf)
        after = steady.power(tone + lighter * (1 - tone), eotf)
        lighter = (after - before) / np.maximum(1 - before, np.float32(1e-3))
        darker = 1 - steady.power(1 - darker, eotf)
    alpha = np.rint(np.float32(255) * np.clip(lighter + darker, 0, 1))
    pixels = np.empty((*gained.shape, 4), np.uint8)
    pixels[..., :3] = np.where((gained > 0)[..., None], np.array(WARM, np.uint8), np.array(COOL, np.uint8))
    pixels[..., 3] = alpha.astype(np.uint8)
    pixels[pixels[..., 3] == 0] = 0
    return pixels
