"""Paints photographs in the manner of reference paintings, and measures whether the hands can be told apart.

    python -m benchmarks.manners --references DIR --photos DIR [--gram VGG.pth] [--weights LPIPS.pth] [--sheet F.jpg]

Every photograph is painted in the manner of every reference, by default, and in eight styles.  For each painting:

- which reference is nearest, by the distributions of its strokes (as its recipe has them);
- with --gram, which reference is nearest by Gram matrices of VGG16, a judge that painting never saw (gram.py);
- Wasserstein distances of its strokes and colours from the reference, against those of the default painting;
- whether the subject is still there: faces that are found, overlap of the subject's mask, and with --weights LPIPS
  against that of the default painting;
- CPU seconds of painting against those of the default, and seconds of learning.

Prints the machine and one JSON object per painting, and a summary last.  The pictures are not part of dreambrush:
references are paintings of the public domain, one file each.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from benchmarks.command_line import painted_file
from benchmarks.sheet import sheet_of
from benchmarks.small_jpeg import save_jpeg
from dreambrush.arrays import Float32, Int64
from dreambrush.errors import DreambrushError
from dreambrush.machine import describe_machine
from dreambrush.manner.manner import Manner
from dreambrush.mypaint.ora.document import read_document
from dreambrush.mypaint.ora.render import render_document
from dreambrush.painter.measure.figures import StrokeFigures, figures_of
from dreambrush.painter.see.faces import find_faces
from dreambrush.painter.see.places import place_map, places_at
from dreambrush.painter.see.subject import find_subject
from dreambrush.pictures.reading import load_picture
from dreambrush.recipe import chosen_recipe
from dreambrush.reference.learn import learn
from dreambrush.reference.measured import distances
from dreambrush.reference.saved import save_style

TOLD_BY = ("width", "length", "bend", "angle", "palette")
STYLES = (
    *("charcoal", "gouache", "impressionist", "ink-wash"),
    *("oil-impasto", "pastel", "pointillist", "watercolour"),
)
DEFAULT = "default"
CELL, GAP, HEADER, LETTERS = 220, 4, 26, 16  # pixels of the sheet
MOST_BYTES = 900_000


@dataclass(frozen=True, eq=False)
class Painted:
    """A painting of one photograph.

    Attributes:
        look: "default", a style, or the name of a reference.
        photo: name of the photograph.
        picture: (h, w, 3) float32, sRGB 0..1.
        figures: what was measured of its strokes.
        at: the place of each stroke, as in the photograph.
        cpu: seconds that it took.
    """

    look: str
    photo: str
    picture: Float32
    figures: StrokeFigures
    at: Int64
    cpu: float


def paint_one(photo: Path, look: str, options: Sequence[str], size: int, seed: int, folder: Path) -> Painted:
    """Paints a photograph on the command line, unless that painting is in the folder already."""
    file = folder / f"{photo.stem}-{look}.ora"
    told = file.with_suffix(".json")
    if not (file.is_file() and told.is_file()):
        report = painted_file(photo, file, ["--force", "--size", str(size), "--seed", str(seed), *options])
        told.write_text(json.dumps(report))
    report = json.loads(told.read_text())
    with read_document(file) as document:
        strokes = chosen_recipe(document.settings, file).strokes
        picture = (render_document(document)[..., :3] / np.float32(255)).astype(np.float32)
    cpu = sum(each["cpu"] for each in report["seconds_by_work"].values())
    original = load_picture(photo, size)
    figures = figures_of(strokes, original)
    return Painted(look, photo.stem, picture, figures, places_at(place_map(original), figures.middle), cpu)


def scales_of(references: Mapping[str, Manner], paintings: Sequence[Painted]) -> dict[str, float]:
    """What a distance in each figure is worth: its median over all paintings and references."""
    every = [distances(manner, each.figures, each.at) for manner in references.values() for each in paintings]
    return {name: max(float(np.median([each[name] for each in every if name in each])), 1e-9) for name in TOLD_BY}


def nearest(painting: Painted, references: Mapping[str, Manner], scales: Mapping[str, float]) -> str:
    """The reference whose strokes and colours are most like those of a painting."""
    total = {
        name: float(np.mean([found[figure] / scales[figure] for figure in TOLD_BY if figure in found]))
        for name, manner in references.items()
        for found in [distances(manner, painting.figures, painting.at)]
    }
    return min(total, key=lambda name: total[name])


def overlap(one: Float32 | None, other: Float32 | None) -> float | None:
    """Overlap of two masks over their union; None where the photograph has no subject."""
    if one is None:
        return None
    if other is None:
        return 0.0
    a, b = one > 0.5, other > 0.5
    return float((a & b).sum() / max(int((a | b).sum()), 1))


def main() -> int:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description="Tell the hands of reference paintings apart in our paintings.")
    parser.add_argument("--references", type=Path, required=True)
    parser.add_argument("--photos", type=Path, required=True)
    parser.add_argument("--paintings", type=Path, default=Path("out/manners"), help="folder for the paintings")
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--likeness", default=None)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--gram", type=Path, help="vgg_shift_tolerant.pth of stlpips-pytorch")
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--sheet", type=Path)
    options = parser.parse_args()
    options.paintings.mkdir(parents=True, exist_ok=True)
    print(json.dumps({"machine": describe_machine(), "seed": options.seed, "size": options.size}))
    try:
        return run(options)
    except DreambrushError as error:
        print(error, file=sys.stderr)
        return int(error.exit_code)


def run(options: argparse.Namespace) -> int:
    """Paints, measures and prints."""
    files = {file.stem: file for file in sorted(options.references.iterdir())}
    photos = sorted(options.photos.iterdir())
    references, learning, styles = {}, [], {}
    for name, file in files.items():
        begun = time.process_time()
        learned = learn([file])
        learning.append(time.process_time() - begun)
        references[name], styles[name] = learned.manner, options.paintings / f"{name}.toml"
        save_style(learned, styles[name], overwrite=True)
    like = [] if options.likeness is None else ["--likeness", options.likeness]
    looks: dict[str, list[str]] = {name: ["--style", str(file), *like] for name, file in styles.items()}
    looks |= {DEFAULT: [], **{f"style-{name}": ["--style", name] for name in STYLES}}
    todo = [(photo, look) for look in looks for photo in photos]

    def one(each: tuple[Path, str]) -> Painted:
        return paint_one(*each, looks[each[1]], options.size, options.seed, options.paintings)

    with ThreadPoolExecutor(options.jobs) as pool:
        paintings = list(pool.map(one, todo))
    summary = measured(paintings, references, files, photos, options)
    print(json.dumps({"summary": summary | {"learning_cpu_seconds": round(max(learning), 2)}}))
    if options.sheet is not None:
        draw_sheet(paintings, files, photos, options.sheet)
    return 0


def measured(
    paintings: Sequence[Painted],
    references: Mapping[str, Manner],
    files: Mapping[str, Path],
    photos: Sequence[Path],
    options: argparse.Namespace,
) -> dict[str, Any]:
    """Measures all paintings, prints each, and sums up."""
    by = {(each.look, each.photo): each for each in paintings}
    scales = scales_of(references, paintings)
    gram, theirs = None, {}
    if options.gram is not None:
        from benchmarks.gram import Gram, apart

        gram = Gram(options.gram)
        theirs = {name: gram.of(load_picture(file, options.size)) for name, file in files.items()}
    weights = None
    if options.weights is not None:
        from benchmarks.perceptual import load_weights, lpips

        weights = load_weights(options.weights)
    originals = {photo.stem: load_picture(photo, options.size) for photo in photos}
    subjects = {name: find_subject(picture) for name, picture in originals.items()}
    faces = {name: len(find_faces(picture)) for name, picture in originals.items()}
    rows = []
    for each in paintings:
        row: dict[str, Any] = {"photo": each.photo, "look": each.look, "nearest": nearest(each, references, scales)}
        if gram:
            mine = gram.of(each.picture)
            row["gram"] = {name: round(apart(mine, matrices), 4) for name, matrices in theirs.items()}
        row["overlap"] = overlap(subjects[each.photo], find_subject(each.picture))
        row["faces"] = [faces[each.photo], len(find_faces(each.picture))]
        row["cpu"] = round(each.cpu, 2)
        if weights is not None:
            row["lpips"] = lpips(originals[each.photo], each.picture, weights)
        if each.look in references:
            usual = distances(references[each.look], by[DEFAULT, each.photo].figures, by[DEFAULT, each.photo].at)
            own = distances(references[each.look], each.figures, each.at)
            row["distances"] = {name: round(own[name], 4) for name in own}
            row["default_distances"] = {name: round(usual[name], 4) for name in usual}
        rows.append(row)
        print(json.dumps(row), flush=True)
    return summed_up(rows, references)


def summed_up(rows: Sequence[dict[str, Any]], references: Mapping[str, Manner]) -> dict[str, Any]:
    """The figures of all paintings."""
    like = [row for row in rows if row["look"] in references]
    default = {row["photo"]: row for row in rows if row["look"] == DEFAULT}
    found: dict[str, Any] = {
        "paintings": len(like),
        "nearest": float(np.mean([row["nearest"] == row["look"] for row in like])),
        "distance_by_default": {
            name: round(
                sum(row["distances"][name] for row in like) / sum(row["default_distances"][name] for row in like), 3
            )
            for name in like[0]["distances"]
        },
        "least_overlap": min((row["overlap"] for row in like if row["overlap"] is not None), default=None),
        "mean_overlap": float(np.mean([row["overlap"] for row in like if row["overlap"] is not None] or [1])),
        "default_overlap": float(
            np.mean([row["overlap"] for row in default.values() if row["overlap"] is not None] or [1])
        ),
        "faces_found": [sum(min(row["faces"]) for row in like), sum(row["faces"][0] for row in like)],
        "cpu_by_default": round(sum(row["cpu"] for row in like) / sum(default[row["photo"]]["cpu"] for row in like), 2),
    }
    if "gram" in like[0]:
        # Some references are nearer than others to whatever is painted.  So each is also compared with its usual.
        usual = {name: float(np.mean([np.log(row["gram"][name]) for row in rows])) for name in references}
        for key, less in (("nearest_by_gram", dict.fromkeys(references, 0.0)), ("nearest_by_gram_than_usual", usual)):
            best = [min(less, key=lambda name: np.log(row["gram"][name]) - less[name]) for row in like]
            found[key] = float(np.mean([name == row["look"] for name, row in zip(best, like, strict=True)]))
    if "lpips" in like[0]:
        found["lpips_by_default"] = round(
            sum(row["lpips"] for row in like) / sum(default[row["photo"]]["lpips"] for row in like), 3
        )
    # All that other looks can do: how often the reference that they happen to be nearest to is the one that was meant.
    others = [row for row in rows if row["look"] not in references]
    most = {name: sum(row["nearest"] == name for row in others) for name in references}
    found["other_looks_nearest_to"] = {name: count for name, count in most.items() if count}
    return found


def draw_sheet(paintings: Sequence[Painted], files: Mapping[str, Path], photos: Sequence[Path], output: Path) -> None:
    """References across, photographs down."""
    by = {(each.look, each.photo): each for each in paintings}
    columns = ["photo", *files, DEFAULT]
    rows = []
    for photo in (None, *photos):
        cells = []
        for column in columns:
            if photo is None:
                file = files.get(column)
                image = Image.open(file).convert("RGB") if file else Image.new("RGB", (CELL, CELL), "white")
            elif column == "photo":
                image = Image.open(photo).convert("RGB")
            else:
                image = Image.fromarray(np.rint(by[column, photo.stem].picture * 255).astype(np.uint8))
            cells.append(image)
        height = max(round(CELL * cell.height / cell.width) for cell in (cells if photo is None else cells[:1]))
        height = min(height, round(1.25 * CELL))
        row = Image.new("RGB", (len(cells) * (CELL + GAP) - GAP, height), "white")
        for index, cell in enumerate(cells):
            small = cell.copy()
            small.thumbnail((CELL, height), Image.Resampling.LANCZOS)
            row.paste(small, (index * (CELL + GAP) + (CELL - small.width) // 2, (height - small.height) // 2))
        rows.append(row)
    save_jpeg(sheet_of(rows, columns, CELL, GAP, HEADER, LETTERS), output, MOST_BYTES)


if __name__ == "__main__":
    sys.exit(main())
