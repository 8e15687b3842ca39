"""Patches: the visible pieces of strokes in a picture of a painting.

Where a painter's stroke ends, the colour changes.  So the picture is cut into patches of even colour, and each patch is
measured as a stroke: its axis, its length, its width and its bow.

The patches grow together along the smallest steps of colour first, as long as the step between two is no larger than
the steps within them (Felzenszwalb and Huttenlocher, "Efficient graph-based image segmentation", 2004).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dreambrush.arrays import Float32, Float64, Int64
from dreambrush.painter.measure.figures import StrokeFigures, figures_of
from dreambrush.pictures.palette import oklab
from dreambrush.strokes import Strokes

EVENNESS = 0.08  # in Oklab, times pixels: how readily a small patch grows
HUES_COUNT = np.array([1.0, 1.5, 1.5])  # differences of hue and chroma, against those of lightness
SMALLEST = 12  # pixels of a patch
# A patch is what later strokes have left of a stroke, and they cut it to other shapes.  In our own paintings, where the
# strokes are known, strokes were on the mean so much wider, longer (for their width), less bent, nearer to the form and
# more like their neighbours than patches: `python -m benchmarks.measured_hands`.
WIDER, LONGER, BENT, OFF_FORM, OFF_NEIGHBOURS = 1.54, 1.18, 0.5, 0.72, 0.83
MOST_BOW = 0.45  # share of the chord


def patches_of(picture: Float32) -> tuple[Strokes, Float64]:
    """The patches of a picture (h, w, 3), sRGB 0..1, as strokes, broad ones first, and their areas (n,) in pixels.

    Pressures are 1, for nothing is known of them.
    """
    height, width = picture.shape[:2]
    number = cut(oklab(picture.reshape(-1, 3)).reshape(height, width, 3) * HUES_COUNT)
    return _as_strokes(number, picture)


def figures_of_patches(picture: Float32) -> tuple[Strokes, StrokeFigures]:
    """The patches of a picture (h, w, 3), sRGB 0..1, as strokes, and what is measured of them."""
    strokes, areas = patches_of(picture)
    found = figures_of(strokes, picture, areas)
    return strokes, replace(found, angle=OFF_FORM * found.angle, turn=OFF_NEIGHBOURS * found.turn)


def cut(colours: Float64) -> Int64:
    """The number (h, w) of the patch to which each pixel of colours (h, w, 3) belongs."""
    height, width = colours.shape[:2]
    at = np.arange(height * width).reshape(height, width)
    every, but_last, but_first = slice(None), slice(None, -1), slice(1, None)
    pairs = (
        ((every, but_last), (every, but_first)),
        ((but_last, every), (but_first, every)),
        ((but_last, but_last), (but_first, but_first)),
        ((but_last, but_first), (but_first, but_last)),
    )
    apart = np.concatenate([np.sqrt(((colours[a] - colours[b]) ** 2).sum(2)).ravel() for a, b in pairs])
    ends = [np.concatenate([at[pair[side]].ravel() for pair in pairs]) for side in (0, 1)]
    order = np.argsort(apart, kind="stable")
    steps: list[float] = apart[order].tolist()
    first: list[int] = ends[0][order].tolist()
    second: list[int] = ends[1][order].tolist()
    parent, size = list(range(height * width)), [1] * (height * width)
    room = [EVENNESS] * (height * width)  # the largest step over which a patch still grows

    def root(pixel: int) -> int:
        while parent[pixel] != pixel:
            parent[pixel] = parent[parent[pixel]]
            pixel = parent[pixel]
        return pixel

    def join(a: int, b: int) -> int:
        if size[a] < size[b]:
            a, b = b, a
        parent[b] = a
        size[a] += size[b]
        return a

    for step, one, other in zip(steps, first, second, strict=True):
        a, b = root(one), root(other)
        if a != b and step <= room[a] and step <= room[b]:
            a = join(a, b)
            room[a] = step + EVENNESS / size[a]
    for one, other in zip(first, second, strict=True):
        a, b = root(one), root(other)
        if a != b and min(size[a], size[b]) < SMALLEST:
            join(a, b)
    roots = np.array([root(pixel) for pixel in range(height * width)])
    return np.unique(roots, return_inverse=True)[1].reshape(height, width).astype(np.int64)


def _as_strokes(number: Int64, picture: Float32) -> tuple[Strokes, Float64]:
    """Patches (h, w) of a picture (h, w, 3), measured as strokes."""
    height, width = number.shape
    of = number.ravel()
    count = int(of.max()) + 1
    area = np.bincount(of, minlength=count).astype(np.float64)

    def mean(values: Float64) -> Float64:
        return np.asarray(np.bincount(of, values, count) / area)

    y, x = (each + 0.5 for each in np.divmod(np.arange(height * width), width))
    middle = np.stack([mean(x), mean(y)], 1)
    dx, dy = x - middle[of, 0], y - middle[of, 1]
    pixel = 1 / 12  # variance within a pixel
    xx, yy, xy = mean(dx * dx) + pixel, mean(dy * dy) + pixel, mean(dx * dy)
    angle = 0.5 * np.arctan2(2 * xy, xx - yy)
    ahead = np.stack([np.cos(angle), np.sin(angle)], 1)
    aside = np.stack([-ahead[:, 1], ahead[:, 0]], 1)
    along, across = (dx * way[of, 0] + dy * way[of, 1] for way in (ahead, aside))
    square = mean(along * along)
    long = np.sqrt(12 * (square + pixel))  # of a bar with that variance
    wide = area / long
    long, wide = np.maximum(long, wide), np.minimum(long, wide)
    spread = along * along - square[of]
    bow = mean(across * spread) / np.maximum(mean(spread * spread), 1e-9)
    wide, long = WIDER * wide, LONGER * WIDER * long
    half = np.maximum(long - wide, 0.1) / 2
    lift = np.clip(-2 * BENT * bow * half**2, -2 * MOST_BOW * half, 2 * MOST_BOW * half)
    path = np.stack([middle - half[:, None] * ahead, middle + lift[:, None] * aside, middle + half[:, None] * ahead], 1)
    colour = np.stack([mean(picture[..., channel].ravel().astype(np.float64)) for channel in range(3)], 1)
    broadest = np.argsort(-wide, kind="stable")
    rows = np.column_stack([path.reshape(-1, 6), np.ones((count, 2)), wide / 2])[broadest].astype(np.float32)
    strokes = Strokes.of_rows(rows, (width, height), np.clip(colour[broadest], 0, 1).astype(np.float32))
    return strokes, area[broadest]
