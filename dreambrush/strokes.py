"""Strokes: the data type that all parts exchange.

A stroke is a quadratic Bezier path (start, control, end), pressure at start and end, a radius, a colour, a brush and
a layer.  ``Strokes`` holds many of them as arrays, in the order in which they are painted, together with the size of
the canvas that they were made for.

The file format (version 1) is JSON::

    {"format": "dreambrush strokes", "version": 1, "size": [width, height],
     "brushes": ["oil"], "layers": ["Block-in", "Details"],
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
from numpy.typing import NDArray

from dreambrush.arrays import Float32, Int32
from dreambrush.bezier import PATH, PRESSURES, RADIUS
from dreambrush.errors import StrokesError
from dreambrush.files.json_text import read_json, whole_characters
from dreambrush.files.output import open_output

FORMAT = "dreambrush strokes"
VERSION = 1
ARRAYS = ("path", "pressure", "radius", "colour", "brush", "layer")
COLOUR, BRUSH, LAYER = slice(9, 12), 12, 13  # columns of a stroke in a file, after the nine of bezier.py
COLUMNS = 14
LARGEST_FILE = 1 << 28  # bytes, of some two million strokes
MOST_NAMES = 1000  # number of brushes or layers; dreambrush paints on at most six layers


@dataclass(frozen=True, eq=False)
class Strokes:
    """Many strokes in painting order.

    Attributes:
        path: (n, 3, 2) float32, start, control and end point, x and y in pixels; may lie off the canvas.
        pressure: (n, 2) float32, pressure at start and end, 0..1.
        radius: (n,) float32, basic radius of the brush in pixels, > 0.
        colour: (n, 3) float32, display sRGB, 0..1.
        brush: (n,) int32, number of the brush in ``brushes``.
        layer: (n,) int32, number of the layer in ``layers``.
        size: width and height in pixels of the canvas that the strokes are made for.
        brushes: names of brushes.
        layers: names of layers, bottom first.

    Raises:
        StrokesError: an array has another shape, or values out of range.
    """

    path: Float32
    pressure: Float32
    radius: Float32
    colour: Float32
    brush: Int32
    layer: Int32
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

    def rows(self) -> Float32:
        """Path, pressures and radius as rows (n, 9) float32, whose columns bezier.py names."""
        return np.concatenate([self.path.reshape(-1, 6), self.pressure, self.radius[:, None]], 1)

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
    def of_rows(
        rows: Float32, size: tuple[int, int], colour: Float32 | None = None, brush: str = "", layer: str = ""
    ) -> Strokes:
        """Strokes of one brush on one layer.

        Args:
            rows: (n, 9), as :meth:`rows` gives them.
            size: width and height in pixels of the canvas.
            colour: (n, 3) float32, display sRGB, 0..1; black by default.
            brush: its name.
            layer: its name.

        Raises:
            StrokesError: values are out of range.
        """
        numbers = np.zeros(len(rows), np.int32)
        return Strokes(
            path=rows[:, PATH].reshape(-1, 3, 2),
            pressure=rows[:, PRESSURES],
            radius=rows[:, RADIUS],
            colour=np.zeros((len(rows), 3), np.float32) if colour is None else colour,
            brush=numbers,
            layer=numbers,
            size=size,
            brushes=(brush,),
            layers=(layer,),
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
        rows = [[_shortest(value) for value in row[:BRUSH]] + [int(v) for v in row[BRUSH:]] for row in self._table()]
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
        if not np.isfinite(table).all() or (table[:, BRUSH:] != np.rint(table[:, BRUSH:])).any():
            raise _bad("Expected finite numbers, brush and layer whole ones, but had others.")
        return Strokes(
            path=table[:, PATH].reshape(-1, 3, 2).astype(np.float32),
            pressure=table[:, PRESSURES].astype(np.float32),
            radius=table[:, RADIUS].astype(np.float32),
            colour=table[:, COLOUR].astype(np.float32),
            brush=np.clip(table[:, BRUSH], -1, 1 << 30).astype(np.int32),
            layer=np.clip(table[:, LAYER], -1, 1 << 30).astype(np.int32),
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

    def _table(self) -> Float32:
        columns = (self.rows(), self.colour, self.brush[:, None], self.layer[:, None])
        return np.concatenate(columns, axis=1, dtype=np.float32)


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
