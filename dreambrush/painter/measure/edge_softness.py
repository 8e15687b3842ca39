"""Edge softness: how wide the transition is along the contours of a picture, and what a painting makes of it.

Painters speak of hard, firm, soft and lost edges.  A contour is found where the gradient of the picture's colours is
greatest across itself (Canny 1986; the gradient of all channels as in Di Zenzo 1986).  There, an edge is taken for a
step blurred by a Gaussian of standard deviation b.  Derivatives of Gaussians of two sizes s and S answer it with slopes
g and G, and (g / G)^2 = (b^2 + S^2) / (b^2 + s^2), whatever the contrast is.  So b follows from two slopes (Zhuo and
Sim, "Defocus map estimation from a single image", 2011).  Profiles across the contour are means over some pixels along
it, so that streaks and grains of brushes do not pass for edges.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dreambrush.arrays import Float32, Floats, Int64, Mask
from dreambrush.painter.see.gaussian import blurred

HARD, FIRM, SOFT, LOST = CLASSES = ("hard", "firm", "soft", "lost")
UNIT = 1 / 384  # of the longer side, at least LEAST_UNIT pixels: all lengths below are in these
LEAST_UNIT = 0.5  # pixels
SEEN = 2.0  # standard deviation of the Gaussian under which contours are looked for
FINE, COARSE = 1.0, 4.0  # standard deviations of the Gaussians that answer an edge
HARD_TO, FIRM_TO, SOFT_TO = 1.2, 2.2, 4.5  # standard deviations of the blur of an edge, up to which it counts as such
FAINT = 0.05  # contrast of colours (root mean square of channels) that nobody calls an edge any more
FOUND = 0.08  # contrast of a contour that is looked at
STRAY = 2.0  # how far a painted edge may lie beside the picture's
ALONG = 2.0  # standard deviation of the mean along the contour
REACH = 2.5  # standard deviations, at which Gaussians are cut off
STEP = 0.5  # between samples of a profile
CHUNK = 4096  # points that are measured at once
MOST = 20_000  # points that are looked at; of a longer contour every other one, or fewer


@dataclass(frozen=True)
class Contours:
    """Points along the contours of a picture.

    Attributes:
        place: (n, 2) x and y in pixels; the middle of the first pixel is (0.5, 0.5).
        normal: (n, 2) unit vectors across the contour.
        colour: (n, 3) unit vectors: how colours change along the normal.
        length: (n,) pixels of contour that each point stands for.
        unit: pixels; see UNIT.
    """

    place: Float32
    normal: Float32
    colour: Float32
    length: Float32
    unit: float

    def __len__(self) -> int:
        return len(self.place)

    def some(self, which: Mask) -> Contours:
        """Those points (n,)."""
        return Contours(self.place[which], self.normal[which], self.colour[which], self.length[which], self.unit)


@dataclass(frozen=True)
class Edges:
    """What edges are like at points of a contour.

    Attributes:
        blur: (n,) standard deviation of the transition in units of :class:`Contours`, 0 to twice COARSE.
        contrast: (n,) root mean square of the channels' steps; 0 where there is none, or the other way round.
    """

    blur: Float32
    contrast: Float32

    @property
    def lost(self) -> Mask:
        """Where nobody would see an edge."""
        return (self.contrast < FAINT) | (self.blur > SOFT_TO)

    @property
    def kind(self) -> Int64:
        """(n,) indices into CLASSES."""
        return np.where(self.lost, CLASSES.index(LOST), np.digitize(self.blur, [HARD_TO, FIRM_TO])).astype(np.int64)


@dataclass(frozen=True)
class EdgeSoftness:
    """Edges of a painting along the contours of its picture.

    Attributes:
        picture: share of contour length by the picture's softness, by CLASSES.
        painting: share of contour length by the painting's softness, by CLASSES.
        distance: how much of the contour would have to change its class by one step (earth mover's distance between
            the two shares), 0..3.
        agreement: rank correlation, -1..1, of the two softnesses along the contour; lost edges are the softest.  0 if
            one of them is alike everywhere.
    """

    picture: dict[str, float]
    painting: dict[str, float]
    distance: float
    agreement: float


def measure_edges(picture: Float32, painting: Float32, where: Mask | None = None) -> EdgeSoftness:
    """Compares the edges of a painting with those of its picture.

    Args:
        picture: (h, w, 3) float32, 0..1.
        painting: (h, w, 3) float32, 0..1.
        where: (h, w) which contours count; all by default.
    """
    contours = find_contours(picture)
    if where is not None:
        column, row = contours.place.astype(np.int64).T
        contours = contours.some(where[row, column])
    return compared(contours, edges_at(picture, contours), edges_at(painting, contours))


def compared(contours: Contours, wanted: Edges, found: Edges) -> EdgeSoftness:
    """Compares edges of a painting with those of its picture, along the same contours."""
    shares = [_shares(edges, contours.length) for edges in (wanted, found)]
    apart = np.cumsum(np.subtract(shares[1], shares[0]))
    softness = [np.where(edges.lost, np.inf, edges.blur) for edges in (wanted, found)]
    picture, painting = (dict(zip(CLASSES, map(float, each), strict=True)) for each in shares)
    agreement = rank_correlation(softness[0], softness[1], contours.length)
    return EdgeSoftness(picture, painting, float(np.abs(apart).sum()), agreement)


def _shares(edges: Edges, length: Float32) -> Floats:
    sums = np.bincount(edges.kind, length, len(CLASSES))
    return np.asarray(sums / max(float(length.sum()), 1e-9))


def find_contours(picture: Float32) -> Contours:
    """Finds the contours of a picture (h, w, 3) float32, 0..1."""
    unit = max(UNIT * max(picture.shape[:2]), LEAST_UNIT)
    sigma = SEEN * unit
    smooth = blurred(picture, sigma)
    dy, dx = np.gradient(smooth, axis=(0, 1)) if min(picture.shape[:2]) > 1 else (np.zeros_like(smooth),) * 2
    xx, yy, xy = (np.sum(a * b, -1) for a, b in ((dx, dx), (dy, dy), (dx, dy)))
    angle = 0.5 * np.arctan2(2 * xy, xx - yy)
    across, down = np.cos(angle), np.sin(angle)
    slope = np.sqrt(np.maximum(0.5 * (xx + yy + np.hypot(xx - yy, 2 * xy)), 0) / 3).astype(np.float32)
    # Along the axis that the normal is closer to, so that a contour has one point in each row or column.
    level = np.abs(across) >= np.abs(down)
    padded = np.pad(slope, 1)
    before = np.where(level, padded[1:-1, :-2], padded[:-2, 1:-1])
    after = np.where(level, padded[1:-1, 2:], padded[2:, 1:-1])
    contrast = slope * np.sqrt(2 * np.pi) * sigma  # of a sharp step; a soft one has more
    crest = (slope > before) & (slope >= after) & (contrast > FOUND)
    margin = int(np.ceil(2 * sigma))
    crest[:margin], crest[-margin:], crest[:, :margin], crest[:, -margin:] = False, False, False, False
    at = np.flatnonzero(crest)
    at = at[:: -(-len(at) // MOST)] if len(at) else at
    normal = np.stack([across.ravel()[at], down.ravel()[at]], -1).astype(np.float32)
    change = (dx.reshape(-1, 3)[at] * normal[:, :1] + dy.reshape(-1, 3)[at] * normal[:, 1:]).astype(np.float32)
    colour = change / np.maximum(np.linalg.norm(change, axis=1, keepdims=True), 1e-9)
    place = np.stack(np.unravel_index(at, slope.shape)[::-1], -1).astype(np.float32) + np.float32(0.5)
    length = 1 / np.maximum(np.abs(normal).max(1), 1e-6)  # of the contour within a pixel
    return Contours(place, normal, colour, length.astype(np.float32), unit)


def edges_at(picture: Float32, contours: Contours) -> Edges:
    """What edges a picture (h, w, 3) float32, 0..1, has along contours that may be another's."""
    parts = [_edges(picture, contours, slice(start, start + CHUNK)) for start in range(0, max(len(contours), 1), CHUNK)]
    return Edges(*(np.concatenate([getattr(part, name) for part in parts]) for name in ("blur", "contrast")))


def _edges(picture: Float32, contours: Contours, part: slice) -> Edges:
    unit = contours.unit
    # Profiles (n, samples), positive upwards along the normal.
    half = REACH * COARSE + STRAY
    across = np.arange(-half, half + STEP / 2, STEP, dtype=np.float32)
    along = np.arange(-REACH, REACH + 0.5, 1.0, dtype=np.float32) * np.float32(ALONG)
    share = np.exp(-0.5 * (along / ALONG) ** 2)
    share /= share.sum()
    place, normal = contours.place[part], contours.normal[part]
    tangent = np.stack([-normal[:, 1], normal[:, 0]], -1)
    profile = np.zeros((len(place), len(across)), np.float32)
    for aside, weight in zip(along, share, strict=True):
        points = place[:, None] + unit * (across[:, None] * normal[:, None] + aside * tangent[:, None])
        colours = sampled(picture, points[..., 0], points[..., 1])
        profile += weight * np.einsum("nsc,nc->ns", colours, contours.colour[part])
    slopes = []
    for scale in (COARSE, FINE):
        reach = np.arange(-REACH * scale, REACH * scale + STEP / 2, STEP)
        kernel = reach * np.exp(-0.5 * (reach / scale) ** 2)
        kernel /= float((kernel * reach).sum())  # a slope of one is answered with one
        slopes.append(_filtered(profile, kernel.astype(np.float32)))
    coarse, fine = slopes
    middle = np.abs(across) <= STRAY + 1e-6
    best = np.argmax(np.where(middle, coarse, -np.inf), 1)
    rows = np.arange(len(place))
    # The fine answer is the greatest near the coarse one's place.
    near = np.abs(across[None] - across[best][:, None]) <= STRAY + 1e-6
    low, high = coarse[rows, best], np.where(near, fine, -np.inf).max(1, initial=-np.inf)
    return _solved(low, high)


def _solved(low: Float32, high: Float32) -> Edges:
    """Blur and contrast from the slopes that COARSE and FINE see, in colours a unit."""
    softest = np.float32(2 * COARSE)
    seen = low > 1e-6
    ratio = np.where(seen, (high / np.where(seen, low, 1)) ** 2, 1)
    squared = (COARSE**2 - ratio * FINE**2) / np.maximum(ratio - 1, 1e-6)
    blur = np.where(seen, np.sqrt(np.clip(squared, 0, softest**2)), softest)
    contrast = np.maximum(low, 0) * np.sqrt(2 * np.pi * (blur**2 + COARSE**2)) / np.sqrt(3)
    return Edges(blur.astype(np.float32), contrast.astype(np.float32))


def _filtered(profile: Float32, kernel: Float32) -> Float32:
    """Correlation of profiles (n, s) with a kernel that is shorter, (n, s); -inf where it would reach beyond."""
    beside = len(kernel) // 2
    windows = np.lib.stride_tricks.sliding_window_view(profile, len(kernel), axis=1)
    whole = np.full(profile.shape, -np.inf, np.float32)
    whole[:, beside : profile.shape[1] - beside] = windows @ kernel
    return whole


def rank_correlation(a: Floats, b: Floats, weight: Floats) -> float:
    """Spearman's, of weighted pairs (n,); ties share their mean rank.  0 if one of both is alike everywhere."""
    if not len(a):
        return 0.0
    ranks = [_ranks(each, weight) for each in (a, b)]
    apart = [each - np.average(each, weights=weight) for each in ranks]
    spread = [float(np.average(each**2, weights=weight)) for each in apart]
    if min(spread) < 1e-12:
        return 0.0
    return float(np.average(apart[0] * apart[1], weights=weight)) / float(np.sqrt(spread[0] * spread[1]))


def _ranks(values: Floats, weight: Floats) -> Floats:
    """Shares 0..1 of the weight below each value, and half of that beside it."""
    _, group = np.unique(values, return_inverse=True)
    sums = np.bincount(group, weight)
    return np.asarray(((np.cumsum(sums) - 0.5 * sums) / sums.sum())[group])


def sampled(picture: Float32, x: Floats, y: Floats) -> Float32:
    """Reads a picture (h, w, c) at points between its pixels; beyond its edges the nearest pixel counts."""
    height, width = picture.shape[:2]
    x, y = np.clip(x - 0.5, 0, width - 1), np.clip(y - 0.5, 0, height - 1)
    column, row = x.astype(np.int64), y.astype(np.int64)
    right, down = np.minimum(column + 1, width - 1), np.minimum(row + 1, height - 1)
    fx, fy = (x - column).astype(np.float32)[..., None], (y - row).astype(np.float32)[..., None]
    top = picture[row, column] * (1 - fx) + picture[row, right] * fx
    bottom = picture[down, column] * (1 - fx) + picture[down, right] * fx
    return np.asarray(top * (1 - fy) + bottom * fy, np.float32)
