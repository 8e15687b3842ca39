"""How near a painting is to its picture, in words: bands of the error that docs/report.md explains."""

from __future__ import annotations

import math

VERY_CLOSE = 30.0
"""Decibels from which on more strokes or effort hardly show."""

BANDS = (
    (15.0, "the first broad shapes"),
    (20.0, "a rough likeness"),
    (25.0, "the forms without the details"),
    (VERY_CLOSE, "close but for fine details"),
    (35.0, "very close"),
    (math.inf, "hardly to be told from the picture"),
)
"""Decibels below which the words hold; the first that fit."""


def decibels(mse: float) -> float | None:
    """Peak signal-to-noise ratio in decibels, of colours in 0..1; None if there is no error."""
    return -10 * math.log10(mse) if mse > 0 else None


def likeness(mse: float) -> str:
    """How near a painting is to its picture, such as "close but for fine details".

    Args:
        mse: mean squared error of colours in 0..1.
    """
    near = decibels(mse)
    return next(words for below, words in BANDS if below == math.inf or (near is not None and near < below))
