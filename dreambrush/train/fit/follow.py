"""What all ranks but the first do: the fits that the first one does, each on its share of the batches."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch

from dreambrush.pictures.picture_sets import open_picture_set
from dreambrush.train.collect.strokes import Collection
from dreambrush.train.collect.wet import WetCollection
from dreambrush.train.fit.colour import fit_colour
from dreambrush.train.fit.controller import SIDE, ControllerOptions, learn_controller
from dreambrush.train.fit.field import FieldDream
from dreambrush.train.fit.fit import FitOptions, fit
from dreambrush.train.fit.practice_pictures import draw_picture
from dreambrush.train.fit.ranks import Call, Ranks
from dreambrush.train.fit.samples import Samples
from dreambrush.train.fit.wet import WetField
from dreambrush.train.fit.wet_fit import WetOptions, fit_wet


def follow(ranks: Ranks) -> None:
    """Joins in every fit of the first rank, until that has no more."""
    while (call := ranks.called()) is not None:
        FITS[call.task](call, ranks)


def _dream(call: Call, ranks: Ranks) -> None:
    numbers, tensors = call.numbers, call.tensors
    nib = tensors.pop("nib")
    options = FitOptions(**numbers["options"])
    fit(Samples(**tensors), numbers["reach"], nib, options, numbers["seed"], device=numbers["device"], ranks=ranks)


def _colour(call: Call, ranks: Ranks) -> None:
    numbers, tensors = call.numbers, call.tensors
    nib = tensors.pop("nib")
    collection = Collection(**{name: tensor.numpy() for name, tensor in tensors.items()})
    fit_colour(collection, numbers["reach"], nib, numbers["seed"], numbers["steps"], ranks)


def _wet(call: Call, ranks: Ranks) -> None:
    numbers, tensors = call.numbers, call.tensors
    field = FieldDream(1.0, hidden=numbers["hidden"])
    field.load_state_dict({name: tensors.pop(f"field/{name}") for name in field.state_dict()})
    wet = WetField(**numbers["wet"])
    data = WetCollection(**{name: tensor.numpy() for name, tensor in tensors.items()})
    # Its weights and what else it holds are the first rank's, as soon as they are shared.
    wet.reach, wet.nib = field.reach, field.nib
    fit_wet(wet, field.requires_grad_(False), data, WetOptions(**numbers["options"]), numbers["seed"], ranks=ranks)


def call_controller(ranks: Ranks, model: Path, options: ControllerOptions, seed: int, practice: str | None) -> None:
    """Has all ranks learn a controller; arguments as :func:`~dreambrush.train.fit.controller.learn_controller`.

    Args:
        ranks: those that share the work.
        model: of the brush; its files travel to the others.
        options: hyper-parameters.
        seed: of weights, pictures and choices.
        practice: where the pictures to practise on are, for all ranks; None for drawn ones.
    """
    pictures = None if practice is None else str(Path(practice).absolute())
    files = {path.name: torch.from_numpy(np.fromfile(path, np.uint8)) for path in model.iterdir()}
    ranks.call("controller", {"options": options.as_dict(), "seed": seed, "practice": pictures}, files)


def _controller(call: Call, ranks: Ranks) -> None:
    numbers = call.numbers
    pictures = None if numbers["practice"] is None else open_picture_set(Path(numbers["practice"]))
    with TemporaryDirectory(prefix="dreambrush-") as folder:
        for name, data in call.tensors.items():
            (Path(folder) / Path(name).name).write_bytes(data.numpy().tobytes())
        learn_controller(
            Path(folder),
            lambda rng: draw_picture(pictures, SIDE, rng),
            ControllerOptions(**numbers["options"]),
            numbers["seed"],
            ranks=ranks,
        )


FITS: dict[str, Callable[[Call, Ranks], None]] = {
    "dream": _dream,
    "colour": _colour,
    "wet": _wet,
    "controller": _controller,
}
