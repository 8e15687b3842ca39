"""Where people look: a weight for errors, so that faces get strokes, and eyes and mouths most.

Squared error alone spends as much on a fold of cloth as on a pair of eyes.
"""

from __future__ import annotations

import numpy as np

from dreambrush import steady
from dreambrush.arrays import Float32, Float64
from dreambrush.painter.see.faces import Face, find_faces

FACE, FEATURE = 4.0, 10.0  # weight of a face, and of eyes and mouth
EYE, MOUTH = (0.12, 0.08), (0.16, 0.09)  # standard deviations across and down, as shares of the frame's longer side
FOCUS = 6.0  # weight of what the artist's mask marks, against what it does not
ELSEWHERE = 0.75  # least weight beside faces: large faces have many strokes anyway, and get less than FACE
LN2 = 0.6931471805599453
BEYOND = 2.0  # times a frame's size, beyond which nothing is left of its weight


def detail_weight(picture: Float32, strength: float = 1.0) -> Float32 | None:
    """How much an error counts at each pixel.

    In a face that :func:`find_faces` sees it counts FACE times as much as elsewhere, and at the eyes and the mouth
    FEATURE times, with soft transitions: for a pixel that is r times as far from the frame's middle as the ellipse in
    that frame, FACE - 1 is multiplied by 2^-r^4, and FEATURE - FACE by the largest of three Gaussians.
    Then all is divided by its mean; where that would leave less than ELSEWHERE beside the faces, they get less.

    Contrast within the picture plays no part.  Squared error looks for that by itself; more weight for detail that
    stands out from its surroundings was tried and made pictures no better, to the eye as in figures.

    Args:
        picture: (h, w, 3) float32, sRGB 0..1.
        strength: a power of the weight, before it is divided; 0 is even, 1 is the above.

    Returns:
        (h, w) float32 of mean 1; None, an even weight, where there is no face.

    Raises:
        ModelError: a network that finds faces is missing or broken.
    """
    faces = find_faces(picture) if strength else []
    if not faces:
        return None
    weight = np.ones(picture.shape[:2], np.float32)
    for face in faces:
        _look_at(face, weight)
    weight **= np.float32(strength)
    more = float(weight.mean(dtype=np.float64)) - 1
    less = min((1 / ELSEWHERE - 1) / max(more, 1e-9), 1.0)
    return np.asarray((1 + less * (weight - 1)) / (1 + less * more), np.float32)


def focus_weight(mask: Float32, attention: Float32 | None) -> Float32 | None:
    """The weight of errors where the artist says what matters.

    Args:
        mask: (h, w) float32, 0..1; where it is 1 an error counts FOCUS times as much as where it is 0.
        attention: (h, w) float32 factor by which the weight is multiplied; None for 1.

    Returns:
        (h, w) float32 of mean 1; None, an even weight, where the mask is even and there is no other.
    """
    if np.ptp(mask) == 0:
        return attention
    weight = 1 + np.float32(FOCUS - 1) * mask
    if attention is not None:
        weight = weight * attention
    return np.asarray(weight / weight.mean(dtype=np.float64), np.float32)


def _halved(times: Float64) -> Float32:
    """What is left of 1 after it has been halved so many times."""
    return steady.exp((-LN2 * times).astype(np.float32))


def _look_at(face: Face, weight: Float32) -> None:
    """Raises a weight (h, w) where a face is."""
    corner, end = np.array(face.box).reshape(2, 2)
    middle, half = (corner + end) / 2, (end - corner) / 2
    last = weight.shape[::-1]
    left, top = np.clip(np.floor(middle - BEYOND * half), 0, last).astype(int)
    right, bottom = np.clip(np.ceil(middle + BEYOND * half), 0, last).astype(int)
    x, y = np.arange(left, right) + 0.5, np.arange(top, bottom)[:, None] + 0.5

    def distance(middle: Float64, unit: Float64) -> Float64:
        """Squared distance from that point."""
        return np.asarray(np.square((x - middle[0]) / unit[0]) + np.square((y - middle[1]) / unit[1]))

    left_eye, right_eye, _, *mouth = face.landmarks
    features = ((left_eye, EYE), (right_eye, EYE), (np.mean(mouth, 0), MOUTH))
    nearest = np.minimum.reduce([distance(place, 2 * half.max() * np.array(size)) for place, size in features])
    whole = _halved(np.square(distance(middle, half)))
    seen = 1 + (FACE - 1) * whole + (FEATURE - FACE) * _halved(nearest * (0.5 / LN2))
    part = weight[top:bottom, left:right]
    np.maximum(part, seen, out=part, casting="same_kind")
