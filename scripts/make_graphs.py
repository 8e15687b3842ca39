"""Has torch export every network once, and keeps the graphs without the weights in dreambrush/train/graphs.

Run ``python scripts/make_graphs.py [NAME]...``.  It takes a few minutes, and is needed after a change of what a network
computes (dreambrush/train/fit: features.py, field.py, wet.py, colour.py, round_network.py) or of how it is exported.
tests/train/test_kept_graphs.py fails until it was done.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path

import torch
from torch import nn

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from dreambrush.train.export.gradient import export_gradient  # noqa: E402
from dreambrush.train.export.wet import export_wet_field, export_wet_gradient, kind_of  # noqa: E402
from dreambrush.train.fit.colour import ColourDream, export_colour  # noqa: E402
from dreambrush.train.fit.field import FieldDream  # noqa: E402
from dreambrush.train.fit.round_network import RoundNetwork  # noqa: E402
from dreambrush.train.fit.wet import WetField  # noqa: E402
from dreambrush.train.kept_graphs import FOLDER, emptied  # noqa: E402
from dreambrush.train.to_onnx import export_controller, export_dream  # noqa: E402

# Of no brush: with a reach of 1, or a nib that is the same turned round, torch leaves a step out.
REACH, NIB = 1.37, ((1.2, 0.1), (0.3, 0.86))


def networks(seed: int) -> Iterator[tuple[str, nn.Module, Callable[[], bytes]]]:
    """Each graph's name, a network that it is of, with random weights, and what has torch export that."""
    torch.manual_seed(seed)
    nib = torch.tensor(NIB)
    dream, colour, controller = FieldDream(REACH, nib), ColourDream(REACH, nib), RoundNetwork()
    last = controller.head[-1]
    assert isinstance(last, nn.Conv2d) and last.bias is not None
    nn.init.normal_(last.bias)  # of zeros nothing would be left in the graph
    yield "dream", dream, lambda: export_dream(dream)
    yield "gradient", dream, lambda: export_gradient(dream)
    yield "colour", colour, lambda: export_colour(colour)
    yield "controller", controller, lambda: export_controller(controller)
    for erases, own in product((False, True), repeat=2):
        wet = WetField(REACH, nib, erases=erases, own=own)
        yield f"wet{kind_of(wet)}", wet, lambda wet=wet: export_wet_field(wet)  # type: ignore[misc]
        yield f"wet-gradient{kind_of(wet)}", wet, lambda wet=wet: export_wet_gradient(wet)  # type: ignore[misc]


def main(wanted: list[str]) -> None:
    """Makes the graphs that are wanted; all, if none is named."""
    FOLDER.mkdir(exist_ok=True)
    for name, network, export in networks(1):
        if not wanted or name in wanted:
            (FOLDER / f"{name}.onnx").write_bytes(emptied(export(), network.state_dict()))


if __name__ == "__main__":
    main(sys.argv[1:])
