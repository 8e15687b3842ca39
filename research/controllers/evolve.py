"""Evolves the compact controller on handwritten digits, inside the dream only, and proves it on the real canvas.

    python -m research.controllers.evolve DIGITS.npz --output research/pretrained
    python -m research.controllers.evolve DIGITS.npz --output out --ablations

DIGITS.npz holds ``x``, (n, 28, 28) uint8, light on dark, as MNIST has them.  They are enlarged to 64 pixels (bicubic)
and inverted; the last ninth is held out.  A journal beside the output makes a stopped evolution go on.  Without
``--ablations``, writes ``digits.npy`` (the genome), ``digits.json`` (its card) and ``digits.png`` (targets and real
paintings).  With it, evolves nine variants for as many generations each, which shows what makes evolution work here
when it did not in Nakano's post, and writes ``evolution.json`` and ``evolution.png``.  Prints JSON.
"""

from __future__ import annotations

import argparse
import functools
import json
import os
import platform
import time
from dataclasses import dataclass, fields, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from benchmarks.curves import Curve, draw_curves
from dreambrush.arrays import Float32, Float64
from dreambrush.bezier import PRESSURES, RADIUS
from dreambrush.dream.dream import Dream
from dreambrush.files.output import open_output
from dreambrush.models.catalogue import find_brush
from dreambrush.mypaint.engine.myb import read_myb
from dreambrush.painter.geometry import constrained
from dreambrush.painter.propose.ridge_proposer import THICKEST, THINNEST
from dreambrush.pictures.contact_sheet import draw_contact_sheet
from research.controllers.cma_es import BLACK, RIDGE_BODY, Body, CmaOptions, evolve, roll_out_genomes
from research.controllers.mutation import mutated
from research.controllers.transfer_gap import prove

SIDE = 64
WATCHED = 32  # training digits on which the curve is measured
EVERY = 5  # generations between two points of the curve
LATENTS = 32
VARIATIONS, BOLDNESS = 8, 0.2  # of each proposal; in steps of mutation
GRID, PRESSURE_STEPS, SIZES = 32, 10, (1.5, 3.0, 6.0)  # of discrete actions: places each way, steps, radii in pixels


class Stopped(Exception):  # noqa: N818 - no error
    """The time is up."""


@dataclass(frozen=True)
class LatentBody:
    """As the post's controller: sees the window as a latent picture, and answers in the window's own coordinates.

    Attributes:
        basis: (s * s, LATENTS) principal components of what may be wrong.
    """

    basis: Float32

    @property
    def scales(self) -> Float64:
        """See :class:`Body`."""
        return np.ones((LATENTS + 1) * 9)

    def __call__(self, residual: Float32, genomes: Float64, count: int) -> Float32:
        """See :class:`Body`; however many are asked for, it has one idea."""
        seen = residual.mean(-1).reshape(len(residual), -1) @ self.basis
        weights = genomes.reshape(-1, LATENTS + 1, 9)
        raw = np.tanh(np.einsum("nl,nlo->no", seen, weights[:, :-1]) + weights[:, -1])
        middle = SIDE * (0.5 + 0.45 * raw[:, 0:2])
        half = SIDE * 0.3 * raw[:, 2:4] + np.array([3.0, 0.0])
        aside = 0.45 * raw[:, 4:5] * 2 * np.stack([-half[:, 1], half[:, 0]], 1)
        pressure = 0.55 + 0.45 * raw[:, 5:7]
        radius = 3.0 * np.exp(raw[:, 7:8])
        path = [middle - half, middle + aside, middle + half]
        strokes = np.concatenate([*path, pressure, radius], 1, dtype=np.float32)
        return np.repeat(strokes[:, None], count, axis=1)


@dataclass(frozen=True)
class DiscreteBody:
    """The compact controller with actions as in SPIRAL and the post: places on a grid, steps of pressure, few sizes."""

    @property
    def scales(self) -> Float64:
        """See :class:`Body`."""
        return RIDGE_BODY.scales

    def __call__(self, residual: Float32, genomes: Float64, count: int) -> Float32:
        """See :class:`Body`."""
        strokes = RIDGE_BODY(residual, genomes, count)
        cell = SIDE / GRID
        strokes[..., :6] = (np.floor(strokes[..., :6] / cell) + 0.5) * cell
        strokes[..., PRESSURES] = np.ceil(strokes[..., PRESSURES] * PRESSURE_STEPS) / PRESSURE_STEPS
        sizes = np.array(SIZES, np.float32)
        strokes[..., RADIUS] = sizes[np.abs(np.log(strokes[..., RADIUS, None]) - np.log(sizes)).argmin(-1)]
        return strokes


def load_digits(path: Path) -> Float32:
    """(n, SIDE, SIDE, 1) float32 in 0..1, dark on white."""
    raw = np.load(path)["x"]
    enlarged = [Image.fromarray(255 - digit).resize((SIDE, SIDE), Image.Resampling.BICUBIC) for digit in raw]
    return np.stack([np.asarray(digit, np.float32)[..., None] / np.float32(255) for digit in enlarged])


def in_colour(digits: Float32) -> Float32:
    """Three equal channels."""
    return np.repeat(digits, 3, axis=-1)


def run(
    dream: Dream,
    digits: Float32,
    options: CmaOptions,
    seed: int,
    journal_path: Path,
    body: Body = RIDGE_BODY,
    start: Float64 | None = None,
    until: float = float("inf"),
    processes: int = 1,
) -> tuple[dict[str, Any], Float64]:
    """Evolves, noting fitness and error as it goes; returns the journal and the genome.

    Raises:
        Stopped: the clock (time.monotonic) has passed ``until``; the journal is kept.
    """
    # How many generations are wanted does not change the first ones.
    about = {**options.as_dict(), "generations": None, "seed": seed}
    journal: dict[str, Any] = {"about": about, "fitness": [], "generation": [], "mse": [], "cpu_seconds": 0.0}
    if journal_path.exists():
        kept = json.loads(journal_path.read_text())
        journal = kept if kept["about"] == about else journal
    watched, spent, started = in_colour(digits[-WATCHED:]), journal["cpu_seconds"], time.process_time()

    def due(generation: int) -> bool:
        return generation % EVERY == 0 or generation + 1 == options.generations

    def note(generation: int, fitness: Float64, favourite: Float64) -> None:
        new = generation >= len(journal["fitness"])
        if new:
            journal["fitness"].append([float(value) for value in fitness])
        if due(generation) and generation not in journal["generation"]:
            journal["generation"].append(generation)
            journal["mse"].append(dreamt_error(dream, favourite, watched, options, body))
        if new:
            journal["cpu_seconds"] = spent + time.process_time() - started
            with open_output(journal_path, overwrite=True) as file:
                file.write(json.dumps(journal).encode())
        if time.monotonic() > until and generation + 1 < options.generations:
            raise Stopped

    known = list(journal["fitness"])
    genome = evolve(dream, in_colour(digits), options, seed, note, known, start, processes, body)
    return journal, genome


def dreamt_error(dream: Dream, genome: Float64, targets: Float32, options: CmaOptions, body: Body) -> float:
    """Mean squared error of whole paintings inside the dream."""
    left = targets - targets
    for laid in roll_out_genomes(dream, genome[None], targets, options, body):
        left = (targets - laid.canvas) ** 2
        if options.certain:
            left = left + laid.variance
    return float(left.mean())


def proof_on_canvas(
    dream: Dream, brush: str, genome: Float64, targets: Float32, options: CmaOptions, sheet: Path | None
) -> dict[str, Any]:
    """Figures on the real canvas.

    Planned inside the dream alone; with a look at the canvas after each stroke; and, so, each proposal imagined with a
    few random variations.
    """
    genomes = np.repeat(genome[None], len(targets), axis=0)
    grounds = np.ones((len(targets), 3), np.float32)
    settings = read_myb(find_brush(brush).path)
    rng = np.random.default_rng(0)

    def proposals(target: Float32, canvas: Float32) -> Float32:
        return RIDGE_BODY(target - canvas, genomes, options.candidates)

    def variations(target: Float32, canvas: Float32) -> Float32:
        plain = proposals(target, canvas)
        changed = mutated(np.repeat(plain.reshape(-1, 9), VARIATIONS, axis=0), BOLDNESS, rng)
        changed = constrained(changed, SIDE, SIDE, THINNEST, THICKEST).reshape(len(plain), -1, 9)
        return np.concatenate([plain, changed], 1)

    figures = {}
    for name, propose, look_again in (
        ("planned_in_the_dream", proposals, False),
        ("looking_again", proposals, True),
        ("looking_again_with_variations", variations, True),
    ):
        proof = prove(dream, settings, targets, grounds, options.strokes, propose, BLACK, look_again=look_again)
        figures[name] = proof.figures()
        if name == "looking_again":
            paintings = proof.paintings
    if sheet is not None:
        bytes_of = [np.rint(255 * pictures[:32]).astype(np.uint8) for pictures in (targets, paintings)]
        rows = [list(pictures[i : i + 16]) for i in (0, 16) for pictures in bytes_of]
        draw_contact_sheet(rows, [""] * 16, scale=1).save(sheet, optimize=True)
    return figures


def ablations(dream: Dream, digits: Float32, options: CmaOptions, seed: int, folder: Path, until: float) -> None:
    """What makes evolution work: the same effort for each variant."""
    rng = np.random.default_rng(seed)
    flat = (digits[:1000, ..., 0] - 1).reshape(1000, -1)
    scale = float(np.sqrt((flat**2).sum(1).mean()))
    _, _, components = np.linalg.svd(flat / scale * np.sqrt(LATENTS), full_matrices=False)
    latent = LatentBody((components[:LATENTS].T / scale * np.sqrt(LATENTS)).astype(np.float32))
    # One idea instead of several: as many strokes are dreamt when there are more pictures.
    more = replace(options, candidates=1, pictures=options.pictures * options.candidates)
    random = rng.normal(0, 1, len(RIDGE_BODY.scales))
    variants: dict[str, tuple[CmaOptions, Body, Float64 | None]] = {
        "as it is": (options, RIDGE_BODY, None),
        "one proposal, not six": (more, RIDGE_BODY, None),
        "random first weights": (replace(options, sigma=0.5), RIDGE_BODY, random),
        "first step 0.5": (replace(options, sigma=0.5), RIDGE_BODY, None),
        "last error only": (replace(options, stepwise=0.0), RIDGE_BODY, None),
        "every stroke's error": (replace(options, stepwise=1.0), RIDGE_BODY, None),
        "discrete actions": (options, DiscreteBody(), None),
        "latent picture": (replace(more, sigma=0.3), latent, None),
        "latent, random, step 1.0": (
            replace(more, sigma=1.0),
            latent,
            rng.normal(0, 1, len(latent.scales)),
        ),
    }
    curves: dict[str, Curve] = {}
    result = {}
    held_out = in_colour(digits[-2 * WATCHED : -WATCHED])
    for name, (variant, body, start) in variants.items():
        journal_path = folder / f"ablation-{len(curves)}.journal.json"
        journal, genome = run(dream, digits[: -2 * WATCHED], variant, seed, journal_path, body, start, until)
        curves[name] = (journal["generation"], journal["mse"])
        error = dreamt_error(dream, genome, held_out, variant, body)
        result[name] = {"mse": [round(v, 5) for v in journal["mse"]], "held_out_mse": round(error, 5)}
        print(json.dumps({name: result[name]}), flush=True)
    about = {"generation": next(iter(curves.values()))[0], "options": options.as_dict(), "seed": seed}
    with open_output(folder / "evolution.json", overwrite=True) as file:
        file.write((json.dumps({**about, "variants": result}, indent=2) + "\n").encode())
    title = "digits, 8 black strokes: mean squared error inside the dream"
    draw_curves(curves, folder / "evolution.png", title, "generation", logarithmic=True)


def command_of(digits: str, brush: str, options: CmaOptions, seed: int) -> str:
    """The command that evolves the same again, with what differs from the defaults."""
    words = ["python -m research.controllers.evolve", digits, f"--brush {brush}"]
    for each in fields(CmaOptions):
        value = getattr(options, each.name)
        if each.name != "black" and value != each.default:
            words.append(f"--{each.name}" if value is True else f"--{each.name} {value}")
    return " ".join([*words, f"--seed {seed}"])


def main() -> None:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description="Evolve the compact controller on digits and prove it for real.")
    parser.add_argument("digits", type=Path)
    parser.add_argument("--output", type=Path, default=Path("out"), help="folder")
    parser.add_argument("--brush", default="oil")
    for name in ("generations", "population", "pictures", "candidates"):
        parser.add_argument(f"--{name}", type=int, default=getattr(CmaOptions, name))
    parser.add_argument("--stepwise", type=float, default=CmaOptions.stepwise)
    parser.add_argument("--sigma", type=float, default=CmaOptions.sigma)
    parser.add_argument("--certain", action="store_true", help="what the dream is unsure of counts as error")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=float("inf"), help="stop after that; call again to go on")
    parser.add_argument("--held-out", type=int, default=100, help="digits to prove it on")
    parser.add_argument("--ablations", action="store_true")
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    until = time.monotonic() + 60 * options.minutes
    digits = load_digits(options.digits)
    practice, held_out = digits[: len(digits) * 8 // 9], in_colour(digits[len(digits) * 8 // 9 :][: options.held_out])
    dream = Dream(find_brush(options.brush).dream_folder(), threads=1)
    chosen = {each.name: getattr(options, each.name) for each in fields(CmaOptions) if hasattr(options, each.name)}
    cma_options = CmaOptions(**chosen, black=True)
    stem = "digits" if options.brush == "oil" else f"digits-{options.brush}"
    try:
        if options.ablations:
            small = replace(cma_options, population=16, pictures=6)
            ablations(dream, practice, small, options.seed, options.output, until)
            return
        journal_path = options.output / f"{stem}.journal.json"
        run_it = functools.partial(run, until=until, processes=options.processes)
        journal, genome = run_it(dream, practice, cma_options, options.seed, journal_path)
    except Stopped:
        print(json.dumps({"stopped": True}), flush=True)
        return
    card = {
        "kind": "compact controller (research/controllers/cma_es.py), evolved inside the dream",
        "brush": options.brush,
        "command": command_of(options.digits.name, options.brush, cma_options, options.seed),
        "seed": options.seed,
        "data": f"{len(practice)} handwritten digits at {SIDE} px, black on white",
        "parameters": len(RIDGE_BODY.scales),
        "options": cma_options.as_dict(),
        "curve": {"generation": journal["generation"], "mse": [round(v, 5) for v in journal["mse"]]},
        "held_out": {
            "digits": len(held_out),
            "white": round(float(((held_out - 1) ** 2).mean()), 5),
            "without_weights": proof_on_canvas(
                dream, options.brush, np.zeros_like(genome), held_out, cma_options, None
            ),
            "evolved": proof_on_canvas(
                dream, options.brush, genome, held_out, cma_options, options.output / f"{stem}.png"
            ),
        },
        "cpu_seconds": round(journal["cpu_seconds"]),  # of this process, not of others that paint for it
        "cores": os.cpu_count(),
        "versions": {"python": platform.python_version(), **{n: version(n) for n in ("dreambrush", "numpy", "cma")}},
    }
    with open_output(options.output / f"{stem}.npy", overwrite=True) as file:
        np.save(file, genome)
    with open_output(options.output / f"{stem}.json", overwrite=True) as file:
        file.write((json.dumps(card, indent=2) + "\n").encode())
    print(json.dumps(card["held_out"]), flush=True)


if __name__ == "__main__":
    main()
