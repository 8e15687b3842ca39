"""Compares the dreams of brushes on the same held-out strokes, and prints one JSON object per brush and dream.

    python -m research.dreams.compare oil bristle ~/.local/share/mypaint/brushes/mine/ragged.myb --table dreams.md

BRUSH is a name or a .myb file.  The field is the brush's own where it has one, and else trained now, as V and M and the
MDN-RNN always are; they learn from --strokes random strokes.  Errors are squared alpha (0..1), means over the pixels of
64x64 pictures that no dream has seen.  Speeds are taken in turns with the engine's, on the same cores: the field dreams
32x32 pictures in onnxruntime, looking only where paint can get, the others 64x64 pictures in torch, and the engine
paints 64x64 pictures in RGB mode.  Each result is added to --results as soon as it is there, and what is there is not
done again.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save

from dreambrush.arrays import Float32, Pixels
from dreambrush.cores import available_cores
from dreambrush.dream.dream import Dream
from dreambrush.files.output import open_output
from dreambrush.machine import describe_machine
from dreambrush.models.catalogue import DREAM_FILE, BrushFile, find_brush, list_brushes
from dreambrush.mypaint.engine.myb import BrushSettings, read_myb
from dreambrush.train.collect.episodes import EPISODE_LENGTH, EPISODES_PER_BRUSH, paint_episodes, random_episodes
from dreambrush.train.collect.strokes import SIDE, Collection, collect, paint_strokes, random_strokes
from dreambrush.train.fit.evaluate import HELD_OUT_SEED_OFFSET, NOISE_RENDERS
from dreambrush.train.pipeline import train
from dreambrush.train.plan import TrainOptions
from research.dreams.dreamt_pictures import dreamt_pictures
from research.dreams.mdn_rnn import MdnRnnOptions, dream_episodes, fit_mdn_rnn
from research.dreams.mixture_memory import MemoryOptions, fit_memory
from research.dreams.vae import VaeOptions, fit_vae

Pictures = Callable[[Float32], tuple[Float32, Float32]]
"""Strokes (b, 9) in; mean and variance of alpha out, (b, pixels) each."""

DREAMS = ("field", "memory", "mdn_rnn")
HELD_OUT = 500  # strokes, painted NOISE_RENDERS times each
HELD_OUT_EPISODES = 2 * EPISODES_PER_BRUSH
ROLLS = 4  # of each episode by the MDN-RNN; their mean is judged
PICTURE_CHUNK = 25  # strokes dreamt together by V: what fits a core's cache
SMALL = 32  # pixels a side of the field's pictures when its speed is measured
TIMED, ROUNDS = 1000, 5  # strokes a round
VARIANCE_BINS = (0.0, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 1.0)


@dataclass(frozen=True)
class World:
    """What a brush really does, for dreams to be judged by."""

    strokes: Float32  # (n, 9)
    renders: Float32  # (n, NOISE_RENDERS, pixels), all of the same strokes
    episodes: Float32  # (e, t, 9)
    canvases: Float32  # (e, t, SIDE, SIDE), after each stroke


@dataclass(frozen=True)
class Candidate:
    """A dream and what it cost."""

    pictures: Pictures  # at 64 px
    timed: Callable[[Float32], object]  # dreams strokes (b, 9) at the size and on the cores that its speed is told for
    episodes: Callable[[Float32], Float32]  # strokes (e, t, 9) to canvases (e, t, SIDE, SIDE)
    seconds: dict[str, float]
    learned_from: int  # strokes
    kilobytes: float
    trained: str = "now"


def see_world(settings: BrushSettings, seed: int) -> World:
    """Paints the held-out strokes and episodes of a brush."""
    held_out = random_strokes(HELD_OUT, seed + HELD_OUT_SEED_OFFSET)
    renders = paint_strokes(settings, np.repeat(held_out, NOISE_RENDERS, axis=0))
    strokes, canvases = collect_episodes(settings, HELD_OUT_EPISODES, seed + HELD_OUT_SEED_OFFSET)
    return World(
        held_out,
        unit(renders).reshape(HELD_OUT, NOISE_RENDERS, -1),
        strokes,
        unit(canvases[:, 1:]),
    )


def unit(alpha: Pixels) -> Float32:
    """Levels 0..255 as 0..1."""
    return alpha.astype(np.float32) / np.float32(255)


def collect_episodes(settings: BrushSettings, count: int, seed: int) -> tuple[Float32, Pixels]:
    """Strokes (count, t, 9) and alpha of canvases (count, t + 1, SIDE, SIDE); in RGB mode, for alpha is the same."""
    settings = settings.with_values(paint_mode=0.0)
    strokes, colour = random_episodes(count, seed)
    canvases = np.empty((count, EPISODE_LENGTH + 1, SIDE, SIDE), np.uint8)

    def paint_chunk(first: int) -> None:
        chunk = slice(first, first + EPISODES_PER_BRUSH)
        canvases[chunk] = paint_episodes(settings, strokes[chunk], colour[chunk]).canvas[..., 3]

    with ThreadPoolExecutor(available_cores()) as pool:
        list(pool.map(paint_chunk, range(0, count, EPISODES_PER_BRUSH)))
    return strokes, canvases


def field(brush: BrushFile, seed: int, options: argparse.Namespace) -> Candidate:
    """The field: the brush's own, or one trained now."""
    folder, trained = brush.dream, "before"
    if folder is None or options.retrain:
        folder, trained = options.work / brush.name, "now"
        plan = TrainOptions(seed=seed)
        plan = replace(plan, fit=shortened(plan.fit, options.share))
        train(brush, folder, plan, ("collect", "dream", "export"))
    dream = Dream(folder, threads=1)

    def pictures(strokes: Float32) -> tuple[Float32, Float32]:
        mean, variance = dreamt_pictures(dream, strokes, SIDE)
        return mean.reshape(len(strokes), -1), variance.reshape(len(strokes), -1)

    def small(strokes: Float32) -> object:
        return dreamt_pictures(dream, strokes, SMALL, SIDE / SMALL)

    seconds = {name: value for name, value in dream.card["seconds"].items() if name in ("collect", "fit")}
    learned_from, kilobytes = dream.card["data"]["strokes"], (folder / DREAM_FILE).stat().st_size / 1000
    return Candidate(pictures, small, laid_over(pictures), seconds, learned_from, kilobytes, trained)


def memory(brush: BrushFile, seed: int, options: argparse.Namespace) -> Candidate:
    """V and M, trained on single strokes."""
    clock = Clock()
    collection: Collection = collect(read_myb(brush.path), options.strokes, seed)
    clock.stop("collect")
    vae = fit_vae(collection.alpha, shortened(VaeOptions(), options.share), seed)
    clock.stop("fit V")
    dream = fit_memory(vae, collection.strokes, collection.alpha, shortened(MemoryOptions(), options.share), seed)
    clock.stop("fit M")
    pictures = in_torch(dream)
    weights = {name: tensor for name, tensor in dream.state_dict().items() if not name.startswith("vae.encoder")}
    return Candidate(pictures, pictures, laid_over(pictures), clock.seconds, options.strokes, len(save(weights)) / 1000)


def mdn_rnn(brush: BrushFile, seed: int, options: argparse.Namespace) -> Candidate:
    """V and the MDN-RNN, trained on episodes."""
    clock = Clock()
    strokes, canvases = collect_episodes(read_myb(brush.path), options.strokes // EPISODE_LENGTH, seed)
    clock.stop("collect")
    frames = canvases.reshape(-1, SIDE, SIDE)
    vae = fit_vae(frames, shortened(VaeOptions(), options.share), seed)
    clock.stop("fit V")
    dream = fit_mdn_rnn(vae, strokes, canvases, shortened(MdnRnnOptions(), options.share), seed)
    clock.stop("fit M")

    def episodes(strokes: Float32) -> Float32:
        rolls = [dream_episodes(dream, strokes, 1.0, roll)[:, 1:] for roll in range(ROLLS)]
        return np.asarray(np.mean(rolls, axis=0), np.float32)

    pictures, kilobytes = in_torch(dream), len(save(dream.state_dict())) / 1000
    return Candidate(pictures, pictures, episodes, clock.seconds, strokes.shape[0] * EPISODE_LENGTH, kilobytes)


def in_torch(dream: torch.nn.Module) -> Pictures:
    """A torch dream as a function of arrays."""

    @torch.no_grad()
    def pictures(strokes: Float32) -> tuple[Float32, Float32]:
        parts = (torch.from_numpy(strokes[i : i + PICTURE_CHUNK]) for i in range(0, len(strokes), PICTURE_CHUNK))
        means, variances = zip(*(dream(part) for part in parts), strict=True)
        return torch.cat(means).flatten(1).numpy(), torch.cat(variances).flatten(1).numpy()

    return pictures


def laid_over(pictures: Pictures) -> Callable[[Float32], Float32]:
    """Episodes by arithmetic: what shines through a stroke is what its alpha leaves."""

    def episodes(strokes: Float32) -> Float32:
        mean = pictures(strokes.reshape(-1, 9))[0].reshape(*strokes.shape[:2], SIDE, SIDE)
        return np.asarray(1 - np.cumprod(1 - mean, axis=1), np.float32)

    return episodes


class Clock:
    """Wall seconds of each stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._started = time.perf_counter()

    def stop(self, stage: str) -> None:
        """Ends a stage; the next begins."""
        self.seconds[stage] = round(time.perf_counter() - self._started, 1)
        self._started = time.perf_counter()


def shortened(options: Any, share: float) -> Any:
    """Options with that share of their steps."""
    return replace(options, steps=max(int(options.steps * share), 2))


def speeds(candidate: Candidate, settings: BrushSettings, seed: int) -> dict[str, float]:
    """Strokes a second, painted and dreamt in turns; medians."""
    strokes = random_strokes(TIMED, seed)
    ways: dict[str, Callable[[Float32], object]] = {
        "painted_per_second": lambda strokes: paint_strokes(settings, strokes),
        "dreamt_per_second": candidate.timed,
    }
    rates: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, way in ways.items():
            started = time.perf_counter()
            way(strokes)
            rates[name].append(TIMED / (time.perf_counter() - started))
    return {name: round(statistics.median(values), 1) for name, values in rates.items()}


def reliability(mean: Float32, variance: Float32, repeats: Float32) -> tuple[list[dict[str, float]], float]:
    """Predicted variance against the squared error measured over repeated renders.

    Args:
        mean: (k, pixels).
        variance: (k, pixels).
        repeats: (k, renders, pixels).

    Returns:
        A row per bin of predicted variance, and the mean distance of the two over all pixels' bins as a share of the
        mean squared error (0 = the variance is true in every bin).
    """
    measured = np.mean([(repeats[:, i] - mean) ** 2 for i in range(repeats.shape[1])], axis=0)
    rows, off = [], 0.0
    for low, high in itertools.pairwise(VARIANCE_BINS):
        chosen = (variance >= low) & (variance < high)
        if not chosen.any():
            continue
        said, was, share = (float(values.mean()) for values in (variance[chosen], measured[chosen], chosen))
        bin_row = {"from": low, "to": high, "pixels": share, "predicted": said, "measured": was}
        rows.append({name: digits(value) for name, value in bin_row.items()})
        off += share * abs(said - was)
    return rows, off / max(float(measured.mean()), 1e-12)


def digits(value: float) -> float:
    """Four significant digits."""
    return float(f"{value:.4g}")


def judge(candidate: Candidate, world: World) -> dict[str, object]:
    """All that is said of a dream but its speed."""
    mean, variance = candidate.pictures(world.strokes)
    bins, off = reliability(mean, variance, world.renders)
    error = float(np.mean([((mean - world.renders[:, i]) ** 2).mean(dtype=np.float64) for i in range(NOISE_RENDERS)]))
    dreamt = candidate.episodes(world.episodes)
    by_stroke = ((dreamt - world.canvases) ** 2).mean((0, 2, 3), dtype=np.float64)
    return {
        "error": digits(error),
        "noise_floor": digits(float(world.renders.var(axis=1, ddof=1).mean(dtype=np.float64))),
        "mean_picture_error": digits(float(world.renders[:, 0].var(axis=0, dtype=np.float64).mean())),
        "predicted_variance": digits(float(variance.mean(dtype=np.float64))),
        "calibration": digits(float(variance.mean(dtype=np.float64)) / max(error, 1e-12)),
        "reliability_error": digits(off),
        "reliability": bins,
        "episode_error": {str(t): digits(float(by_stroke[t - 1])) for t in (1, 4, EPISODE_LENGTH)},
        "mean_canvas_error": digits(float(world.canvases[:, -1].var(axis=0, dtype=np.float64).mean())),
    }


TABLE = {
    "brush": "brush",
    "dream": "dream",
    "error": "error",
    "noise_floor": "noise floor",
    "mean_picture_error": "mean picture's error",
    "calibration": "predicted / measured variance",
    "reliability_error": "reliability error",
    "last_canvas_error": f"error after {EPISODE_LENGTH} strokes",
    "training_seconds": "training, s",
    "dreamt_per_second": "dreamt, strokes/s",
    "painted_per_second": "painted, strokes/s",
    "kilobytes": "kB",
}


def write_table(rows: list[dict[str, Any]], path: Path) -> None:
    """One Markdown table of all results."""
    lines = ["| " + " | ".join(TABLE.values()) + " |", "|" + "---|" * len(TABLE)]
    for row in rows:
        row = row | {"last_canvas_error": row["episode_error"][str(EPISODE_LENGTH)]}
        lines.append("| " + " | ".join(format_cell(row[key]) for key in TABLE) + " |")
    with open_output(path, overwrite=True) as file:
        file.write(("\n".join(lines) + "\n").encode())


def format_cell(value: object) -> str:
    """Small numbers with three significant digits, large ones whole."""
    if not isinstance(value, float):
        return str(value)
    if abs(value) < 1e-9:
        return "0"
    return f"{value:,.0f}" if abs(value) >= 100 else np.format_float_positional(value, 3, fractional=False, trim="-")


def read_results(path: Path) -> list[dict[str, Any]]:
    """Results of earlier runs; a last line that was cut off is left out."""
    rows = []
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else []:
        try:
            rows.append(json.loads(line))
        except ValueError:
            continue
    return rows


def add_result(path: Path, row: dict[str, Any]) -> None:
    """Adds a result; on a new line even if the last one was cut off."""
    whole = not path.exists() or path.read_bytes()[-1:] in (b"", b"\n")
    with path.open("a", encoding="utf-8") as file:
        file.write(("" if whole else "\n") + json.dumps(row) + "\n")
        file.flush()
        os.fsync(file.fileno())


def identity(row: dict[str, Any]) -> tuple[object, ...]:
    """What makes two results results of the same thing."""
    return tuple(row[key] for key in ("brush", "brush_digest", "dream", "seed", "share", "strokes"))


def main() -> None:
    """Reads the command line, and measures what is not there yet."""
    parser = argparse.ArgumentParser(description="Compare dreams of brushes on the same held-out strokes.")
    parser.add_argument("brush", nargs="*", help="names or .myb files (default: all that come with dreambrush)")
    parser.add_argument("--dreams", nargs="+", choices=DREAMS, default=list(DREAMS))
    parser.add_argument("--strokes", type=int, default=60000, help="that V, M and the MDN-RNN learn from")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--share", type=float, default=1.0, help="of the steps of training; small ones for a trial")
    parser.add_argument("--threads", type=int, default=2, help="that torch computes with (default: 2)")
    parser.add_argument("--retrain", action="store_true", help="train the field now even if the brush has one")
    parser.add_argument("--results", type=Path, default=Path("dreams.jsonl"), help="where results are added")
    parser.add_argument("--table", type=Path, help="write all results as a Markdown table to this file")
    parser.add_argument("--work", type=Path, default=Path("out/dreams"), help="folder for fields trained now")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    makers = {"field": field, "memory": memory, "mdn_rnn": mdn_rnn}
    rows = read_results(options.results)
    for brush in [find_brush(name) for name in options.brush] or list_brushes():
        settings = read_myb(brush.path)
        same = {"brush": brush.name, "brush_digest": settings.digest(), "seed": options.seed, "share": options.share}
        world = None
        for name in options.dreams:
            row: dict[str, Any] = {**same, "dream": name, "strokes": options.strokes}
            if identity(row) in map(identity, rows):
                continue
            world = world or see_world(settings, options.seed)
            candidate = makers[name](brush, options.seed, options)
            fits = [value for stage, value in candidate.seconds.items() if stage.startswith("fit")]
            row |= {"trained": candidate.trained, "learned_from": candidate.learned_from, **judge(candidate, world)}
            row |= {"seconds": candidate.seconds, "training_seconds": round(sum(fits), 1)}
            row |= {**speeds(candidate, settings, options.seed), "kilobytes": round(candidate.kilobytes, 1)}
            row |= {"machine": describe_machine(), "threads": options.threads}
            rows.append(row)
            add_result(options.results, row)
            print(json.dumps(row), flush=True)
    if options.table:
        write_table(rows, options.table)


if __name__ == "__main__":
    main()
