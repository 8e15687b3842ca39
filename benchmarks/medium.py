"""Does dreambrush see which brush a picture was painted with?  Paints with known brushes, and asks.

    python -m benchmarks.medium PICTURE... --cases out/medium [--learn pretrained/brush-textures.json]

Each picture is painted with each brush that lays paint of its own, with numbers of strokes, hands, grounds and seeds
drawn at random.  It is saved as a JPEG, fitted with the brush "oil", and all brushes are tried (reference/medium.py).
Rows on stdout are JSON: the true brush, its rank from 0, and the three best.  So are scans of it, with grain and blur.
The last rows tell how often the true brush comes first and among the first three.

With two pictures or more, each is judged by a table learned from the others; ``--known`` judges by the table that
comes along.  ``--learn`` writes the table learned from all.  A case takes some fifteen CPU seconds; what was measured
stays in the folder of the cases.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from dreambrush.arrays import Float32, Float64, Int64
from dreambrush.dream.wet import lays_own
from dreambrush.errors import DreambrushError
from dreambrush.files.output import open_output
from dreambrush.machine import describe_machine
from dreambrush.models.catalogue import BrushFile, find_brush, list_brushes, read_card
from dreambrush.painter.options import PaintOptions
from dreambrush.painter.run import paint
from dreambrush.painter.see.gaussian import blurred
from dreambrush.pictures.reading import load_picture
from dreambrush.reference.medium import Discriminants, TextureMetric, texture_differences, texture_metric
from dreambrush.reference.texture import Places, places_on, texture_of

SIZE, STROKES = 512, 1500  # pixels of the longer side; strokes that are fitted
FEWEST, MOST, HANDS = 800, 2600, (0.3, 0.5, 0.7)  # strokes and hands that are drawn
DRAWING = ("charcoal", "coloured-pencil", "pastel", "pencil", "wash", "watercolour")  # often on paper
ON_PAPER, PAPER = 0.6, (0.97, 0.96, 0.92)
QUALITY = 92  # of the JPEG
SCANS = 3  # of each painting
SMALLER, COARSE, FINEST_GRAIN = (0.8, 1.0), (0.0, 1.2), 0.4  # sizes; standard deviations of grain in pixels
GRAIN, SHARPENED, QUALITIES = 0.012, 0.8, (75, 95)  # at most
DIRECTIONS, SHRINKAGE, LEAST_SPREAD = 6, 0.3, 0.05  # discriminants; how far spreads are taken for unrelated; logarithms
DIGITS = 5


class Case(NamedTuple):
    """One painting whose brush is known.

    Attributes:
        picture: name of the picture.
        brush: number of the true brush.
        differences: (1 + SCANS, brushes, textures) of :func:`~dreambrush.reference.medium.texture_differences`, for the
            picture and for scans of it.
    """

    picture: str
    brush: int
    differences: Float64


def own_brushes() -> list[BrushFile]:
    """Brushes of dreambrush that lay paint of their own."""
    return [each for each in list_brushes() if each.origin == "ours" and lays_own(read_card(each.dream_folder()))]


def measured_case(name: str, picture: Float32, brushes: Sequence[BrushFile], index: int) -> Float64:
    """Paints a picture (h, w, 3) with one of the brushes, and tries all: (1 + SCANS, brushes, textures)."""
    random, brush = np.random.default_rng([sum(name.encode()), index]), brushes[index]
    strokes, hand = int(random.integers(FEWEST, MOST)), float(random.choice(HANDS))
    seed = int(random.integers(1000))
    paper = brush.name in DRAWING and bool(random.random() < ON_PAPER)
    options = PaintOptions(
        hand=hand,
        edges=0.3,
        simplify=0.5 * hand,
        temperature=0.15,
        toned=not paper,
        grain=paper,
        ground=PAPER if paper else None,
    )
    file = io.BytesIO()
    Image.fromarray(paint(picture, brush, strokes, seed, options=options).merged).save(file, "JPEG", quality=QUALITY)
    flat = np.asarray(Image.open(file), np.float32) / np.float32(255)
    fitted = paint(flat, find_brush("oil"), STROKES, options=PaintOptions(hand=0.0)).strokes
    return with_scans(texture_differences(flat, fitted, brushes), flat, places_on(fitted), random)


def with_scans(differences: Float64, picture: Float32, places: Places, random: np.random.Generator) -> Float64:
    """Differences (brushes, textures) from a picture, and from SCANS scans of it: (1 + SCANS, brushes, textures)."""
    own = texture_of(picture, places)
    scans = [texture_of(scanned(picture, random), places) for _ in range(SCANS)]
    return np.stack([differences, *(differences + own - each for each in scans)])


def scanned(picture: Float32, random: np.random.Generator) -> Float32:
    """A picture (h, w, 3) as a scan shows it: from another size, with grain, sharpened, as JPEG."""
    height, width = picture.shape[:2]
    share = random.uniform(*SMALLER)
    image = Image.fromarray((picture * 255 + 0.5).astype(np.uint8))
    small = image.resize((round(width * share), round(height * share)), Image.Resampling.LANCZOS)
    large = np.asarray(small.resize((width, height), Image.Resampling.BICUBIC), np.float32) / np.float32(255)
    grain = random.standard_normal((height, width, 1)).astype(np.float32)
    coarse = random.uniform(*COARSE)
    if coarse > FINEST_GRAIN:
        grain = blurred(grain, coarse)
        grain /= grain.std()
    large = large + np.float32(random.uniform(0, GRAIN)) * grain
    large = large + np.float32(random.uniform(0, SHARPENED)) * (large - blurred(large, 1.0))
    file = io.BytesIO()
    levels = (np.clip(large, 0, 1) * 255 + 0.5).astype(np.uint8)
    Image.fromarray(levels).save(file, "JPEG", quality=int(random.integers(*QUALITIES)))
    return np.asarray(Image.open(file), np.float32) / np.float32(255)


def learned(cases: Sequence[Case]) -> TextureMetric:
    """Learns what tells brushes apart, from clean pictures alone and from scans too."""
    clean = [case._replace(differences=case.differences[:1]) for case in cases]
    return TextureMetric(discriminants_of(clean), discriminants_of(cases))


def discriminants_of(cases: Sequence[Case]) -> Discriminants:
    """Fisher's discriminants of wrong brushes against the right one."""
    right = np.concatenate([case.differences[:, case.brush] for case in cases])
    known = np.isfinite(right)
    offset = np.where(known, right, 0).sum(0) / np.maximum(known.sum(0), 1)
    spread = np.sqrt((np.nan_to_num(right - offset) ** 2).mean(0)) + LEAST_SPREAD
    within = np.nan_to_num((right - offset) / spread)
    covariance = (1 - SHRINKAGE) * within.T @ within / len(within) + SHRINKAGE * np.eye(len(spread))
    wrong = np.concatenate(
        [np.nan_to_num((np.delete(case.differences[0], case.brush, 0) - offset) / spread) for case in cases]
    )
    far = np.sqrt((wrong**2).sum(1, keepdims=True))
    wrong *= np.minimum(1, np.median(far) / np.maximum(far, 1e-9))  # brushes that are wholly other teach little
    root = np.linalg.inv(np.linalg.cholesky(covariance))
    _, vectors = np.linalg.eigh(root @ (wrong.T @ wrong / len(wrong)) @ root.T)
    directions = root.T @ vectors[:, ::-1][:, :DIRECTIONS]
    directions /= np.sqrt(((within @ directions) ** 2).mean(0))
    return Discriminants(offset, directions / spread[:, None])


def order_of(metric: TextureMetric, differences: Float64) -> tuple[Int64, Float64]:
    """Numbers of the brushes, the best first, and the distance of each brush, from (brushes, textures)."""
    distances = metric.distances(differences)
    return np.argsort(distances), distances


def table_of(metric: TextureMetric) -> str:
    """The text of a table."""

    def short(values: Float64) -> list[object]:
        return [short(each) if each.ndim else float(f"{each:.{DIGITS}g}") for each in values]

    parts = {"flat": metric.flat, "scanned": metric.scanned}
    table = {name: {"offset": short(p.offset), "directions": short(p.directions)} for name, p in parts.items()}
    return json.dumps(table) + "\n"


def main() -> int:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description="Ask which brush pictures were painted with, where it is known.")
    parser.add_argument("pictures", type=Path, nargs="+")
    parser.add_argument("--cases", type=Path, default=Path("out/medium"), help="folder of what was measured")
    parser.add_argument("--known", action="store_true", help="judge by the table that comes with dreambrush")
    parser.add_argument("--learn", type=Path, help="file of the table learned from all")
    asked = parser.parse_args()
    if not asked.known and len({file.stem for file in asked.pictures}) < 2:
        parser.error("Expected two pictures or more, or --known")
    brushes = own_brushes()
    cases = []
    try:
        asked.cases.mkdir(parents=True, exist_ok=True)
        for file in asked.pictures:
            picture = None
            for index, brush in enumerate(brushes):
                kept = asked.cases / f"{file.stem}-{brush.name}.npy"
                if not kept.exists():
                    picture = load_picture(file, SIZE)[..., :3] if picture is None else picture
                    np.save(kept, measured_case(file.stem, picture, brushes, index))
                cases.append(Case(file.stem, index, np.load(kept)))
        metrics = {
            name: texture_metric() if asked.known else learned([case for case in cases if case.picture != name])
            for name in dict.fromkeys(case.picture for case in cases)
        }
        ranks: dict[str, list[int]] = {"flat": [], "scanned": []}
        for case in cases:
            for index, differences in enumerate(case.differences):
                order, distances = order_of(metrics[case.picture], differences)
                kind, rank = "scanned" if index else "flat", int(np.flatnonzero(order == case.brush)[0])
                ranks[kind].append(rank)
                best = {brushes[each].name: round(float(distances[each]), 2) for each in order[:3].tolist()}
                row = {"picture": case.picture, "brush": brushes[case.brush].name, "kind": kind, "rank": rank}
                print(json.dumps({**row, "best": best}), flush=True)
        if asked.learn:
            with open_output(asked.learn, overwrite=True) as out:
                out.write(table_of(learned(cases)).encode())
    except DreambrushError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    for kind, each in ranks.items():
        found = np.array(each)
        shares = {"first": float((found == 0).mean()), "among_three": float((found < 3).mean()), "cases": len(found)}
        print(json.dumps({"kind": kind, **shares, "brushes": len(brushes), **describe_machine()}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
