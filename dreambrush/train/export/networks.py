"""Weights to ONNX: what painting runs, checked to be what was trained."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from dreambrush.arrays import Float32
from dreambrush.dream.gradient import GRADIENT_FILE
from dreambrush.dream.kernel import agreement, wet_kernel
from dreambrush.dream.kernel.kernel import CARD_ENTRY, Kernel
from dreambrush.dream.kernel.weights import packed_weights
from dreambrush.errors import OutputError
from dreambrush.files.output import open_output
from dreambrush.kernel.library import kernel
from dreambrush.models.catalogue import (
    CARD_FILE,
    COLOUR_FILE,
    COLOUR_WEIGHTS_FILE,
    CONTROLLER_FILE,
    DREAM_FILE,
    POLICY_FILE,
    POLICY_WEIGHTS_FILE,
    WEIGHTS_FILE,
    WET_FILE,
    WET_GRADIENT_FILE,
    WET_WEIGHTS_FILE,
    digest_of,
    fingerprint,
    read_card,
)
from dreambrush.painter.propose import round_kernel, round_weights
from dreambrush.train.card import card_bytes
from dreambrush.train.collect.strokes import SIDE, random_colours, random_strokes
from dreambrush.train.export.check import LARGEST_DIFFERENCE, Difference, check_network
from dreambrush.train.export.gradient import gradient_bytes
from dreambrush.train.export.wet import export_wet, wet_kernel_entry
from dreambrush.train.fit.checkpoint import put_weights, read_weights
from dreambrush.train.fit.colour import ColourDream, colour_onnx
from dreambrush.train.fit.field import FieldDream
from dreambrush.train.fit.learn import load_dream
from dreambrush.train.to_onnx import onnx_bytes

CHECK_SEED, CHECK_STROKES, CHECK_POINTS = 40_000_003, 500, 200


@dataclass(frozen=True)
class Exported:
    """What :func:`export_networks` made.

    Attributes:
        files: content of each file by name: networks and their weights.
        about: for the card: of each network how far onnxruntime's answers are from torch's at most, and how
            far the kernel's are from onnxruntime's.
    """

    files: dict[str, bytes]
    about: dict[str, Any]


def export_networks(
    dream_weights: Path,
    colour_weights: Path | None = None,
    gradient: bytes | None = None,
    wet_weights: Path | None = None,
    wet_gradient: bytes | None = None,
) -> Exported:
    """Makes the networks of a model.

    Args:
        dream_weights: ``dream.safetensors``.
        colour_weights: ``colour.safetensors``, if the brush changes its colour.
        gradient: what was exported of these weights before; it takes longer than all the rest.
        wet_weights: ``wet.safetensors``, if the brush is wet.
        wet_gradient: what was exported of these before.

    Raises:
        ModelError: weights cannot be read, or what was exported answers differently.
    """
    dream = load_dream(dream_weights)
    files = {WEIGHTS_FILE: dream_weights.read_bytes(), DREAM_FILE: onnx_bytes(dream)}
    differences = {DREAM_FILE: check_dream(dream, files[DREAM_FILE])}
    files[GRADIENT_FILE] = gradient_bytes(dream) if gradient is None else gradient
    differences[GRADIENT_FILE] = check_gradient(dream, files[GRADIENT_FILE])
    if colour_weights is not None:
        colour = load_colour(colour_weights)
        files[COLOUR_WEIGHTS_FILE] = colour_weights.read_bytes()
        files[COLOUR_FILE] = colour_onnx(colour)
        differences[COLOUR_FILE] = check_colour(colour, files[COLOUR_FILE])
    if wet_weights is not None:
        made, found = export_wet(wet_weights, wet_gradient)
        files |= made
        differences |= found
    about = {
        "weights": fingerprint(dream_weights),
        "onnx_difference": {
            "max_abs": {name: float(f"{found.most:.3g}") for name, found in differences.items()},
            f"share_above_{LARGEST_DIFFERENCE:g}": {
                name: float(f"{found.share:.2g}") for name, found in differences.items()
            },
            "checked_on": f"{CHECK_STROKES} random strokes at {CHECK_POINTS} points each",
        },
    }
    about |= kernel_entry(files[DREAM_FILE])
    if WET_FILE in files:
        about |= wet_kernel_entry(files[WET_FILE])
    return Exported(files, about)


def kernel_entry(model: bytes) -> dict[str, Any]:
    """What a card says of the compiled kernel: of which ``dream.onnx`` it is known to answer alike, and how nearly.

    Nothing where the kernel is not compiled, or does not answer alike; painting then finds out for itself.
    """
    weights = packed_weights(model) if kernel() else None
    if weights is None:
        return {}
    found = agreement.compare(Kernel(weights).values, model, DREAM_FILE)
    differs = {
        "max_abs": float(f"{found.most:.3g}"),
        f"share_above_{agreement.LARGEST_DIFFERENCE:g}": float(f"{found.share:.2g}"),
    }
    return {CARD_ENTRY: {DREAM_FILE: digest_of(model), **differs}} if found.alike else {}


def controller_entry(model: bytes) -> dict[str, Any]:
    """As :func:`kernel_entry`, of a ``controller.onnx``; how nearly in cells, and in promises."""
    weights = round_weights.packed_weights(model) if kernel() else None
    if weights is None:
        return {}
    most = round_kernel.largest_difference(round_kernel.RoundKernel(weights), model, CONTROLLER_FILE)
    entry = {CONTROLLER_FILE: digest_of(model), "max_abs": float(f"{most:.3g}")}
    return {round_kernel.CARD_ENTRY: entry} if most <= round_kernel.LARGEST_DIFFERENCE else {}


def export_folder(folder: Path, output: Path, *, anew: bool = True) -> dict[str, Any]:
    """Exports the networks of a model folder again.

    Args:
        folder: has weights and card.
        output: the same, or a folder that becomes a copy of the model.
        anew: also the gradient, if it is there and was exported of the same weights.

    Returns:
        The new card.

    Raises:
        ModelError: weights or card cannot be read, or what was exported answers differently.
        OutputError: the files cannot be written.
    """
    card = read_card(folder)
    colour = folder / COLOUR_WEIGHTS_FILE
    gradient = folder / GRADIENT_FILE
    wet, wet_gradient = folder / WET_WEIGHTS_FILE, folder / WET_GRADIENT_FILE
    kept = not anew and card.get("weights") == fingerprint(folder / WEIGHTS_FILE)
    exported = export_networks(
        folder / WEIGHTS_FILE,
        colour if colour.is_file() else None,
        gradient.read_bytes() if kept and gradient.is_file() else None,
        wet if wet.is_file() else None,
        wet_gradient.read_bytes() if kept and wet_gradient.is_file() else None,
    )
    files = exported.files
    if output.resolve() != folder.resolve():
        # Controllers go along as they are, that of dreambrush 0.1, too.
        names = ("*.myb", "preview.png", CONTROLLER_FILE, POLICY_FILE, POLICY_WEIGHTS_FILE)
        others = (path for name in names for path in folder.glob(name))
        files = {path.name: path.read_bytes() for path in others} | files
    for entry in (CARD_ENTRY, round_kernel.CARD_ENTRY, wet_kernel.CARD_ENTRY):  # of what was exported before
        card.pop(entry, None)
    card |= exported.about
    if (folder / CONTROLLER_FILE).is_file():
        card |= controller_entry((folder / CONTROLLER_FILE).read_bytes())
    write_model(output, files, card)
    return card


def write_model(folder: Path, files: dict[str, bytes], card: dict[str, Any]) -> None:
    """Writes the files of a model, each whole or not at all, replacing older ones; the card comes last.

    A process that is killed in between leaves a card that tells of other weights; painting then exports them.

    Raises:
        OutputError: they cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"The folder {folder} cannot be created: {error.strerror}.",
            "Choose another with -o.",
            id="cannot-make-folder",
        ) from None
    for name, data in (*files.items(), (CARD_FILE, card_bytes(card))):
        with open_output(folder / name, overwrite=True) as file:
            file.write(data)


def load_colour(path: Path) -> ColourDream:
    """A trained colour dream.

    Raises:
        ModelError: the file is missing, or holds something else.
    """
    dream = ColourDream()
    put_weights(dream, read_weights(path), path)
    return dream.eval()


def check_dream(dream: FieldDream, model: bytes) -> Difference:
    """The difference between the alpha that torch and onnxruntime dream of strokes that were never trained on.

    Raises:
        ModelError: more than LARGEST_SHARE of all answers differ by more than LARGEST_DIFFERENCE.
    """
    return check_network(dream, model, DREAM_FILE, _strokes_and_points(), ("mean", "variance"))


def check_gradient(dream: FieldDream, model: bytes) -> Difference:
    """As :func:`check_dream`, for the gradient of a random sum over the points of each stroke.

    Raises:
        ModelError: more than LARGEST_SHARE of all answers differ by more than LARGEST_DIFFERENCE.
    """
    inputs = _strokes_and_points()
    signs = np.random.default_rng(CHECK_SEED).choice([-1, 1], (2, CHECK_STROKES, CHECK_POINTS)).astype(np.float32)
    inputs |= {"by_mean": signs[0] / CHECK_POINTS, "by_variance": signs[1] / CHECK_POINTS}

    def gradient(strokes: Tensor, points: Tensor, by_mean: Tensor, by_variance: Tensor) -> tuple[Tensor, ...]:
        with torch.enable_grad():
            leaf = strokes.requires_grad_()
            mean, variance = dream(leaf, points)
            (by_strokes,) = torch.autograd.grad((mean, variance), leaf, (by_mean, by_variance))
        return mean.detach(), variance.detach(), by_strokes

    return check_network(gradient, model, GRADIENT_FILE, inputs, ("mean", "variance", "by_strokes"))


def check_colour(colour: ColourDream, model: bytes) -> Difference:
    """As :func:`check_dream`, for what a brush adds to random colours.

    Raises:
        ModelError: more than LARGEST_SHARE of all answers differ by more than LARGEST_DIFFERENCE.
    """
    inputs = _strokes_and_points() | {"colour": random_colours(CHECK_STROKES, CHECK_SEED)}
    return check_network(lambda *given: (colour(*given),), model, COLOUR_FILE, inputs, ("shift",))


def _strokes_and_points() -> dict[str, Float32]:
    points = np.random.default_rng(CHECK_SEED).uniform(0, SIDE, (CHECK_STROKES, CHECK_POINTS, 2)).astype(np.float32)
    return {"strokes": random_strokes(CHECK_STROKES, CHECK_SEED), "points": points}
