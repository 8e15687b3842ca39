"""What it costs to ask a learned controller once; by our kernel and by onnxruntime.

    python -m benchmarks.controller_cost --brush oil

Prints one JSON object.  Milliseconds of processor time on one thread: the least of a few rounds, in which all ways take
turns, so that a busy machine slows all of them.  `network` is the network alone, `scaling` what is done before it: the
pictures are scaled to what it sees.  `most_apart` says how far the kernel's answers are from onnxruntime's at most, in
cells, over random planes.
"""

from __future__ import annotations

import argparse
import json
from functools import partial

import numpy as np

from benchmarks.dream_cost import Way, timed
from dreambrush.kernel.library import LEVELS, NONE, kernel, using
from dreambrush.machine import describe_machine
from dreambrush.models.catalogue import CONTROLLER_FILE, find_brush
from dreambrush.models.networks import open_network
from dreambrush.painter.propose.round_controller import GridView
from dreambrush.painter.propose.round_kernel import RoundKernel, largest_difference
from dreambrush.painter.propose.round_weights import packed_weights


def main() -> None:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description="Say what it costs to ask a learned controller.")
    parser.add_argument("--brush", default="oil")
    parser.add_argument("--cells", type=int, default=45, help="along a side of the grid")
    parser.add_argument("--pixels", type=int, default=256, help="along a side of the picture")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    rng, side, cells = np.random.default_rng(options.seed), options.pixels, options.cells
    target, canvas = rng.random((2, side, side, 3), np.float32)
    view = GridView(target, canvas, np.ones((side, side), np.float32), cells, cells)
    planes = view.planes(slice(0, cells), slice(0, cells))
    path = find_brush(options.brush).dream_folder() / CONTROLLER_FILE
    session = open_network(path, ("planes",), ("strokes", "promise"), threads=1)
    network: dict[str, Way] = {"onnxruntime": lambda: session.run(None, {"planes": planes})}
    scaling: dict[str, Way] = {"pillow": partial(looked, view, cells, NONE)}
    model, found, most = path.read_bytes(), kernel(), None
    weights = packed_weights(model)
    if weights is not None and found is not None:
        for level in LEVELS[: found[1].db_best_instructions() + 1]:
            network[level] = partial(RoundKernel(weights, level), planes)
            scaling[level] = partial(looked, view, cells, level)
        most = largest_difference(RoundKernel(weights), model, CONTROLLER_FILE)
    costs = {
        "network": timed(network, options.rounds, 1000),
        "scaling": timed(scaling, options.rounds, 1000),
    }
    print(json.dumps({**vars(options), "milliseconds": costs, "most_apart": most, "machine": describe_machine()}))


def looked(view: GridView, cells: int, level: str) -> None:
    """What is seen, scaled with some instructions."""
    with using(level):
        view.planes(slice(0, cells), slice(0, cells))


if __name__ == "__main__":
    main()
