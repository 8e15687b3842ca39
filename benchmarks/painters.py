"""How mechanical is our hand?  Figures of real paintings beside those of ours, measured in the same way.

    python -m benchmarks.painters --pictures FOLDER [--photos FILE...] [--looks default hand-0 ...] --output out.json

FOLDER holds flattened pictures of paintings.  Photos are by default three of scikit-image's.  Each photo is painted in
every look, and saved as a JPEG like the scans.  Then every picture is painted once more by our most exact hand: those
strokes are what is measured, of a real painting as of ours.  Edges are measured in the pixels.  Each row on stdout is
JSON; the last one tells the range of the real paintings, and which looks lie outside of it.
"""

from __future__ import annotations

import argparse
import io
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import skimage.data
from PIL import Image

from benchmarks.command_line import painted
from dreambrush.arrays import Float32, Floats, Int64
from dreambrush.bezier import path_length, path_nodes
from dreambrush.errors import DreambrushError
from dreambrush.machine import describe_machine
from dreambrush.models.catalogue import find_brush
from dreambrush.painter.measure.edge_softness import HARD, LEAST_UNIT, LOST, SOFT, UNIT, measure_edges
from dreambrush.painter.measure.stroke_metrics import HIDDEN, LIGHT_WIDTH, visible_shares
from dreambrush.painter.options import PaintOptions
from dreambrush.painter.run import paint
from dreambrush.painter.see.gaussian import blurred
from dreambrush.painter.see.subject import find_subject
from dreambrush.pictures.reading import load_picture
from dreambrush.strokes import Strokes
from dreambrush.styles import style_names

NAMES = ("astronaut", "coffee", "chelsea")
SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".tif")
HANDS = (0.0, 1.0)  # besides the default
QUALITY = 90  # of the JPEG that a painting of ours becomes, as scans are
STROKES = 1500  # number of strokes that a picture is measured by
NEIGHBOURS, SECTORS = 12, 6  # strokes in a neighbourhood, and directions that are told apart in half a turn
DOT = 1.2  # widths: a shorter stroke has no direction
MASSES = 3.0  # standard deviation of the blur under which only masses are seen, in units of edge_softness.py
EACH = ("widths", "widths_near", "lengths", "directions", "hard", "lost", "detail")


@dataclass(frozen=True)
class Figures:
    """What a painter would call variation.

    Attributes:
        widths: coefficient of variation of the widths of strokes that are seen.
        widths_near: the same among neighbours; the mean of that.
        lengths: coefficient of variation of their lengths.
        directions: mean entropy of directions among neighbours, 0 for parallel strokes to 1 for all ways alike.
        hard: share of the outlines of masses along which the edge is hard.
        lost: share of those outlines along which it is soft or lost.
        detail: how many more strokes lie in the subject than elsewhere, for its area; None where nothing stands out.
    """

    widths: float
    widths_near: float
    lengths: float
    directions: float
    hard: float
    lost: float
    detail: float | None


def figures_of(picture: Float32, strokes: int = STROKES, seed: int = 0) -> Figures:
    """Measures a picture of a painting.

    Args:
        picture: (h, w, 3) float32, sRGB 0..1.
        strokes: number of strokes that it is measured by.
        seed: seed of those.
    """
    fitted = paint(picture, find_brush("oil"), strokes, seed, options=PaintOptions(hand=0.0)).strokes
    seen = fitted[visible_shares(fitted) >= HIDDEN]
    width = 2 * seen.radius * (LIGHT_WIDTH + (1 - LIGHT_WIDTH) * seen.pressure.mean(1))
    length = path_length(seen.rows()) + width
    edges = edges_of_masses(picture)
    return Figures(
        widths=_variation(width),
        widths_near=near_variation(seen, width),
        lengths=_variation(length),
        directions=direction_entropy(seen),
        hard=edges[HARD],
        lost=edges[SOFT] + edges[LOST],
        detail=detail_in_subject(seen, find_subject(picture)),
    )


def _variation(values: Floats) -> float:
    return float(values.std() / values.mean())


def direction_entropy(strokes: Strokes) -> float:
    """Mean entropy of directions among NEIGHBOURS strokes that lie next to each other; dots are left out.

    Args:
        strokes: some strokes.

    Returns:
        0, where neighbours are parallel, to 1, where all directions are alike; 1 if there are too few strokes.
    """
    rows = strokes.rows()
    rows = rows[path_length(rows) >= DOT * 2 * strokes.radius]
    if len(rows) < NEIGHBOURS:
        return 1.0
    way = np.arctan2(*(rows[:, 4:6] - rows[:, :2]).T[::-1]) % np.pi
    near = way[_neighbours(rows)]
    # Sectors begin at the neighbourhood's own main direction, so that parallel strokes never fall into two.
    main = 0.5 * np.angle(np.exp(2j * near).sum(1))
    sector = np.floor((near - main[:, None]) / np.pi * SECTORS + 0.5).astype(np.int64) % SECTORS
    share = (sector[..., None] == np.arange(SECTORS)).mean(1)
    entropy = -(share * np.log(np.where(share > 0, share, 1))).sum(1) / np.log(SECTORS)
    return float(entropy.mean())


def near_variation(strokes: Strokes, values: Floats) -> float:
    """Mean coefficient of variation of values (n,) among neighbours; of all if there are few strokes."""
    if len(strokes) < NEIGHBOURS:
        return _variation(values)
    near = values[_neighbours(strokes.rows())]
    return float((near.std(1) / near.mean(1)).mean())


def _neighbours(rows: Float32) -> Int64:
    """Numbers (n, NEIGHBOURS) of the strokes that lie next to each of n, itself among them."""
    middle = path_nodes(rows, 2)[:, 1]
    apart = ((middle[:, None] - middle) ** 2).sum(-1)
    return np.argpartition(apart, NEIGHBOURS - 1, axis=1)[:, :NEIGHBOURS]


def edges_of_masses(picture: Float32) -> dict[str, float]:
    """What edges are like along the outlines of masses, which one sees by squinting: shares of their length by kind."""
    unit = max(UNIT * max(picture.shape[:2]), LEAST_UNIT)
    return measure_edges(blurred(picture, MASSES * unit), picture).painting


def detail_in_subject(strokes: Strokes, subject: Float32 | None) -> float | None:
    """Strokes for an area within the subject, over those elsewhere.

    Args:
        strokes: some strokes.
        subject: (h, w) float32, 0..1; None if there is none.
    """
    if subject is None:
        return None
    column, row = path_nodes(strokes.rows(), 2)[:, 1].astype(np.int64).T
    inside = subject[np.clip(row, 0, subject.shape[0] - 1), np.clip(column, 0, subject.shape[1] - 1)]
    within, beyond = inside.sum() / max(subject.sum(), 1.0), (1 - inside).sum() / max((1 - subject).sum(), 1.0)
    return float(within / max(beyond, 1e-9))


def looks() -> dict[str, list[str]]:
    """Options of each look, by its name."""
    hands = {f"hand-{hand:g}": ["--hand", f"{hand:g}"] for hand in HANDS}
    return {"default": [], **hands, **{name: ["--style", name] for name in style_names()}}


def scanned(image: Image.Image) -> Float32:
    """A picture (h, w, 3) float32, 0..1, as a JPEG of it shows it."""
    file = io.BytesIO()
    image.convert("RGB").save(file, "JPEG", quality=QUALITY)
    return np.asarray(Image.open(file), np.float32) / np.float32(255)


def photographs(files: Sequence[Path], folder: Path) -> Iterator[Path]:
    """The files of the photos; scikit-image's are put into a folder."""
    yield from files
    for name in () if files else NAMES:
        file = folder / f"{name}.png"
        if not file.exists():
            folder.mkdir(parents=True, exist_ok=True)
            Image.fromarray(getattr(skimage.data, name)()).save(file)
        yield file


def summary(rows: Sequence[Mapping[str, object]]) -> dict[str, object]:
    """The range of the real paintings, the mean of each look, and which of its figures lie outside of that range.

    Args:
        rows: each with "look" ("real" for real paintings) and :class:`Figures`.
    """

    def values(look: str, name: str) -> list[float]:
        return [row[name] for row in rows if row["look"] == look and row[name] is not None]  # type: ignore[misc]

    span = {name: [min(found), max(found)] for name in EACH if (found := values("real", name))}
    means: dict[str, dict[str, float]] = {}
    for look in dict.fromkeys(str(row["look"]) for row in rows):
        means[look] = {name: float(np.mean(found)) for name in EACH if (found := values(look, name))}
    outside = {
        look: [name for name, mean in found.items() if name in span and not span[name][0] <= mean <= span[name][1]]
        for look, found in means.items()
    }
    return {"range": span, "means": means, "outside": outside}


def main() -> int:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description="Compare our paintings with those of painters.")
    parser.add_argument("--pictures", type=Path, required=True, help="folder with pictures of real paintings")
    parser.add_argument("--photos", type=Path, nargs="*", default=[], help="photos to paint")
    parser.add_argument("--looks", nargs="*", default=list(looks()), help="looks, or options as 'name=--jitter 0.3'")
    parser.add_argument("--size", type=int, default=448, help="longer side of all pictures in pixels")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--output", type=Path, default=Path("out/painters.json"))
    parser.add_argument("--keep", type=Path, help="folder in which our paintings are kept, to look at them")
    asked = parser.parse_args()
    known = looks()
    chosen = {
        name: words.split() if words else known[name] for name, _, words in (x.partition("=") for x in asked.looks)
    }
    rows: list[dict[str, object]] = []

    def note(name: str, look: str, picture: Float32) -> None:
        rows.append({"picture": name, "look": look, **asdict(figures_of(picture, seed=asked.seed))})
        print(json.dumps(rows[-1]), flush=True)

    try:
        for file in sorted(each for each in asked.pictures.iterdir() if each.suffix.lower() in SUFFIXES):
            note(file.name, "real", load_picture(file, asked.size)[..., :3])
        for file in photographs(asked.photos, asked.output.parent):
            note(file.name, "photo", load_picture(file, asked.size)[..., :3])
            for look, options in chosen.items():
                image, _ = painted(file, ["--size", str(asked.size), "--seed", str(asked.seed), *options])
                if asked.keep:
                    asked.keep.mkdir(parents=True, exist_ok=True)
                    image.save(asked.keep / f"{file.stem}-{look}.png")
                note(file.name, look, scanned(image))
    except DreambrushError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except subprocess.CalledProcessError as error:
        return error.returncode  # it said why
    found = {"machine": describe_machine(), "seed": asked.seed, "size": asked.size, **summary(rows), "rows": rows}
    asked.output.parent.mkdir(parents=True, exist_ok=True)
    asked.output.write_text(json.dumps(found, indent=1), encoding="utf-8")
    print(json.dumps({key: value for key, value in found.items() if key != "rows"}, indent=1))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
