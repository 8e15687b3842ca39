"""Strokes: the data type that all parts exchange, and how a stroke becomes events for the engine.

A stroke is a quadratic Bezier path (start, control, end), pressure at start and end, a radius, a colour, a brush and
a layer.  ``Strokes`` holds many of them as arrays, in the order in which they are painted, together with the size of
the canvas that they were made for.

The file format (version 1) is JSON::

    {"format": "dreambrush strokes", "version": 1, "size": [width, height],
     "brushes": ["oil"], "layers": ["Block-in", "Detail"],
     "strokes": [[x0, y0, x1, y1, x2, y2, pressure0, pressure1, radius, red, green, blue, brush, layer], ...]}

Lengths are in pixels.  Pressures and colours (display sRGB) are in 0..1.  ``brush`` and ``layer`` are indices into the
two lists, from 0.  Numbers are the shortest that give the same float32 again, so saving loses nothing.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dreambrush.errors import StrokesError
from dreambrush.files.json_text import read_json, whole_characters
from dreambrush.files.output import open_output

FORMAT = "dreambrush strokes"
VERSION = 1
ARRAYS = ("path", "pressure", "radius", "colour", "brush", "layer")
COLUMNS = 14  # numbers of one stroke in a file
LARGEST_FILE = 1 << 28  # bytes, of some two million strokes
MOST_NAMES = 1000  # of brushes or layers; dreambrush paints on at most six layers

SPEED = 600.0  # pixels a second: an unhurried sweep of the arm over a screen at 100 % zoom
LEAST_SECONDS = 0.08  # even a dab takes this long
SECONDS_PER_EVENT = 0.01  # a tablet reports about 100 times a second
MOST_EVENTS = 64  # enough for a smooth quadratic curve of any length
APPROACH = 0.02  # of the radius: far too little for a dab, enough for a direction
LANDING_SECONDS = 10.0  # longer than libmypaint's max_dtime of 5 s, so that the brush lands without a trail

Float32 = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Strokes:
    """Many strokes in painting order.

    Attributes:
        path: (n, 3, 2) float32, start, control and end point, x and y in pixels; points may lie off the canvas.
        pressure: (n, 2) float32, at start and end, 0..1.
        radius: (n,) float32, the brush's basic radius in pixels, > 0.
        colour: (n, 3) float32, display sRGB, 0..1.
        brush: (n,) int32, index into ``brushes``.
        layer: (n,) int32, index into ``layers``.
        size: width and height in pixels of the canvas for which the strokes are made.
        brushes: names of the brushes.
        layers: names of the layers, bottom first.

    Raises:
        StrokesError: an array has another shape, or values out of range.
    """

    path: Float32
    pressure: Float32
    radius: Float32
    colour: Float32
    brush: NDArray[np.int32]
    layer: NDArray[np.int32]
    size: tuple[int, int]
    brushes: tuple[str, ...]
    layers: tuple[str, ...]

    def __post_init__(self) -> None:
        radius = np.asarray(self.radius)
        n = radius.shape[0] if radius.ndim == 1 else -1
        if n < 0:
            raise _bad(f"Expected radius to have shape (n,) but it had shape {radius.shape}.")
        for name, shape, dtype in (
            ("path", (n, 3, 2), np.float32),
            ("pressure", (n, 2), np.float32),
            ("radius", (n,), np.float32),
            ("colour", (n, 3), np.float32),
            ("brush", (n,), np.int32),
            ("layer", (n,), np.int32),
        ):
            object.__setattr__(self, name, _checked(name, getattr(self, name), shape, dtype))
        object.__setattr__(self, "size", _checked_size(self.size))
        for name in ("brushes", "layers"):
            names = tuple(getattr(self, name))
            if not all(isinstance(item, str) for item in names):
                raise _bad(f"Expected {name} to be names but had {names!r:.200}.")
            object.__setattr__(self, name, names)
        _check_range("pressure", self.pressure, 0.0, 1.0)
        _check_range("colour", self.colour, 0.0, 1.0)
        _check_range("radius", self.radius, 1e-30, 1e6)
        _check_range("path", self.path, -1e6, 1e6)
        _check_range("brush", self.brush, 0, len(self.brushes) - 1)
        _check_range("layer", self.layer, 0, len(self.layers) - 1)

    def __len__(self) -> int:
        return len(self.radius)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Strokes):
            return NotImplemented
        same_names = (self.size, self.brushes, self.layers) == (other.size, other.brushes, other.layers)
        return same_names and np.array_equal(self._table(), other._table())

    __hash__ = None  # type: ignore[assignment]

    def __getitem__(self, index: slice | NDArray[Any]) -> Strokes:
        """Some of the strokes: a slice, an array of indices, or a mask."""
        arrays: dict[str, Any] = {name: getattr(self, name)[index] for name in ARRAYS}
        return replace(self, **arrays)

    def scaled(self, size: tuple[int, int]) -> Strokes:
        """The same strokes for a canvas of another size.

        Args:
            size: new width and height in pixels.  The radius scales with the root of the area.
        """
        width, height = _checked_size(size)
        across, down = width / self.size[0], height / self.size[1]
        return replace(
            self,
            path=self.path * np.array([across, down], np.float32),
            radius=self.radius * np.float32(np.sqrt(across * down)),
            size=(width, height),
        )

    @staticmethod
    def concatenate(parts: Sequence[Strokes]) -> Strokes:
        """Joins several, one after the other.  They must share size, brushes and layers.

        Raises:
            StrokesError: there are no parts, or they differ in size, brushes or layers.
        """
        if not parts:
            raise _bad("Expected at least one part to concatenate but had none.")
        first = parts[0]
        for part in parts[1:]:
            for name in ("size", "brushes", "layers"):
                if getattr(part, name) != getattr(first, name):
                    raise _bad(f"Expected {name} {getattr(first, name)} in every part but had {getattr(part, name)}.")
        arrays: dict[str, Any] = {name: np.concatenate([getattr(part, name) for part in parts]) for name in ARRAYS}
        return replace(first, **arrays)

    def to_json(self) -> str:
        """The text of a strokes file; the same strokes give the same text."""
        rows = [[_shortest(value) for value in row[:12]] + [int(v) for v in row[12:]] for row in self._table()]
        head = {"format": FORMAT, "version": VERSION, "size": list(self.size)}
        names = {key: [whole_characters(name) for name in getattr(self, key)] for key in ("brushes", "layers")}
        document = {**head, **names, "strokes": rows}
        return json.dumps(document, ensure_ascii=False, separators=(",", ":"))

    @staticmethod
    def from_json(text: str) -> Strokes:
        """Reads the text of a strokes file.

        Raises:
            StrokesError: the text is no strokes file, is of another version, or has bad numbers.
        """
        try:
            document = read_json(text)
        except ValueError:
            raise _bad("Expected a strokes file but had something that is not JSON.") from None
        if not isinstance(document, dict) or document.get("format") != FORMAT:
            raise _bad("Expected a strokes file but had other JSON.")
        if document.get("version") != VERSION:
            version = repr(document.get("version"))
            raise _bad(f"Expected a strokes file of version {VERSION} but had version {version:.60}.")
        lists = [document.get(name) for name in ("strokes", "brushes", "layers", "size")]
        if not all(isinstance(item, list) for item in lists):
            raise _bad("Expected strokes, brushes, layers and size to be lists but some are not.")
        rows, brushes, layers, size = lists
        assert rows is not None and brushes is not None and layers is not None and size is not None
        if max(len(brushes), len(layers)) > MOST_NAMES:
            raise StrokesError(
                f"Expected at most {MOST_NAMES:,} brushes and layers but had {max(len(brushes), len(layers)):,}.",
                "Use strokes that this version of dreambrush saved.",
                id="strokes-unusable",
            )
        try:
            table = np.array(rows, np.float64).reshape(len(rows), COLUMNS)
        except (ValueError, TypeError, OverflowError):
            raise _bad(f"Expected every stroke to be {COLUMNS} numbers but some are not.") from None
        if not np.isfinite(table).all() or (table[:, 12:] != np.rint(table[:, 12:])).any():
            raise _bad("Expected finite numbers, brush and layer whole ones, but had others.")
        return Strokes(
            path=table[:, :6].reshape(-1, 3, 2).astype(np.float32),
            pressure=table[:, 6:8].astype(np.float32),
            radius=table[:, 8].astype(np.float32),
            colour=table[:, 9:12].astype(np.float32),
            brush=np.clip(table[:, 12], -1, 1 << 30).astype(np.int32),
            layer=np.clip(table[:, 13], -1, 1 << 30).astype(np.int32),
            size=(size[0], size[1]) if len(size) == 2 else (0, 0),
            brushes=tuple(whole_characters(name) if isinstance(name, str) else name for name in brushes),
            layers=tuple(whole_characters(name) if isinstance(name, str) else name for name in layers),
        )

    def save(self, path: Path | str, overwrite: bool = False) -> None:
        """Writes a strokes file, whole or not at all.

        Raises:
            OutputError: the file exists (without ``overwrite``) or cannot be written.
        """
        with open_output(path, overwrite=overwrite) as file:
            file.write(self.to_json().encode())

    @staticmethod
    def load(path: Path | str) -> Strokes:
        """Reads a strokes file.

        Raises:
            StrokesError: the file cannot be read, or is no strokes file.
        """
        if os.path.exists(path) and not os.path.isfile(path):
            raise _bad(f"The strokes file {path} is not a regular file.")
        try:
            if os.path.getsize(path) > LARGEST_FILE:
                raise StrokesError(
                    f"The strokes file {path} is larger than {LARGEST_FILE >> 20} MiB.",
                    "Use strokes that this version of dreambrush saved.",
                    id="strokes-unusable",
                )
            return Strokes.from_json(Path(path).read_text(encoding="utf-8"))
        except OSError as error:
            raise _bad(f"The strokes file {path} cannot be read: {error.strerror}.") from None
        except UnicodeDecodeError:
            raise _bad(f"The strokes file {path} is not text.") from None

    def _table(self) -> NDArray[np.float32]:
        n = len(self)
        columns = (self.path.reshape(n, 6), self.pressure, self.radius[:, None], self.colour)
        return np.concatenate([*columns, self.brush[:, None], self.layer[:, None]], axis=1, dtype=np.float32)


def stroke_events(path: ArrayLike, pressure: ArrayLike, radius: float) -> NDArray[np.float64]:
    """The events that a hand would send while drawing one stroke.  Collecting and painting both use them.

    After a pause the pen lands a hair before the start, with pressure 0.  The pause makes libmypaint start afresh
    there, whatever the previous stroke did.  The hair tells brushes that follow direction which way the stroke goes,
    from the first dab on.  Then the pen presses, moves along the curve at an even speed, and ends at the end point.

    Args:
        path: (3, 2) start, control and end point in pixels.
        pressure: (2,) at start and end, 0..1; linear in between along the curve.
        radius: the brush's basic radius in pixels.

    Returns:
        (m, 4) float64: x, y, pressure, and seconds since the previous event, for :meth:`Canvas.stroke`.
    """
    return events_of_all(np.asarray(path)[None], np.asarray(pressure)[None], np.array([radius]))[0]


def events_of_all(path: ArrayLike, pressure: ArrayLike, radius: ArrayLike) -> list[NDArray[np.float64]]:
    """The events of many strokes at once.  This is far quicker than one by one.

    Args:
        path: (n, 3, 2) as in :func:`stroke_events`.
        pressure: (n, 2).
        radius: (n,).

    Returns:
        The events of each stroke, equal to those of :func:`stroke_events` to the last bit.
    """
    path, pressure, radius = (np.asarray(array, np.float64) for array in (path, pressure, radius))
    seconds = np.maximum(_lengths(path, 32) / SPEED, LEAST_SECONDS)
    counts = np.clip(np.ceil(seconds / SECONDS_PER_EVENT), 8, MOST_EVENTS).astype(int)
    events: list[NDArray[np.float64]] = [np.empty((0, 4))] * len(path)
    for count in np.unique(counts):
        rows = np.flatnonzero(counts == count)
        made = _events(path[rows], pressure[rows], radius[rows], seconds[rows], int(count))
        for row, stroke in zip(rows, made, strict=True):
            events[row] = stroke
    return events


def _events(
    path: NDArray[np.float64],
    pressure: NDArray[np.float64],
    radius: NDArray[np.float64],
    seconds: NDArray[np.float64],
    count: int,
) -> NDArray[np.float64]:
    """Events (n, count + 2, 4) of n strokes that take equally many events."""
    start, control, end = path[:, None, 0], path[:, None, 1], path[:, None, 2]
    # Even in arc length, so that speed is even too: tabulate the curve finely and walk along it.
    t = np.linspace(0.0, 1.0, 4 * count + 1)[:, None]
    fine = (1 - t) ** 2 * start + 2 * t * (1 - t) * control + t**2 * end
    walked = np.zeros((len(path), 4 * count + 1))
    edges = np.diff(fine, axis=1)
    np.cumsum(np.hypot(edges[..., 0], edges[..., 1]), axis=1, out=walked[:, 1:])
    along = np.linspace(0.0, 1.0, count + 1)
    events = np.empty((len(path), count + 2, 4))
    ahead = edges[:, 0] / np.maximum(np.hypot(edges[:, 0, 0], edges[:, 0, 1]), 1e-9)[:, None]
    events[:, 0, :2] = path[:, 0] - (APPROACH * radius)[:, None] * ahead
    events[:, 0, 2:] = 0.0, LANDING_SECONDS
    # Linear interpolation, as np.interp does it, in all rows at once.
    wanted = along * walked[:, -1:]
    before = np.count_nonzero(walked[:, None, 1:] <= wanted[..., None], axis=2)
    after = np.minimum(before + 1, 4 * count)
    rows = np.arange(len(path))[:, None]
    piece = walked[rows, after] - walked[rows, before]
    slope = (fine[rows, after] - fine[rows, before]) / np.where(piece > 0, piece, 1.0)[..., None]
    events[:, 1:, :2] = slope * (wanted - walked[rows, before])[..., None] + fine[rows, before]
    events[:, 1:, 2] = pressure[:, :1] + (pressure[:, 1:] - pressure[:, :1]) * along
    events[:, 1, 3] = 1e-4
    events[:, 2:, 3] = (seconds / count)[:, None]
    return events


def bezier_length(path: NDArray[np.float64], steps: int = 32) -> float:
    """Length in pixels of a quadratic Bezier curve (3, 2), measured along a polyline of that many steps."""
    return float(_lengths(path[None], steps)[0])


def _lengths(path: NDArray[np.float64], steps: int) -> NDArray[np.float64]:
    """Lengths (n,) of curves (n, 3, 2)."""
    t = np.linspace(0.0, 1.0, steps + 1)[:, None]
    points = (1 - t) ** 2 * path[:, None, 0] + 2 * t * (1 - t) * path[:, None, 1] + t**2 * path[:, None, 2]
    edges = np.diff(points, axis=1)
    return np.asarray(np.hypot(edges[..., 0], edges[..., 1]).sum(axis=1))


def _bad(message: str) -> StrokesError:
    return StrokesError(message, "Use strokes that this version of dreambrush saved.", id="strokes-unusable")


def _shortest(value: np.float32) -> float:
    return float(np.format_float_positional(value, unique=True))


def _checked(name: str, array: Any, shape: tuple[int, ...], dtype: Any) -> NDArray[Any]:
    array = np.asarray(array)
    if array.shape != shape:
        raise _bad(f"Expected {name} to have shape {shape} but it had shape {array.shape}.")
    if array.dtype.kind not in "iuf" or (dtype is np.int32 and array.dtype.kind == "f"):
        raise _bad(f"Expected {name} to have dtype {np.dtype(dtype)} but it had {array.dtype}.")
    return np.ascontiguousarray(array, dtype)


def _check_range(name: str, array: NDArray[Any], low: float, high: float) -> None:
    wrong = ~((array >= low) & (array <= high))
    if wrong.any():
        raise _bad(f"Expected {name} to be within {low:g}..{high:g} but it had {array[wrong].flat[0]!r}.")


def _checked_size(size: Any) -> tuple[int, int]:
    if len(size) != 2 or not all(isinstance(v, int | np.integer) and 1 <= v <= 1 << 20 for v in size):
        raise _bad(f"Expected size to be a width and a height in pixels but it was {size!r:.60}.")
    return int(size[0]), int(size[1])
