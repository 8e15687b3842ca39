"""The preview sheet of a model: real strokes beside dreamt ones."""

from __future__ import annotations

import io

import numpy as np

from dreambrush.arrays import Float32, Pixels
from dreambrush.mypaint.engine.myb import BrushSettings
from dreambrush.pictures.contact_sheet import draw_contact_sheet
from dreambrush.train.collect.strokes import SIDE, collect
from dreambrush.train.fit.evaluate import HELD_OUT_SEED_OFFSET, dream_pictures
from dreambrush.train.fit.field import FieldDream

PREVIEW_FILE = "preview.png"
STROKES, PER_ROW = 12, 2
CANDIDATES = 120  # held-out strokes among which those are chosen that show something
VISIBLE = 16  # of 255; a stroke shows something if half as many pixels as the middle one have as much paint


def preview_sheet(dream: FieldDream, settings: BrushSettings, seed: int, *, random: bool) -> bytes:
    """Draws held-out strokes, what the dream makes of them, and how these differ.

    Args:
        dream: of the brush.
        settings: of the brush.
        seed: of the training; the strokes are those on which the dream was scored.
        random: whether no two strokes of the brush are alike; then the third picture is not the difference but the
            spread that the dream foretells (the standard deviation of alpha).

    Returns:
        A PNG.
    """
    held_out = collect(settings, CANDIDATES, seed + HELD_OUT_SEED_OFFSET)
    painted = (held_out.alpha >= VISIBLE).sum((1, 2))
    telling = np.flatnonzero(painted >= np.median(painted) / 2)[:STROKES]
    real = held_out.alpha[telling] / np.float32(255)
    mean, variance = (each.reshape(-1, SIDE, SIDE) for each in dream_pictures(dream, held_out.strokes[telling]))
    third = np.sqrt(variance) if random else np.abs(mean - real)
    cells = [picture for each in zip(real, mean, third, strict=True) for picture in map(_ink_on_paper, each)]
    across = 3 * PER_ROW
    rows = [cells[first : first + across] for first in range(0, len(cells), across)]
    headings = ["real", "dreamt", "spread" if random else "difference"] * PER_ROW
    file = io.BytesIO()
    full = [row for row in rows if len(row) == across]
    draw_contact_sheet(full, headings, scale=1).convert("L").save(file, "PNG", optimize=True)
    return file.getvalue()


def _ink_on_paper(alpha: Float32) -> Pixels:
    grey = np.rint(255 * (1 - np.clip(alpha, 0, 1))).astype(np.uint8)
    return np.repeat(grey[..., None], 3, axis=2)
