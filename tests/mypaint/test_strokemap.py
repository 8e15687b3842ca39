"""Stroke maps: written and read again, read by MyPaint's own code, and made by people who mean harm."""

from __future__ import annotations

import json
import math
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dreambrush.arrays import Float64
from dreambrush.errors import ExitCode, OpenrasterError
from dreambrush.events import stroke_events
from dreambrush.models.catalogue import find_brush
from dreambrush.mypaint import strokemap
from dreambrush.mypaint.brushes.text import BrushText
from dreambrush.mypaint.engine.brush import Brush
from dreambrush.mypaint.engine.canvas import Canvas
from dreambrush.mypaint.engine.myb import BrushSettings, read_myb
from dreambrush.mypaint.strokemap import RecordedStroke, decode, encode, pick
from tests.mypaint.recorded_strokes import HEIGHT, WIDTH, needs_mypaint, random_path, stroke_maps_in_mypaint

FULL = b"\1" * 4096
ONE_PIXEL = b"\0" * 4095 + b"\1"
HALF = b"\0\1" * 2048

near = st.integers(-1000, 1000)
masks = st.dictionaries(st.tuples(near, near), st.sampled_from([FULL, ONE_PIXEL, HALF]), max_size=4)
recorded = st.builds(RecordedStroke.pack, st.sampled_from(["oil", "ink", "{}"]) | st.text(max_size=9), masks)
origins = st.tuples(near, near).map(lambda tile: (64 * tile[0], 64 * tile[1]))


def small_map() -> bytes:
    strokes = [("oil", {(0, 0): FULL, (1, -2): HALF}), ("ink", {}), ("oil", {(5, 5): ONE_PIXEL})]
    return encode([RecordedStroke.pack(*stroke) for stroke in strokes])


# ---- there and back ----


@given(st.lists(recorded, max_size=6), origins)
def test_what_is_written_is_read_again(strokes: list[RecordedStroke], origin: tuple[int, int]) -> None:
    data = encode(strokes, origin)
    assert decode(data, origin) == strokes
    assert encode(decode(data)) == data
    for before, after in zip(strokes, decode(data), strict=True):
        moved = {(x - origin[0] // 64, y - origin[1] // 64): mask for (x, y), mask in before.masks.items()}
        assert (after.brush, after.masks) == (before.brush, moved)


def test_an_empty_layer_has_the_map_that_mypaint_writes() -> None:
    assert encode([]) == b"}" and decode(b"}") == []


def test_brushes_of_the_same_text_are_stored_once() -> None:
    random = np.random.default_rng(0).bytes(2000).hex()
    once, often = (encode([RecordedStroke.pack(random, {(0, 0): HALF})] * count) for count in (1, 50))
    assert len(often) - len(once) == 49 * (9 + 12 + len(zlib.compress(HALF)))


def test_origins_between_tiles_and_tiles_out_of_reach_are_refused() -> None:
    strokes = [RecordedStroke.pack("oil", {(2**31 - 1, 0): FULL})]
    assert decode(encode(strokes)) == strokes
    with pytest.raises(ValueError, match="within 32 bits"):
        encode(strokes, (-64, 0))
    for origin in ((1, 0), (0, 65)):
        with pytest.raises(ValueError, match="multiples of 64"):
            encode(strokes, origin)
        with pytest.raises(ValueError, match="multiples of 64"):
            decode(b"}", origin)
    with pytest.raises(ValueError, match="masks of 4096 bytes"):
        RecordedStroke.pack("oil", {(0, 0): FULL[1:]})


def test_the_last_stroke_with_the_pixel_is_picked() -> None:
    strokes = [RecordedStroke.pack("", masks) for masks in ({(0, 0): FULL}, {(0, 0): ONE_PIXEL}, {(-1, -1): FULL}, {})]
    assert pick(strokes, 62, 63) == pick(strokes, 0, 0) == 0
    assert pick(strokes, 63, 63) == 1
    assert pick(strokes, -1, -64) == 2
    assert pick(strokes, 64, 0) is pick(strokes, 0, -1) is pick(strokes, -65, -1) is None


# ---- MyPaint's own code ----


def painted(count: int) -> tuple[list[RecordedStroke], list[tuple[BrushSettings, Float64, float]]]:
    """Real strokes, each in a colour and size of its own, and what they were painted with."""
    random = np.random.default_rng(4)
    brushes = [read_myb(find_brush(name).path) for name in ("oil", "charcoal", "watercolour")]
    texts, hands = [BrushText(brush) for brush in brushes], [Brush(brush) for brush in brushes]
    canvas, strokes, painted_with = Canvas(WIDTH, HEIGHT), [], []
    for number in range(count):
        colour, radius = random.integers(0, 256, 3) / 255, float(random.uniform(2, 25))
        hand = hands[number % 3]
        hand.set_colour(colour.tolist())
        hand.set_radius(radius)
        events = stroke_events(random_path(random), random.uniform(0.3, 1, 2), radius)
        _, masks = canvas.traced_stroke(hand, events, number)
        strokes.append(RecordedStroke.pack(texts[number % 3].text(colour.tolist(), radius), masks))
        painted_with.append((brushes[number % 3], colour, radius))
    return strokes, painted_with


@pytest.mark.slow
@needs_mypaint
def test_mypaint_reads_our_map_and_writes_it_again(tmp_path: Path) -> None:
    strokes, painted_with = painted(90)
    origin = (64, -128)  # of a layer that begins elsewhere than the picture
    (tmp_path / "ours.dat").write_bytes(encode(strokes, origin))
    arguments = ("load", "ours.dat", *map(str, origin), "masks.npz", "again.dat")
    seen: list[dict[str, Any]] = json.loads(stroke_maps_in_mypaint(tmp_path, *arguments))

    for theirs, stroke, (brush, colour, radius) in zip(seen, strokes, painted_with, strict=True):
        assert theirs["text"] == stroke.brush
        assert theirs["undefined"] == []
        assert theirs["parent"] == brush.parent_name
        assert np.abs(np.subtract(theirs["colour"], colour)).max() < 0.2 / 255
        assert theirs["radius"] == pytest.approx(math.log(radius), abs=1e-4)
        for name, setting in brush.settings.items():
            base, inputs = theirs["settings"][name]
            assert name in ("color_h", "color_s", "color_v", "radius_logarithmic") or base == setting.base_value
            assert inputs == {key: [list(point) for point in curve] for key, curve in setting.inputs.items()}

    with np.load(tmp_path / "masks.npz") as arrays:
        tiles, theirs_masks, picks = arrays["tiles"], arrays["masks"], arrays["picks"]
    found = {(n, x, y): mask.tobytes() for (n, x, y), mask in zip(tiles.tolist(), theirs_masks, strict=True)}
    assert found == {(n, *tile): mask for n, stroke in enumerate(strokes) for tile, mask in stroke.masks.items()}
    for y in range(0, HEIGHT, 3):
        for x in range(0, WIDTH, 3):
            picked = pick(strokes, x, y)
            assert picks[y, x] == (-1 if picked is None else picked)
    assert len(np.unique(picks)) > 30  # strokes that lie on top somewhere

    again = decode((tmp_path / "again.dat").read_bytes(), origin)
    assert [(stroke.brush, stroke.masks) for stroke in again] == [(stroke.brush, stroke.masks) for stroke in strokes]


def test_a_tile_painted_all_over_is_written_as_mypaint_writes_it() -> None:
    """By these bytes it recognises such tiles, of which it then keeps none."""
    assert RecordedStroke.pack("", {(0, 0): FULL}).packed_masks == {(0, 0): zlib.compress(FULL)}


def test_thousands_of_strokes_are_a_small_file() -> None:
    strokes, _ = painted(100)
    assert len({stroke.packed_brush for stroke in strokes}) == 100
    assert len(encode(strokes)) < 100 * 1500  # 7.5 MB for 5,000 strokes


# ---- broken and hostile maps ----


@given(st.binary(max_size=60))
@example(b"")
def test_other_bytes_are_no_map(data: bytes) -> None:
    if not data.startswith(b"}"):
        with pytest.raises(OpenrasterError) as caught:
            decode(data)
        assert caught.value.exit_code is ExitCode.BAD_ORA
        assert caught.value.message.startswith("The stroke map is damaged: ")


def test_a_map_that_is_cut_off_anywhere_is_refused() -> None:
    data = small_map()
    assert decode(data)
    for length in range(len(data)):
        with pytest.raises(OpenrasterError):
            decode(data[:length])


@given(st.integers(0, len(small_map()) - 1), st.integers(0, 255), st.integers(0, 3))
def test_a_map_with_wrong_bytes_is_refused_or_read(at: int, byte: int, removed: int) -> None:
    data = small_map()
    try:
        strokes = decode(data[:at] + bytes([byte]) + data[at + removed :])
    except OpenrasterError:
        return
    for stroke in strokes:
        assert all(len(mask) == 4096 for mask in stroke.masks.values()) and len(stroke.brush) < 10


def brush_record(packed: bytes) -> bytes:
    return b"b" + struct.pack(">I", len(packed)) + packed


def stroke_record(packed_mask: bytes, brush: int = 0) -> bytes:
    tile = struct.pack(">iiI", 0, 0, len(packed_mask)) + packed_mask
    return b"s" + struct.pack(">II", brush, len(tile)) + tile


OIL = brush_record(zlib.compress(b"oil"))
WITH_DICTIONARY = zlib.compressobj(zdict=b"oil")


@pytest.mark.parametrize(
    ("damaged", "message"),
    [
        (lambda: b"", "its end is missing"),
        (lambda: OIL + stroke_record(zlib.compress(FULL)), "its end is missing"),
        (lambda: b"b" + b"\xff" * 4, "it is incomplete"),
        (lambda: OIL + b"s" + struct.pack(">II", 0, 2**32 - 1), "it is incomplete"),
        (lambda: OIL + b"s" + struct.pack(">IIiiI", 0, 12, 0, 0, 2**32 - 1) + b"}", "it is incomplete"),
        (lambda: OIL + b"s" + struct.pack(">II", 0, 5) + b"12345}", "it is incomplete"),
        (lambda: stroke_record(zlib.compress(FULL)) + b"}", "a brush that is not there"),
        (lambda: OIL + stroke_record(zlib.compress(FULL), 1) + b"}", "a brush that is not there"),
        (lambda: b"x}", "neither a brush nor a stroke"),
        (lambda: brush_record(zlib.compress(b"\xff")) + b"}", "a brush is not text"),
        (lambda: brush_record(b"oil") + b"}", "a brush cannot be unpacked"),
        (lambda: brush_record(zlib.compress(b"oil")[:-1]) + b"}", "a brush is incomplete"),
        (lambda: brush_record(WITH_DICTIONARY.compress(b"oil") + WITH_DICTIONARY.flush()) + b"}", "cannot be unpacked"),
        (lambda: brush_record(zlib.compress(b" " * (1 << 20) + b"!")) + b"}", "a brush is too long"),
        (lambda: brush_record(zlib.compress(b"\0" * (1 << 27))) + b"}", "a brush is too long"),
        (lambda: brush_record(zlib.compress(b" " * (1 << 20))) * 257 + b"}", "its brushes are far too long"),
        (lambda: OIL + stroke_record(zlib.compress(FULL[1:])) + b"}", "a mask is too short"),
        (lambda: OIL + stroke_record(zlib.compress(FULL + b"\1")) + b"}", "a mask is too long"),
        (lambda: OIL + stroke_record(zlib.compress(b"\0" * (1 << 27))) + b"}", "a mask is too long"),
        (lambda: OIL + stroke_record(b"") + b"}", "a mask is incomplete"),
    ],
)
def test_each_kind_of_damage_is_named(damaged: Callable[[], bytes], message: str) -> None:
    data = damaged()  # only now, for some are large
    with pytest.raises(OpenrasterError, match=message):
        decode(data)


def test_strokes_without_end_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strokemap, "MOST_STROKES", 3)
    three = OIL + stroke_record(zlib.compress(FULL)) * 3
    assert len(decode(three + b"}")) == 3
    with pytest.raises(OpenrasterError, match="more than 3 strokes"):
        decode(three + stroke_record(zlib.compress(FULL)) + b"}")
