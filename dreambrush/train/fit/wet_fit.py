"""Fits a wet field to strokes over paint."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from dreambrush.arrays import Float32
from dreambrush.errors import ModelError
from dreambrush.mypaint.engine.myb import BrushSettings
from dreambrush.train.collect.wet import Ground, WetCollection, paint_over
from dreambrush.train.fit.checkpoint import put_weights, read_weights
from dreambrush.train.fit.field import FieldDream
from dreambrush.train.fit.optimiser import Optimiser
from dreambrush.train.fit.ranks import ALONE, Ranks
from dreambrush.train.fit.wet import OUTPUTS, WetField

# Radius in radii of the stroke times what smudge_radius_log says, and number of taps.  Pressure may make dabs broader,
# and dabs that are scattered find more.
RINGS = ((0.0, 1), (0.35, 6), (0.7, 10), (1.05, 12), (1.6, 12), (2.5, 16), (4.0, 16), (6.5, 16), (10.0, 16))
SURE_RINGS = 5  # the others count where the brush reaches so far
LEAST_RING = 0.02  # share below which a ring is left out
LANES = (0.0, 0.25, -0.25, 0.5, -0.5)  # of brushes that scatter their dabs; in reaches
SCATTER = 0.25  # least offset_by_random, in radii, that counts as that
AT_ONCE = 50  # strokes dreamt together, to bound memory
VISIBLE = 0.05  # coverage at which it is looked whether a brush erases, and lays paint of its own
LEAST = 0.01  # share of paint that is more than rounding


@dataclass(frozen=True)
class WetOptions:
    """Every hyper-parameter of the wet part."""

    strokes: int = 3000
    points: int = 160  # of each stroke
    canvases: int = 200  # to paint over
    steps: int = 3000
    strokes_per_batch: int = 64
    points_per_batch: int = 64  # of each stroke
    learning_rate: float = 6e-3  # at its highest, of a one-cycle schedule
    warm_up: float = 0.1  # share of the steps before the highest rate
    held_out: int = 120  # strokes to score it on

    def as_dict(self) -> dict[str, float]:
        """For the card."""
        return asdict(self)


@dataclass(frozen=True)
class LearntWet:
    """A wet field, and how the canvas is looked at for it.

    Attributes:
        field: trained.
        lanes: as :func:`~dreambrush.dream.wet.wet_nodes` takes them.
        rings: as :func:`~dreambrush.dream.wet.ring_taps` takes them.
    """

    field: WetField
    lanes: Float32
    rings: list[list[float]]

    def as_dict(self) -> dict[str, Any]:
        """What the card says of it."""
        return {"lanes": self.lanes.tolist(), "rings": self.rings}

    @classmethod
    def from_dict(cls, field: WetField, about: Mapping[str, Any]) -> LearntWet:
        """As it was, from its field and the card's entry."""
        return cls(field, np.array(about["lanes"], np.float32), about["rings"])


def rings_for(settings: BrushSettings, reach: float) -> list[tuple[float, int]]:
    """Rings around each node at which a brush may pick up paint: radius in radii of the stroke, and number of taps."""
    scale = float(np.exp(settings.settings["smudge_radius_log"].base_value))
    return [
        (scale * far, count) for index, (far, count) in enumerate(RINGS) if index < SURE_RINGS or far <= 1.5 * reach
    ]


def lanes_for(settings: BrushSettings, reach: float) -> Float32:
    """Rows of nodes, (m,) to the left of the path in radii: more than one where dabs are scattered."""
    scatter = settings.settings["offset_by_random"]
    most = scatter.base_value + sum(max(0.0, *(y for _, y in curve)) for curve in scatter.inputs.values())
    return np.array(LANES, np.float32) * np.float32(reach) if most >= SCATTER else np.zeros(1, np.float32)


def learn_wet(
    settings: BrushSettings,
    field: FieldDream,
    ground: Ground,
    options: WetOptions,
    seed: int,
    progress: Callable[[int, int], None] = lambda done, total: None,
    ranks: Ranks = ALONE,
) -> LearntWet | None:
    """Paints strokes of a brush over canvases, and trains its wet field on them.

    Args:
        settings: of the brush, as it is.
        field: the field dream of its dry version, which tells coverage.
        ground: draws canvases.
        options: how long.
        seed: of strokes, weights and batches.
        progress: told what is done, and in all.
        ranks: those that share the work.

    Returns:
        None if the brush turns out to be dry.
    """
    reach = field.reach_on_canvas
    rings, lanes, total = rings_for(settings, reach), lanes_for(settings, reach), options.strokes + options.steps
    data = paint_over(
        settings,
        options.strokes,
        seed,
        ground,
        reach,
        rings,
        lanes,
        options.points,
        lambda done, _: progress(done, total),
    )
    # Strokes that find the canvas's edge seem to erase, for they carry in what is beyond it: nothing.
    whole = (data.inside[:, :, :SURE_RINGS] == 1).all((1, 2))
    visible = (data.coverage > VISIBLE) & (whole if whole.any() else True | whole)[:, None]
    covered = max(float(data.coverage[visible].sum()), 1e-9)
    own, laid = (float(part[visible].sum()) / covered for part in (data.own, data.laid))
    if own > 1 - LEAST:
        return None
    torch.manual_seed(seed)
    wet = WetField(float(field.reach), field.nib, len(lanes), len(rings), erases=laid < 1 - LEAST, own=own > LEAST)
    fit_wet(wet, field, data, options, seed, lambda done: progress(options.strokes + done, total), ranks)
    shares = wet.pruned_rings(LEAST_RING)
    kept = [[far, count, share] for (far, count), share in zip(rings, shares, strict=True) if share]
    return LearntWet(wet, lanes, kept)


def fit_wet(
    wet: WetField,
    field: FieldDream,
    data: WetCollection,
    options: WetOptions,
    seed: int,
    progress: Callable[[int], None] = lambda done: None,
    ranks: Ranks = ALONE,
) -> None:
    """Trains a wet field.

    The share of its own colour is fitted to strokes in white on black, times the coverage that the dream foretells:
    what is used together is fitted together.  What was picked up is fitted to what is left of strokes over paint when
    their own true coverage and colour are taken away, so that a brush's randomness disturbs it least.
    """
    _call(ranks, wet, field, data, options, seed)
    rng = torch.Generator().manual_seed(seed)
    strokes, points, before = (torch.from_numpy(each) for each in (data.strokes, data.points, data.before))
    own_there, found = torch.from_numpy(data.own), torch.from_numpy(data.found)
    inside = torch.from_numpy(data.inside)
    brought_there = torch.from_numpy(data.laid) - own_there
    left = (
        torch.from_numpy(data.after)
        - (1 - torch.from_numpy(data.coverage))[..., None] * before
        - own_there[..., None] * torch.from_numpy(data.colour)[:, None]
    )
    parts = [slice(at, at + AT_ONCE) for at in range(0, len(strokes), AT_ONCE)]
    with torch.no_grad():
        coverage = torch.cat([field(strokes[part], points[part])[0] for part in parts])
        looks = [wet.look(strokes[part], points[part]) for part in parts]
        features, arc = (torch.cat(each) for each in zip(*looks, strict=True))
    descent = Optimiser(wet.parameters(), options.learning_rate, options.steps, options.warm_up)

    def loss_of(rows: Tensor, columns: Tensor) -> Tensor:
        at = rows, columns
        own, kept, carried, weights = wet.answer(strokes[rows[:, 0]], features[at], arc[at])
        there = (found[rows[:, 0]] * wet.ring_weights()[:, None]).sum(-2)
        opaque = (weights @ (inside[rows[:, 0]] * wet.ring_weights()).sum(-1)[..., None])[..., 0]
        brought = kept + carried * opaque
        mixed = kept[..., None] * before[at] + carried[..., None] * (weights @ there)
        mixed = mixed / (brought + 1e-6)[..., None]
        return (
            0.5 * ((coverage[at] * own - own_there[at]) ** 2).mean()
            + 0.5 * ((coverage[at] * brought - brought_there[at]) ** 2).mean()
            + ((brought_there[at][..., None] * mixed - left[at]) ** 2).mean()
        )

    loss = ranks.shared(wet, loss_of)
    for step in range(options.steps):
        rows = torch.randint(len(strokes), (options.strokes_per_batch, 1), generator=rng)
        columns = torch.randint(points.shape[1], (1, options.points_per_batch), generator=rng)
        descent.step(loss(rows, columns=columns))
        if step % 20 == 0:
            progress(step)
    wet.eval()


def _call(ranks: Ranks, wet: WetField, field: FieldDream, data: WetCollection, options: WetOptions, seed: int) -> None:
    about = {
        "hidden": field.network[0].out_features,
        "wet": {"lanes": wet.lanes, "rings": len(wet.rings), "erases": wet.erases, "own": wet.own},
        "options": options.as_dict(),
        "seed": seed,
    }
    arrays = {name: torch.from_numpy(array) for name, array in vars(data).items()}
    ranks.call("wet", about, {**arrays, **{f"field/{name}": each for name, each in field.state_dict().items()}})


def load_wet(path: Path) -> WetField:
    """A trained wet field, frozen.

    Raises:
        ModelError: the file is missing, or holds something else.
    """
    weights = read_weights(path)
    try:
        rings = weights["rings"].shape[0]
        lanes = weights["network.4.bias"].shape[0] - OUTPUTS
        erases, own = (bool(flag) for flag in weights["flags"])
    except (KeyError, IndexError, ValueError):
        raise ModelError(
            f"The weights in {path} are not those of a wet dream.", "Train it again.", id="weights-do-not-fit"
        ) from None
    if not (1 <= rings <= 100 and 1 <= lanes <= 9):
        raise ModelError(
            f"The weights in {path} are not those of a wet dream.", "Train it again.", id="weights-do-not-fit"
        )
    wet = WetField(lanes=lanes, rings=rings, erases=erases, own=own)
    put_weights(wet, weights, path)
    return wet.requires_grad_(False).eval()
