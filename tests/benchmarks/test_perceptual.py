from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import skimage.data
import torch

from benchmarks.perceptual import BLURS, CONVOLUTIONS, HEADS, Weights, load_weights, lpips
from dreambrush.arrays import Float32
from dreambrush.errors import ModelError, PictureError

torch.set_num_threads(1)

SHAPES = ((64, 3, 11, 11), (192, 64, 5, 5), (384, 192, 3, 3), (256, 384, 3, 3), (256, 256, 3, 3))
BLUR = torch.outer(torch.tensor([0.25, 0.5, 0.25]), torch.tensor([0.25, 0.5, 0.25]))


@pytest.fixture(scope="module")
def weights() -> Weights:
    """An untrained net of the same shape; heads are positive, as trained ones are."""
    random = torch.Generator().manual_seed(0)
    found = {"scaling_layer.shift": torch.zeros(1, 3, 1, 1), "scaling_layer.scale": torch.full((1, 3, 1, 1), 0.45)}
    for name, head, shape in zip(CONVOLUTIONS, HEADS, SHAPES, strict=True):
        kernel = torch.randn(shape, generator=random)
        kernel -= kernel.mean((1, 2, 3), keepdim=True)
        found[f"net.{name}.weight"] = kernel / kernel[0].numel() ** 0.5
        found[f"net.{name}.bias"] = torch.zeros(shape[0])
        found[head] = torch.rand((1, shape[0], 1, 1), generator=random) / shape[0]
    for name, shape in zip(BLURS, (SHAPES[0], SHAPES[0], SHAPES[1]), strict=True):
        found[f"net.{name}.filt"] = BLUR.repeat(shape[0], 1, 1, 1)
    return found


def photograph(name: str) -> Float32:
    return np.asarray(getattr(skimage.data, name)()[100:196, 150:240] / 255, np.float32)


def test_the_same_picture_has_no_distance_and_the_order_does_not_matter(weights: Weights) -> None:
    a, b = photograph("coffee"), photograph("chelsea")
    assert lpips(a, a, weights) == 0
    assert lpips(a, b, weights) == pytest.approx(lpips(b, a, weights), rel=1e-4)
    assert lpips(a, b, weights) > 0


def test_the_farther_a_picture_is_shifted_the_farther_it_is(weights: Weights) -> None:
    a = photograph("coffee")
    one, two, four = (lpips(a, np.roll(a, pixels, 1), weights) for pixels in (1, 2, 4))
    assert 0 < one < 0.6 * two < two < four


def test_pictures_that_cannot_be_compared_are_refused(weights: Weights) -> None:
    a = photograph("coffee")
    with pytest.raises(PictureError, match="different sizes, 90 x 96 and 89 x 96"):
        lpips(a, a[:, 1:], weights)
    with pytest.raises(PictureError, match="smaller"):
        lpips(a[:20], a[:20], weights)


def test_weights_are_read_or_refused(weights: Weights, tmp_path: Path) -> None:
    file = tmp_path / "weights.pth"
    torch.save({**weights, "more": torch.zeros(1)}, file)
    a, b = photograph("coffee"), photograph("chelsea")
    assert lpips(a, b, load_weights(file)) == lpips(a, b, weights)
    torch.save({HEADS[0]: weights[HEADS[0]]}, file)
    with pytest.raises(ModelError, match="other weights"):
        load_weights(file)
    file.write_bytes(b"no weights")
    with pytest.raises(ModelError, match="cannot be read"):
        load_weights(file)
    with pytest.raises(ModelError, match="cannot be read"):
        load_weights(tmp_path / "absent")
