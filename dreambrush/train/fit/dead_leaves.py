"""Pictures to practise on that nobody took: dead leaves.

Shapes of all sizes that hide one another, as leaves on the ground do.  With as many small ones as a photograph shows
small things (the number falls with the cube of the size) such pictures have the edges, flat parts and spectrum of
natural ones (Lee, Mumford & Huang 2001, "Occlusion models for natural images"), enough of them to train networks for
photographs (Baradad et al. 2021, "Learning to see by looking at noise").
"""

from __future__ import annotations

import numpy as np

from dreambrush.arrays import Float32, Floats

SIDE = 128  # pixels
LEAVES, BACKDROP = 200, 20  # of each picture; so many of them are large and lie at the bottom
SMALLEST, LARGEST = 0.015, 0.5  # radius of a leaf, as a share of the side
BEND = 0.5  # how far a leaf is bent, standard deviation in radii
SOFT_SHARE, SOFTEST = 0.25, 0.8  # so many leaves are out of focus, up to this share of their radius


def drawn_pictures(count: int, seed: int) -> list[Float32]:
    """Draws pictures (SIDE, SIDE, 3) float32, 0..1; the same arguments give the same ones."""
    return [drawn_picture(np.random.default_rng((seed, index))) for index in range(count)]


def drawn_picture(rng: np.random.Generator, side: int = SIDE) -> Float32:
    """Draws a picture (side, side, 3) float32, 0..1."""
    axis: Float32 = ((np.arange(side) + 0.5) / side).astype(np.float32)
    palette = _palette(rng)
    picture = np.empty((side, side, 3), np.float32)
    picture[:] = _shaded(palette[0], axis, axis, rng)
    # Radii whose density falls with the cube.
    radii = 1 / np.sqrt(SMALLEST**-2 + rng.random(LEAVES) * (LARGEST**-2 - SMALLEST**-2))
    radii[:BACKDROP] = rng.uniform(0.3 * LARGEST, LARGEST, BACKDROP)
    for radius in radii.tolist():
        middle = rng.uniform(-0.1, 1.1, 2)
        reach = radius * (1 + SOFTEST) * 1.5
        rows, columns = (slice(*np.searchsorted(axis, (centre - reach, centre + reach))) for centre in middle)
        x, y = axis[columns], axis[rows]
        cover = _leaf(x - middle[1], y[:, None] - middle[0], radius, rng, side)[..., None]
        colour = palette[rng.integers(len(palette))] + rng.normal(0, 0.06, 3)
        picture[rows, columns] += cover * (_shaded(colour, x, y, rng) - picture[rows, columns])
    return np.clip(picture, 0, 1)


def _palette(rng: np.random.Generator) -> Float32:
    """A few colours (6, 3), most of them near to grey, as in photographs."""
    grey = rng.uniform(0.03, 0.97, (6, 1))
    tint = rng.normal(0, 1, (6, 3)) * rng.uniform(0.02, 0.22)
    return np.asarray(np.clip(grey + tint, 0, 1), np.float32)


def _shaded(colour: Floats, x: Float32, y: Float32, rng: np.random.Generator) -> Float32:
    """A colour (3,) that grows lighter in some direction: (len(y), len(x), 3)."""
    slope = rng.normal(0, 0.25, 2)
    light = slope[0] * (x - 0.5) + slope[1] * (y[:, None] - 0.5)
    return np.asarray(colour + light[..., None], np.float32)


def _leaf(dx: Float32, dy: Float32, radius: float, rng: np.random.Generator, side: int) -> Float32:
    """How much a leaf covers the points that are so far from its middle, 0..1: an ellipse or a rectangle, bent."""
    angle = rng.uniform(0, np.pi)
    along, across = dx * np.cos(angle) + dy * np.sin(angle), dy * np.cos(angle) - dx * np.sin(angle)
    across = across + rng.normal(0, BEND) * along**2 / radius
    narrow = np.exp(rng.uniform(np.log(0.15), 0))
    a, b = np.abs(along) / radius, np.abs(across) / (radius * narrow)
    distance = np.maximum(a, b) if rng.random() < 0.4 else np.sqrt(a * a + b * b)
    soft = 1 / (side * radius * narrow) + (rng.uniform(0, SOFTEST) if rng.random() < SOFT_SHARE else 0.0)
    return np.asarray(np.clip((1 - distance) / soft + 0.5, 0, 1), np.float32)
