"""What marks a brush leaves in a stroke map, painted and measured: how wide they are at each pressure.

Where a stroke was recorded only its shape and its brush are known.  So the brush paints strokes that are known, and
these are looked at in just the same way.  Then widths tell pressures, and it is known how far paint gets beyond the end
of a path.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dreambrush.arrays import Float64, Mask
from dreambrush.errors import BrushError
from dreambrush.events import stroke_events
from dreambrush.mypaint.engine.brush import Brush
from dreambrush.mypaint.engine.canvas import ONE, Canvas
from dreambrush.mypaint.engine.myb import BrushSettings
from dreambrush.mypaint.strokemap import TILE_SIZE
from dreambrush.reference.outline import beyond, outline, resampled
from dreambrush.reference.shapes import Shape, shape_of_mask

PRESSURES = (0.05, 0.25, 0.5, 0.75, 1.0)
DIRECTIONS = 8  # of strokes, evenly over half a turn, for brushes that are not round
LENGTH = 8.0  # of a measured stroke in radii, as many strokes have; some brushes press on as they go
ROOM = 4.0  # radii around it
WIDE, WIDER = 1.6, 4.0  # half-width in radii, beyond which a brush scatters dabs; then all around it is as much larger
ASKEW = 0.13  # turns the measured strokes a little, lest pixels lie along them
RADII = 2.0, 16.0  # pixels, between which brushes are measured, in steps of an octave
FINE = 33  # pressures among which the one is looked for that leaves a given width
TELLS = 1.12  # a brush whose widest mark is not so many times as wide as its narrowest does not tell the pressure
GROUND = 0.3  # value of the paint on which strokes are measured
CONTRASTS = 0.05, 0.15, 0.45  # of strokes to the paint below, at which they are measured
WORK = 1e5  # of a stroke, a tenth of what painting allows
MOUSE = 0.5  # pressure that MyPaint takes for a mouse, and that is taken here where nothing tells it


@dataclass(frozen=True, eq=False)
class Marks:
    """The marks of a brush.

    Attributes:
        half: (5, directions) half of a mark's width in radii, at PRESSURES and evenly over half a turn.
        overhang: (5, directions) how far marks get beyond the end of the path, in radii.
        told: whether widths tell the pressure.
    """

    half: Float64
    overhang: Float64

    @property
    def told(self) -> bool:
        """Whether widths tell the pressure."""
        mean = self.half.mean(1)
        return bool(mean[-1] > TELLS * mean[0] and mean[-1] > mean.max() / TELLS)

    @property
    def usual(self) -> float:
        """Half-width in radii at half of the pressure."""
        return float(self.half[len(PRESSURES) // 2].mean())

    def half_at(self, pressure: Float64, direction: Float64) -> Float64:
        """Half of the width in radii (...) at pressures (...) 0..1 and directions (...) in radians."""
        return _between(self.half, pressure, direction)

    def overhang_at(self, pressure: Float64, direction: Float64) -> Float64:
        """How far marks get beyond the end in radii (...) at pressures (...) and directions (...)."""
        return _between(self.overhang, pressure, direction)

    def pressure_of(self, half: Float64, direction: Float64) -> Float64:
        """The pressures (k,), 0..1, that leave marks of such half-widths (k,), in radii, in such directions (k,)."""
        if not self.told:
            return np.full(len(half), MOUSE)
        trial = np.linspace(0, 1, FINE)
        widths = self.half_at(trial[None], direction[:, None])
        rising = np.maximum.accumulate(widths, 1) + 1e-9 * np.arange(FINE)  # a little noise must not turn it round
        return np.array([np.interp(each, row, trial) for each, row in zip(half, rising, strict=True)])


ROUND = Marks(np.ones((len(PRESSURES), 1)), np.ones((len(PRESSURES), 1)))


def _between(table: Float64, pressure: Float64, direction: Float64) -> Float64:
    """A table at pressures and directions, linearly between its entries, and beyond the least pressure."""
    row = np.clip(np.interp(pressure, PRESSURES, np.arange(len(PRESSURES))), 0, len(PRESSURES) - 1 - 1e-9)
    count = table.shape[1]
    column = np.asarray(direction) / np.pi * count % count
    upper, left = np.floor(row).astype(np.intp), np.floor(column).astype(np.intp) % count
    down, across = row - upper, column - np.floor(column)
    right = (left + 1) % count
    top = (1 - across) * table[upper, left] + across * table[upper, right]
    bottom = (1 - across) * table[upper + 1, left] + across * table[upper + 1, right]
    return np.asarray((1 - down) * top + down * bottom)


def is_flat(settings: BrushSettings) -> bool:
    """Whether a brush leaves other marks in other directions."""
    ratio = settings.settings["elliptical_dab_ratio"]
    return ratio.base_value > 1 or bool(ratio.inputs)


def octave(radius: float) -> float:
    """The radius in pixels at which marks are measured that stand for those of a radius."""
    return float(2.0 ** round(np.log2(np.clip(radius, *RADII))))


def contrast_class(contrast: float) -> float:
    """The contrast at which marks are measured that stand for those at a contrast, 0..1."""
    return min(CONTRASTS, key=lambda each: abs(np.log(each / max(contrast, 1e-3))))


def measure_marks(settings: BrushSettings, radius: float, contrast: float | None = None) -> Marks:
    """Paints straight strokes and measures their marks.

    On a bare layer MyPaint records the faintest paint.  On paint it records what changes the colour enough, so the
    marks of soft brushes are narrower there, the more so the more alike the colours are.

    Args:
        settings: settings of the brush.
        radius: radius in pixels; see :func:`octave`.
        contrast: how much lighter the strokes are than what they are painted on, 0..0.7, as the mean over the channels;
            None for a bare layer.

    Returns:
        The marks; those of a round brush if the brush paints nothing, or cannot paint.
    """
    directions = DIRECTIONS if is_flat(settings) else 2
    half, overhang = np.zeros((2, len(PRESSURES), directions))
    try:
        brush = brush_for(settings, contrast)
        brush.set_radius(radius)
        _measured(brush, radius, MOUSE, ASKEW, 1.0, contrast)  # some brushes are another at their very first stroke
        for row, pressure in enumerate(PRESSURES):
            for column in range(directions):
                way = np.pi * column / directions + ASKEW
                measured = _measured(brush, radius, pressure, way, 1.0, contrast)
                if measured[0] > WIDE:
                    measured = _measured(brush, radius, pressure, way, WIDER, contrast)
                half[row, column], overhang[row, column] = measured
    except (BrushError, ValueError):
        return ROUND
    if not half.any():
        return ROUND
    for table in (half, overhang):  # pressures that leave nothing are as the next that does
        for row in reversed(range(len(PRESSURES) - 1)):
            table[row] = np.where(half[row] > 0, table[row], table[row + 1])
    if not (half > 0).all():
        return ROUND
    if directions == 2:
        half, overhang = half.mean(1, keepdims=True), overhang.mean(1, keepdims=True)
    return Marks(half, overhang)


def brush_for(settings: BrushSettings, contrast: float | None) -> Brush:
    """The brush in a colour that has a contrast to what :func:`prepared` paints; it neither smudges nor erases.

    Raises:
        BrushError: a setting is out of range.
        ValueError: the engine does not accept a curve.
    """
    value = 0.0 if contrast is None else GROUND + contrast
    return Brush(settings.with_values(color_h=0.0, color_s=0.0, color_v=value, eraser=0.0, smudge=0.0))


def prepared(canvas: Canvas, contrast: float | None) -> Canvas:
    """The canvas, painted all over in a middling grey, or bare if there is no contrast to paint."""
    if contrast is not None:
        ground = np.full((canvas.height, canvas.width, 4), round(GROUND * ONE), np.uint16)
        ground[..., 3] = ONE
        canvas.write(ground)
    return canvas


def _measured(
    brush: Brush, radius: float, pressure: float, direction: float, scale: float, contrast: float | None
) -> tuple[float, float]:
    """Half-width and overhang of a mark, in radii; 0 where there is none."""
    unit = radius * scale
    side = int(np.ceil((LENGTH + 2 * ROOM) * unit))
    way = np.array([np.cos(direction), np.sin(direction)])
    start, end = (side / 2 + share * LENGTH * unit * way for share in (-0.5, 0.5))
    canvas = prepared(Canvas(side, side), contrast)
    canvas.work = WORK
    _, masks = canvas.traced_stroke(brush, stroke_events([start, (start + end) / 2, end], [pressure] * 2, radius))
    shape = shape_of_mask(mask_of_tiles(masks, side, side))
    if shape is None:
        return 0.0, 0.0
    line = resampled(np.stack([start, end]), max(unit / 3, 0.5))
    inner = line[len(line) // 5 : -len(line) // 5]
    rough = _rough_half(shape, LENGTH * unit)
    found = outline(shape, inner, rough, ROOM)
    usual = trimmed_mean(found.half)
    if usual <= 0:
        return 0.0, 0.0
    back = usual * way
    ends = ((end - back, way), (start + back, -way))
    reached = [beyond(shape, at, to, usual, found.density, 4.0) - usual for at, to in ends]
    return usual / radius, float(np.mean(reached)) / radius


def trimmed_mean(half: Float64) -> float:
    """The mean of the middle half of half-widths (k,) above 0; 0 if there are none."""
    some = np.sort(half[half > 0])
    quarter = len(some) // 4
    return float(some[quarter : len(some) - quarter].mean()) if len(some) else 0.0


def _rough_half(shape: Shape, length: float) -> float:
    """About half of the width of a straight shape of a known length, in pixels."""
    return float(np.clip(shape.area / length / 2, 1.0, None))


def mask_of_tiles(masks: dict[tuple[int, int], bytes], width: int, height: int) -> Mask:
    """The mask of a canvas's tiles, a whole number of tiles each way."""
    across, down = -(-width // TILE_SIZE), -(-height // TILE_SIZE)
    mask = np.zeros((down * TILE_SIZE, across * TILE_SIZE), bool)
    for (column, row), data in masks.items():
        if 0 <= column < across and 0 <= row < down:
            place = mask[row * TILE_SIZE :, column * TILE_SIZE :][:TILE_SIZE, :TILE_SIZE]
            place[:] = np.frombuffer(data, np.bool_).reshape(TILE_SIZE, TILE_SIZE)
    return mask
