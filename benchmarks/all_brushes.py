"""All brushes of MyPaint: how well the dream of each foretells what its strokes leave over paint.

    python -m benchmarks.all_brushes --out all-brushes.jsonl --pictures some/photographs --held-out other/photographs
    python -m benchmarks.all_brushes --out all-brushes.jsonl --report

Start it in the root of the repository.  Each brush gets a short training, of about a minute of one core.  The file gets
a line of JSON for each brush; those that are in it are not done again, so it may be stopped at any time.  ``--jobs 2``
trains two at the same time, each on a core of its own.  ``--report`` writes ``docs/all-brushes.md`` and the
table that ``dreambrush brushes --all`` shows.  Without folders of pictures it draws them.

Explained is the share of what can be foretold: (error of doing nothing - error) / (error of doing nothing - noise),
mean squared errors of premultiplied RGB.  The strokes and the canvases are unseen, each stroke is painted 12 times.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from contextlib import closing
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).parents[1]))  # also as: python benchmarks/all_brushes.py

from dreambrush.errors import BrushError
from dreambrush.jobs.crew import Crew, open_crew
from dreambrush.machine import describe_machine
from dreambrush.models.catalogue import WEIGHTS_FILE, shipped_folder
from dreambrush.models.stock_table import TABLE_FILE
from dreambrush.mypaint.brushes.folders import brushes_in, stock_folder
from dreambrush.mypaint.engine.myb import BrushSettings, read_myb
from dreambrush.pictures.picture_sets import open_picture_set
from dreambrush.train.collect.learnable import Kind, kind_without_paint
from dreambrush.train.collect.probe import probe
from dreambrush.train.collect.strokes import Collection, brownian_strokes, paint_alpha, random_strokes
from dreambrush.train.collect.wet import dry_version, is_wet_brush
from dreambrush.train.fit.checkpoint import State, read_weights
from dreambrush.train.fit.colour import learn_colour
from dreambrush.train.fit.evaluate import dream_pictures
from dreambrush.train.fit.fit import FitOptions, fit
from dreambrush.train.fit.grounds import Grounds
from dreambrush.train.fit.learn import load_dream
from dreambrush.train.fit.nib import measure_nib
from dreambrush.train.fit.samples import measure_reach, training_points
from dreambrush.train.fit.wet_fit import WetOptions, learn_wet
from dreambrush.train.fit.wet_score import evaluate_wet

# Of the dream, which begins from that of the shipped brush most alike.
STROKES, PIXELS, STEPS, BATCH = 8000, 300, 1500, 4096
WET = WetOptions(strokes=1000, steps=1200, canvases=150, held_out=60)
COLOUR_STEPS = 300
ASKED, TENTH = 40, slice(None, None, 10)  # strokes that shipped dreams are compared on, and that reach is measured on
WANTED = {"dry": 0.95, "wet": 0.95, "blender": 0.95, "eraser": 0.99}
KINDS = ("wet", "blender", "eraser", "dry")
REPORT = Path(__file__).parents[1] / "docs" / "all-brushes.md"


def short_training(
    settings: BrushSettings, seen: Grounds, unseen: Grounds, seed: int, times: int = 1
) -> dict[str, Any]:
    """Trains a brush for so many minutes and scores it: what the table says of it."""
    torch.manual_seed(seed)
    dry = dry_version(settings)
    strokes = np.concatenate([kind(times * STROKES // 2, seed) for kind in (random_strokes, brownian_strokes)])
    painted = Collection(strokes, paint_alpha(dry, strokes))
    begin, weights = _most_alike(painted)
    nib = torch.from_numpy(measure_nib(dry))
    reach = measure_reach(Collection(strokes[TENTH], painted.alpha[TENTH]), nib)
    points = training_points(painted, reach, nib, PIXELS, seed)
    how = FitOptions(steps=times * STEPS, batch=BATCH)
    field = fit(points, reach, nib, how, seed, begin=weights).requires_grad_(False)
    options = replace(WET, strokes=times * WET.strokes, steps=times * WET.steps)
    learnt = learn_wet(settings, field, seen, options, seed) if is_wet_brush(settings) else None
    colours = learn_colour(dry, field, seed, COLOUR_STEPS)[0] if probe(dry).changes_colour else None
    score = evaluate_wet(settings, field, learnt, unseen, seed, WET.held_out, colours)
    about: dict[str, Any] = {"begun_from": begin, **score.as_dict()}
    if learnt is not None:
        about |= {"lanes": len(learnt.lanes), "taps": int(sum(count for _, count, _ in learnt.rings))}
    return about


def kind_of(settings: BrushSettings) -> str:
    """One of KINDS, or "nothing"."""
    unlearnable = kind_without_paint(settings)
    if unlearnable is None:
        return "wet" if is_wet_brush(settings) else "dry"
    return {Kind.ERASER: "eraser", Kind.BLENDER: "blender", Kind.NOTHING: "nothing"}[unlearnable]


def reasons(settings: BrushSettings) -> list[str]:
    """What a brush has that no dream foretells."""
    found = settings.settings
    used = {name for name, setting in found.items() if setting.base_value or setting.inputs}
    known = {
        "paint_mode": "mixes pigments, which is not linear",
        "smudge_transparency": "paints only where the canvas is (or is not) opaque",
        "colorize": "gives its hue to what lies there",
        "posterize": "reduces the colours that lie there",
        "lock_alpha": "keeps the canvas's alpha",
    }
    told = [why for name, why in known.items() if name in used]
    if used & {"change_color_h", "change_color_hsl_s", "change_color_hsv_s", "change_color_l", "change_color_v"}:
        told.append("changes colours, those that it picked up too")
    return told


def _most_alike(painted: Collection) -> tuple[str, State]:
    """Name and weights of the shipped dream that errs least on some strokes."""
    real = painted.alpha[:ASKED].reshape(ASKED, -1) / np.float32(255)
    paths = sorted(shipped_folder("pretrained").glob(f"*/{WEIGHTS_FILE}"))

    def error(path: Path) -> float:
        return float(((dream_pictures(load_dream(path), painted.strokes[:ASKED])[0] - real) ** 2).mean())

    best = min(paths, key=error)
    return best.parent.name, read_weights(best)


@dataclass(frozen=True)
class Lesson:
    """How all brushes are trained.

    Attributes:
        pictures: folder of pictures to train over; None draws them.
        held_out: folder of other pictures, to score on; None draws them.
        seed: of everything.
        times: how many times as long as usual.
    """

    pictures: Path | None
    held_out: Path | None
    seed: int
    times: int

    def __call__(self, brush: tuple[str, Path]) -> dict[str, Any]:
        """Trains a brush: its row of the table."""
        torch.set_num_threads(1)
        name, path = brush
        folders = (self.pictures, WET.canvases, self.seed), (self.held_out, 60, self.seed + 1)
        seen, unseen = (_grounds(*each).anew() for each in folders)  # whatever brush was trained before
        started, row = time.process_time(), {"brush": name, "seed": self.seed}
        try:
            settings = read_myb(path)
            row |= {"kind": kind_of(settings), "digest": settings.digest(), "reasons": reasons(settings)}
            row |= short_training(settings, seen, unseen, self.seed, self.times)
        except BrushError as error:
            row |= {"kind": row.get("kind", "nothing"), "error_message": error.message}
        return row | {"cpu_seconds": round(time.process_time() - started, 1), "machine": machine_in_words()}


@cache
def _grounds(folder: Path | None, count: int, seed: int) -> Grounds:
    """Made once in each process."""
    return Grounds(open_picture_set(folder) if folder else None, count, seed)


def work(names: dict[str, Path], out: Path, lesson: Lesson, crew: Crew) -> None:
    """Has brushes trained; a line for each, those that are there left out."""
    there = {row["brush"] for row in read_rows([out])}
    with closing(crew.run(lesson, [each for each in names.items() if each[0] not in there])) as every:
        for (name, _), row, error in every:
            if row is None:
                print(f"{name}: {str(error) or 'stopped'}", file=sys.stderr, flush=True)
                continue
            with out.open("a") as file:
                file.write(json.dumps(row) + "\n")
            print(f"{name}: {row['kind']}, explained {row.get('explained')}, {row['cpu_seconds']} s", flush=True)


def _later(settings: BrushSettings) -> tuple[bool, bool]:
    """Whether a brush may wait: of wet ones there is more to learn, and of those with pigments less."""
    return not is_wet_brush(settings), settings.settings["paint_mode"].base_value > 0


def machine_in_words() -> str:
    """Processor and cores."""
    found = describe_machine()
    return f"{found['cpu']}, {found['cores']} cores, Python {found['python']}"


def read_rows(files: list[Path]) -> list[dict[str, Any]]:
    """The rows of result files, those that are whole; of each brush the last."""
    rows = {}
    for file in files:
        for line in file.read_text().splitlines() if file.exists() else []:
            try:
                row = json.loads(line)
            except ValueError:
                continue
            rows[row["brush"]] = row
    return list(rows.values())


def write_report(rows: list[dict[str, Any]], total: int) -> None:
    """The page, and the table in the package."""
    rows = sorted(rows, key=lambda row: (KINDS.index(row["kind"]) if row["kind"] in KINDS else 9, row["brush"]))
    table = {
        row["brush"]: {"kind": row["kind"], "digest": row["digest"], "explained": row.get("explained")}
        for row in sorted(rows, key=lambda row: row["brush"])
        if "digest" in row
    }
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(about)}" for name, about in table.items())
    (shipped_folder("pretrained") / TABLE_FILE).write_text("{\n" + lines + "\n}\n")
    REPORT.write_text(page(rows, total))


def page(rows: list[dict[str, Any]], total: int) -> str:
    """The text of docs/all-brushes.md."""
    text = ["# All brushes of MyPaint\n", _introduction(rows, total)]
    text += ["| kind | brushes | wanted | reached by | median explained |", "|---|---|---|---|---|"]
    for kind in KINDS:
        shares = [row["explained"] for row in rows if row["kind"] == kind and "explained" in row]
        if shares:
            good = sum(share >= WANTED[kind] for share in shares)
            text.append(f"| {kind} | {len(shares)} | {WANTED[kind]:.0%} | {good} | {np.median(shares):.1%} |")
    text += [
        "",
        "Errors are in units of 1e-5. *Nothing* is the error of expecting no change, *noise* that of the brush's own",
        "randomness, *dry* that of a dream that does not see the canvas, *wet* that of the dream that does.",
        "",
        "| brush | kind | nothing | noise | dry | wet | explained | CPU s | why not better |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        name, kind, seconds = row["brush"].replace("|", "\\|"), row["kind"], row["cpu_seconds"]
        if "explained" not in row:
            text.append(f"| {name} | {kind} | | | | | | {seconds:.0f} | {row.get('error_message', '')} |")
            continue
        errors = " | ".join(f"{1e5 * row[column]:.3g}" for column in ("nothing", "noise", "dry", "error"))
        short = row["explained"] < WANTED.get(kind, 1)
        why = "; ".join(row["reasons"]) or "the training was short" if short else ""
        text.append(f"| {name} | {kind} | {errors} | {row['explained']:.1%} | {seconds:.0f} | {why} |")
    return "\n".join(text) + "\n"


def _introduction(rows: list[dict[str, Any]], total: int) -> str:
    first = rows[0]
    return f"""How well the dream of each brush foretells what a stroke leaves on a canvas with paint on it. The command
`python -m benchmarks.all_brushes --out all-brushes.jsonl` trains each brush for about a minute of one core, far shorter
than `dreambrush train` does; with `--report` it writes this page. Some that fell short were trained for up to four
minutes (`--times 4`), as the column of CPU seconds tells. So far {len(rows)} of {total} brushes are done.

*Explained* is (error of doing nothing - error) / (error of doing nothing - noise): the share of what can be foretold.
Errors are mean squared errors of premultiplied RGB, of {WET.held_out} unseen strokes over unseen canvases, each painted
12 times. Half of the canvases are pictures; the others have strokes on a picture, on one colour, or on nothing.
Seed {first["seed"]}; {first["machine"]}.
"""


def main() -> None:
    """Reads the arguments, and works or reports."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="file of results, one line of JSON for each brush")
    parser.add_argument("--others", type=Path, nargs="*", default=[], help="of longer training")
    parser.add_argument("--jobs", type=int, default=1, help="train so many brushes at the same time")
    parser.add_argument("--pictures", type=Path, help="folder of pictures to train over")
    parser.add_argument("--held-out", type=Path, help="folder of other pictures, to score on")
    parser.add_argument("--brushes", nargs="*", help="only these, as in classic/smudge")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--times", type=int, default=1, help="train so many times as long")
    parser.add_argument("--report", action="store_true", help="write the page and the table of what is there")
    arguments = parser.parse_args()
    folder = stock_folder()
    if folder is None:
        sys.exit("The brushes of MyPaint are not installed (package mypaint-brushes).")
    names = brushes_in(folder)
    if arguments.report:
        write_report(read_rows([arguments.out, *arguments.others]), len(names))
        return
    wanted = arguments.brushes or names
    order = sorted(wanted, key=lambda name: (*_later(read_myb(names[name])), name))
    print(f"{machine_in_words()}; seed {arguments.seed}; {len(order)} brushes", flush=True)
    lesson = Lesson(arguments.pictures, arguments.held_out, arguments.seed, arguments.times)
    with open_crew(arguments.jobs) as crew:
        work({name: names[name] for name in order}, arguments.out, lesson, crew)


if __name__ == "__main__":
    from benchmarks import all_brushes  # whoever trains elsewhere knows it by this name

    all_brushes.main()
