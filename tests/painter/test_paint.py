from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import skimage.data
from PIL import Image

from dreambrush.errors import ModelError
from dreambrush.models import find_brush
from dreambrush.mypaint.blending import merge_layers
from dreambrush.painter import judge as judging
from dreambrush.painter.paint import LAYERS, Painting, PaintOptions, Progress, paint
from dreambrush.painter.replay import replay

QUICK = PaintOptions(windows=16, improved=24, generations=2, children=3)


def astronaut(size: int = 96) -> np.ndarray:
    picture = Image.fromarray(skimage.data.astronaut())  # type: ignore[no-untyped-call]
    picture = picture.resize((size, size), Image.Resampling.LANCZOS)
    return np.asarray(picture, np.float32) / 255


@pytest.fixture(scope="module")
def target() -> np.ndarray:
    return astronaut()


@pytest.fixture(scope="module")
def painting(target: np.ndarray) -> Painting:
    return paint(target, find_brush("oil"), 90, seed=3, options=QUICK)


def test_it_paints_the_picture(painting: Painting, target: np.ndarray, tmp_path: Path) -> None:
    flat = float(np.mean((target - target.mean((0, 1))) ** 2))
    Image.fromarray(painting.merged).save(tmp_path / "painting.png")
    assert painting.mse < 0.2 * flat, f"see {tmp_path / 'painting.png'}"
    assert painting.mse == pytest.approx(np.mean((painting.merged / 255 - target) ** 2))


def test_the_dream_foretells_the_error(painting: Painting, target: np.ndarray) -> None:
    flat = float(np.mean((target - target.mean((0, 1))) ** 2))
    # Of the error that was removed, the dream foretold all but a few per cent.
    assert abs(painting.dreamed_mse - painting.mse) < 0.05 * (flat - painting.mse)


@pytest.mark.parametrize("count", [1, 2, 7, 90])
def test_the_exact_number_of_strokes_is_painted(count: int, target: np.ndarray) -> None:
    assert len(paint(target, find_brush("oil"), count, options=QUICK).strokes) == count


def test_layers_are_what_the_strokes_say(painting: Painting) -> None:
    strokes = painting.strokes
    assert strokes.layers == LAYERS == tuple(layer.name for layer in painting.layers)
    assert (np.diff(strokes.layer) >= 0).all() and set(strokes.layer) == {0, 1}
    assert np.array_equal(painting.merged, merge_layers(painting.layers, painting.background))
    for canvas, layer in zip(replay(strokes, {"oil": find_brush("oil").path}, 3), painting.layers, strict=True):
        assert layer.pixels[..., 3].any()
        assert np.array_equal(canvas.read8(), layer.pixels)


def test_same_seed_same_bytes_whatever_the_cores(
    painting: Painting, target: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judging, "available_cores", lambda: 1)
    again = paint(target, find_brush("oil"), 90, seed=3, options=QUICK)
    assert again.strokes == painting.strokes
    assert np.array_equal(again.merged, painting.merged)
    other = paint(target, find_brush("oil"), 90, seed=4, options=QUICK)
    assert other.strokes != painting.strokes


def test_strokes_are_strokes_and_not_dots(painting: Painting) -> None:
    strokes = painting.strokes
    length = np.hypot(*(strokes.path[:, 2] - strokes.path[:, 0]).T)
    assert np.median(length / (2 * strokes.radius)) > 1.5


@pytest.mark.parametrize("name", ["bristle", "ink"])
def test_other_brushes_paint_too(name: str, target: np.ndarray) -> None:
    flat = float(np.mean((target - target.mean((0, 1))) ** 2))
    assert paint(target, find_brush(name), 60, options=QUICK).mse < 0.5 * flat


@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (40, 2), (3, 3), (16, 300)])
def test_odd_pictures(shape: tuple[int, int]) -> None:
    target = np.random.default_rng(0).random((*shape, 3)).astype(np.float32)
    painting = paint(target, find_brush("oil"), 5, options=QUICK)
    assert painting.merged.shape == (*shape, 3)
    assert len(painting.strokes) == 5


@pytest.mark.parametrize("value", [0.0, 0.3, 1.0])
def test_a_picture_of_one_colour_stays_so(value: float) -> None:
    target = np.full((40, 50, 3), value, np.float32)
    painting = paint(target, find_brush("oil"), 12, options=QUICK)
    assert len(painting.strokes) == 12
    assert painting.mse < 1e-4


def test_progress_and_interruption(target: np.ndarray) -> None:
    seen: list[Progress] = []

    def stop_early(progress: Progress) -> None:
        seen.append(progress)
        if progress.done >= 30:
            raise KeyboardInterrupt

    painting = paint(target, find_brush("oil"), 500, options=QUICK, progress=stop_early)
    assert painting.interrupted
    assert 30 <= len(painting.strokes) == seen[-1].done < 500
    assert all(a.done < b.done for a, b in pairwise(seen))
    assert seen[-1].mse == pytest.approx(painting.mse, rel=0.02)
    assert np.array_equal(painting.merged, merge_layers(painting.layers, painting.background))


def test_a_brush_without_a_dream(target: np.ndarray) -> None:
    with pytest.raises(ModelError, match="dreambrush train"):
        paint(target, replace(find_brush("oil"), dream=None), 5)
