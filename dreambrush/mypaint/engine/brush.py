"""A brush in the engine: its settings, which may change between strokes, and its own random numbers."""

from __future__ import annotations

import colorsys
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dreambrush.errors import BrushError
from dreambrush.mypaint.engine.fence import fenced
from dreambrush.mypaint.engine.library import engine, input_ids, setting_ids, setting_ranges
from dreambrush.mypaint.engine.myb import BrushSettings, default_settings, read_myb

LARGEST_RADIUS = math.exp(6.0)  # radius_logarithmic goes up to 6 (libmypaint's brushsettings.json)
SMALLEST_RADIUS = math.exp(-2.0)


class Brush:
    """A brush that paints on a :class:`~dreambrush.mypaint.engine.canvas.Canvas`.

    A brush draws its random numbers from a sequence of its own.  Each new ``Brush`` starts the same sequence, so the
    same strokes in the same order on a new brush paint the same pixels.  A brush belongs to one thread at a time.

    fence.py limits curves that could drive the engine out of its ranges.

    A wet brush carries the paint of its last stroke into the next one, as it does in MyPaint, unless it is washed.

    Args:
        settings: all settings of the brush; without any, libmypaint's defaults, plain colours instead of pigments, and
            the curve that makes paint more opaque the harder one presses.
        washed: whether every stroke begins with a clean brush, so that what it leaves does not depend on other strokes.
            A brush that changes its smudge bucket is not washed.

    Raises:
        BrushError: a base value is not finite.
        ValueError: the engine does not accept a curve.  No brush file that was read has such a curve.
    """

    def __init__(self, settings: BrushSettings | None = None, *, washed: bool = False) -> None:
        ffi, self._lib = engine()
        settings = settings or default_settings()
        handle = self._lib.db_brush_new(washed and not settings.settings["smudge_bucket"].inputs)
        if handle == ffi.NULL:
            raise MemoryError("no memory for a brush")
        self.handle = ffi.gc(handle, self._lib.db_brush_free)
        self.settings = settings
        for name, number in setting_ids().items():
            setting = settings.settings[name]
            self.set(**{name: setting.base_value})
            curves = fenced(name, setting.inputs)
            for key, input_number in input_ids().items():
                curve = curves.get(key, ())
                points: Any = ffi.new("float[]", [value for point in curve for value in point] or [0.0])
                self._lib.db_brush_set_curve(self.handle, number, input_number, points, len(curve))

    @classmethod
    def load(cls, path: Path | str, **values: float) -> Brush:
        """Loads a brush from a .myb file, with other base values for some settings.

        Raises:
            BrushError: the file is not a MyPaint brush, or a setting is unknown.
        """
        return cls(read_myb(Path(path)).with_values(**values))

    def again(self) -> None:
        """Makes it like a new brush of the same settings: its random numbers begin again.

        Raises:
            MemoryError: there is no memory for it.
        """
        if self._lib.db_brush_again(self.handle):
            raise MemoryError("no memory for a brush")

    def set(self, **values: float) -> None:
        """Changes base values from the next stroke on, as in ``set(hardness=0.5)``.

        A value beyond the range of a setting becomes the nearest end of the range, as with MyPaint's sliders.

        Raises:
            BrushError: a name is no brush setting, or a value is not a finite number.
        """
        for name, value in values.items():
            if name not in setting_ids():
                raise BrushError(
                    f"There is no brush setting named {name!r}.", "Check its spelling.", id="no-such-brush-setting"
                )
            if not math.isfinite(value):
                raise BrushError(
                    f"Expected {name} to be finite but it was {value!r}.",
                    "Give it a number.",
                    id="brush-setting-not-a-number",
                )
            low, _, high = setting_ranges()[name]
            self._lib.db_brush_set_base(self.handle, setting_ids()[name], min(max(value, low), high))

    def set_colour(self, rgb: Sequence[float], eotf: float = 1.0) -> None:
        """Sets the colour.

        Args:
            rgb: red, green and blue in display sRGB, 0..1.
            eotf: eotf of the canvas.  At other eotfs than 1.0, the engine works on rgb^eotf (MyPaint lib/brush.py,
                _transform_brush_color).

        Raises:
            ValueError: the colour is not three finite numbers.
        """
        if len(rgb) != 3 or not all(math.isfinite(value) for value in rgb):
            raise ValueError(f"Expected rgb to be three finite numbers but it was {rgb!r}")
        red, green, blue = (min(max(float(value), 0.0), 1.0) for value in rgb)
        hue, saturation, value = colorsys.rgb_to_hsv(red, green, blue)
        if eotf != 1.0:
            # By way of HSV, as MyPaint does, so that the floats are the same to the last bit.
            red, green, blue = (channel**eotf for channel in colorsys.hsv_to_rgb(hue, saturation, value))
            hue, saturation, value = colorsys.rgb_to_hsv(red, green, blue)
        self.set(color_h=hue, color_s=saturation, color_v=value)

    def set_radius(self, radius: float) -> None:
        """Sets the basic radius in pixels, e^-2 to e^6.  Curves of the brush still change it along a stroke.

        Raises:
            ValueError: the radius is not a finite number.
        """
        if not math.isfinite(radius):
            raise ValueError(f"Expected radius to be a finite number but it was {radius!r}")
        radius = min(max(float(radius), SMALLEST_RADIUS), LARGEST_RADIUS)
        self.set(radius_logarithmic=math.log(radius))
