"""From painted strokes to training points: where to look at each picture, and how far the brush reaches."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from dreambrush.arrays import Float32, Int64
from dreambrush.bezier import RADIUS, control_points, point_at
from dreambrush.train.collect.strokes import SIDE, Collection
from dreambrush.train.fit.features import FARTHEST, SOFT_EDGE, see, unit_length
from dreambrush.train.fit.field import through_nib

BATCH = 50  # strokes looked at together, to bound memory
POINTS_PER_GROUP = 32  # of one stroke, which are looked at together
LEAST_REACH, FARTHEST_REACH = 0.25, 16.0  # radii; splashes farther out are left to the variance of what is near
FAINT = 0.004  # mean alpha below which paint is counted as none


@dataclass(frozen=True)
class Samples:
    """Points that the brush can reach, in groups of POINTS_PER_GROUP of the same stroke.

    Attributes:
        strokes: (g, 9) float32.
        pixels: (g, POINTS_PER_GROUP) int16, which pixel of the picture, row by row.
        alpha: (g, POINTS_PER_GROUP) uint8, 255 = opaque.
    """

    strokes: Tensor
    pixels: Tensor
    alpha: Tensor

    def __len__(self) -> int:
        return len(self.strokes)

    def batch(self, groups: Tensor, device: str = "cpu") -> tuple[Tensor, Tensor, Tensor]:
        """Some groups, as strokes (b, 9), points (b, p, 2) in pixels, and alpha (b, p) in 0..1."""
        points = pixel_centres()[self.pixels[groups].long()]
        alpha = self.alpha[groups].float() / 255
        return self.strokes[groups].to(device), points.to(device), alpha.to(device)


def pixel_centres(side: int = SIDE) -> Tensor:
    """(side * side, 2) float32: x and y of every pixel's centre in a square picture, row by row."""
    y, x = np.mgrid[0:side, 0:side].astype(np.float32) + 0.5
    return torch.from_numpy(np.stack([x.ravel(), y.ravel()], 1))


def measure_reach(collection: Collection, nib: Tensor | None = None) -> float:
    """How far from the path paint gets, in radii, 0.25..16: beyond it the mean of alpha is under FAINT.

    Args:
        collection: painted strokes.
        nib: (2, 2) map through which distances are measured; as the canvas has them by default.
    """
    nib = torch.eye(2) if nib is None else nib
    bins = np.zeros((2, int(FARTHEST_REACH * 8)))
    large = collection.strokes[:, RADIUS] > 2.0  # for fine strokes the pixel grid blurs the answer
    strokes, alpha = collection.strokes[large][:2000], collection.alpha[large][:2000]
    for first in range(0, len(strokes), BATCH):
        part = torch.from_numpy(strokes[first : first + BATCH])
        centres = pixel_centres().expand(len(part), -1, -1)
        distance = _distance_in_radii(*through_nib(nib, part, centres))
        slot = np.minimum((distance * 8).astype(int), bins.shape[1] - 1)
        values = alpha[first : first + BATCH].reshape(len(part), -1) / 255.0
        bins[0] += np.bincount(slot.ravel(), values.ravel(), bins.shape[1])
        bins[1] += np.bincount(slot.ravel(), minlength=bins.shape[1])
    painted = np.flatnonzero(bins[0, :-1] > FAINT * np.maximum(bins[1, :-1], 1))
    return float(np.clip((painted[-1] + 1) / 8 if len(painted) else 1.0, LEAST_REACH, FARTHEST_REACH))


def _distance_in_radii(strokes: Tensor, points: Tensor) -> Float32:
    # In units of FARTHEST_REACH radii the first feature is never clamped within the range of interest.
    reach, radius = torch.tensor(FARTHEST_REACH), strokes[:, RADIUS, None]
    units = see(strokes, points, reach).nearest[..., 0]
    return np.asarray(units * unit_length(radius, reach) / radius, np.float32)


def training_points(collection: Collection, reach: float, nib: Tensor, per_stroke: int, seed: int) -> Samples:
    """Random pixels that the brush can reach.

    Half of the pixels are drawn from the whole picture, and half around the path, lest fine strokes, which have few
    pixels, count for little.

    Args:
        collection: painted strokes.
        reach: of the brush, in radii, through the nib.
        nib: (2, 2).
        per_stroke: pixels drawn from each picture; those out of reach are then left out, and what does not fill a
            group.
        seed: of the draw.
    """
    rng = np.random.default_rng(seed)
    away = torch.linalg.inv(nib).numpy()
    centres, strokes, pixels, alphas = pixel_centres(), [], [], []
    for first in range(0, len(collection.strokes), BATCH):
        rows = collection.strokes[first : first + BATCH]
        anywhere = rng.integers(0, SIDE * SIDE, (len(rows), per_stroke // 2))
        around = _around(rows, reach, away, per_stroke - per_stroke // 2, rng)
        drawn = torch.from_numpy(rng.permuted(np.concatenate([anywhere, around], 1), axis=1))
        part = torch.from_numpy(rows)
        near = _near(part, centres[drawn], reach, nib)
        alpha = torch.from_numpy(collection.alpha[first : first + BATCH].reshape(len(rows), -1))
        for row, which in enumerate(near):
            kept = drawn[row][which]
            groups = kept[: len(kept) // POINTS_PER_GROUP * POINTS_PER_GROUP].reshape(-1, POINTS_PER_GROUP)
            strokes.append(part[row].expand(len(groups), -1))
            pixels.append(groups.short())
            alphas.append(alpha[row][groups])
    return Samples(torch.cat(strokes), torch.cat(pixels), torch.cat(alphas))


def _near(strokes: Tensor, points: Tensor, reach: float, nib: Tensor) -> Tensor:
    """Which points (b, p) paint can get to."""
    return see(*through_nib(nib, strokes, points), torch.tensor(reach)).nearest[..., 0] < FARTHEST


def _around(strokes: Float32, reach: float, away: Float32, count: int, rng: np.random.Generator) -> Int64:
    """Indices (n, count) of pixels within reach of random points of each path; at the picture's edge where beyond."""
    t = rng.random((len(strokes), count, 1))
    path = point_at(*control_points(strokes[:, None]), t)
    unit = (strokes[:, RADIUS] * reach + SOFT_EDGE)[:, None, None]
    offset = (rng.uniform(-FARTHEST, FARTHEST, (len(strokes), count, 2)) * unit) @ away
    pixel = np.clip(np.floor(path + offset), 0, SIDE - 1).astype(np.int64)
    return np.asarray(pixel[..., 1] * SIDE + pixel[..., 0])
