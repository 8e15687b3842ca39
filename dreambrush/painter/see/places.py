"""Places: subject, background and faces, as hands tell them apart."""

from __future__ import annotations

import numpy as np

from dreambrush.arrays import Float32, Floats, Int64
from dreambrush.manner.manner import PLACES
from dreambrush.painter.see.saliency import detail_weight
from dreambrush.painter.see.subject import find_subject

EVERYWHERE, SUBJECT, BACKGROUND, FACE = range(len(PLACES))
ON_SUBJECT = 0.5  # of the subject's map
ON_FACE = 1.5  # times that an error counts more than elsewhere


def place_map(picture: Float32) -> Int64:
    """The number, among PLACES, of the place that each pixel (h, w) of a picture (h, w, 3), sRGB 0..1, belongs to.

    All is everywhere where nothing stands out.

    Raises:
        ModelError: a network that finds faces or subjects is missing or broken.
    """
    subject, attention = find_subject(picture), detail_weight(picture)
    places = np.full(picture.shape[:2], EVERYWHERE, np.int64)
    if subject is not None:
        places = np.where(subject > ON_SUBJECT, SUBJECT, BACKGROUND)
    if attention is not None:
        places[attention > ON_FACE * attention.min()] = FACE
    return places


def places_at(places: Int64, points: Floats) -> Int64:
    """The places (k,) of points (k, 2), x and y in pixels; beyond the picture its nearest pixel counts."""
    height, width = places.shape
    column, row = (np.clip(points[:, axis], 0, side - 1).astype(np.int64) for axis, side in ((0, width), (1, height)))
    return np.asarray(places[row, column])
