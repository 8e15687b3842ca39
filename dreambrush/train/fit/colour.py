"""The colour dream: how far from the colour that it was given a brush paints, at any point of its stroke.

Some brushes change their colour along the stroke, with pressure, or with direction.  This network foretells the mean of
what they add to it.  Brushes that stay with their colour have none.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from dreambrush.mypaint.engine.myb import BrushSettings
from dreambrush.train.collect.strokes import SIDE, Collection, paint_coloured, random_colours, random_strokes
from dreambrush.train.fit.evaluate import HELD_OUT_SEED_OFFSET
from dreambrush.train.fit.features import NEAREST, TRAITS, see
from dreambrush.train.fit.field import FieldDream, through_nib
from dreambrush.train.fit.optimiser import Optimiser, shuffled_batches
from dreambrush.train.fit.ranks import ALONE, Ranks
from dreambrush.train.fit.samples import pixel_centres
from dreambrush.train.kept_graphs import onnx_of
from dreambrush.train.to_onnx import to_onnx

HIDDEN = 32
STROKES, HELD_OUT = 4000, 500
STEPS, STROKES_PER_BATCH, POINTS = 2000, 128, 32
LEARNING_RATE, WARM_UP = 6e-3, 0.1
VISIBLE = 64  # of 255: with less alpha, 8 bits of colour are too coarse to learn from


class ColourDream(nn.Module):
    """Strokes, points and colours in, shifts of colour out.

    Args:
        reach: as in :class:`~dreambrush.train.fit.field.FieldDream`.
        nib: as in :class:`~dreambrush.train.fit.field.FieldDream`.
    """

    reach: Tensor
    nib: Tensor

    def __init__(self, reach: float = 1.0, nib: Tensor | None = None) -> None:
        super().__init__()
        self.register_buffer("reach", torch.tensor(float(reach)))
        self.register_buffer("nib", torch.eye(2) if nib is None else nib.clone())
        self.network = nn.Sequential(
            nn.Linear(NEAREST + TRAITS + 3, HIDDEN),
            nn.ReLU(),
            nn.Linear(HIDDEN, HIDDEN),
            nn.ReLU(),
            nn.Linear(HIDDEN, 3),
        )

    def forward(self, strokes: Tensor, points: Tensor, colour: Tensor) -> Tensor:
        """Dreams.

        Args:
            strokes: (b, 9) as in :class:`~dreambrush.train.fit.field.FieldDream`.
            points: (b, p, 2) x and y in pixels.
            colour: (b, 3) that each stroke is given, display sRGB 0..1.

        Returns:
            (b, p, 3) what the brush adds to it, on the mean; the sum is in 0..1.
        """
        seen = see(*through_nib(self.nib, strokes, points), self.reach)
        whole = torch.cat([seen.traits, colour - 0.5], 1)[:, None].expand(-1, points.shape[1], -1)
        shift = self.network(torch.cat([seen.nearest, whole], -1))
        given = colour[:, None]
        return torch.clamp(given + shift, 0, 1) - given


@dataclass(frozen=True)
class ColourScore:
    """Mean squared errors of the colour where a stroke is visible, over pixels and channels (0..1).

    Attributes:
        error: of the dream.
        constant_error: of taking the stroke's colour as that which it was given.
    """

    error: float
    constant_error: float

    def as_dict(self) -> dict[str, float]:
        """Rounded to four significant digits."""
        return {name: float(f"{value:.4g}") for name, value in vars(self).items()}


def learn_colour(
    settings: BrushSettings, field: FieldDream, seed: int, steps: int, ranks: Ranks = ALONE
) -> tuple[ColourDream, ColourScore]:
    """Paints coloured strokes of a brush, trains its colour dream on them, and scores it on others.

    Args:
        settings: of the brush.
        field: its field dream.
        seed: of strokes, colours, weights and batches.
        steps: of the optimiser.
        ranks: those that share the work.
    """
    seen, held_out = (
        paint_coloured(settings, random_strokes(count, each), random_colours(count, each))
        for count, each in ((STROKES, seed), (HELD_OUT, seed + HELD_OUT_SEED_OFFSET))
    )
    dream = fit_colour(seen, float(field.reach), field.nib, seed, steps, ranks)
    return dream, evaluate_colour(dream, held_out)


def fit_colour(
    collection: Collection,
    reach: float,
    nib: Tensor,
    seed: int,
    steps: int = STEPS,
    ranks: Ranks = ALONE,
) -> ColourDream:
    """Trains a colour dream.

    Args:
        collection: painted strokes with their colours.
        reach: of the brush, as its field dream has it.
        nib: of the brush, as its field dream has it.
        seed: of weights and batches.
        steps: of the optimiser.
        ranks: those that share the work.
    """
    arrays = {name: torch.from_numpy(array) for name, array in vars(collection).items()}
    ranks.call("colour", {"reach": reach, "seed": seed, "steps": steps}, {**arrays, "nib": nib})
    torch.manual_seed(seed)
    dream = ColourDream(reach, nib)
    data = _Visible(collection)
    if not len(data):
        return dream.eval()
    descent = Optimiser(dream.parameters(), LEARNING_RATE, steps, WARM_UP)
    batches = shuffled_batches(len(data), STROKES_PER_BATCH)
    loss = ranks.shared(dream, lambda rows, pixels: data.errors(dream, rows, pixels)[0])
    for _, rows in zip(range(steps), batches, strict=False):
        descent.step(loss(rows, data.some_pixels(rows)))
    return dream.eval()


@torch.no_grad()
def evaluate_colour(dream: ColourDream, held_out: Collection) -> ColourScore:
    """Scores a colour dream on strokes that it never saw."""
    torch.manual_seed(0)
    data = _Visible(held_out)
    if not len(data):
        return ColourScore(0.0, 0.0)
    errors = [
        data.errors(dream, rows, data.some_pixels(rows))
        for rows in torch.split(torch.arange(len(data)), STROKES_PER_BATCH)
    ]
    whole = torch.tensor([[float(value) for value in pair] for pair in errors]).mean(0)
    return ColourScore(float(whole[0]), float(whole[1]))


class _Visible:
    """Strokes of which something is visible, and which pixels of each."""

    def __init__(self, collection: Collection) -> None:
        assert collection.colour is not None and collection.rgb is not None
        visible = torch.from_numpy(collection.alpha.reshape(-1, SIDE * SIDE) >= VISIBLE)
        rows = torch.nonzero(visible.any(1))[:, 0]
        self.visible = visible[rows]
        self.strokes = torch.from_numpy(collection.strokes)[rows]
        self.colour = torch.from_numpy(collection.colour)[rows]
        self.rgb = torch.from_numpy(collection.rgb.reshape(-1, SIDE * SIDE, 3))[rows]

    def __len__(self) -> int:
        return len(self.strokes)

    def some_pixels(self, rows: Tensor) -> Tensor:
        """Random visible pixels (b, POINTS) of some strokes."""
        return torch.multinomial(self.visible[rows].float(), POINTS, replacement=True)

    def errors(self, dream: ColourDream, rows: Tensor, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """Mean squared errors of the dream, and of no dream at all, at pixels of some strokes."""
        real = self.rgb[rows[:, None], pixels].float() / 255
        shift = real - self.colour[rows][:, None]
        dreamt = dream(self.strokes[rows], pixel_centres()[pixels], self.colour[rows])
        return ((dreamt - shift) ** 2).mean(), (shift**2).mean()


def colour_onnx(dream: ColourDream) -> bytes:
    """The dream as an ONNX model with inputs ``strokes``, ``points`` and ``colour``, output ``shift``."""
    return onnx_of("colour", dream.state_dict(), lambda: export_colour(dream))


def export_colour(dream: ColourDream) -> bytes:
    """As :func:`colour_onnx`, by torch."""
    strokes, points = torch.export.Dim("strokes_count"), torch.export.Dim("points_count")
    return to_onnx(
        dream,
        {"strokes": torch.rand(3, 9) + 1, "points": torch.rand(3, 5, 2), "colour": torch.rand(3, 3)},
        ["shift"],
        ({0: strokes}, {0: strokes, 1: points}, {0: strokes}),
    )
