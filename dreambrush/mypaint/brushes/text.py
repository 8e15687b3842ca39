"""The text of a brush in a stroke map, with the colour and size of each stroke."""

from __future__ import annotations

import colorsys
import json
import math
from collections.abc import Sequence

from dreambrush.mypaint.engine.brush import LARGEST_RADIUS, SMALLEST_RADIUS
from dreambrush.mypaint.engine.myb import FORMAT_VERSION, BrushSettings

STROKE_SETTINGS = ("color_h", "color_s", "color_v", "radius_logarithmic")
_DIGITS = 4  # decimals: colours come back within a tenth of a level of 255, radii within 1 in 10,000


class BrushText:
    """Writes a brush as compact JSON: a .myb file of version 3 that names every setting.

    What all strokes have in common is written once, so thousands of texts cost next to no time.

    Args:
        settings: the brush.
        name: the brush whose name and icon MyPaint shows, such as "dreambrush/oil" or "classic/charcoal"; None means
            that of the settings.
    """

    def __init__(self, settings: BrushSettings, name: str | None = None) -> None:
        parent = json.dumps(settings.parent_name if name is None else name)
        self._parts = [f'{{"parent_brush_name":{parent},"settings":{{']
        for number, (key, setting) in enumerate(sorted(settings.settings.items())):
            inputs = {name: [list(map(_plain, point)) for point in curve] for name, curve in setting.inputs.items()}
            self._parts[-1] += f'{"," if number else ""}"{key}":{{"base_value":'
            if key in STROKE_SETTINGS:
                self._parts.append("")
            else:
                self._parts[-1] += json.dumps(_plain(setting.base_value))
            self._parts[-1] += f',"inputs":{json.dumps(inputs, separators=(",", ":"))}}}'
        self._parts[-1] += f'}},"version":{FORMAT_VERSION}}}'

    def text(self, colour: Sequence[float], radius: float) -> str:
        """The text of the brush as a stroke used it.

        Args:
            colour: red, green and blue, display sRGB 0..1, whatever the canvas's eotf.
            radius: radius in pixels.  Beyond the engine's e^-2 to e^6 it is the nearest of these, as the brush paints.

        Raises:
            ValueError: colour and radius are not four finite numbers.
        """
        if len(colour) != 3 or not all(map(math.isfinite, (*colour, radius))):
            raise ValueError(f"Expected a colour of three finite numbers and a radius but had {colour!r}, {radius!r}")
        hue, saturation, value = colorsys.rgb_to_hsv(*(min(max(float(channel), 0.0), 1.0) for channel in colour))
        size = math.log(min(max(float(radius), SMALLEST_RADIUS), LARGEST_RADIUS))
        first, *others = self._parts
        numbers = (hue, saturation, value, size)  # as sorted by name
        return first + "".join(_short(number) + part for number, part in zip(numbers, others, strict=True))


def _short(value: float) -> str:
    return f"{round(value, _DIGITS) + 0.0:g}"  # + 0.0 makes 0 of -0


def _plain(value: float) -> float | int:
    return int(value) if value == int(value) else value
