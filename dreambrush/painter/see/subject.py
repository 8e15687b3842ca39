"""Finds what a picture is of.

Qin, Zhang, Huang, Dehghan, Zaiane and Jagersand, "U2-Net: going deeper with nested U-structure for salient object
detection" (Pattern Recognition 106, 2020): a network that sees a picture at many scales at once, and says of each
pixel how much it belongs to what stands out.  Ours is their small one; ``pretrained/subject`` has its weights, and a
card that says whence they come.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from dreambrush.arrays import Float32
from dreambrush.models.shipped_network import open_shipped
from dreambrush.painter.see.faces import thumbnail

if TYPE_CHECKING:
    import onnxruntime


SEEN = 320  # side in pixels of the square picture that the network sees
MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of colours, as it was trained (data_loader.py)
# How much surer it must be of one pixel than of another: of evenness, gradients and noise it is 0.06, of pictures of
# something at least 0.8.
CLEAR = 0.5


def find_subject(picture: Float32) -> Float32 | None:
    """A mask of the picture's subject.

    Args:
        picture: (h, w, 3) float32, sRGB 0..1.

    Returns:
        (h, w) float32: 0 where it is least likely to be, 1 where it is most; None where nothing stands out.

    Raises:
        ModelError: the network is missing or broken.
    """
    height, width = picture.shape[:2]
    square = thumbnail(picture, 2 * SEEN).resize((SEEN, SEEN), Image.Resampling.BILINEAR)
    colours = np.asarray(square, np.float32)
    seen = (colours / max(float(colours.max()), 1.0) - np.array(MEAN)) / np.array(DEVIATION)
    planes = np.ascontiguousarray(seen.transpose(2, 0, 1)[None], np.float32)
    mask = answer_of(open_subject_network(), planes.tobytes())
    least, most = float(mask.min()), float(mask.max())
    if not most - least >= CLEAR:
        return None
    whole = Image.fromarray((mask - least) / (most - least)).resize((width, height), Image.Resampling.BILINEAR)
    return np.clip(np.asarray(whole, np.float32), 0, 1)


@lru_cache(maxsize=4)
def answer_of(network: onnxruntime.InferenceSession, planes: bytes) -> Float32:
    """The network's answer (SEEN, SEEN) to (1, 3, SEEN, SEEN) float32.

    The answer is remembered: it takes a third of a second, and every stage of a style asks of the same picture.
    """
    asked = np.frombuffer(planes, np.float32).reshape(1, 3, SEEN, SEEN)
    mask: Float32 = network.run(None, {"picture": asked})[0][0, 0]
    mask.flags.writeable = False
    return mask


@cache
def open_subject_network() -> onnxruntime.InferenceSession:
    """The network; opened once.

    Raises:
        ModelError: it is missing or broken.
    """
    return open_shipped("subject/subject.onnx", ("picture",), ("mask",))
