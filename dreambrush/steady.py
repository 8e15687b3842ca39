"""Arithmetic that gives the same bits on every machine, for what decides where paint goes.

numpy takes sines and exponentials from whichever library suits the processor, and products of matrices from another.
Their last bits differ, and a painting is a long chain of decisions: after a while other strokes lie elsewhere.  Here
they are compiled from operations that IEEE 754 defines.  Where the kernel is not compiled, numpy answers.  Additions,
multiplications, divisions, roots and sums of numpy are steady as they are.
"""

from __future__ import annotations

import numpy as np

from dreambrush.arrays import Float32, Floats, Int64
from dreambrush.kernel.library import Compiled, compiled


def exp(x: Float32) -> Float32:
    """E to x, float32."""
    return _each("db_exp", np.exp, x)


def sin(x: Float32) -> Float32:
    """Sine of angles up to a million, float32."""
    return _each("db_sin", np.sin, x)


def cos(x: Float32) -> Float32:
    """Cosine of angles up to a million, float32."""
    return _each("db_cos", np.cos, x)


def unit_vectors(angle: Float32) -> Float32:
    """Cosine and sine (..., 2) of angles (...) up to a million, float32."""
    c = compiled()
    if c is None:
        return np.stack([np.cos(angle), np.sin(angle)], -1, dtype=np.float32)
    given = np.ascontiguousarray(angle, np.float32)
    found = np.empty((*given.shape, 2), np.float32)
    c.lib.db_unit_vectors(given.size, c.floats(given), c.floats(found))
    return found


def arctan2(y: Float32, x: Float32) -> Float32:
    """The direction of (x, y), -pi..pi, float32; both have one shape."""
    return _each("db_arctan2", np.arctan2, y, x)


def power(x: Float32, exponent: float) -> Float32:
    """Numbers from 0 to an exponent above 0, float32, within a millionth of it."""
    c = compiled()
    if c is None:
        return np.asarray(np.power(x, np.float32(exponent)), np.float32)
    given = np.ascontiguousarray(x, np.float32)  # which makes one dimension of none
    found = np.empty(given.shape, np.float32)
    c.lib.db_power(c.level, given.size, c.floats(given), exponent, c.floats(found))
    return found.reshape(np.shape(x))


def floor_log2(x: Float32) -> Int64:
    """The greatest whole number not above the logarithm of positive numbers to base 2."""
    return np.asarray(np.frexp(x)[1].astype(np.int64) - 1)


def weighted_sums(weights: Floats, values: Floats) -> Floats:
    """Sums of values (..., n, channels) over n, weighted by (..., n): (..., channels); steady if all are float32."""
    c = compiled()
    if c is None or weights.dtype != np.float32 or values.dtype != np.float32:
        return np.asarray(np.matmul(weights[..., None, :], values)[..., 0, :])
    weights, values = np.ascontiguousarray(weights), np.ascontiguousarray(values)
    n, channels = values.shape[-2:]
    found = np.empty((*values.shape[:-2], channels), np.float32)
    rows = found.size // max(channels, 1)
    c.lib.db_weighted_sums(rows, n, channels, c.floats(weights), c.floats(values), c.floats(found))
    return found


def products(left: Float32, right: Float32) -> Float32:
    """Products of one matrix (h, k) with many (n, k, w): (n, h, w) float32."""
    c = compiled()
    if c is None:
        return np.asarray(np.matmul(left, right), np.float32)
    left, right = (np.ascontiguousarray(each, np.float32) for each in (left, right))
    count, inner, width = right.shape
    found = np.empty((count, len(left), width), np.float32)
    c.lib.db_products(count, len(left), inner, width, c.floats(left), c.floats(right), c.floats(found))
    return found


def dot3(a: Floats, b: Floats) -> Floats:
    """Sums (...) of products of three channels (..., 3)."""
    return np.asarray(a[..., 0] * b[..., 0] + a[..., 1] * b[..., 1] + a[..., 2] * b[..., 2])


def _each(name: str, otherwise: np.ufunc, *given: Float32) -> Float32:
    c: Compiled | None = compiled()
    if c is None:
        return np.asarray(otherwise(*given), np.float32)
    arrays = [np.ascontiguousarray(each, np.float32) for each in given]
    found = np.empty(arrays[0].shape, np.float32)
    getattr(c.lib, name)(found.size, *(c.floats(array) for array in arrays), c.floats(found))
    return found.reshape(np.shape(given[0]))
