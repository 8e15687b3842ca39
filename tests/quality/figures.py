"""Paints the same small pictures again and again, and measures what a painter would look at.

The figures are taken from the real canvas.  Each painting is small, so that all of them take less than a minute on two
cores; no single one says much, for another seed gives another picture.  Their means over pictures and seeds do.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, fields
from functools import cache
from itertools import product
from typing import NamedTuple

import numpy as np
import skimage.data
from PIL import Image

from dreambrush.arrays import Float32, Pixels
from dreambrush.cores import available_cores
from dreambrush.models.catalogue import find_brush
from dreambrush.painter.measure.edge_softness import HARD, LOST, measure_edges
from dreambrush.painter.measure.stroke_metrics import measure_strokes
from dreambrush.painter.options import PaintOptions
from dreambrush.painter.painting import Painting
from dreambrush.painter.plan.order import LAYERS
from dreambrush.painter.run import paint
from dreambrush.painter.see.faces import find_faces

SIDE = 96  # pixels along the longer side
PICTURES = ("astronaut", "chelsea", "coffee", "rocket")  # a face, fur, a table with edges, lights in a night sky
FACE = "astronaut"  # the picture with a face
BRUSHES = ("oil", "bristle")  # firm; with random bristles
HAND = 0.3
STROKES = {1: 160, 4: 24}  # by effort; at effort 4 everything is used that the painter knows
SEEDS = {1: 4, 4: 2}  # by effort, that the tests paint
_, _, MIDDLE, EDGES, ACCENTS = LAYERS[5][0]


@dataclass(frozen=True, order=True)
class Kind:
    """One way of painting one picture."""

    brush: str
    effort: int
    picture: str


@dataclass(frozen=True)
class Figures:
    """What is measured of one painting.

    Attributes:
        mse: mean squared error of the real canvas, colours 0..1.
        face: the same within the frame of the face; of a picture without one, that of the whole.
        gap: share of the mean squared error that the dream did not expect; may be negative.
        dull: by how much the painting is darker than the target, on the mean, 0..1; negative where it is lighter.
        length_by_width: median of the strokes' length, in widths.
        angle: degrees between strokes and form.
        dots: share of strokes that are shorter than wide.
        covered: share of strokes of which nearly nothing is seen at the end.
        specks: share of strokes that are specks.
        downward: correlation of a stroke's height in the picture with when it is laid, in the layers of middle tones
            and edges, where the painter goes from place to place; -1..1.
        accents: share of strokes in the last layer.
        hard: share of the picture's contours that are hard edges, less than in the picture if negative.
        lost: the same of lost edges.
        edges: rank correlation of how soft edges are, in the painting and in the picture, -1..1.
    """

    mse: float
    face: float
    gap: float
    dull: float
    length_by_width: float
    angle: float
    dots: float
    covered: float
    specks: float
    downward: float
    accents: float
    hard: float
    lost: float
    edges: float


NAMES = tuple(each.name for each in fields(Figures))


class Result(NamedTuple):
    """Figures of a painting, and what it looks like, (h, w, 3) uint8."""

    figures: Figures
    image: Pixels


@cache
def picture(name: str) -> Float32:
    """One of PICTURES, (h, w, 3) float32, 0..1; the longer side has SIDE pixels."""
    image = Image.fromarray(getattr(skimage.data, name)())
    image.thumbnail((SIDE, SIDE), Image.Resampling.BOX)
    return np.asarray(image, np.float32) / np.float32(255)


@cache
def face_of(name: str) -> tuple[slice, slice]:
    """Rows and columns of a picture's face; all of them where it has none."""
    faces = find_faces(picture(name))
    if not faces:
        return slice(None), slice(None)
    left, top, right, bottom = (round(number) for number in faces[0].box)
    return slice(max(top, 0), bottom), slice(max(left, 0), right)


def measure(painting: Painting, name: str) -> Figures:
    """Measures a painting of one of PICTURES."""
    target, strokes = picture(name), painting.strokes
    merged = painting.merged.astype(np.float32) / np.float32(255)
    apart, softness = merged - target, measure_edges(target, merged)
    looks = measure_strokes(target, strokes)
    accents = strokes.layers.index(ACCENTS) if ACCENTS in strokes.layers else -1
    height = strokes.path[..., 1].mean(1)
    stages = [np.flatnonzero(strokes.layer == i) for i, name in enumerate(strokes.layers) if name in (MIDDLE, EDGES)]
    return Figures(
        mse=painting.mse,
        face=float(np.mean(apart[face_of(name)] ** 2)),
        gap=1 - painting.dreamed_mse / painting.mse,
        dull=-float(apart.mean()),
        length_by_width=looks.length_by_width,
        angle=looks.angle,
        dots=looks.dots,
        covered=looks.covered,
        specks=looks.specks,
        downward=float(np.mean([np.corrcoef(height[laid], laid)[0, 1] if len(laid) > 2 else 0.0 for laid in stages])),
        accents=float((strokes.layer == accents).mean()),
        hard=softness.painting[HARD] - softness.picture[HARD],
        lost=softness.painting[LOST] - softness.picture[LOST],
        edges=softness.agreement,
    )


def paint_one(job: tuple[Kind, int]) -> Result:
    """Paints and measures."""
    kind, seed = job
    options = PaintOptions(effort=kind.effort, hand=HAND)
    painting = paint(picture(kind.picture), find_brush(kind.brush), STROKES[kind.effort], seed, options=options)
    return Result(measure(painting, kind.picture), painting.merged)


def paint_all(seeds: Mapping[int, Sequence[int]]) -> dict[Kind, list[Result]]:
    """Paints every picture with every brush at every effort, on all cores.

    Args:
        seeds: by effort.

    Returns:
        What came of each kind, one for each seed.
    """
    kinds = [Kind(*each) for each in product(BRUSHES, STROKES, PICTURES)]
    jobs = [(kind, seed) for kind in kinds for seed in seeds[kind.effort]]
    jobs.sort(key=lambda job: -job[0].effort)  # those that take longest come first
    workers = available_cores()
    if workers == 1:
        return _by_kind(jobs, map(paint_one, jobs))
    # Fresh processes, for a fork would copy the threads of networks that are open here; a core for each.
    context = multiprocessing.get_context("spawn")
    cores = context.Queue()
    for core in sorted(os.sched_getaffinity(0)):
        cores.put(core)
    with ProcessPoolExecutor(workers, context, take_a_core, (cores,)) as pool:
        return _by_kind(jobs, pool.map(paint_one, jobs))


def take_a_core(cores: multiprocessing.Queue[int]) -> None:
    """Keeps this process to one of the cores, so that painters do not wait for each other's threads."""
    os.sched_setaffinity(0, {cores.get()})


def _by_kind(jobs: Iterable[tuple[Kind, int]], results: Iterable[Result]) -> dict[Kind, list[Result]]:
    every: dict[Kind, list[Result]] = {}
    for (kind, _), result in zip(jobs, results, strict=True):
        every.setdefault(kind, []).append(result)
    return every
