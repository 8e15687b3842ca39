"""From painted strokes to training points: where to look at each picture, and how far the brush reaches."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from dreambrush.dream.collect import SIDE, Collection
from dreambrush.dream.field import FARTHEST, SOFT_EDGE, local_features, unit_length

BATCH = 250  # strokes looked at together, to bound memory
FARTHEST_REACH = 16.0  # radii; splashes farther out are left to the variance of what is near
FAINT = 0.004  # mean alpha below which paint is counted as none


def pixel_centres(side: int = SIDE) -> Tensor:
    """(side * side, 2) float32: x and y of every pixel's centre in a square picture, row by row."""
    y, x = np.mgrid[0:side, 0:side].astype(np.float32) + 0.5
    return torch.from_numpy(np.stack([x.ravel(), y.ravel()], 1))


def measure_reach(collection: Collection) -> float:
    """How far from the path paint gets, in radii, 1..16: beyond it the mean of alpha is under FAINT."""
    bins = np.zeros((2, int(FARTHEST_REACH * 8)))
    large = collection.strokes[:, 8] > 2.0  # for fine strokes the pixel grid blurs the answer
    strokes, alpha = collection.strokes[large][:2000], collection.alpha[large][:2000]
    for first in range(0, len(strokes), BATCH):
        part = torch.from_numpy(strokes[first : first + BATCH])
        centres = pixel_centres().expand(len(part), -1, -1)
        distance = _distance_in_radii(part, centres)
        slot = np.minimum((distance * 8).astype(int), bins.shape[1] - 1)
        values = alpha[first : first + BATCH].reshape(len(part), -1) / 255.0
        bins[0] += np.bincount(slot.ravel(), values.ravel(), bins.shape[1])
        bins[1] += np.bincount(slot.ravel(), minlength=bins.shape[1])
    painted = np.flatnonzero(bins[0, :-1] > FAINT * np.maximum(bins[1, :-1], 1))
    return float(np.clip((painted[-1] + 1) / 8 if len(painted) else 1.0, 1.0, FARTHEST_REACH))


def _distance_in_radii(strokes: Tensor, points: Tensor) -> NDArray[np.float32]:
    # In units of FARTHEST_REACH radii the first feature is never clamped within the range of interest.
    reach, radius = torch.tensor(FARTHEST_REACH), strokes[:, 8:9]
    units = local_features(strokes, points, reach)[..., 0]
    return np.asarray(units * unit_length(radius, reach) / radius, np.float32)


def training_points(collection: Collection, reach: float, per_stroke: int, seed: int) -> tuple[Tensor, Tensor]:
    """Features and alpha of random pixels that the brush can reach.

    Half of the pixels are drawn from the whole picture, and half around the path, lest fine strokes, which have few
    pixels, count for little.

    Args:
        collection: painted strokes.
        reach: of the brush, in radii.
        per_stroke: pixels drawn from each picture; those out of reach are then left out.
        seed: of the draw.

    Returns:
        (m, FEATURES) and (m,) float32.
    """
    rng = np.random.default_rng(seed)
    centres, features, alphas = pixel_centres(), [], []
    for first in range(0, len(collection.strokes), BATCH):
        rows = collection.strokes[first : first + BATCH]
        strokes = torch.from_numpy(rows)
        anywhere = rng.integers(0, SIDE * SIDE, (len(rows), per_stroke // 2))
        pixels = torch.from_numpy(np.concatenate([anywhere, _around(rows, reach, per_stroke // 2, rng)], 1))
        alpha = torch.from_numpy(collection.alpha[first : first + BATCH].reshape(len(rows), -1))
        seen = local_features(strokes, centres[pixels], torch.tensor(reach))
        near = seen[..., 0] < FARTHEST
        features.append(seen[near])
        alphas.append(torch.gather(alpha, 1, pixels)[near].float() / 255)
    return torch.cat(features), torch.cat(alphas)


def _around(strokes: NDArray[np.float32], reach: float, count: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Indices (n, count) of pixels within reach of random points of each path; at the picture's edge where beyond."""
    t = rng.random((len(strokes), count, 1))
    start, control, end = (strokes[:, None, i : i + 2] for i in (0, 2, 4))
    path = (1 - t) ** 2 * start + 2 * t * (1 - t) * control + t**2 * end
    offset = (
        rng.uniform(-FARTHEST, FARTHEST, (len(strokes), count, 2)) * (strokes[:, 8] * reach + SOFT_EDGE)[:, None, None]
    )
    pixel = np.clip(np.floor(path + offset), 0, SIDE - 1).astype(np.int64)
    return np.asarray(pixel[..., 1] * SIDE + pixel[..., 0])
