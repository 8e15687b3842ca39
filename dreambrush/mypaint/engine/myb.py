"""MyPaint's brush files (.myb, JSON of version 3): reads, checks, completes and writes them."""

from __future__ import annotations

import hashlib
import json
import reprlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from dreambrush.errors import BrushError
from dreambrush.mypaint.engine.library import input_ids, setting_ranges
from dreambrush.mypaint.engine.old_myb import MARK, read_old_brush

FORMAT_VERSION = 3
MOST_POINTS = 64  # libmypaint's mapping.c keeps at most this many points per curve
MOST_SHOWN = 100  # characters of what is wrong, in a message; reprlib alone may show a thousand
LARGEST_NUMBER = 1e9
ADVICE = "Choose a brush file that MyPaint itself can load, such as those that come with MyPaint."

Curve = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class BrushSetting:
    """One brush setting: a base value, and curves by input, whose values are added to it."""

    base_value: float
    inputs: Mapping[str, Curve] = field(default_factory=dict)


@dataclass(frozen=True)
class BrushSettings:
    """A whole brush: every setting that the engine knows, each with an explicit value.

    Attributes:
        settings: all settings by name, in the engine's order.
        parent_name: name of the brush that MyPaint shows as the origin, such as "classic/charcoal"; may be empty.
        description: a sentence for people; may be empty.
    """

    settings: Mapping[str, BrushSetting]
    parent_name: str = ""
    description: str = ""

    @property
    def smudges(self) -> bool:
        """Whether the brush may pick up paint."""
        return self._may_be_positive("smudge")

    @property
    def erases(self) -> bool:
        """Whether the brush may take paint away."""
        return self._may_be_positive("eraser")

    def _may_be_positive(self, name: str) -> bool:
        setting = self.settings[name]
        return setting.base_value > 0 or any(y > 0 for curve in setting.inputs.values() for _, y in curve)

    def with_values(self, **values: float) -> BrushSettings:
        """A copy with other base values, as in ``with_values(hardness=0.5)``.  Curves stay.

        Raises:
            BrushError: a name is no brush setting, or a value is not finite.
        """
        settings = dict(self.settings)
        for name, value in values.items():
            if name not in settings:
                raise _no_such_setting(name, settings)
            try:
                settings[name] = BrushSetting(_number(value, f"setting {name}"), settings[name].inputs)
            except ValueError as error:
                message = str(error)
                raise BrushError(
                    f"{message[0].upper()}{message[1:]}.", "Give it a number.", id="brush-setting-not-a-number"
                ) from None
        return replace(self, settings=settings)

    def with_curve(self, setting: str, input: str, *points: tuple[float, float]) -> BrushSettings:
        """A copy with another curve, such as ``with_curve("hardness", "pressure", (0, -0.5), (1, 0.5))``.

        Args:
            setting: its name in brush files.
            input: what drives it: "pressure", "tilt_declination" or another name of :func:`input_ids`.
            points: (input, what is added to the base value), from left to right, 2 to 64 of them; between them the
                curve is straight.  None take the curve away.

        Raises:
            BrushError: an unknown setting or input, or points that make no curve.
        """
        if setting not in self.settings:
            raise _no_such_setting(setting, self.settings)
        if input not in input_ids():
            raise BrushError(
                f"There is no brush input named {input!r}.",
                f"The inputs are: {', '.join(input_ids())}.",
                id="no-such-brush-input",
            )
        try:
            curve = _curve([list(point) for point in points], f"the {input} curve of setting {setting}")
        except (TypeError, ValueError) as error:
            raise BrushError(
                f"{str(error)[0].upper()}{str(error)[1:]}.", "Give it other points.", id="brush-curve-impossible"
            ) from None
        inputs = {**self.settings[setting].inputs, input: curve}
        changed = BrushSetting(
            self.settings[setting].base_value, {key: value for key, value in inputs.items() if value}
        )
        return replace(self, settings={**self.settings, setting: changed})

    def to_json(self) -> str:
        """The text of a .myb file that names every setting."""
        return json.dumps(
            {
                "comment": "MyPaint brush file",
                "description": self.description,
                "group": "",
                "notes": "",
                "parent_brush_name": self.parent_name,
                "settings": {
                    name: {
                        "base_value": setting.base_value,
                        "inputs": {key: [list(xy) for xy in curve] for key, curve in setting.inputs.items()},
                    }
                    for name, setting in sorted(self.settings.items())
                },
                "version": FORMAT_VERSION,
            },
            indent=4,
            sort_keys=True,
        )

    def digest(self) -> str:
        """A fingerprint of all settings but colour and size, which strokes set."""
        free = {"color_h", "color_s", "color_v", "radius_logarithmic"}
        parts = [
            (name, () if name in free else (setting.base_value,), sorted(setting.inputs.items()))
            for name, setting in sorted(self.settings.items())
        ]
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def read_myb(path: Path, paint_mode: float = 0.0) -> BrushSettings:
    """Reads a .myb file and makes every setting explicit.

    Args:
        path: the file.
        paint_mode: value of the setting of that name if the file does not name it, 0 (plain RGB) to 1 (pigment).
            MyPaint takes 0 in its "1.x" mode, in which our files open, and 1 otherwise (gui/brushmanager.py).

    Raises:
        BrushError: the file cannot be read or is not a brush of version 1, 2 or 3.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise BrushError(f"The brush {path} cannot be read: {reason}.", ADVICE, id="brush-unreadable") from None
    return parse_myb(text, str(path), paint_mode)


def default_settings() -> BrushSettings:
    """What libmypaint takes where nothing is said: the brush of a file that names no setting."""
    return parse_myb(json.dumps({"version": FORMAT_VERSION, "settings": {}}), "the default brush")


def parse_myb(text: str, name: str, paint_mode: float = 0.0) -> BrushSettings:
    """Reads a brush as :func:`read_myb` does, from the file's text.  Error messages call it ``name``."""
    try:
        document = read_old_brush(text) if text.startswith(MARK) else json.loads(text)
        if not isinstance(document, dict):
            raise ValueError("it is not a JSON object")
        version = document.get("version")
        if version != FORMAT_VERSION:
            raise ValueError(f"expected version {FORMAT_VERSION} but it had {_shown(version)}")
        given = document.get("settings")
        if not isinstance(given, dict):
            raise ValueError("it has no settings")
        settings = {}
        for setting, (_, normal, _) in setting_ranges().items():
            default = paint_mode if setting == "paint_mode" else normal
            settings[setting] = _setting(given.get(setting), setting, default)
    except (ValueError, RecursionError) as error:
        raise BrushError(
            f"{name} is not a MyPaint brush: {_sentence(error)}.", ADVICE, id="not-a-mypaint-brush"
        ) from None
    return BrushSettings(settings, _text(document, "parent_brush_name"), _text(document, "description"))


def _no_such_setting(name: str, settings: Mapping[str, BrushSetting]) -> BrushError:
    return BrushError(
        f"There is no brush setting named {name!r}.",
        f"The settings are: {', '.join(settings)}.",
        id="no-such-brush-setting",
    )


def _sentence(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"it is not valid JSON (line {error.lineno})"
    return "it is nested too deeply" if isinstance(error, RecursionError) else str(error)


def _shown(value: Any) -> str:
    text = reprlib.repr(value)
    return text if len(text) <= MOST_SHOWN else text[: MOST_SHOWN - 3] + "..."


def _text(document: dict[str, Any], key: str) -> str:
    value = document.get(key, "")
    return value if isinstance(value, str) else ""


def _setting(given: Any, name: str, default: float) -> BrushSetting:
    if given is None:
        # Without the setting the default curve of opaque_multiply applies: pressure makes paint opaque.
        curves: dict[str, Curve] = {"pressure": ((0.0, 0.0), (1.0, 1.0))} if name == "opaque_multiply" else {}
        return BrushSetting(default, curves)
    if not isinstance(given, dict):
        raise ValueError(f"setting {name} is not an object")
    inputs = given.get("inputs", {})
    if not isinstance(inputs, dict):
        raise ValueError(f"the inputs of setting {name} are not an object")
    curves = {}
    for key, points in inputs.items():
        if key not in input_ids():
            continue  # as MyPaint does: stock brushes have curves for inputs of other versions (surfacemap_x)
        curve = _curve(points, f"the {key} curve of setting {name}")
        if curve:
            curves[key] = curve
    return BrushSetting(_number(given.get("base_value", default), f"setting {name}"), curves)


def _curve(points: Any, what: str) -> Curve:
    if not isinstance(points, list) or len(points) == 1 or len(points) > MOST_POINTS:
        raise ValueError(f"expected {what} to have 0 or 2 to {MOST_POINTS} points")
    curve = []
    for point in points:
        if not isinstance(point, list) or len(point) != 2:
            raise ValueError(f"expected {what} to have points of 2 numbers")
        curve.append((_number(point[0], what), _number(point[1], what)))
    if any(after[0] < before[0] for before, after in pairwise(curve)):
        raise ValueError(f"expected {what} to run from left to right")
    return tuple(curve)


def _number(value: Any, what: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= LARGEST_NUMBER:
        raise ValueError(f"expected {what} to be a finite number but it was {_shown(value)}")
    return float(value)
