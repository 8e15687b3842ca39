"""How alike two pictures look: shift-tolerant LPIPS, which forgives what is a pixel off where squared error does not.

    python benchmarks/perceptual.py TARGET PAINTING [TARGET PAINTING]... --weights alex_shift_tolerant.pth

Prints one JSON object per pair; 0 is the same picture, above 0.5 is another one.  A painting of another size than its
target is refused, unless ``--size`` scales both (longer side in pixels).  Needs torch and the weights of Ghildyal and
Liu, "Shift-tolerant Perceptual Similarity Metric" (ECCV 2022), AlexNet variant (``alex_shift_tolerant.pth``, BSD
licence), which are not part of dreambrush.  For the authors' own example, ``ex_ref.png`` and ``ex_p0.png``, it gives
0.7778 as they say (0.77776).
"""

from __future__ import annotations

import argparse
import json
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F  # noqa: N812 - its usual name

from dreambrush.arrays import Float32
from dreambrush.errors import DreambrushError, ModelError, PictureError
from dreambrush.pictures.reading import load_picture

Weights = dict[str, torch.Tensor]

CONVOLUTIONS = ("slice1.0", "slice2.5", "slice3.9", "slice4.11", "slice5.13")
PADDING = (2, 2, 1, 1, 1)  # of each convolution; all have stride 1
BLURS = ("slice1.1", "slice2.4", "slice3.8")  # before the first three feature maps
HEADS = tuple(f"lin{i}.model.1.weight" for i in range(5))
NEEDED = (
    *("scaling_layer.shift", "scaling_layer.scale"),
    *(f"net.{name}.{part}" for name in CONVOLUTIONS for part in ("weight", "bias")),
    *(f"net.{name}.filt" for name in BLURS),
    *HEADS,
)
SMALLEST = 32  # pixels; below that too little is left after three halvings


def load_weights(path: Path) -> Weights:
    """Reads the trained weights, a state dict saved by torch.

    Raises:
        ModelError: no such file, or other weights.
    """
    advice = "Give the file alex_shift_tolerant.pth of ShiftTolerant-LPIPS."
    try:
        found = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # torch raises almost anything when the bytes are wrong
        reason = " ".join(str(error).split())[:120]
        raise ModelError(f"The weights '{path}' cannot be read ({reason}).", advice) from None
    if not isinstance(found, dict) or not all(isinstance(found.get(name), torch.Tensor) for name in NEEDED):
        raise ModelError(f"'{path}' holds other weights than those of shift-tolerant LPIPS.", advice)
    return {name: found[name].float() for name in NEEDED}


def lpips(a: Float32, b: Float32, weights: Weights) -> float:
    """Shift-tolerant LPIPS of two pictures; 0 if they are the same, about 0.6 for unrelated photographs.

    Args:
        a: (h, w, 3) sRGB in 0..1, each side at least 32 pixels.
        b: of the same size.
        weights: of :func:`load_weights`.

    Raises:
        PictureError: the sizes differ, or a picture is too small.
    """
    if a.shape != b.shape:
        sizes = " and ".join(f"{picture.shape[1]} x {picture.shape[0]}" for picture in (a, b))
        raise PictureError(f"The pictures have different sizes, {sizes} pixels.", "Scale both to the same size first.")
    if min(a.shape[:2]) < SMALLEST:
        raise PictureError(f"A picture is smaller than {SMALLEST} pixels.", "Compare larger pictures.")
    pair = torch.from_numpy(np.stack([a, b]).astype(np.float32).transpose(0, 3, 1, 2))
    with torch.inference_mode():
        distance = torch.zeros(())
        for features, head in zip(_features(pair, weights), HEADS, strict=True):
            unit = features / (features.norm(dim=1, keepdim=True) + 1e-10)
            distance = distance + F.conv2d((unit[:1] - unit[1:]) ** 2, weights[head]).mean()
    return float(distance)


def _features(pictures: torch.Tensor, weights: Weights) -> list[torch.Tensor]:
    """The five feature maps of AlexNet in which every step to half the size is a blur (Zhang 2019), after ReLU."""
    maps = []
    now = (2 * pictures - 1 - weights["scaling_layer.shift"]) / weights["scaling_layer.scale"]
    for level, (name, padding) in enumerate(zip(CONVOLUTIONS, PADDING, strict=True)):
        if level in (1, 2):
            now = _blur_pool(F.max_pool2d(now, 3, stride=1), weights[f"net.{BLURS[level]}.filt"])
        now = F.conv2d(now, weights[f"net.{name}.weight"], weights[f"net.{name}.bias"], padding=padding)
        if level == 0:
            now = _blur_pool(now, weights[f"net.{BLURS[0]}.filt"])
        now = F.relu(now)
        maps.append(now)
    return maps


def _blur_pool(features: torch.Tensor, kernel: torch.Tensor) -> torch.Tensor:
    return F.conv2d(F.pad(features, (2, 2, 2, 2), "reflect"), kernel, stride=2, groups=features.shape[1])


def main() -> None:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description="Measure how alike pictures look, by shift-tolerant LPIPS.")
    parser.add_argument("picture", type=Path, nargs="+", help="pairs of files: target, painting, target, painting ...")
    parser.add_argument("--weights", type=Path, required=True, help="alex_shift_tolerant.pth")
    parser.add_argument("--size", type=int, help="scale both to this longer side in pixels")
    options = parser.parse_args()
    if len(options.picture) % 2:
        parser.error("pictures come in pairs: a target and its painting")
    try:
        weights = load_weights(options.weights)
        for target, painting in list(pairwise(options.picture))[::2]:
            a, b = load_picture(target, options.size), load_picture(painting, options.size)
            error = round(float(((a - b) ** 2).mean()), 6) if a.shape == b.shape else None
            measured = {"lpips": round(lpips(a, b, weights), 4), "mse": error}
            print(json.dumps({"target": str(target), "painting": str(painting), **measured}), flush=True)
    except DreambrushError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
