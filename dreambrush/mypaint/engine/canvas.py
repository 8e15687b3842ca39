"""A canvas of real libmypaint paint: strokes in, numpy arrays out."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dreambrush.arrays import Fixed15, Float64, Pixels
from dreambrush.errors import BrushError
from dreambrush.mypaint.engine.brush import Brush
from dreambrush.mypaint.engine.eotf import PLAIN, check_eotf, nearest_levels
from dreambrush.mypaint.engine.library import engine
from dreambrush.mypaint.layer import TILE_SIZE

ONE: int  # a premultiplied 15-bit channel's full value, as in libmypaint; engine.h says it
LARGEST_SIDE = 32768
FARTHEST = 1e7  # of an event, in pixels; libmypaint aborts the process at 1e8

Rectangle = tuple[int, int, int, int]
"""x, y, width, height in pixels."""
Masks = dict[tuple[int, int], bytes]
"""Masks by column and row of a 64x64 tile: 4096 bytes of 0 or 1, row by row."""


class Canvas:
    """A libmypaint surface of fixed size, transparent at first.

    A tile of 64x64 pixels is allocated when paint first touches it.  Paint beyond the edges is lost.  A canvas belongs
    to one thread at a time.  Several threads may paint on several canvases at once, because the GIL is released while
    libmypaint works.

    Args:
        width: width in pixels, 1..32768.
        height: height in pixels, 1..32768.
        eotf: 1.0 for plain sRGB values (MyPaint's "1.x" mode), 2.2 or another number for MyPaint 2's linear light.

    Attributes:
        work: the most work that a stroke may cause, in dabs times the 64x64 tiles that each touches: a million.  That
            takes half a minute at worst.

    Raises:
        ValueError: a size or the eotf is out of range.
        LibmypaintError: libmypaint is not installed.
    """

    def __init__(self, width: int, height: int, eotf: float = PLAIN) -> None:
        if not (1 <= width <= LARGEST_SIDE and 1 <= height <= LARGEST_SIDE):
            raise ValueError(f"Expected sides of 1 to {LARGEST_SIDE} pixels but had {width} x {height}")
        check_eotf(eotf)
        self.width, self.height, self.eotf = int(width), int(height), eotf
        self._ffi, self._lib = engine()
        handle = self._lib.db_canvas_new(self.width, self.height, eotf != PLAIN)
        if handle == self._ffi.NULL:
            raise MemoryError(f"no memory for a canvas of {width} x {height} pixels")
        self._handle = self._ffi.gc(handle, self._lib.db_canvas_free)
        self.work = float(self._lib.DB_MOST_WORK)

    def stroke(self, brush: Brush, events: Float64, seed: int = 0, tilts: Float64 | None = None) -> Rectangle:
        """Paints one stroke.

        Args:
            brush: the brush, in the wanted colour and size.
            events: (n, 4) float64: x and y in pixels, -1e7..1e7; pressure 0..1; seconds since the previous event.  As
                in MyPaint, the brush lands anew after more than 5 seconds, and the first event only places the brush.
                :func:`dreambrush.events.stroke_events` makes events of a curve.
            seed: seed of the C library's random numbers, which wet brushes use in pigment mode.
            tilts: (n, 2) float64: how far the pen leans to the right and towards the hand at each event, -1..1, as a
                tablet sends it.  0 is upright, 1 is a lean of 60 degrees.  None holds the pen upright.

        Returns:
            The rectangle of the canvas that the paint may have changed; its width is 0 if nothing changed.

        Raises:
            ValueError: the events or tilts have another shape, or are not finite or out of range.
            BrushError: the brush asks for dabs without end.  A part of them is on the canvas.
            MemoryError: there is no memory for the paint.  A part of it is on the canvas.  The next stroke is painted
                like any other.
        """
        events = np.ascontiguousarray(events, dtype=np.float64)
        if events.ndim != 2 or events.shape[1] != 4:
            raise ValueError(f"Expected events to have shape (n, 4) but it had shape {events.shape}")
        if not np.isfinite(events).all():
            raise ValueError("Expected events to be finite but some are not")
        _check_range(events[:, :2], -FARTHEST, FARTHEST, "x and y of events")
        _check_range(events[:, 2], 0.0, 1.0, "pressure of events")
        _check_range(events[:, 3], 0.0, np.inf, "seconds of events")
        changed = self._ffi.new("int[4]")
        pointer = self._ffi.from_buffer("double[]", events)
        count, seed = len(events), int(seed) & 0xFFFFFFFF
        if tilts is None:
            failure = self._lib.db_canvas_stroke(self._handle, brush.handle, pointer, count, seed, self.work, changed)
        else:
            leaning = self._ffi.from_buffer("double[]", _checked_tilts(tilts, count))
            failure = self._lib.db_canvas_tilted_stroke(
                self._handle, brush.handle, pointer, leaning, count, seed, self.work, changed
            )
        if failure == self._lib.DB_TOO_MUCH_WORK:
            raise BrushError(
                "The brush asks for over a million dabs in one stroke.", "Choose another brush.", id="too-many-dabs"
            )
        if failure:
            raise MemoryError("no memory left for the canvas")
        x0, y0, x1, y1 = changed
        return x0, y0, x1 - x0, y1 - y0

    def traced_stroke(self, brush: Brush, events: Float64, seed: int = 0) -> tuple[Rectangle, Masks]:
        """Paints one stroke as :meth:`stroke` does, and finds the pixels that it has visibly changed.

        The rule is that of MyPaint's stroke maps: new paint counts if it stands out by its alpha or its colour.

        Returns:
            The rectangle that :meth:`stroke` returns, and the masks of all tiles with a changed pixel.

        Raises:
            ValueError, BrushError: as :meth:`stroke`.
        """
        if self._lib.db_canvas_trace(self._handle):
            raise MemoryError("no memory left for the canvas")
        try:
            area = self.stroke(brush, events, seed)
            masks: Masks = {}
            position, mask = self._ffi.new("int[2]"), self._ffi.new("uint8_t[]", TILE_SIZE * TILE_SIZE)
            while self._lib.db_canvas_next_mask(self._handle, position, mask):
                masks[position[0], position[1]] = bytes(self._ffi.buffer(mask))
        finally:
            self._lib.db_canvas_untrace(self._handle)
        return area, dict(sorted(masks.items()))

    def read(self, area: Rectangle | None = None) -> Fixed15:
        """Reads the engine's own pixels: (h, w, 4) uint16, premultiplied RGBA, 0..32768 (light, at eotf 2.2)."""
        return self._read(self._lib.db_canvas_read, area, np.uint16, "uint16_t[]")

    def read8(self, area: Rectangle | None = None) -> Pixels:
        """Reads pixels as pictures have them: (h, w, 4) uint8, straight sRGB and alpha, rounded to nearest."""
        levels = self._ffi.NULL
        if self.eotf != PLAIN:
            levels = self._ffi.from_buffer("uint8_t[]", nearest_levels(self.eotf))
        return self._read(self._lib.db_canvas_read8, area, np.uint8, "uint8_t[]", levels)

    def write(self, pixels: Fixed15, x: int = 0, y: int = 0) -> None:
        """Replaces pixels.

        Args:
            pixels: (h, w, 4) uint16, premultiplied RGBA, 0..32768.  No colour may exceed its alpha.
            x: left edge of the area in pixels.
            y: top edge of the area in pixels.

        Raises:
            ValueError: the pixels have another shape or type, values are out of range, or the area is not on the
                canvas.
        """
        if pixels.ndim != 3 or pixels.shape[2] != 4 or pixels.dtype != np.uint16:
            raise ValueError(f"Expected pixels to be (h, w, 4) uint16 but had {pixels.shape} {pixels.dtype}")
        one = self._lib.DB_ONE
        if pixels.size and (pixels[..., 3].max() > one or (pixels[..., :3] > pixels[..., 3:]).any()):
            raise ValueError(f"Expected premultiplied values of 0..{one}, none above its alpha, but not all are")
        height, width = pixels.shape[:2]
        self._check((x, y, width, height))
        pointer = self._ffi.from_buffer("uint16_t[]", np.ascontiguousarray(pixels))
        if self._lib.db_canvas_write(self._handle, x, y, width, height, pointer):
            raise MemoryError("no memory left for the canvas")

    def clear(self) -> None:
        """Makes the canvas transparent again."""
        self._lib.db_canvas_clear(self._handle)

    @property
    def tiles(self) -> int:
        """The number of 64x64 tiles that hold paint (each takes 32 KiB)."""
        return int(self._lib.db_canvas_tile_count(self._handle))

    def _check(self, area: Rectangle) -> None:
        x, y, width, height = area
        if x < 0 or y < 0 or width < 0 or height < 0 or x + width > self.width or y + height > self.height:
            raise ValueError(f"Expected an area on the {self.width} x {self.height} canvas but had {area}")

    def _read(self, reader: Any, area: Rectangle | None, dtype: Any, buffer: str, *tables: Any) -> NDArray[Any]:
        x, y, width, height = area or (0, 0, self.width, self.height)
        self._check((x, y, width, height))
        out = np.empty((height, width, 4), dtype)
        if out.size:
            reader(self._handle, x, y, width, height, *tables, self._ffi.from_buffer(buffer, out))
        return out


def _checked_tilts(tilts: Float64, count: int) -> Float64:
    tilts = np.ascontiguousarray(tilts, dtype=np.float64)
    if tilts.shape != (count, 2):
        raise ValueError(f"Expected tilts to have shape ({count}, 2) but it had shape {tilts.shape}")
    if not np.isfinite(tilts).all():
        raise ValueError("Expected tilts to be finite but some are not")
    _check_range(tilts, -1.0, 1.0, "tilts")
    return tilts


def _check_range(values: Float64, low: float, high: float, what: str) -> None:
    slack = 1e-6  # for what is left of rounding when events are worked out
    outside = values[(values < low - slack) | (values > high + slack)]
    if outside.size:
        raise ValueError(f"Expected {what} to be within {low:g} to {high:g} but one was {outside[0]:g}")


def __getattr__(name: str) -> int:
    """Reads ``ONE`` when it is first needed, so this module can be imported without libmypaint."""
    if name == "ONE":
        return int(engine()[1].DB_ONE)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
