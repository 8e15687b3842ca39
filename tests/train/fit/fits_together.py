"""Short trainings of each kind, for torchrun to start in several processes; see test_ranks.py."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor

from dreambrush.models.catalogue import WEIGHTS_FILE, find_brush
from dreambrush.mypaint.engine.myb import read_myb
from dreambrush.train.collect.strokes import collect, paint_coloured, random_colours, random_strokes
from dreambrush.train.fit.colour import fit_colour
from dreambrush.train.fit.controller import SIDE, ControllerOptions, learn_controller
from dreambrush.train.fit.fit import FitOptions
from dreambrush.train.fit.follow import call_controller, follow
from dreambrush.train.fit.grounds import Grounds
from dreambrush.train.fit.learn import learn_dream, load_dream
from dreambrush.train.fit.practice_pictures import draw_picture
from dreambrush.train.fit.ranks import Ranks, joined
from dreambrush.train.fit.wet_fit import WetOptions, learn_wet

STEPS = 20
ROUND = np.eye(2, dtype=np.float32)


def learn_all(ranks: Ranks) -> dict[str, Tensor]:
    """Weights by network and name."""
    folder = find_brush("oil").dream_folder()
    oil, field = read_myb(find_brush("oil").path), load_dream(folder / WEIGHTS_FILE)
    dream = learn_dream(collect(oil, 60, seed=2), ROUND, FitOptions(steps=STEPS, batch=512), 1, ranks=ranks)
    lighter = oil.with_curve("change_color_v", "pressure", (0, -0.5), (1, 0.5))
    strokes = paint_coloured(lighter, random_strokes(150, 1), random_colours(150, 1))
    colour = fit_colour(strokes, float(field.reach), field.nib, 1, STEPS, ranks)
    options = WetOptions(strokes=40, steps=STEPS, canvases=2)
    wet = learn_wet(oil.with_values(smudge=0.6, smudge_length=0.5), field, Grounds(None, 2, 1), options, 0, ranks=ranks)
    assert wet is not None
    rounds = ControllerOptions(batches=2, pictures=2, strokes=100)  # the last rounds are of one picture only
    call_controller(ranks, folder, rounds, 4, None)
    controller = learn_controller(folder, lambda rng: draw_picture(None, SIDE, rng), rounds, 4, ranks=ranks)
    networks = {"dream": dream, "colour": colour, "wet": wet.field, "controller": controller}
    return {f"{kind}/{name}": each for kind, network in networks.items() for name, each in network.state_dict().items()}


def main(path: Path) -> None:
    """Learns with all ranks, and saves what comes of it."""
    torch.set_num_threads(1)
    with joined() as ranks:
        if not ranks.first:
            follow(ranks)
            return
        save_file({name: tensor.contiguous() for name, tensor in learn_all(ranks).items()}, path)
        ranks.dismiss()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
