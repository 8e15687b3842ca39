"""Where one looks: at faces and at the picture's subject, or where the artist says.

Lost edges and broad strokes both need it.  It is one soft map, in cells of about a third of a per cent of the picture.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dreambrush.arrays import Float32
from dreambrush.painter.see.cells import reduced
from dreambrush.painter.see.gaussian import blurred
from dreambrush.painter.see.subject import find_subject
from dreambrush.painter.see.target import Target

UNIT = 1 / 384  # of the longer side, at least LEAST_UNIT pixels: what seems small in a picture of any size
LEAST_UNIT = 0.5  # pixels
HALO = 8.0  # standard deviation of the border of what one looks at, in units
SUBJECT, LEAST = 0.8, 0.2  # interest in the subject of a picture with a face, and in all that is no subject
FACE = 3.0  # how much more an error counts in a face
EVEN = 0.6  # interest where it is not known what one looks at
SURE = 0.1  # share of the picture that its subject takes, from which it is known
LEVELS = 64  # of interest, so that the last bits of a network's answer do not matter


@dataclass(frozen=True, eq=False)
class Interest:
    """How much one looks at each place of a picture.

    Attributes:
        cells: (rows, columns) float32, 0..1, at least LEAST.
        cell: side of a cell in pixels, a power of two.
        unit: UNIT of the longer side, in cells.
    """

    cells: Float32
    cell: int
    unit: float


def scale_of(size: tuple[int, int]) -> tuple[int, float]:
    """The side of a cell in pixels, a power of two, and UNIT of the longer side in cells, 0.5 to 2."""
    unit, cell = max(UNIT * max(size), LEAST_UNIT), 1
    while 2 * cell <= unit:
        cell *= 2
    return cell, unit / cell


def interest(target: Target, focus: Float32 | None) -> Interest:
    """Where one looks in a picture.

    Args:
        target: picture to be painted, with the attention that faces are given.
        focus: (h, w) float32, 0..1: where one looks, as the artist says; None for faces and the picture's subject.

    Raises:
        ModelError: the network that finds subjects is missing or broken.
    """
    cell, unit = scale_of(target.size)
    looked = find_subject(target.picture) if focus is None else focus
    if looked is None:
        looked = np.zeros(target.size, np.float32)
    small = blurred(reduced(np.rint(looked * np.float32(LEVELS)) / np.float32(LEVELS), cell), HALO * unit)
    # Where little stands out, nobody knows what one looks at.
    sure = 1.0 if focus is not None else min(float(small.mean(dtype=np.float64)) / SURE, 1.0)
    least = np.float32(EVEN + (LEAST - EVEN) * sure)
    if target.attention is not None and focus is None:
        more = reduced(target.attention / target.attention.min(), cell) - 1
        small = np.maximum(np.clip(more / np.float32(FACE), 0, 1), np.float32(SUBJECT) * small)
    return Interest(np.asarray(least + (1 - least) * small, np.float32), cell, unit)
