from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from dreambrush.arrays import Float32
from dreambrush.painter.see.gaussian import blurred
from dreambrush.painter.see.interest import interest
from dreambrush.painter.see.saliency import detail_weight
from dreambrush.painter.see.squint import CLEAR, FAINT, edges_of, ramp, squared_slope, squinted
from dreambrush.painter.see.target import Target

if TYPE_CHECKING:
    from tests.painter.conftest import Pictures

SIDE = 192
LEFT = np.s_[:, : SIDE // 2]
RIGHT = np.s_[:, SIDE // 2 :]


def seen_of(target: Target, focus: Float32 | None, strength: float) -> Float32:
    return squinted(target.picture, interest(target, focus), target.counts, strength)


def tiles(contrast: float, blur: float = 0.0) -> Float32:
    """Squares of two greys, (SIDE, SIDE, 3)."""
    y, x = np.mgrid[:SIDE, :SIDE] // 24
    picture = np.repeat((0.5 + contrast * ((x + y) % 2 - 0.5))[..., None], 3, 2).astype(np.float32)
    return blurred(picture, blur) if blur else picture


def focus_left() -> Float32:
    mask = np.zeros((SIDE, SIDE), np.float32)
    mask[LEFT] = 1
    return mask


def change(before: Float32, after: Float32, part: tuple[slice, slice]) -> float:
    """Root mean square of how much a part has changed, away from its border."""
    inner = np.s_[24:-24, 24:-24]
    return float(np.sqrt(np.mean((after[part][inner] - before[part][inner]) ** 2)))


def steepest(picture: Float32, part: tuple[slice, slice]) -> float:
    """The steepest slope in a part, away from its border."""
    return float(np.sqrt(squared_slope(picture[part])[24:-24, 24:-24].max()))


def test_edges_are_lost_where_nobody_looks_and_firm_where_everybody_does() -> None:
    for contrast, firmer in ((0.14, 1.0), (0.4, 1.1)):
        picture = tiles(contrast, 0.6)
        seen = seen_of(Target(picture, None), focus_left(), 1.0)
        assert seen.dtype == np.float32 and seen.shape == picture.shape and seen.min() >= 0 and seen.max() <= 1
        assert steepest(seen, LEFT) > firmer * steepest(picture, LEFT), "edges that matter are no firmer"
        assert steepest(seen, RIGHT) < 0.8 * steepest(seen, LEFT), "edges that do not are not softer"
        if contrast < 0.2:
            assert steepest(seen, RIGHT) < 0.4 * steepest(picture, RIGHT), "nor are they lost"


def test_no_edge_gets_a_halo() -> None:
    picture = tiles(0.4, 0.6)
    seen = seen_of(Target(picture, None), np.ones((SIDE, SIDE), np.float32), 1.0)
    assert seen.min() >= picture.min() - 1e-4 and seen.max() <= picture.max() + 1e-4


def test_low_contrast_is_lost_first() -> None:
    shares = []
    for contrast in (0.06, 0.2, 0.6):
        picture = tiles(contrast)
        seen = seen_of(Target(picture, None), focus_left(), 1.0)
        shares.append(change(picture, seen, RIGHT) / contrast)
    assert shares[0] > 1.1 * shares[1] and shares[1] > 1.5 * shares[2]


def test_what_is_out_of_focus_gets_softer_even_where_one_looks() -> None:
    sharp, soft = tiles(0.3, 0.6), tiles(0.3, 2.5)
    everywhere = np.ones((SIDE, SIDE), np.float32)
    slopes = []
    for picture in (sharp, soft):
        seen = seen_of(Target(picture, None), everywhere, 1.0)
        slopes.append(float(squared_slope(seen).mean() / squared_slope(picture).mean()))
    assert slopes[0] > 1.02 and slopes[1] < 0.8


def test_the_dial_goes_from_the_picture_itself_to_the_whole(astronaut: Pictures) -> None:
    picture = astronaut(SIDE)
    target = Target(picture, None)
    apart = [float(np.mean((seen_of(target, None, dial) - picture) ** 2)) for dial in (0.02, 0.3, 0.6, 1.0)]
    assert apart == sorted(apart) and apart[0] < 2e-5 < 5e-4 < apart[-1]


def test_faces_and_the_subject_matter(astronaut: Pictures) -> None:
    picture = astronaut(256)
    target = Target(picture, None)
    target.attention = detail_weight(picture)
    off = np.sqrt(np.mean((seen_of(target, None, 1.0) - picture) ** 2, 2))
    face, suit, flag, rocket = off[35:75, 95:128], off[120:200, 40:140], off[:100, :35], off[20:130, 165:215]
    assert face.mean() < 0.6 * min(flag.mean(), rocket.mean())
    assert suit.mean() < 0.7 * min(flag.mean(), rocket.mean())


def test_nothing_flows_in_from_where_the_picture_is_transparent() -> None:
    clear = np.concatenate([tiles(0.05), np.ones((SIDE, SIDE, 1), np.float32)], 2)
    clear[RIGHT] = 0
    seen = seen_of(Target(clear, (1.0, 0.0, 0.0)), focus_left() * 0, 1.0)
    beside = seen[:, SIDE // 2 - 3 : SIDE // 2]
    assert np.abs(beside - 0.5).max() < 0.05


def test_it_is_alike_at_all_sizes(astronaut: Pictures) -> None:
    small, large = (seen_of(Target(astronaut(side), None), None, 1.0) for side in (256, 1024))
    reduced = large.reshape(256, 4, 256, 4, 3).mean((1, 3))
    lost = float(np.mean((small - astronaut(256)) ** 2))
    assert float(np.mean((reduced - small) ** 2)) < 0.25 * lost


@pytest.mark.parametrize("size", [(1, 1), (1, 30), (7, 3)])
def test_tiny_and_even_pictures(size: tuple[int, int]) -> None:
    picture = np.random.default_rng(0).random((*size, 3), np.float32)
    assert seen_of(Target(picture, None), None, 1.0).shape == picture.shape
    even = np.full((*size, 3), 0.4, np.float32)
    np.testing.assert_allclose(seen_of(Target(even, None), None, 1.0), even, atol=1e-5)


def test_the_same_picture_is_seen_the_same(astronaut: Pictures) -> None:
    target = Target(astronaut(100), None)
    assert seen_of(target, None, 0.7).tobytes() == seen_of(target, None, 0.7).tobytes()


@pytest.mark.parametrize("blur", [0.0, 1.5, 3.0, 6.0])
def test_edges_are_told_by_contrast_and_sharpness(blur: float) -> None:
    x = np.mgrid[:SIDE, :SIDE][1]
    picture = np.repeat((0.3 + 0.3 * (x > SIDE // 2))[..., None], 3, 2).astype(np.float32)
    clear, sharp, contrast = edges_of(blurred(picture, blur) if blur else picture, 1.0)
    at = SIDE // 2, SIDE // 2
    assert contrast[at] == pytest.approx(0.3, rel=0.25)
    assert clear[at] == pytest.approx(float(ramp(np.full(1, 0.3, np.float32), FAINT, CLEAR)[0]), abs=0.35)
    assert sharp[at] > 0.9 if blur < 1 else sharp[at] < 0.1 if blur > 5 else 0 < sharp[at] <= 1
    assert clear[SIDE // 2, 10] < 0.01


def test_the_slope_is_the_steepest_and_channels_do_not_cancel() -> None:
    y, x = np.mgrid[:9, :9].astype(np.float32)
    up = np.stack([0.02 * x, -0.02 * x, 0 * x], 2)
    np.testing.assert_allclose(squared_slope(up)[2:-2, 2:-2], 2 * 0.02**2 / 3, rtol=1e-4)
    askew = np.repeat((0.02 * (x + y))[..., None], 3, 2)
    np.testing.assert_allclose(squared_slope(askew)[2:-2, 2:-2], 2 * 0.02**2, rtol=1e-4)
