"""Films of the real canvas in the making: each frame to the bit what merging all layers would give."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
import skimage.data
from PIL import Image, ImageSequence

from dreambrush.arrays import Pixels
from dreambrush.errors import MissingPackageError, OutputError, UsageError
from dreambrush.models.catalogue import find_brush
from dreambrush.painter.options import PaintOptions
from dreambrush.painter.run import paint
from dreambrush.painter.save.saving import recipe_of
from dreambrush.recipe import Recipe
from dreambrush.relief import Relief
from dreambrush.replay.incremental import IncrementalReplay
from dreambrush.replay.repaint import altered_recipe, repaint
from dreambrush.replay.timelapse import Film, TimelapseOptions, plan_film, save_timelapse, timelapse
from tests.replay.test_edits import some_recipe

RELIEF = Relief(0.8, ((70.0, 50.0, 30.0, 30.0),))
SHORT = TimelapseOptions(seconds=2, hold=0.5, by="strokes")


@cache
def painted() -> Recipe:
    photograph = Image.fromarray(skimage.data.astronaut()).resize((131, 97))  # type: ignore[no-untyped-call]
    brushes = [find_brush("oil")]
    picture = np.asarray(photograph, np.float32) / np.float32(255)
    return recipe_of(paint(picture, brushes, 60, 2, options=PaintOptions(effort=1)), brushes, 2, {})


def scattered(recipe: Recipe) -> Recipe:
    """The same strokes on layers in any order, as a file of strokes may have them."""
    layer = np.random.default_rng(1).permutation(recipe.strokes.layer)
    return replace(recipe, strokes=replace(recipe.strokes, layer=layer))


def kinds() -> Iterator[Any]:
    for pigment in (False, True):
        for shaped in (False, True):
            recipe = some_recipe(pigment=pigment, shaped=shaped)
            yield pytest.param(recipe, id=f"pigment={pigment},shaped={shaped}")
            yield pytest.param(scattered(recipe), id=f"pigment={pigment},shaped={shaped},scattered")
    yield pytest.param(replace(some_recipe(), ground=None), id="onto work")
    for recipe in (some_recipe(pigment=True), some_recipe(shaped=True)):
        yield pytest.param(replace(recipe, relief=RELIEF), id=f"relief,pigment={recipe.pigment}")


def images(path: Path) -> tuple[list[Image.Image], list[int]]:
    """The frames of a GIF or WebP, and their milliseconds."""
    with Image.open(path) as film:
        frames, shown = [], []
        for index in range(getattr(film, "n_frames", 1)):
            film.seek(index)
            frames.append(film.convert("RGBA"))
            shown.append(film.info["duration"])
    return frames, shown


def decoded(path: Path) -> list[Pixels]:
    with av.open(str(path)) as film:
        return [np.asarray(frame.to_ndarray(format="rgb24"), np.uint8) for frame in film.decode(video=0)]


def apart(one: Pixels, other: Pixels) -> float:
    """The mean difference in levels."""
    return float(np.abs(one.astype(np.int16) - other).mean())


@pytest.mark.parametrize("recipe", list(kinds()))
def test_the_end_is_the_painting_however_often_one_looked(recipe: Recipe) -> None:
    replay = IncrementalReplay(recipe)
    while replay.laid < len(replay):
        replay.lay()
        if replay.laid % 7 == 0:
            replay.update()
    assert np.array_equal(replay.picture(), repaint(recipe).merged())


@pytest.mark.parametrize("pigment", [False, True])
@pytest.mark.parametrize(
    "order",
    [lambda recipe: recipe, scattered, lambda recipe: replace(recipe, relief=RELIEF)],
    ids=["", "scattered", "relief"],
)
def test_every_frame_is_what_the_strokes_so_far_would_give(order: Any, pigment: bool) -> None:
    recipe = order(some_recipe(pigment=pigment))
    for laid, frame in zip(range(0, 31, 5), timelapse(recipe, Film(30, 7, 0)), strict=True):
        assert np.array_equal(frame, repaint(altered_recipe(recipe, until=laid)).merged()), laid


def test_a_shaped_painting_has_its_shape_from_the_first_frame_on() -> None:
    recipe = some_recipe(shaped=True)
    first, *_, last = timelapse(recipe, Film(30, 9, 0))
    assert recipe.alpha is not None and recipe.ground is not None
    assert np.array_equal(first[..., 3], recipe.alpha) and apart(last[..., 3], recipe.alpha) < 0.5
    assert (first[recipe.alpha > 0][:, :3] == recipe.ground).all()


@pytest.mark.slow
def test_frames_at_even_steps_in_error() -> None:
    """And each is the first that is as close as it should be."""
    *frames, end = timelapse(painted(), Film(30, 13, 0), by="error")
    final = end.astype(np.float64)
    left = [np.sqrt(np.mean((frame - final) ** 2)) for frame in frames]
    wanted = left[0] * (1 - np.arange(12) / 12)
    assert (np.array(left) <= wanted + 1e-9).all()
    replay = IncrementalReplay(painted())
    seen = [replay.picture()]
    while replay.laid < len(replay):
        replay.lay()
        seen.append(replay.picture())
    for frame, limit in zip(frames[1:], wanted[1:], strict=True):
        count = next(n for n in range(61) if np.array_equal(seen[n], frame))
        assert np.sqrt(np.mean((seen[count - 1] - final) ** 2)) > limit


def test_the_finished_painting_is_held_and_few_strokes_are_spread() -> None:
    recipe = altered_recipe(some_recipe(), until=3)
    frames = list(timelapse(recipe, Film(30, 10, 4)))
    different = [index for index in range(1, 14) if frames[index] is not frames[index - 1]]
    assert len(frames) == 14 and different == [3, 6, 9]


def test_a_recipe_without_strokes_is_its_ground() -> None:
    bare = altered_recipe(some_recipe(), until=0)
    for by in ("strokes", "error"):
        frames = list(timelapse(bare, Film(30, 3, 1), by))
        assert len(frames) == 4 and all((frame == bare.ground).all() for frame in frames)


def test_progress_is_told() -> None:
    told: list[tuple[str, int, int]] = []
    list(timelapse(painted(), Film(30, 5, 1), "error", lambda *words: told.append(words)))
    assert told == [("replay", 50, 60), ("film", 50, 60)]


@pytest.mark.parametrize("by", ["strokes", "error"])
@pytest.mark.parametrize("suffix", [".mp4", ".gif", ".webp"])
def test_the_same_painting_gives_the_same_bytes(suffix: str, by: str, tmp_path: Path) -> None:
    options = replace(SHORT, by=by)
    one, other = tmp_path / f"one{suffix}", tmp_path / f"other{suffix}"
    film = save_timelapse(painted(), one, options)
    assert film.frames == (30 if suffix == ".gif" else 60) == save_timelapse(painted(), other, options).frames
    assert one.read_bytes() == other.read_bytes()


@pytest.mark.slow
def test_an_mp4_does_not_depend_on_what_lies_in_memory(tmp_path: Path) -> None:
    """As it does with x264's macroblock tree."""
    options, rng = replace(SHORT, by="error"), np.random.default_rng(0)
    junk: list[Pixels] = []
    made = set()
    for _ in range(4):
        junk[:] = [rng.integers(0, 255, count, np.uint8) for count in rng.integers(1000, 300_000, 20)]
        save_timelapse(painted(), tmp_path / "film.mp4", options, overwrite=True)
        made.add((tmp_path / "film.mp4").read_bytes())
    assert len(made) == 1


def test_a_webp_loses_nothing(tmp_path: Path) -> None:
    for recipe in (painted(), some_recipe(shaped=True)):
        save_timelapse(recipe, tmp_path / "film.webp", SHORT, overwrite=True)
        frames, shown = images(tmp_path / "film.webp")
        made = list(timelapse(recipe, Film(30, 45, 15)))
        distinct = [made[0], *(b for a, b in pairwise(made) if not np.array_equal(a, b))]
        assert sum(shown) == 2000 and len(frames) == len(distinct)
        for frame, wanted in zip(frames, distinct, strict=True):
            assert np.array_equal(np.asarray(frame)[..., : wanted.shape[2]], wanted)
        assert np.array_equal(distinct[-1], repaint(recipe).merged())


def test_a_gif_has_one_palette_and_does_not_flicker(tmp_path: Path) -> None:
    save_timelapse(painted(), tmp_path / "film.gif", SHORT)
    frames, shown = images(tmp_path / "film.gif")
    assert sum(shown) == 2000 and all(each % 10 == 0 for each in shown)
    pixels = [np.asarray(frame)[..., :3] for frame in frames]
    assert len(np.unique(np.vstack([each.reshape(-1, 3) for each in pixels]), axis=0)) <= 255
    assert apart(pixels[-1], repaint(painted()).merged()) < 4
    assert painted().ground is not None and np.abs(pixels[0].astype(int) - painted().ground).max() <= 8
    # What no stroke has touched between two frames stays exactly as it was.
    made = [frame for frame, _ in zip(timelapse(painted(), Film(15, 22, 0)), frames, strict=False)]
    for (before, after), (was, now) in zip(pairwise(made), pairwise(pixels), strict=False):
        same = (before == after).all(2)
        assert np.array_equal(was[same], now[same])


def test_an_mp4_has_even_sides_and_the_right_colours(tmp_path: Path) -> None:
    save_timelapse(painted(), tmp_path / "film.mp4", SHORT)
    with av.open(str(tmp_path / "film.mp4")) as film:
        video = film.streams.video[0]
        assert (video.codec_context.name, video.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert (video.width, video.height, video.frames) == (132, 98, 60) and video.average_rate == 30
        assert (video.codec_context.colorspace, video.codec_context.color_range) == (1, 1)  # BT.709, limited
    frames = decoded(tmp_path / "film.mp4")
    ground = painted().ground
    assert ground is not None and np.abs(frames[0].astype(int) - ground).max() <= 3
    end = repaint(painted()).merged()
    for frame in frames[45:]:  # all that is held
        assert apart(frame[:97, :131], end) < 5
        # Colours are stored at half the size, so edges differ most.  On the whole rounding makes it a level or two
        # darker, but there is no cast: of another matrix channels would drift apart by four levels.
        shift = frame[:97, :131].mean((0, 1)) - end.mean((0, 1))
        assert np.abs(shift).max() < 2.5
        assert np.ptp(shift) < 1.5


def test_a_transparent_painting_lies_on_its_ground_in_an_mp4(tmp_path: Path) -> None:
    recipe = some_recipe(shaped=True)
    save_timelapse(recipe, tmp_path / "film.mp4", SHORT)
    assert recipe.alpha is not None and recipe.ground is not None
    for frame in decoded(tmp_path / "film.mp4")[::20]:
        corner = frame[:16, :16]  # far outside the shape
        assert np.abs(corner.astype(int) - recipe.ground).max() <= 4


def test_a_transparent_painting_stays_so_in_a_gif(tmp_path: Path) -> None:
    recipe = some_recipe(shaped=True)
    save_timelapse(recipe, path := tmp_path / "film.gif", SHORT)
    assert recipe.alpha is not None
    with Image.open(path) as film:
        frames = [np.asarray(image.convert("RGBA")) for image in ImageSequence.Iterator(film)]
        for frame in (frames[0], frames[len(frames) // 2], frames[-1]):
            assert ((frame[..., 3] == 255) == (recipe.alpha >= 128)).mean() > 0.99
        solid = recipe.alpha == 255
        end = repaint(recipe).merged()
        assert apart(frame[solid][:, :3], end[solid][:, :3]) < 4


@pytest.mark.parametrize("suffix", [".mp4", ".gif", ".webp"])
def test_smaller(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"film{suffix}"
    save_timelapse(painted(), path, replace(SHORT, size=64))
    last = decoded(path)[-1] if suffix == ".mp4" else np.asarray(images(path)[0][-1])[..., :3]
    assert last.shape == ((48 if suffix == ".mp4" else 47), 64, 3)
    small = Image.fromarray(repaint(painted()).merged()).resize((64, 47), Image.Resampling.LANCZOS)
    assert apart(last[:47], np.asarray(small)) < (4.5 if suffix == ".mp4" else 2.5)


@pytest.mark.parametrize("size", [(1, 1), (3, 40)])
@pytest.mark.parametrize("suffix", [".mp4", ".gif", ".webp"])
def test_tiny(size: tuple[int, int], suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"film{suffix}"
    save_timelapse(altered_recipe(some_recipe(), size), path, SHORT)
    frame = decoded(path)[0] if suffix == ".mp4" else np.asarray(images(path)[0][0])
    height, width = (16, 16) if size == (1, 1) else (40, 16)
    assert frame.shape[:2] == ((height, width) if suffix == ".mp4" else size[::-1])


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("film.avi", SHORT, "must end in"),
        ("film", SHORT, "must end in"),
        ("film.mp4", TimelapseOptions(seconds=1, hold=1), "no time is left to paint"),
        ("film.mp4", TimelapseOptions(seconds=1, hold=0, fps=1), "no time is left to paint"),
        ("film.mp4", TimelapseOptions(seconds=1000), "30,000 frames"),
        ("film.gif", replace(SHORT, fps=60), "60 frames a second"),
        ("film.webp", replace(SHORT, size=151), "the painting is 150 x 100"),
    ],
)
def test_what_cannot_be_filmed(name: str, options: TimelapseOptions, message: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        save_timelapse(some_recipe(), tmp_path / name, options)
    assert message in caught.value.message and not list(tmp_path.iterdir())


def test_huge_paintings_need_a_smaller_size(tmp_path: Path) -> None:
    huge = altered_recipe(some_recipe(n=3), (9000, 10))
    with pytest.raises(UsageError, match="at most 8192 a side"):
        save_timelapse(huge, tmp_path / "film.gif", SHORT)
    save_timelapse(huge, tmp_path / "film.gif", replace(SHORT, size=100))
    assert images(tmp_path / "film.gif")[0][0].size == (100, 1)  # and no side is less than a pixel


def test_an_existing_film_stays(tmp_path: Path) -> None:
    (tmp_path / "film.gif").write_text("hers")
    with pytest.raises(OutputError):
        save_timelapse(some_recipe(), tmp_path / "film.gif", SHORT)
    assert (tmp_path / "film.gif").read_text() == "hers" and len(list(tmp_path.iterdir())) == 1


def test_without_pyav_it_is_said_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(MissingPackageError) as caught:
        plan_film(Path("film.mp4"), SHORT)
    assert "pip install av" in caught.value.advice
    assert plan_film(Path("film.gif"), SHORT).frames == 30
