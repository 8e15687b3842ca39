"""The studio inside the dream: windows, canvases painted by a dream, and what a stroke gains there, with gradients."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from dreambrush.arrays import Float32
from dreambrush.errors import PictureError
from dreambrush.painter.propose.windows import SIDE
from dreambrush.pictures.reading import load_picture
from dreambrush.train.fit.field import FieldDream

SMALLEST_CROP = 24  # pixels of a training picture that fill a window; finer ones hold nothing but blur
PICTURE_SIZE = 320  # pixels of a training picture's longer side
SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".bmp"}


def load_pictures(folder: Path, limit: int = 2000) -> list[Float32]:
    """All pictures of a folder, at most PICTURE_SIZE pixels wide or high, each (h, w, 3) in 0..1.

    Raises:
        PictureError: there are none.
    """
    pictures = []
    for path in picture_files(folder)[:limit]:
        try:
            pictures.append(load_picture(path, PICTURE_SIZE))
        except PictureError:
            continue  # one broken file among many is no reason to stop
    if not pictures:
        raise _no_pictures(folder)
    return pictures


def picture_files(folder: Path) -> list[Path]:
    """What is called like a picture in a folder and its sub-folders, sorted.

    Raises:
        PictureError: there is nothing.
    """
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)
    if not files:
        raise _no_pictures(folder)
    return files


def _no_pictures(folder: Path) -> PictureError:
    return PictureError(
        f"There are no pictures in {folder}.", "Name a folder of photos or paintings.", id="no-pictures"
    )


def random_windows(pictures: list[Float32], count: int, rng: np.random.Generator) -> Tensor:
    """Square crops of random pictures, places and sizes, as (count, SIDE, SIDE, 3) float32."""
    out = np.empty((count, SIDE, SIDE, 3), np.float32)
    for index in range(count):
        picture = pictures[rng.integers(len(pictures))]
        height, width = picture.shape[:2]
        largest = min(height, width)
        side = int(np.exp(rng.uniform(np.log(min(SMALLEST_CROP, largest)), np.log(largest))))
        y, x = rng.integers(height - side + 1), rng.integers(width - side + 1)
        crop = torch.from_numpy(picture[y : y + side, x : x + side]).permute(2, 0, 1)[None]
        resized = torch.nn.functional.interpolate(crop, (SIDE, SIDE), mode="bilinear", antialias=True)
        window = resized[0].permute(1, 2, 0).numpy()
        out[index] = window[:, ::-1] if rng.random() < 0.5 else window
    return torch.from_numpy(out)


@dataclass
class DreamtStrokes:
    """Strokes as the dream would lay them.

    Attributes:
        gain: (b,) squared error removed, summed over cells and channels; expected, with the variance's cost.
        colour: (b, 3) closed form, 0..1.
        mean: (b, p) of alpha at the points looked at.
    """

    gain: Tensor
    colour: Tensor
    mean: Tensor


def lay(
    dream: FieldDream, strokes: Tensor, points: Tensor, target: Tensor, canvas: Tensor, area: float = 1.0
) -> DreamtStrokes:
    """Dreams strokes: closed-form colour and expected gain, as in the painter's gain.py but with gradients.

    Args:
        dream: of the brush.
        strokes: (b, 9) in cells.
        points: (b, p, 2) where to look.
        target: (b, p, 3) at these points.
        canvas: (b, p, 3) at these points.
        area: cells that each point stands for.
    """
    mean, variance = dream(strokes, points)
    second = mean * mean + variance
    total = second.sum(1, keepdim=True) + 1e-6
    residual = target - canvas
    colour = ((second[..., None] * canvas + mean[..., None] * residual).sum(1) / total).clamp(0, 1)
    change = colour[:, None] - canvas
    gain = (2 * mean * (residual * change).sum(-1) - second * (change * change).sum(-1)).sum(1)
    return DreamtStrokes(area * gain, colour, mean)
