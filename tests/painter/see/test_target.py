from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from dreambrush.arrays import Float32
from dreambrush.mypaint.blend.blending import merge_layers
from dreambrush.mypaint.blend.transparency import merge_transparent
from dreambrush.mypaint.layer import Layer
from dreambrush.painter.see.target import SHAPE_LAYER, Target

if TYPE_CHECKING:
    from tests.painter.conftest import Pictures

HEIGHT, WIDTH = 30, 40


def disc(hardness: float = 100) -> Float32:
    """How opaque (h, w) a disc in the middle is."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH] + 0.5
    return np.asarray(np.clip((12 - np.hypot(x - WIDTH / 2, y - HEIGHT / 2)) * hardness + 0.5, 0, 1), np.float32)


def cut_out(alpha: Float32, seed: int = 0) -> Float32:
    """A picture (h, w, 4) of middling colours, with noise where nothing is to be seen."""
    colours = np.random.default_rng(seed).uniform(0.3, 0.6, (HEIGHT, WIDTH, 3)).astype(np.float32)
    return np.concatenate([colours, alpha[..., None]], -1)


def as_layer(colours: Float32, alpha: int = 255) -> Layer:
    """A layer of these colours all over."""
    covered = np.full((*colours.shape[:2], 1), alpha, np.uint8)
    return Layer("Paint", np.concatenate([np.rint(colours * 255).astype(np.uint8), covered], -1))


def test_an_opaque_picture_is_its_own_motif(astronaut: Pictures) -> None:
    target = astronaut(32)
    motif = Target(target, None)
    assert motif.size == (32, 32) and motif.alpha is None and motif.counts is None
    assert np.array_equal(motif.picture, target)
    assert np.array_equal(motif.background, np.rint(target.mean((0, 1)) * 255))
    layers = [as_layer(target)]
    assert motif.shaped(layers) == layers
    ones = np.ones((32, 32, 1), np.float32)
    assert Target(np.concatenate([target, ones], -1), None).alpha is None


def test_the_ground_that_is_wanted(astronaut: Pictures) -> None:
    assert Target(astronaut(8), (1.0, 0.2, 0.0)).background.tolist() == [255, 51, 0]
    assert Target(cut_out(disc()), (1.0, 0.2, 0.0)).background.tolist() == [255, 51, 0]


def test_the_ground_s_colour_is_the_mean_of_what_is_opaque() -> None:
    alpha, target = disc(), cut_out(disc())
    target[alpha == 0] = (1, 0, 1, 0)
    expected = np.rint(255 * np.average(target[..., :3].reshape(-1, 3), axis=0, weights=alpha.ravel()))
    assert np.abs(Target(target, None).background - expected).max() <= 1


@pytest.mark.parametrize("hardness", [100, 0.2])
def test_errors_count_as_far_as_the_picture_is_opaque(hardness: float) -> None:
    alpha = disc(hardness)
    target = cut_out(alpha)
    motif = Target(target, None)
    assert motif.counts is not None and np.array_equal(motif.counts, alpha)
    assert motif.alpha is not None and np.array_equal(motif.alpha, np.rint(alpha * 255))
    assert np.array_equal(motif.picture[alpha > 0], target[alpha > 0][:, :3])  # translucent colours as they are


def test_what_cannot_be_seen_makes_no_difference() -> None:
    target = cut_out(disc())
    other = np.where(disc()[..., None] > 0, target, np.array([1, 0, 1, 0], np.float32)).astype(np.float32)
    assert np.array_equal(Target(target, None).picture, Target(other, None).picture)
    assert np.array_equal(Target(target, None).background, Target(other, None).background)


@pytest.mark.parametrize("cell", [1, 2, 8])
@pytest.mark.parametrize("channels", [3, 4])
def test_the_paper_has_the_ground_s_colour(cell: int, channels: int) -> None:
    motif = Target(cut_out(disc())[..., :channels], None)
    paper = motif.paper(cell)
    assert paper.shape == (-(-HEIGHT // cell) * -(-WIDTH // cell), 3) and paper.dtype == np.float32
    assert np.abs(paper * 255 - motif.background).max() < 1e-4


@pytest.mark.parametrize("hardness", [100, 0.2])
def test_layers_are_cut_to_the_shape(hardness: float) -> None:
    target = cut_out(disc(hardness))
    motif = Target(target, None)
    assert motif.alpha is not None
    layers = [as_layer(target[..., :3] * 0.5, 180), as_layer(target[..., :3], 100)]
    uncut = merge_layers(layers, motif.background)
    shape, *cut = motif.shaped(layers)
    assert shape.name == SHAPE_LAYER and [layer.name for layer in cut] == ["Paint", "Paint"]
    assert not any(layer.pixels[motif.alpha == 0, 3].any() for layer in (shape, *cut))
    seen = merge_transparent([shape, *cut])
    assert np.abs(seen[..., 3].astype(int) - motif.alpha).max() <= 1
    clear = motif.alpha > 100
    assert np.abs(seen[clear, :3].astype(int) - uncut[clear]).max() <= 4  # levels, where all is well seen


def test_the_error_of_a_painting_counts_where_the_picture_is_opaque() -> None:
    target = cut_out(disc())
    motif = Target(target, None)
    painted = merge_layers([as_layer(target[..., :3])], motif.background)
    assert motif.mean_squared_error(painted) < 1e-5
    spoilt = painted.copy()
    spoilt[disc() == 0] = 255
    assert motif.mean_squared_error(spoilt) == motif.mean_squared_error(painted)
    spoilt[HEIGHT // 2, WIDTH // 2] = 255
    assert motif.mean_squared_error(spoilt) > 1e-4
    opaque = Target(target[..., :3], None)
    assert opaque.mean_squared_error(painted) == pytest.approx(np.mean((painted / 255 - target[..., :3]) ** 2))


def test_nothing_but_transparency() -> None:
    motif = Target(np.zeros((5, 6, 4), np.float32), None)
    assert np.array_equal(motif.paper().reshape(5, 6, 3), motif.picture)
    assert motif.mean_squared_error(np.full((5, 6, 3), 9, np.uint8)) == 0


def test_values_are_compared_whatever_the_contrast(astronaut: Pictures) -> None:
    picture = astronaut(48)
    target = Target(picture, None)
    tones = (picture @ np.array([0.299, 0.587, 0.114], np.float32))[..., None].repeat(3, 2)

    def drawn(values: Float32) -> float:
        return target.error_in_values(np.rint(values * 255).astype(np.uint8))

    blank = drawn(np.full_like(tones, 0.9))
    assert blank == pytest.approx(float(tones[..., 0].var()), rel=1e-3), "paper is no likeness"
    assert drawn(tones) < 1e-5 and drawn(0.9 - 0.4 * (1 - tones)) < 1e-4, "a pale drawing is one"
    assert drawn(1 - tones) == pytest.approx(blank, rel=1e-3), "a negative is none"
    assert 0.2 * blank < drawn(np.where(tones > 0.5, 0.9, 0.2).astype(np.float32)) < 0.6 * blank
    hidden = np.concatenate([picture, np.ones((48, 48, 1), np.float32)], 2)
    hidden[:, 24:, 3] = 0
    half = tones.copy()
    half[:, 24:] = 1 - half[:, 24:]
    seen = Target(hidden, (1.0, 1.0, 1.0)).error_in_values(np.rint(half * 255).astype(np.uint8))
    assert seen < 1e-5, "what is transparent does not count"
