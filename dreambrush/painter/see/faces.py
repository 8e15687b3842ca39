"""Finds faces, and where in them eyes, nose and mouth are.

Zhang, Zhang, Li and Qiao, "Joint face detection and alignment using multitask cascaded convolutional networks" (IEEE
Signal Processing Letters 23, 2016): a small network slides over the picture at many scales and proposes squares, a
second one looks closer at these and a third one closer still.  Each says how surely it sees a face and mends its frame;
the last also marks five points in it.  Their weights are in ``pretrained/faces``, where a card says whence they come.

The networks were trained on pictures that lie on their side: they expect columns before rows, (width, height, 3).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from dreambrush.arrays import Float32, Float64, Indices
from dreambrush.models.shipped_network import open_shipped

if TYPE_CHECKING:
    import onnxruntime


LOOKED_AT = 512  # pixels along the longer side of the copy that is looked at
SMALLEST = 1 / 16  # least side of a face, as a share of the picture's longer side
SCALE_STEP = 0.709  # factor from one scale to the next: half the area
CELL, STRIDE = 12, 2  # pixels that the first network sees of a face, and how far it slides
CLOSER, CLOSEST = 24, 48  # pixels that the second and third see
PROPOSED, LIKELY, SURE = 0.6, 0.7, 0.95  # confidence above which they see a face
FINEST = np.float32(1024)  # shares of a frame that its networks tell apart
MOST_PROPOSED, MOST_LIKELY = 200, 40  # squares that the second and third network look at
SAME_AT_SCALE, SAME = 0.5, 0.7  # above this overlap two frames are of one face

# Input and outputs: shift of the frame, points if any, and confidence.
NETWORKS = {
    "pnet": ("input_1", ("conv2d_4", "softmax")),
    "rnet": ("input_2", ("dense_2", "softmax_1")),
    "onet": ("input_3", ("dense_5", "dense_6", "softmax_2")),
}


@dataclass(frozen=True)
class Face:
    """A face in a picture, in pixels from its top left corner; it may reach beyond the picture.

    Attributes:
        box: left, top, right and bottom of a frame from the forehead to the chin.
        landmarks: (5, 2) float32, x and y of left and right eye, tip of the nose, left and right corner of the mouth;
            left and right as in the picture.
        confidence: how sure it is a face, 0..1.
    """

    box: tuple[float, float, float, float]
    landmarks: Float32
    confidence: float


def find_faces(picture: Float32) -> list[Face]:
    """Finds faces that are at least about a sixteenth of the picture's longer side.

    Args:
        picture: (h, w, 3) float32, sRGB 0..1.

    Returns:
        The faces, the surest first.

    Raises:
        ModelError: a network is missing or broken.
    """
    image = thumbnail(picture, LOOKED_AT)
    height, width = picture.shape[:2]
    return list(_faces_in(image.tobytes(), image.size, (width, height)))


@lru_cache(maxsize=4)  # for a painting asks for those of one picture again and again
def _faces_in(pixels: bytes, small: tuple[int, int], size: tuple[int, int]) -> tuple[Face, ...]:
    """The faces of a picture of that size, in a small copy of it."""
    image = Image.frombytes("RGB", small, pixels)
    scale = np.array(size) / small
    boxes = _proposals(image)
    if not len(boxes):
        return ()
    shift, sure = _look_closer("rnet", CLOSER, image, boxes)
    kept = _distinct(boxes, sure, LIKELY, SAME)[:MOST_LIKELY]
    if not len(kept):
        return ()
    boxes = _squared(_mended(boxes[kept], shift[kept]))
    shift, points, sure = _look_closer("onet", CLOSEST, image, boxes)
    # The x of all five points come before their y, both in shares of the square that was seen.
    corner, side = boxes[:, None, :2], (boxes[:, 2:] - boxes[:, :2])[:, None]
    landmarks = ((corner + points.reshape(-1, 2, 5).transpose(0, 2, 1) * side) * scale).astype(np.float32)
    boxes = _mended(boxes, shift)
    faces = []
    for i in _distinct(boxes, sure, SURE, SAME, within=True):
        left, top, right, bottom = (boxes[i].reshape(2, 2) * scale).ravel().tolist()
        faces.append(Face((left, top, right, bottom), landmarks[i], float(sure[i])))
    return tuple(faces)


def thumbnail(picture: Float32, side: int) -> Image.Image:
    """A small copy of a picture (h, w, 3), 0..1, whose longer side is at most ``side`` pixels.

    Of a very large picture only some pixels are looked at: four of every square that is half as wide as a pixel of the
    copy.  That is enough for what is much larger than such a pixel.
    """
    height, width = picture.shape[:2]
    step = max(max(height, width) // (2 * side), 1)
    rows, columns = max(height // step, 1), max(width // step, 1)
    starts = sorted({step // 4, 3 * step // 4})
    some = [picture[i::step, j::step][:rows, :columns] for i in starts for j in starts]
    mean = sum(some[1:], some[0]) * np.float32(255 / len(some))
    image = Image.fromarray(np.rint(np.clip(mean, 0, 255)).astype(np.uint8))
    image.thumbnail((side, side), Image.Resampling.BOX)
    return image


def _proposals(image: Image.Image) -> Float64:
    """Squares (n, 4) in which there may be a face, the likeliest first."""
    boxes, sure = [np.empty((0, 4))], [np.empty(0, np.float32)]
    scale = min(CELL / (SMALLEST * max(image.size)), 1)
    while scale * min(image.size) >= CELL:
        width, height = (int(np.ceil(scale * side)) for side in image.size)
        shift, certain = (each[0] for each in _ask("pnet", _seen(image, width, height)[None]))
        column, row = np.nonzero(certain > PROPOSED)
        pixel = np.array(image.size) / (width, height)
        corner = STRIDE * np.stack([column, row], 1) * pixel
        found = np.hstack([corner, corner + CELL * pixel])
        kept = _distinct(found, certain[column, row], PROPOSED, SAME_AT_SCALE)
        boxes.append(_mended(found[kept], shift[column, row][kept]))
        sure.append(certain[column, row][kept])
        scale *= SCALE_STEP
    together = np.concatenate(boxes)
    return _squared(together[_distinct(together, np.concatenate(sure), PROPOSED, SAME)[:MOST_PROPOSED]])


def _look_closer(name: str, side: int, image: Image.Image, boxes: Float64) -> list[Float32]:
    """Asks a network about squares (n, 4) of a picture; beyond the picture all is black."""
    whole = np.rint(boxes).astype(int).tolist()
    return _ask(name, np.stack([_seen(image.crop((*box,)), side, side) for box in whole]))


def _seen(image: Image.Image, width: int, height: int) -> Float32:
    """A picture as the networks expect it, (width, height, 3), -1..1."""
    small = image.resize((width, height), Image.Resampling.BOX)
    return (np.asarray(small, np.float32).transpose(1, 0, 2) - np.float32(127.5)) / np.float32(128)


def _ask(name: str, pictures: Float32) -> list[Float32]:
    """What a network says of pictures (n, width, height, 3): shift of the frame, points if any, confidence.

    Answers are shares of a frame, rounded to a thousandth: onnxruntime's last bits are other ones on other processors.
    """
    source, _ = NETWORKS[name]
    *others, choice = open_face_network(name).run(None, {source: pictures})
    # It chooses between no face and a face.
    return [np.rint(each * FINEST) / FINEST for each in (*others, choice[..., 1])]


@cache
def open_face_network(name: str) -> onnxruntime.InferenceSession:
    """One of NETWORKS; opened once.

    Raises:
        ModelError: it is missing or broken.
    """
    source, answers = NETWORKS[name]
    return open_shipped(f"faces/{name}.onnx", (source,), answers)


def _mended(boxes: Float64, shift: Float32) -> Float64:
    """Moves frames (n, 4) by shares of their own width and height."""
    return boxes + shift * np.tile(boxes[:, 2:] - boxes[:, :2], 2)


def _squared(boxes: Float64) -> Float64:
    """Squares around the same middles, with the longer sides."""
    middle, half = (boxes[:, 2:] + boxes[:, :2]) / 2, (boxes[:, 2:] - boxes[:, :2]).max(1, keepdims=True) / 2
    return np.hstack([middle - half, middle + half])


def _distinct(boxes: Float64, sure: Float32, least: float, same: float, *, within: bool = False) -> Indices:
    """Non-maximum suppression: boxes (n, 4) that are sure enough and overlap no surer one, the surest first.

    Overlap is the area that two boxes share over the area that they cover together, or, ``within`` others, over the
    area of the smaller one (section II.B of the paper).
    """
    order = np.argsort(-sure, kind="stable")
    left = order[sure[order] > least]
    area = (boxes[:, 2:] - boxes[:, :2]).prod(1)
    kept = []
    while len(left):
        first, left = left[0], left[1:]
        kept.append(first)
        corner, end = np.maximum(boxes[first, :2], boxes[left, :2]), np.minimum(boxes[first, 2:], boxes[left, 2:])
        common = np.maximum(end - corner, 0).prod(1)
        whole = np.minimum(area[first], area[left]) if within else area[first] + area[left] - common
        left = left[common <= same * whole]
    return np.array(kept, np.intp)
