"""Painted films: do they flicker, are they as close as pictures painted alone, and what does a drawing cost?

    python -m benchmarks.films --frames 25 --out films.json
    python -m benchmarks.films --clip some.mp4 --frames 25

Without ``--clip`` a camera moves over two photographs, and a cup over a third, so that the motion is known exactly
(scikit-image's pictures).  Of a clip the motion is estimated, with dreambrush's own flow, and places where the flow
forth and back do not agree do not count.

The warping error is that of Lai and others ("Learning blind video temporal consistency", ECCV 2018): the mean squared
difference of a frame from the one before, moved as the clip moves.  It is measured of the clip itself, of the painted
film, and of frames painted alone.  All is painted without relief, as films are.  "share" is the time of a drawing of
the film, the first one left out, against that of a frame painted alone.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from skimage import data

sys.path.insert(0, str(Path(__file__).parents[1]))  # also as: python benchmarks/films.py

from dreambrush.arrays import Float32, Float64, Mask, Pixels
from dreambrush.cli.paint.settings import TONED
from dreambrush.film.clip import open_clip
from dreambrush.film.commission import FilmCommission
from dreambrush.film.flow import backward, flow_between, places_of
from dreambrush.film.story import moments
from dreambrush.machine import describe_machine
from dreambrush.models.catalogue import BrushFile, find_brush
from dreambrush.painter.options import PaintOptions
from dreambrush.painter.run import paint
from dreambrush.painter.see.subject import find_subject

BRUSHES = "gouache", "sable", "bristle", "scumble"  # set:painter, which is the default
BORDER = 3  # pixels that do not count
AGREE = 0.7  # pixels by which flow forth and back may differ
LENS = 0.6  # pixels: blur of the photographs, as of a camera's lens
ALONE = 4  # frames that are painted alone too


@dataclass(frozen=True)
class Footage:
    """Frames, and how they move.

    Attributes:
        name: of the clip.
        frames: (n, h, w, 3) uint8.
        back: for each frame but the first, where its pixels were in the one before, (h, w, 2), and which of them were
            there, (h, w).
    """

    name: str
    frames: Pixels
    back: list[tuple[Float32, Mask]]


def main() -> None:
    """Paints clips and prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clip", type=Path, action="append", default=[], help="a film, instead of those that are made")
    parser.add_argument("--frames", type=int, default=25)
    parser.add_argument("--size", type=int, default=448)
    parser.add_argument("--strokes", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, help="write the JSON here, too")
    parser.add_argument("--show", type=Path, help="a folder for the frames of the painted films, as PNG")
    asked = parser.parse_args()
    footage = [of_clip(path, asked.frames, asked.size) for path in asked.clip] or list(made(asked.frames))
    rows = [measured(each, asked.strokes, asked.seed, asked.show) for each in footage]
    report = {"machine": describe_machine(), "seed": asked.seed, "strokes": asked.strokes, "clips": rows}
    text = json.dumps(report, indent=1)
    if asked.out:
        asked.out.write_text(text + "\n")
    print(text)


def measured(footage: Footage, strokes: int, seed: int, show: Path | None) -> dict[str, Any]:
    """The figures of one clip."""
    brushes = tuple(find_brush(name) for name in BRUSHES)
    begun = now()
    film: list[Pixels] = []
    seconds: list[Float64] = []
    asked = FilmCommission(brushes, strokes, seed, options_of)
    for moment in moments(footage.frames, asked):
        assert moment.picture is not None
        film.append(moment.picture)
        seconds.append(now() - begun)
        begun = now()
    some = [0, *range(len(film) - ALONE + 1, len(film))]
    alone = [painted_alone(footage.frames[frame], brushes, strokes, seed) for frame in some]
    pictures = [picture for picture, _ in alone]
    last = footage.back[len(film) - ALONE :]
    row: dict[str, Any] = {
        "clip": footage.name,
        "size": list(footage.frames.shape[2:0:-1]),
        "frames": len(film),
        "warping_error": {
            "clip": warping_error(footage.frames, footage.back),
            "film": warping_error(film, footage.back),
            "alone": warping_error(pictures[1:], last[1:]),
        },
        "psnr": {
            "film": float(np.mean([psnr(film[frame], footage.frames[frame]) for frame in some[1:]])),
            "film_of_all": float(np.mean([psnr(*each) for each in zip(film, footage.frames, strict=True)])),
            "alone": float(np.mean([psnr(pictures[i], footage.frames[some[i]]) for i in range(1, len(some))])),
        },
    }
    costs = np.mean(seconds[1:], 0), np.mean([spent for _, spent in alone[1:]], 0)
    for kind, name in enumerate(("cpu", "wall")):
        of_film, of_picture = (float(cost[kind]) for cost in costs)
        row[f"{name}_seconds"] = {"drawing": of_film, "alone": of_picture, "share": of_film / of_picture}
    error = row["warping_error"]
    assert isinstance(error, dict)
    row["flicker"] = error["film"] / max(error["clip"], 1e-12)
    row["flicker_alone"] = error["alone"] / max(error["clip"], 1e-12)
    if show is not None:
        show.mkdir(exist_ok=True)
        for number, picture in enumerate(film):
            cv2.imwrite(str(show / f"{footage.name}-{number:03d}.png"), picture[..., ::-1])
    print(json.dumps(row), file=sys.stderr)
    return row


def options_of(picture: Float32) -> PaintOptions:
    """What ``dreambrush paint`` takes by default."""
    return PaintOptions(edges=0.5, simplify=0.5, temperature=0.15, toned=bool(TONED), focus=find_subject(picture))


def painted_alone(frame: Pixels, brushes: tuple[BrushFile, ...], strokes: int, seed: int) -> tuple[Pixels, Float64]:
    """A frame painted as a picture, and the seconds that it took, as of :func:`now`."""
    begun = now()
    picture = np.asarray(frame / np.float32(255), np.float32)
    painting = paint(picture, brushes, strokes, seed, None, options_of(picture))
    return painting.merged, now() - begun


def now() -> Float64:
    """CPU seconds of this process, and seconds on the clock."""
    return np.array([time.process_time(), time.perf_counter()])


def warping_error(frames: Sequence[Pixels] | Pixels, back: list[tuple[Float32, Mask]]) -> float:
    """Mean squared difference of frames from those before, moved; colours 0..1."""
    errors = []
    for before, after, (places, there) in zip(frames[:-1], frames[1:], back, strict=True):
        moved = cv2.remap(before.astype(np.float32), places[..., 0], places[..., 1], cv2.INTER_CUBIC)
        errors.append(np.square((moved - after) / 255).mean(2)[there].mean())
    return float(np.mean(errors))


def psnr(picture: Pixels, frame: Pixels) -> float:
    """In decibels."""
    return float(-10 * np.log10(max(np.square(picture / 255.0 - frame / 255.0).mean(), 1e-10)))


def made(frames: int) -> Iterator[Footage]:
    """Clips whose motion is known."""
    turns = np.arange(frames) / 24
    yield camera(
        "coffee", photo("coffee"), (448, 320), [pose(30 + 70 * t, 25 + 20 * t, 0.08 * t, 0.02 * t) for t in turns]
    )
    wave = [pose(20 + 60 * t + 6 * np.sin(2 * t), 10 + 45 * t, 0.1 * t, 0.03 * t) for t in turns]
    yield camera("astronaut", photo("astronaut"), (384, 288), wave)
    yield cup_over_cat(turns)


def photo(name: str) -> Pixels:
    """One of scikit-image's photographs, (h, w, 3) uint8."""
    pictures: Any = data
    return np.asarray(getattr(pictures, name)(), np.uint8)


def pose(x: float, y: float, nearer: float, angle: float) -> tuple[float, float, float, float]:
    """Where a camera looks: left and top edge in pixels, how many times nearer, and how far it leans in radians."""
    return x, y, 1.02 + nearer, angle


def camera(
    name: str, picture: Pixels, size: tuple[int, int], poses: list[tuple[float, float, float, float]]
) -> Footage:
    """A camera that moves over a photograph."""
    soft = np.asarray(cv2.GaussianBlur(picture.astype(np.float32), (0, 0), LENS), np.float32)
    views = [_view(each, size) for each in poses]
    frames = np.array([_seen(soft, view, size) for view in views])
    places = [_places(before, after, size) for before, after in pairwise(views)]
    return Footage(name, frames, [(each, _within(each)) for each in places])


def cup_over_cat(turns: Float64) -> Footage:
    """A cup that moves over a still cat: what it hides and uncovers does not count."""
    cat = cv2.GaussianBlur(photo("chelsea").astype(np.float32), (0, 0), LENS)[:288, :432]
    cup = cv2.GaussianBlur(photo("coffee").astype(np.float32), (0, 0), LENS)[80:280:2, 150:450:2]
    height, width = cat.shape[:2]
    y, x = np.mgrid[: cup.shape[0], : cup.shape[1]]
    oval = ((x / cup.shape[1] - 0.5) / 0.45) ** 2 + ((y / cup.shape[0] - 0.5) / 0.45) ** 2
    alpha = np.clip((1 - oval) * 8, 0, 1).astype(np.float32)
    frames, ways, masks = [], [], []
    for turn in turns:
        at = np.array([[1, 0, 30 + 120 * turn], [0, 1, 150 - 60 * turn]], np.float32)
        mask = cv2.warpAffine(alpha, at, (width, height), flags=cv2.INTER_CUBIC)[..., None].clip(0, 1)
        frames.append(
            _levels((1 - mask) * cat + mask * cv2.warpAffine(cup, at, (width, height), flags=cv2.INTER_CUBIC))
        )
        ways.append(at[:, 2])
        masks.append(mask[..., 0])
    back = []
    grid = places_of(height, width)
    for before, after in pairwise(range(len(turns))):
        inside, outside = masks[after] >= 1, masks[after] <= 0
        places = np.where(inside[..., None], grid + (ways[before] - ways[after]), grid).astype(np.float32)
        there = np.asarray((inside | (outside & (masks[before] <= 0))) & _within(places))
        back.append((places, there))
    return Footage("cup over cat", np.array(frames), back)


def of_clip(path: Path, frames: int, size: int) -> Footage:
    """A clip whose motion is estimated."""
    every = np.array(list(islice(open_clip(path, size).frames(), frames)))
    back = []
    for before, after in pairwise(every):
        forth, home = flow_between(before, after), flow_between(after, before)
        agree = np.linalg.norm(backward(forth) - home, axis=2) < AGREE
        places = np.asarray(places_of(*home.shape[:2]) + home, np.float32)
        back.append((places, np.asarray(agree & _within(places))))
    return Footage(path.stem, every, back)


def _view(where: tuple[float, float, float, float], size: tuple[int, int]) -> Float64:
    """From pixels of a frame to those of the photograph, (2, 3)."""
    x, y, nearer, angle = where
    cos, sin = np.cos(angle) / nearer, np.sin(angle) / nearer
    width, height = size
    middle = x + width / 2 - cos * width / 2 + sin * height / 2, y + height / 2 - sin * width / 2 - cos * height / 2
    return np.array([[cos, -sin, middle[0]], [sin, cos, middle[1]]])


def _seen(photo: Float32, view: Float64, size: tuple[int, int]) -> Pixels:
    corners = np.array([[0, 0], [size[0], 0], [0, size[1]], size], float) @ view[:, :2].T + view[:, 2]
    assert (corners >= 0).all() and (corners <= photo.shape[1::-1]).all(), "the camera leaves the photograph"
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    return _levels(cv2.warpAffine(photo, view, size, flags=flags, borderMode=cv2.BORDER_REFLECT))


def _levels(picture: Any) -> Pixels:
    return np.asarray(np.clip(np.rint(picture), 0, 255), np.uint8)


def _places(before: Float64, after: Float64, size: tuple[int, int]) -> Float32:
    there = places_of(size[1], size[0]) @ after[:, :2].T + after[:, 2]
    home = np.linalg.inv(before[:, :2])
    return np.asarray((there - before[:, 2]) @ home.T, np.float32)


def _within(places: Float32) -> Mask:
    height, width = places.shape[:2]
    x, y = places[..., 0], places[..., 1]
    return np.asarray((x >= BORDER) & (x <= width - 1 - BORDER) & (y >= BORDER) & (y <= height - 1 - BORDER))


if __name__ == "__main__":
    main()
