"""The preview sheet of a model: real strokes beside dreamt ones."""

from __future__ import annotations

import io

import numpy as np

from dreambrush.arrays import Float32, Pixels
from dreambrush.mypaint.engine.myb import BrushSettings
from dreambrush.pictures.contact_sheet import draw_contact_sheet
from dreambrush.pictures.picture_sets import PictureSet
from dreambrush.train.collect.strokes import SIDE, collect
from dreambrush.train.fit.colour import ColourDream
from dreambrush.train.fit.evaluate import HELD_OUT_SEED_OFFSET, dream_pictures
from dreambrush.train.fit.field import FieldDream
from dreambrush.train.fit.grounds import Grounds
from dreambrush.train.fit.wet_fit import LearntWet
from dreambrush.train.fit.wet_score import render_over

PREVIEW_FILE = "preview.png"
STROKES, PER_ROW = 12, 2
WET_CANDIDATES, CANVASES = 40, 30  # strokes over paint, of which those are chosen that change most, and what is under
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


def wet_preview_sheet(
    settings: BrushSettings,
    dream: FieldDream,
    learnt: LearntWet,
    colours: ColourDream | None,
    pictures: PictureSet | None,
    seed: int,
) -> bytes:
    """Draws held-out strokes over canvases: before, real, dreamt, and how these two differ, four times as strong.

    Args:
        settings: of the brush.
        dream: of its coverage.
        learnt: its wet part.
        colours: its colour dream, if it changes its colour.
        pictures: to paint over; None for drawn ones.
        seed: of the training; strokes and canvases are those on which the dream was scored.

    Returns:
        A PNG.
    """
    ground = Grounds(pictures, CANVASES, seed + HELD_OUT_SEED_OFFSET)
    strokes = render_over(settings, dream, learnt, ground, seed, WET_CANDIDATES, 1, colours, whole=True)
    changed = np.array([np.abs(each.real[0] - each.before).mean() for each in strokes])
    telling = sorted(np.argsort(-changed, kind="stable")[:STROKES].tolist())
    cells = []
    for index in telling:
        each = strokes[index]
        before, real, dreamt = (_on_paper(picture) for picture in (each.before, each.real[0], each.dreamt))
        cells += [before, real, dreamt, np.clip(1 - 4 * np.abs(dreamt - real), 0, 1)]
    across = 4 * PER_ROW
    rows = [cells[first : first + across] for first in range(0, len(cells), across)]
    file = io.BytesIO()
    headings = ["before", "real", "dreamt", "difference"] * PER_ROW
    draw_contact_sheet([row for row in rows if len(row) == across], headings, scale=1).save(file, "PNG", optimize=True)
    return file.getvalue()


def _on_paper(picture: Float32) -> Float32:
    """Premultiplied RGBA (h, w, 4) as it looks on white paper, (h, w, 3)."""
    return np.asarray(picture[..., :3] + (1 - picture[..., 3:]), np.float32)


def _ink_on_paper(alpha: Float32) -> Pixels:
    grey = np.rint(255 * (1 - np.clip(alpha, 0, 1))).astype(np.uint8)
    return np.repeat(grey[..., None], 3, axis=2)
