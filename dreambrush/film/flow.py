"""Optical flow between two frames of a film, and where a film is cut."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from dreambrush.arrays import Float32, Mask, Pixels
from dreambrush.errors import MissingPackageError
from dreambrush.pictures.film_files import ALL_THAT_FILMS_NEED

PATCH, STRIDE = 12, 4  # pixels: of patches that are compared, and from one to the next
DESCENTS, REFINEMENTS = 25, 12  # steps for each patch, and of the smooth field that is made of them
SMOOTHNESS = 40.0
LEAST = 2 * PATCH  # pixels: the search needs one side that is about as long
FINEST = 0  # halvings of the frame at which the search ends: none
BACKWARD = 3  # rounds in which the flow is turned round
WINDOW, NEARBY = 17, 4.0  # pixels: of the flow that are averaged, and the standard deviation of their weights
ALIKE = 1.0  # pixels a frame by which things may move differently that are averaged
CUT = 0.16  # mean difference of two frames, once one has followed the other's motion, from which on there is a cut
SMALL = 96  # pixels of the longer side at which frames are compared


def need_cv2() -> Any:
    """Imports OpenCV, or says how to install it.

    Raises:
        MissingPackageError: it is not installed.
    """
    try:
        import cv2
    except ModuleNotFoundError as error:
        if error.name != "cv2":
            raise
        raise MissingPackageError(
            "Painting a film needs the Python package opencv-python-headless, which is not installed.",
            ALL_THAT_FILMS_NEED,
            id="packages-missing",
        ) from None
    cv2.setNumThreads(1)  # the flow must not depend on the number of cores
    return cv2


def flow_between(before: Pixels, after: Pixels) -> Float32:
    """How every pixel of a frame moves to the next one.

    Dense inverse search (Kroeger and others, "Fast Optical Flow using Dense Inverse Search", ECCV 2016), as OpenCV has
    it.  It runs at full size, for strokes that are off by a fifth of a pixel in each frame swim.

    Args:
        before: (h, w, 3) uint8, a frame.
        after: (h, w, 3) uint8, the next one.

    Returns:
        (h, w, 2) float32: shifts in x and y, in pixels, from places of ``before`` to those of ``after``.
    """
    cv2 = need_cv2()
    grey = [cv2.cvtColor(np.ascontiguousarray(frame), cv2.COLOR_RGB2GRAY) for frame in (before, after)]
    height, width = grey[0].shape
    if max(height, width) < LEAST:  # a tiny frame goes on as it ends
        grey = [np.pad(each, ((0, LEAST - height), (0, LEAST - width)), "edge") for each in grey]
    return np.asarray(_search().calc(grey[0], grey[1], None)[:height, :width], np.float32)


@cache
def _search() -> Any:
    cv2 = need_cv2()
    search = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    search.setFinestScale(FINEST)
    search.setPatchSize(PATCH)
    search.setPatchStride(STRIDE)
    search.setGradientDescentIterations(DESCENTS)
    search.setVariationalRefinementIterations(REFINEMENTS)
    search.setVariationalRefinementAlpha(SMOOTHNESS)
    return search


def backward(flow: Float32) -> Float32:
    """The same motion seen from the later frame: (h, w, 2), where each of its pixels was, less where it is."""
    places = places_of(flow.shape[0], flow.shape[1])
    back = -flow
    for _ in range(BACKWARD):
        back = -taken(flow, places + back)
    return back


def places_of(height: int, width: int) -> Float32:
    """The places of all pixels, (h, w, 2) float32: x and y."""
    return np.stack(np.meshgrid(np.arange(width), np.arange(height)), -1).astype(np.float32)


def taken(picture: Float32, places: Float32) -> Float32:
    """A picture (h, w) or (h, w, c) at places (..., 2) in x and y; beyond its edges it goes on as they are."""
    cv2 = need_cv2()
    flat = np.ascontiguousarray(places.reshape(len(places), -1, 2), np.float32)
    x, y = flat[..., 0], flat[..., 1]
    out = cv2.remap(np.ascontiguousarray(picture), x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(out.reshape(*places.shape[:-1], *picture.shape[2:]), np.float32)


def within(places: Float32, width: int, height: int) -> Float32:
    """1 where places (h, w, 2) lie within a picture of that size, 0 elsewhere: (h, w)."""
    x, y = places[..., 0], places[..., 1]
    inside: Mask = np.asarray((x >= 0) & (x <= width - 1) & (y >= 0) & (y <= height - 1))
    return inside.astype(np.float32)


def smoothed(picture: Float32, sigma: float) -> Float32:
    """A picture (h, w) or (h, w, c), blurred by a Gaussian of so many pixels."""
    return np.asarray(need_cv2().GaussianBlur(np.ascontiguousarray(picture), (0, 0), sigma), np.float32)


def calmed(flow: Float32) -> Float32:
    """A flow (h, w, 2) that is smooth within each thing that moves, and not across its border.

    A bilateral filter (Tomasi and Manduchi, "Bilateral filtering for gray and color images", ICCV 1998): places count
    that are near and move alike.
    """
    padded = np.concatenate([flow, np.zeros_like(flow[..., :1])], 2)  # OpenCV wants three channels
    calm = need_cv2().bilateralFilter(padded, WINDOW, ALIKE, NEARBY)
    return np.ascontiguousarray(calm[..., :2], np.float32)


def is_cut(before: Pixels, after: Pixels, flow: Float32) -> bool:
    """Whether another shot begins: the frame does not come of the one before by any motion.

    Args:
        before: (h, w, 3) uint8, a frame.
        after: (h, w, 3) uint8, the next one.
        flow: (h, w, 2) from the first to the second.
    """
    cv2 = need_cv2()
    height, width = before.shape[:2]
    factor = max(height, width) / SMALL
    size = max(round(width / factor), 8), max(round(height / factor), 8)
    small = [cv2.resize(each, size, interpolation=cv2.INTER_AREA) for each in (before, after, flow)]
    places = places_of(size[1], size[0])
    back = backward(np.asarray(small[2] / np.float32(factor), np.float32))
    expected = taken(small[0].astype(np.float32), places + back)
    return float(np.abs(expected - small[1]).mean()) / 255 > CUT
