"""Gram matrices of VGG16: how Gatys et al. compare styles ("Image style transfer using convolutional networks", 2016).

A judge only: painting never sees it.  It needs torch, and VGG16's weights from the package stlpips-pytorch
(``vgg_shift_tolerant.pth``, whose halvings are blurred), which are no part of dreambrush.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch.nn import functional as F  # noqa: N812 - its usual name

from dreambrush.arrays import Float32
from dreambrush.errors import ModelError

# Convolutions of each block; before all but the first, the maps are halved.
BLOCKS = (
    ("slice1.0", "slice1.2"),
    ("slice2.6", "slice2.8"),
    ("slice3.12", "slice3.14", "slice3.16"),
    ("slice4.20", "slice4.22", "slice4.24"),
)
HALVINGS = ("slice2.5", "slice3.11", "slice4.19")
SIDE = 384  # pixels of the longer side at which pictures are compared
Matrices = list[torch.Tensor]


class Gram:
    """Compares pictures by what occurs together in them, wherever it is.

    Args:
        path: file of the weights.

    Raises:
        ModelError: no such file, or other weights.
    """

    def __init__(self, path: Path) -> None:
        try:
            self.weights = torch.load(path, map_location="cpu", weights_only=True)
            self.weights["net.slice4.24.weight"]
        except Exception as error:  # torch raises almost anything when the bytes are wrong
            raise ModelError(
                f"The weights '{path}' cannot be read ({error!s:.100}).",
                "Give the file vgg_shift_tolerant.pth of stlpips-pytorch.",
            ) from None

    def of(self, picture: Float32) -> Matrices:
        """The matrices of a picture (h, w, 3), sRGB 0..1, one of each block."""
        image = Image.fromarray(np.rint(picture * 255).astype(np.uint8))
        scale = SIDE / max(image.size)
        image = image.resize((max(round(image.width * scale), 1), max(round(image.height * scale), 1)))
        x = torch.from_numpy(np.asarray(image, np.float32) / 127.5 - 1).permute(2, 0, 1)[None]
        shift, spread = (self.weights[f"scaling_layer.{name}"].reshape(1, 3, 1, 1) for name in ("shift", "scale"))
        x, found = (x - shift) / spread, []
        with torch.no_grad():
            for number, convolutions in enumerate(BLOCKS):
                if number:
                    x = self._halved(x, HALVINGS[number - 1])
                for name in convolutions:
                    x = F.relu(F.conv2d(x, self._of(f"{name}.weight"), self._of(f"{name}.bias"), padding=1))
                flat = x[0].reshape(x.shape[1], -1)
                found.append(flat @ flat.T / flat.shape[1])
        return found

    def _halved(self, x: torch.Tensor, name: str) -> torch.Tensor:
        blur = self._of(f"{name}.filt")
        x = F.max_pool2d(x, 2, 1)
        return F.conv2d(F.pad(x, (1, 1, 1, 1), mode="reflect"), blur, stride=2, groups=x.shape[1])

    def _of(self, name: str) -> torch.Tensor:
        weight: torch.Tensor = self.weights[f"net.{name}"]
        return weight


def apart(one: Matrices, other: Matrices) -> float:
    """How far two pictures' matrices are, each block counting alike; 0 for the same picture."""
    return sum(
        float((a - b).square().sum() / (a.square().sum() * b.square().sum()).sqrt())
        for a, b in zip(one, other, strict=True)
    )
