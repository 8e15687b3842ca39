"""What a traced stroke says it changed is what MyPaint's own code finds in the canvas before and after."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dreambrush.arrays import Fixed15
from dreambrush.errors import BrushError
from dreambrush.events import stroke_events
from dreambrush.models.catalogue import find_brush
from dreambrush.mypaint.engine.brush import Brush
from dreambrush.mypaint.engine.canvas import ONE, Canvas, Masks
from dreambrush.mypaint.engine.library import engine
from dreambrush.mypaint.engine.myb import parse_myb, read_myb
from dreambrush.mypaint.strokemap import decode
from tests.mypaint.recorded_strokes import HEIGHT, WIDTH, needs_mypaint, random_path, stroke_maps_in_mypaint

DEFAULTS = '{"version": 3, "settings": {}}'
DENSE = '{"version": 3, "settings": {"dabs_per_actual_radius": {"inputs": {"pressure": [[0, 0], [1, %g]]}}}}'
BRUSHES = ("oil", "ink", "charcoal", "watercolour", "bristle")
MODES = {"plain": (1.0, 0.0), "pigment": (2.2, 1.0)}  # eotf, paint_mode


def new_brush(**values: float) -> Brush:
    return Brush(parse_myb(DEFAULTS, "defaults").with_values(**values))


def random_pixels(shape: tuple[int, ...], random: np.random.Generator) -> Fixed15:
    """Premultiplied, with plenty of wholly transparent and wholly opaque pixels."""
    alpha = np.clip(random.integers(-ONE // 2, ONE + ONE // 2, (*shape, 1)), 0, ONE)
    colour = (random.random((*shape, 3)) * (alpha + 1)).astype(np.int64)
    return np.concatenate([np.minimum(colour, alpha), alpha], axis=-1).astype(np.uint16)


def soft_ground(random: np.random.Generator) -> Fixed15:
    """Random paint in patches larger than a pixel, some of them transparent."""
    return np.repeat(np.repeat(random_pixels((HEIGHT // 16, WIDTH // 16), random), 16, 0), 16, 1)


def masks_between(before: Fixed15, after: Fixed15) -> Masks:
    """By our rule, tile by tile over the whole canvas."""
    ffi, lib = engine()
    masks = {}
    for ty in range(before.shape[0] // 64):
        for tx in range(before.shape[1] // 64):
            area = np.s_[64 * ty : 64 * ty + 64, 64 * tx : 64 * tx + 64]
            tiles = [ffi.from_buffer("uint16_t[]", np.ascontiguousarray(side[area])) for side in (before, after)]
            mask = ffi.new("uint8_t[]", 64 * 64)
            if lib.db_mask(*tiles, mask):
                masks[tx, ty] = bytes(ffi.buffer(mask))
    return masks


# ---- the rule ----


def nearly(tiles: Fixed15, random: np.random.Generator) -> Fixed15:
    """The same pixels, changed by about as much as the rule's limits."""
    old = tiles.astype(np.int64)
    alpha = old[..., 3]
    limits = np.stack([np.full_like(alpha, ONE // 4), np.full_like(alpha, ONE // 64), alpha // 2, 0 * alpha])
    more = np.take_along_axis(limits, random.integers(0, 4, (1, *alpha.shape)), 0)[0]
    new_alpha = np.clip(alpha + more + random.integers(-2, 3, alpha.shape), 0, ONE)
    step = np.maximum(alpha, new_alpha)[..., None] / 16 * random.dirichlet([0.5] * 3, alpha.shape)
    signs = random.choice([-1, 1], (*alpha.shape, 3))
    colour = old[..., :3] * new_alpha[..., None] / np.maximum(alpha, 1)[..., None] + signs * step
    colour += random.integers(-2, 3, colour.shape)
    return np.concatenate([np.clip(colour, 0, new_alpha[..., None]), new_alpha[..., None]], -1).astype(np.uint16)


@pytest.mark.slow
@needs_mypaint
def test_the_rule_is_mypaints(tmp_path: Path) -> None:
    random = np.random.default_rng(3)
    old = random_pixels((40, 64, 64), random)
    old[:8, ..., 3] = np.arange(8 * 64 * 64).reshape(8, 64, 64)  # every alpha
    old[:8, ..., :3] = np.minimum(old[:8, ..., :3], old[:8, ..., 3:])
    kinds = {"other": random_pixels((40, 64, 64), random), "near": nearly(old, random), "same": old}
    before, after = np.concatenate([old] * 3), np.concatenate(list(kinds.values()))
    np.savez(tmp_path / "tiles.npz", before=before, after=after)
    stroke_maps_in_mypaint(tmp_path, "masks", "tiles.npz", "masks.npy")
    theirs = np.load(tmp_path / "masks.npy")

    ffi, lib = engine()
    ours = np.empty_like(theirs)
    for number in range(len(ours)):
        tiles = [ffi.from_buffer("uint16_t[]", side[number]) for side in (before, after)]
        said = lib.db_mask(*tiles, ffi.from_buffer("uint8_t[]", ours[number]))
        assert bool(said) == ours[number].any()
    np.testing.assert_array_equal(ours, theirs)
    other, near, same = (part.mean() for part in np.split(theirs, 3))
    assert 0.5 < other < 0.95 and 0.2 < near < 0.8 and same == 0


@pytest.mark.slow
@needs_mypaint
def test_masks_of_real_strokes_are_those_of_mypaint(tmp_path: Path) -> None:
    """With MyPaint's own recording, from snapshots of a layer, in its own file."""
    random = np.random.default_rng(5)
    before, after, ours, names = [], [], [], []
    for eotf, paint_mode in MODES.values():
        for name in (*BRUSHES, "eraser"):
            extra = {"eraser": 1.0} if name == "eraser" else {}
            settings = read_myb(find_brush("oil" if extra else name).path)
            brush, canvas = Brush(settings.with_values(paint_mode=paint_mode, **extra)), Canvas(WIDTH, HEIGHT, eotf)
            if name != "ink":
                canvas.write(soft_ground(random))
            for number in range(3):
                before.append(canvas.read())
                brush.set_colour(random.uniform(0, 1, 3).tolist(), eotf)
                brush.set_radius(4.0 + 9 * number)
                events = stroke_events(random_path(random), random.uniform(0.1, 1.0, 2), 10.0)
                ours.append(canvas.traced_stroke(brush, events, number)[1])
                after.append(canvas.read())
                names.append(name)
    texts = [f"{name} {index}" for index, name in enumerate(names)]
    np.savez(tmp_path / "pictures.npz", before=before, after=after, brushes=texts, origin=(64, -128))
    stroke_maps_in_mypaint(tmp_path, "record", "pictures.npz", "map.dat")

    strokes = decode((tmp_path / "map.dat").read_bytes(), (64, -128))
    assert [stroke.brush for stroke in strokes] == texts
    for name, stroke, masks in zip(texts, strokes, ours, strict=True):
        theirs = {tile: mask for tile, mask in stroke.masks.items() if any(mask)}
        assert theirs == masks, name
        # Rubbing out is no change, but where MyPaint's rule takes thinned paint for another colour.
        assert sum(map(sum, masks.values())) > 100 or "eraser" in name


# ---- the trace ----


@pytest.mark.parametrize("wetness", [0.0, 0.6])
@pytest.mark.parametrize("empty", [False, True])
def test_masks_tell_the_canvas_before_from_the_canvas_after(wetness: float, empty: bool) -> None:
    """Wet brushes make the engine lay its dabs one by one, and so write to a tile many times in a stroke."""
    random = np.random.default_rng(8)
    traced, plain = Canvas(WIDTH, HEIGHT), Canvas(WIDTH, HEIGHT)
    hands = [new_brush(radius_logarithmic=2.5, smudge=wetness, offset_by_random=0.5) for _ in range(2)]
    for canvas in (traced, plain):
        canvas.write(np.zeros((HEIGHT, WIDTH, 4), np.uint16) if empty else soft_ground(np.random.default_rng(2)))
    for seed in range(8):
        colour = random.uniform(0, 1, 3).tolist()
        for hand in hands:
            hand.set_colour(colour)
        events = stroke_events(random_path(random) * 1.3 - 30, (0.2, 0.9), 12.0)
        before = traced.read()
        area, masks = traced.traced_stroke(hands[0], events, seed)
        assert area == plain.stroke(hands[1], events, seed)
        np.testing.assert_array_equal(traced.read(), plain.read())
        assert masks == masks_between(before, traced.read())
        assert list(masks) == sorted(masks) and masks


def test_a_stroke_of_more_dabs_than_the_engine_queues_is_traced_from_its_beginning() -> None:
    brush = Brush(parse_myb(DENSE % 600, "dense").with_values(radius_logarithmic=3.5, opaque=0.3))
    canvas = Canvas(WIDTH, HEIGHT)
    canvas.write(soft_ground(np.random.default_rng(2)))
    before = canvas.read()
    _, masks = canvas.traced_stroke(brush, stroke_events([(20, 30), (120, 20), (230, 170)], (1, 1), 33.0))
    assert masks == masks_between(before, canvas.read())
    assert len(masks) > 5


def test_tiles_that_the_stroke_makes_were_empty_before() -> None:
    canvas = Canvas(100, 80)
    _, masks = canvas.traced_stroke(new_brush(), stroke_events([(30, 30), (60, 30), (90, 30)], (1, 1), 8.0))
    assert sorted(masks) == [(0, 0), (1, 0)] and canvas.tiles == 2
    left = np.frombuffer(masks[0, 0], np.uint8).reshape(64, 64)
    assert set(np.unique(left)) == {0, 1} and left[30, 60] and not left[30, 5] and not left[60, 60]


def test_a_stroke_that_leaves_no_paint_has_no_masks() -> None:
    canvas = Canvas(100, 80)
    events = stroke_events([(30, 30), (60, 30), (90, 30)], (1, 1), 8.0)
    assert canvas.traced_stroke(new_brush(), events - [500.0, 0, 0, 0])[1] == {}
    assert canvas.traced_stroke(new_brush(), np.empty((0, 4))) == (canvas.stroke(new_brush(), np.empty((0, 4))), {})
    brush = new_brush()
    brush.set_colour((0.7, 0.1, 0.2))
    assert canvas.traced_stroke(brush, events)[1]
    assert canvas.traced_stroke(brush, events)[1].keys() <= {(0, 0), (1, 0)}
    for _ in range(20):
        masks = canvas.traced_stroke(brush, events)[1]
    assert masks == {}  # there is nothing left to cover


def test_after_an_error_the_canvas_paints_and_traces_again() -> None:
    canvas, fresh = Canvas(100, 80), Canvas(100, 80)
    events = stroke_events([(30, 30), (60, 30), (90, 30)], (1, 1), 8.0)
    with pytest.raises(ValueError, match=r"Expected events to have shape \(n, 4\)"):
        canvas.traced_stroke(new_brush(), events[:, :3])
    with pytest.raises(BrushError, match="over a million dabs"):
        canvas.traced_stroke(Brush(parse_myb(DENSE % 1e9, "endless")), events)
    canvas.clear()
    assert canvas.traced_stroke(new_brush(), events) == fresh.traced_stroke(new_brush(), events)
    assert canvas.stroke(new_brush(), events) == fresh.stroke(new_brush(), events)
    np.testing.assert_array_equal(canvas.read(), fresh.read())
