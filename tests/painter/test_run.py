from __future__ import annotations

import signal
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from dreambrush.arrays import Float32
from dreambrush.cores import available_cores
from dreambrush.errors import ModelError
from dreambrush.models.catalogue import BrushFile, find_brush
from dreambrush.mypaint.blend.blending import merge_layers
from dreambrush.mypaint.engine.myb import read_myb
from dreambrush.painter.lay.lay_strokes import lay_strokes
from dreambrush.painter.options import PaintOptions
from dreambrush.painter.painting import Painting, Progress
from dreambrush.painter.plan.order import LAYERS
from dreambrush.painter.refine import dreams as dreaming
from dreambrush.painter.run import paint
from dreambrush.painter.see.target import SHAPE_LAYER
from dreambrush.painter.study import Commission
from dreambrush.pictures.palette import palette_of
from tests.painter.scattered import Scattered

if TYPE_CHECKING:
    from tests.painter.conftest import Pictures

QUICK = PaintOptions(effort=1)
BLACK, WHITE = (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)
SEED = 3


@pytest.fixture(scope="module")
def target(astronaut: Pictures) -> Float32:
    return astronaut(48)


@pytest.fixture(scope="module")
def painting(target: Float32) -> Painting:
    return paint(target, find_brush("oil"), 90, SEED, options=QUICK)


def flat_error(target: Float32) -> float:
    return float(np.mean((target - target.mean((0, 1))) ** 2))


def check(painting: Painting, brushes: list[BrushFile], seed: int = SEED) -> None:
    """It is what it says: layers are what the strokes paint, and the picture what the layers show."""
    strokes, painted = painting.strokes, painting.layers
    if painting.alpha is not None:
        assert painted[0].name == SHAPE_LAYER
        painted = painted[1:]
    eotf = 2.2 if painting.pigment else 1.0
    assert np.array_equal(painting.merged, merge_layers(painting.layers, painting.background, eotf))
    again = lay_strokes(strokes, [read_myb(brush.path) for brush in brushes], seed, painting.pigment)
    assert strokes.layers == tuple(layer.name for layer in painted)
    assert (np.diff(strokes.layer) >= 0).all()
    assert set(strokes.layer) == set(range(len(painted))) or len(strokes) == 0
    for replayed, layer in zip(again, painted, strict=True):
        assert painting.alpha is not None or np.array_equal(replayed.pixels, layer.pixels)
    laid = dict(zip(*np.unique(strokes.layer, return_counts=True), strict=True))
    for index, stage in enumerate(painting.laid_layers):
        assert (stage.name, stage.strokes) == (strokes.layers[index], laid[index])
        assert np.isfinite([stage.mse, stage.dreamed_mse]).all()
    assert len(painting.laid_layers) == len(laid) or painting.interrupted


def test_it_paints_the_picture(painting: Painting, target: Float32, tmp_path: Path) -> None:
    Image.fromarray(painting.merged).resize((512, 512), 0).save(tmp_path / "painting.png")
    assert painting.mse < 0.1 * flat_error(target), f"see {tmp_path / 'painting.png'}"
    assert painting.mse == pytest.approx(np.mean((painting.merged / 255 - target) ** 2))
    check(painting, [find_brush("oil")])
    assert not painting.interrupted and not painting.pigment and painting.alpha is None


def test_the_dream_foretells_the_error(painting: Painting, target: Float32) -> None:
    # Of the error that was removed, the dream foretold all but a few per cent.
    removed = flat_error(target) - painting.mse
    assert abs(painting.dreamed_mse - painting.mse) < 0.05 * removed
    for stage in painting.laid_layers:
        assert abs(stage.dreamed_mse - stage.mse) < 0.05 * removed
    assert painting.laid_layers[-1].mse == pytest.approx(painting.mse, rel=0.02)
    errors = [flat_error(target), *(stage.mse for stage in painting.laid_layers)]
    assert errors == sorted(errors, reverse=True)


@pytest.mark.parametrize("count", [0, 1, 41])
def test_the_exact_number_of_strokes_is_painted(count: int, target: Float32) -> None:
    painting = paint(target, find_brush("oil"), count, SEED, options=QUICK)
    assert len(painting.strokes) == count == sum(stage.strokes for stage in painting.laid_layers)
    check(painting, [find_brush("oil")])


@pytest.mark.parametrize("layers", [1, 2, 5])
def test_as_many_layers_as_wanted(layers: int, target: Float32) -> None:
    painting = paint(target, find_brush("oil"), 130, SEED, options=replace(QUICK, layers=layers))
    assert tuple(layer.name for layer in painting.layers) == painting.strokes.layers == LAYERS[layers][0]
    assert len(painting.strokes) == 130
    assert all(layer.pixels[..., 3].any() for layer in painting.layers)
    assert painting.mse < 0.13 * flat_error(target)
    check(painting, [find_brush("oil")])


def test_same_seed_same_bytes_whatever_the_cores(
    painting: Painting, target: Float32, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dreaming, "available_cores", lambda: 1 if available_cores() > 1 else 3)
    again = paint(target, find_brush("oil"), 90, SEED, options=QUICK)
    assert again.strokes == painting.strokes
    assert np.array_equal(again.merged, painting.merged)
    assert (again.mse, again.dreamed_mse, again.laid_layers) == (
        painting.mse,
        painting.dreamed_mse,
        painting.laid_layers,
    )
    other = paint(target, find_brush("oil"), 90, SEED + 1, options=QUICK)
    assert other.strokes != painting.strokes


def test_strokes_are_strokes_and_not_dots(painting: Painting) -> None:
    strokes = painting.strokes
    length = np.hypot(*(strokes.path[:, 2] - strokes.path[:, 0]).T)
    assert np.median(length / (2 * strokes.radius)) > 1.5


def test_several_brushes_in_one_painting(target: Float32) -> None:
    brushes = [find_brush(name) for name in ("bristle", "oil", "ink")]
    painting = paint(target, brushes, 60, SEED, options=QUICK)
    assert painting.strokes.brushes == ("bristle", "oil", "ink")
    assert len(set(painting.strokes.brush)) > 1 and len(painting.strokes) == 60
    assert painting.mse < 0.14 * flat_error(target)
    assert painting.dreamed_mse == pytest.approx(painting.mse, rel=0.15)
    check(painting, brushes)


@pytest.mark.parametrize(("name", "share"), [("watercolour", 0.6), ("charcoal", 0.7)])
def test_other_brushes_paint_too(name: str, share: float, target: Float32) -> None:
    painting = paint(target, find_brush(name), 40, SEED, options=QUICK)
    assert painting.mse < share * flat_error(target)
    check(painting, [find_brush(name)])


def test_any_controller_may_propose(target: Float32) -> None:
    painting = paint(target, find_brush("oil"), 30, SEED, options=QUICK, controller=Scattered())
    assert painting.mse < 0.6 * flat_error(target) and len(painting.strokes) == 30


@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (40, 2), (3, 3), (16, 130)])
def test_odd_pictures(shape: tuple[int, int]) -> None:
    target = np.random.default_rng(0).random((*shape, 3)).astype(np.float32)
    painting = paint(target, find_brush("oil"), 5, SEED, options=QUICK)
    assert painting.merged.shape == (*shape, 3)
    assert len(painting.strokes) == 5
    check(painting, [find_brush("oil")])


@pytest.mark.parametrize("value", [0.0, 0.3, 1.0])
def test_a_picture_of_one_colour_stays_so(value: float) -> None:
    target = np.full((40, 50, 3), value, np.float32)
    painting = paint(target, find_brush("oil"), 12, SEED, options=QUICK)
    assert painting.mse < 1e-5
    assert len(painting.strokes) == 12  # although there is nothing to do
    check(painting, [find_brush("oil")])


def test_black_on_white() -> None:
    """A seven: a bar and a slanted leg."""
    y, x = np.mgrid[0:40, 0:40] + 0.5
    bar = (np.abs(y - 10) < 2.5) & (x > 8) & (x < 32)
    leg = (np.abs(x - (31 - 0.5 * (y - 10))) < 2.5) & (y > 10) & (y < 34)
    target = np.repeat(1.0 - (bar | leg)[..., None], 3, 2).astype(np.float32)
    options = PaintOptions(effort=2, hand=0, colour=BLACK, ground=WHITE, layers=1)
    drawing = paint(target, find_brush("oil"), 4, SEED, options=options)
    assert len(drawing.strokes) == 4 and not drawing.strokes.colour.any()
    assert (drawing.background == 255).all()
    assert drawing.mse < 0.03 * np.mean((1 - target) ** 2)


@pytest.mark.parametrize(
    ("hand", "narrowest", "widest"), [(0.0, 5.0, 9.0), (1.0, 4.0, 4.0), (1.0, None, 6.0), (0.0, 8.0, None)]
)
def test_strokes_are_as_narrow_and_wide_as_allowed(
    target: Float32, hand: float, narrowest: float | None, widest: float | None
) -> None:
    options = replace(QUICK, hand=hand, narrowest=narrowest, widest=widest)
    widths = 2 * paint(target, find_brush("oil"), 20, SEED, options=options).strokes.radius
    np.testing.assert_allclose(widths, np.clip(widths, narrowest, widest), atol=1e-3)


@pytest.mark.slow
def test_a_free_hand_paints_fewer_short_and_narrow_strokes(astronaut: Pictures) -> None:
    target = astronaut(80)
    shorter, narrowest = [], []
    for hand in (0.0, 1.0):
        painting = paint(target, find_brush("oil"), 60, SEED, options=replace(QUICK, hand=hand))
        path, radius = painting.strokes.path, painting.strokes.radius
        shorter.append(np.quantile(np.hypot(*(path[:, 2] - path[:, 0]).T) / (2 * radius), 0.2))
        narrowest.append(radius.min())
    assert shorter[1] > 1.3 * shorter[0] and narrowest[1] > narrowest[0]


def test_it_stops_at_the_error_that_is_good_enough(target: Float32) -> None:
    painting = paint(target, find_brush("oil"), 500, SEED, options=replace(QUICK, until=0.03))
    assert 5 < len(painting.strokes) < 300
    assert painting.mse < 0.033
    check(painting, [find_brush("oil")])


def test_there_is_no_empty_layer_when_it_was_good_enough_before_the_accents(target: Float32) -> None:
    painting = paint(target, find_brush("oil"), 500, SEED, options=replace(QUICK, until=0.03))
    assert all(layer.pixels[..., 3].any() for layer in painting.layers)


@pytest.mark.slow
def test_little_time_gives_a_whole_painting(target: Float32) -> None:
    hurried = paint(target, find_brush("oil"), 30_000, SEED, options=replace(QUICK, seconds=0.7))
    assert 1 <= len(hurried.strokes) < 30_000
    assert sum(seconds["wall"] for seconds in hurried.seconds.values()) < 3
    assert hurried.mse < flat_error(target) and not hurried.interrupted
    check(hurried, [find_brush("oil")])
    plenty = paint(target, find_brush("oil"), 12, SEED, options=replace(QUICK, seconds=1000.0))
    assert plenty.strokes == paint(target, find_brush("oil"), 12, SEED, options=QUICK).strokes


def test_pigment(target: Float32) -> None:
    painting = paint(target, find_brush("oil"), 60, SEED, options=replace(QUICK, pigment=True))
    assert painting.pigment and painting.mse < 0.15 * flat_error(target)
    assert painting.laid_layers[-1].mse == pytest.approx(painting.mse, rel=0.05)
    check(painting, [find_brush("oil")])


def cut_out(target: Float32, hardness: float = 100) -> Float32:
    """A disc of a picture (48, 48, 4)."""
    y, x = np.mgrid[0:48, 0:48] + 0.5
    alpha = np.clip((20 - np.hypot(x - 24, y - 24)) * hardness + 0.5, 0, 1)
    return np.concatenate([target, alpha[..., None]], -1, dtype=np.float32)


@pytest.mark.parametrize("pigment", [False, True])
@pytest.mark.slow
def test_nothing_is_painted_where_the_picture_is_transparent(target: Float32, tmp_path: Path, pigment: bool) -> None:
    picture = cut_out(target)
    painting = paint(picture, find_brush("oil"), 60, SEED, options=replace(QUICK, pigment=pigment))
    Image.fromarray(painting.merged).resize((512, 512), 0).save(tmp_path / "disc.png")
    assert painting.alpha is not None and len(painting.strokes) == 60
    assert np.array_equal(painting.alpha, np.rint(picture[..., 3] * 255))
    for layer in painting.layers:
        assert not layer.pixels[painting.alpha == 0, 3].any(), f"see {tmp_path / 'disc.png'}"
        assert (layer.pixels[..., 3] <= painting.alpha).all()
    assert np.array_equal(painting.layers[0].pixels[..., 3], painting.alpha)
    assert (painting.merged[painting.alpha == 0] == painting.background).all()
    inside = painting.alpha == 255
    real = np.mean((painting.merged[inside] / 255 - target[inside]) ** 2)
    assert painting.mse == pytest.approx(real, rel=0.05)
    assert real < 0.35 * np.mean((target[inside] - target[inside].mean(0)) ** 2)
    check(painting, [find_brush("oil")])


@pytest.mark.slow
def test_the_dream_foretells_the_error_where_the_picture_is_opaque(target: Float32) -> None:
    painting = paint(cut_out(target), find_brush("oil"), 60, SEED, options=QUICK)
    assert painting.dreamed_mse == pytest.approx(painting.mse, rel=0.2)
    assert painting.laid_layers[-1].mse == pytest.approx(painting.mse, rel=0.05)


def test_soft_edges_are_painted_in_the_picture_s_colours(target: Float32, tmp_path: Path) -> None:
    picture = cut_out(np.broadcast_to(np.array([0.9, 0.5, 0.4], np.float32), target.shape), 0.05)
    painting = paint(picture, find_brush("oil"), 30, SEED, options=QUICK)
    Image.fromarray(painting.merged).resize((512, 512), 0).save(tmp_path / "soft.png")
    every = np.concatenate([layer.pixels.reshape(-1, 4) for layer in painting.layers[1:]])
    painted = every[(every[:, 3] > 40) & (every[:, 3] < 200), :3] / 255
    assert len(painted)
    assert np.abs(painted - (0.9, 0.5, 0.4)).mean() < 0.03, f"see {tmp_path / 'soft.png'}"


def test_nothing_but_transparency() -> None:
    painting = paint(np.zeros((20, 30, 4), np.float32), find_brush("oil"), 3, SEED, options=QUICK)
    assert not any(layer.pixels[..., 3].any() for layer in painting.layers)


def test_progress(target: Float32) -> None:
    seen: list[Progress] = []
    painting = paint(target, find_brush("oil"), 60, SEED, progress=seen.append, options=QUICK)
    names = [each.stage for each in seen]
    # First the plan is made and refined, then it is painted; for the accents one plans again.
    assert names[0] == "Plan" and set(names) == {"Plan", "Refine", *painting.strokes.layers}
    assert [name for name in names if name in painting.strokes.layers] == list(painting.strokes.layers)
    for one, other in pairwise(each for each in seen if each.stage == "Plan"):
        assert one.done < other.done <= other.total
    assert (seen[-1].done, seen[-1].total) == (60, 60)
    assert seen[-1].mse == pytest.approx(painting.mse, rel=0.02)


@pytest.mark.parametrize("moment", [0, 8, *(pytest.param(moment, marks=pytest.mark.slow) for moment in (4, 12, 16))])
def test_interrupted_at_any_moment_it_is_a_whole_painting(target: Float32, moment: int) -> None:
    seen: list[Progress] = []

    def stop(progress: Progress) -> None:
        seen.append(progress)
        if len(seen) == moment + 1:
            raise KeyboardInterrupt

    painting = paint(target, find_brush("oil"), 120, SEED, progress=stop, options=QUICK)
    if not painting.interrupted:
        assert len(seen) <= moment
        return
    laid = [each for each in seen if each.stage in LAYERS[5][0]]
    # What was planned is painted, whether it was laid by then or not.
    assert len(painting.strokes) >= seen[moment].done > 0 or seen[moment].stage == "Refine"
    assert painting.mse < (0.5 if moment else 0.9) * flat_error(target)
    if laid:
        assert len(painting.strokes) >= Commission(target, (), 120).planned and painting.mse < 1.1 * seen[-1].mse
    check(painting, [find_brush("oil")])


def test_an_interrupted_painting_has_the_layers_that_its_strokes_name(target: Float32) -> None:
    def stop(progress: Progress) -> None:
        if progress.stage == "Block-in":
            raise KeyboardInterrupt

    painting = paint(target, find_brush("oil"), 60, SEED, progress=stop, options=QUICK)
    assert painting.strokes.layers == tuple(layer.name for layer in painting.layers)


def ring(number: int, frame: FrameType | None) -> None:
    signal.raise_signal(signal.SIGINT)


def interrupted(target: Float32, after: str, seconds: float) -> Painting:
    """A painting in which Ctrl-C is pressed, whatever is being done, so long after a stage was told of."""

    def arm(progress: Progress) -> None:
        if progress.stage == after:
            signal.setitimer(signal.ITIMER_REAL, seconds)

    before = signal.signal(signal.SIGALRM, ring)
    try:
        return paint(target, find_brush("oil"), 90, SEED, progress=arm, options=QUICK)
    except KeyboardInterrupt:  # which would end all tests
        return pytest.fail(f"Ctrl-C {seconds:.4f} s after {after} left no painting")
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.slow
@pytest.mark.parametrize(("after", "step"), [("Refine", 0.003), ("Ground", 0.004)])
def test_ctrl_c_in_the_midst_of_anything(target: Float32, after: str, step: float) -> None:
    for moment in range(4):
        painting = interrupted(target, after, 0.0005 + step * moment)
        check(painting, [find_brush("oil")])


def test_a_brush_without_a_dream(target: Float32) -> None:
    with pytest.raises(ModelError, match="dreambrush train"):
        paint(target, replace(find_brush("oil"), dream=None), 5)


@pytest.mark.parametrize("missing", ["dream.onnx", "gradient.onnx"])
def test_a_dream_that_lacks_something(target: Float32, tmp_path: Path, missing: str) -> None:
    brush = find_brush("oil")
    for name in ("card.json", "dream.onnx", "gradient.onnx"):
        if name != missing:
            (tmp_path / name).write_bytes((brush.dream_folder() / name).read_bytes())
    with pytest.raises(ModelError, match=missing):
        paint(target, replace(brush, dream=tmp_path), 2)


@pytest.mark.parametrize(
    ("target", "message"),
    [
        (np.zeros((8, 8), np.float32), "shape"),
        (np.zeros((8, 8, 2), np.float32), "shape"),
        (np.zeros((0, 8, 3), np.float32), "shape"),
        (np.zeros((8, 8, 3), np.uint8), "dtype"),
        (np.full((8, 8, 3), np.nan, np.float32), "within"),
        (np.full((8, 8, 3), 255, np.float32), "within"),
    ],
)
def test_a_target_that_is_none(target: Float32, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        paint(target, find_brush("oil"), 5, SEED)


@pytest.mark.parametrize("colours", [2, 3])
def test_a_palette_is_left_to_ridges(astronaut: Pictures, colours: int) -> None:
    target = astronaut(32)
    painting = paint(target, find_brush("oil"), 3, options=PaintOptions(palette=palette_of(target, colours)))
    assert painting.controller == "ridge"
