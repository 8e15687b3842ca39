"""The colour under the first stroke, where nobody asked for one."""

from __future__ import annotations

import numpy as np
import pytest

from dreambrush.arrays import Float32
from dreambrush.painter.see.ground import DARK_PAPER, LIGHT_PAPER, GroundReason, choose_ground
from dreambrush.painter.see.target import Target
from dreambrush.pictures.palette import oklab, parse_palette

NOISE = np.random.default_rng(1).random((40, 50, 3)).astype(np.float32)


def drawing(colour: tuple[float, float, float], share: float = 0.1) -> tuple[Float32, Float32]:
    """Lines of one colour on transparency, and their opacity; garish colours lie hidden around them."""
    alpha = np.zeros((40, 50, 1), np.float32)
    alpha[: round(40 * share)] = 1
    return np.where(alpha > 0, np.array(colour, np.float32), NOISE), alpha


@pytest.mark.parametrize(
    ("colour", "paper"),
    [((0, 0, 0), LIGHT_PAPER), ((0.1, 0.1, 0.6), LIGHT_PAPER), ((1, 1, 1), DARK_PAPER), ((1, 0.9, 0.3), DARK_PAPER)],
)
def test_a_drawing_lies_on_paper_that_contrasts(colour: tuple[float, float, float], paper: tuple[int, ...]) -> None:
    lines, alpha = drawing(colour)
    ground = choose_ground(lines, alpha, None, None)
    assert tuple(ground.colour) == paper and ground.reason is GroundReason.CONTRAST
    target = Target(np.concatenate([lines, alpha], 2), None)
    assert tuple(target.background) == paper and target.ground_reason is GroundReason.CONTRAST


def test_a_palette_gives_the_colour_that_contrasts_most() -> None:
    lines, alpha = drawing((0, 0, 0))
    ground = choose_ground(lines, alpha, None, parse_palette("#000,#333,#f0e0c0,#888"))
    assert tuple(ground.colour) == (0xF0, 0xE0, 0xC0)


def test_cut_outs_of_many_colours_and_whole_pictures_keep_their_mean() -> None:
    _, alpha = drawing((0, 0, 0))
    ground = choose_ground(NOISE, alpha, None, None)
    assert ground.reason is GroundReason.MEAN
    np.testing.assert_allclose(ground.colour / 255, NOISE[:4].mean((0, 1)), atol=0.003)
    whole = choose_ground(NOISE, None, None, None)
    assert whole.reason is GroundReason.MEAN
    np.testing.assert_allclose(whole.colour / 255, NOISE.mean((0, 1)), atol=0.003)
    lines, most = drawing((0.1, 0.1, 0.1), 0.9)  # hardly any transparency: a picture, not a drawing
    assert choose_ground(lines, most, None, None).reason is GroundReason.MEAN


def test_a_flat_ground_is_kept() -> None:
    logo = np.full((40, 50, 3), (0.9, 0.8, 0.1), np.float32)
    logo[10:20] = 0.1
    ground = choose_ground(logo, None, None, None)
    assert ground.reason is GroundReason.FLAT
    np.testing.assert_allclose(ground.colour / 255, (0.9, 0.8, 0.1), atol=0.003)
    logo[:20] = NOISE[:20]
    assert choose_ground(logo, None, None, None).reason is GroundReason.MEAN


def test_what_was_asked_for_is_taken() -> None:
    lines, alpha = drawing((0, 0, 0))
    ground = choose_ground(lines, alpha, (0.2, 0.4, 0.6), parse_palette("#fff"))
    assert tuple(ground.colour) == (51, 102, 153) and ground.reason is GroundReason.ASKED


def test_a_toned_ground_is_like_the_parts_with_detail_darker_and_warmer() -> None:
    picture = np.full((64, 96, 3), (0.6, 0.7, 0.95), np.float32)  # a sky, paler from place to place
    picture *= np.linspace(0.8, 1, 96, dtype=np.float32)[None, :, None]
    picture[40:] = np.where(np.indices((24, 96)).sum(0)[..., None] % 2, (0.5, 0.4, 0.2), (0.2, 0.3, 0.1))  # leaves
    ground = choose_ground(picture, None, None, None, toned=True)
    assert ground.reason is GroundReason.TONED
    (tone, leaves, sky) = oklab(np.stack([ground.colour / 255, picture[40:].mean((0, 1)), picture[0, 48]]))
    assert tone[0] < leaves[0] and np.abs(tone - leaves).sum() < 0.5 * np.abs(tone - sky).sum()
    assert tone[2] > leaves[2] > sky[2]


def test_a_toned_ground_is_one_of_the_palettes_colours_and_a_flat_one_stays() -> None:
    palette = parse_palette("#223,#776,#fff")
    levels = np.rint(palette.colours * 255).astype(int).tolist()
    assert choose_ground(NOISE, None, None, palette, toned=True).colour.tolist() in levels
    plain = np.ones((40, 50, 3), np.float32)
    plain[:4] = 0
    assert choose_ground(plain, None, None, None, toned=True).reason is GroundReason.FLAT
    assert choose_ground(NOISE, None, (1.0, 0.0, 0.0), None, toned=True).reason is GroundReason.ASKED


@pytest.mark.parametrize("shape", [(1, 1), (1, 700), (700, 1), (2, 3)])
def test_a_toned_ground_of_pictures_of_any_size(shape: tuple[int, int]) -> None:
    picture = np.random.default_rng(0).random((*shape, 3)).astype(np.float32)
    assert choose_ground(picture, None, None, None, toned=True).colour.shape == (3,)
