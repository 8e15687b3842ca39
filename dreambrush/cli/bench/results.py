"""What ``dreambrush bench`` saves and prints: strokes, contact sheets, figures and a table."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dreambrush.errors import OutputError

if TYPE_CHECKING:
    from dreambrush.arrays import Float32
    from dreambrush.painter.measure.few_strokes import Trial
    from dreambrush.pictures.contact_sheet import Picture

ACROSS, MOST_ON_SHEET = 3, 60  # pictures in a row of a contact sheet, and on all of it


@dataclass(frozen=True, eq=False)
class Lot:
    """A picture that was chosen at random.

    Attributes:
        index: its place in its set.
        name: what to call it.
        target: (h, w, 3) float32, sRGB 0..1.
    """

    index: int
    name: str
    target: Float32


@contextmanager
def made_folder(folder: Path, files: Collection[Path], *, force: bool) -> Iterator[None]:
    """Create a folder for the results of the block.  If the block fails, an empty folder is removed again.

    Args:
        folder: the folder; its parents are created too.
        files: the files that will be saved there, or in folders within it.
        force: whether they may be there already.

    Raises:
        OutputError: some are there, or the folder cannot be created.
    """
    try:
        for path in files:
            if path.exists() and not force:
                raise OutputError(
                    f"'{path}' exists already.",
                    "Choose another folder with -o, or replace it with --force.",
                    id="output-exists",
                )
        inner = {path.parent for path in files}
        wanted = {above for path in inner for above in (path, *path.parents)}
        new = sorted((path for path in wanted if not path.exists()), key=lambda path: len(path.parts), reverse=True)
        for path in inner:
            path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"The folder {folder} cannot be created: {error.strerror}."
        raise OutputError(message, "Choose another with -o.", id="cannot-make-folder") from None
    try:
        yield
    except BaseException:
        for path in new:
            with suppress(OSError):  # it is not empty
                path.rmdir()
        raise


class ResultsFolder:
    """Strokes, contact sheets and figures of a task.

    Args:
        task: its name.
        folder: where to save; it need not exist yet.
        counts: the numbers of strokes.

    Attributes:
        done: for each finished picture, one trial for each of the counts.
    """

    def __init__(self, task: str, folder: Path, counts: tuple[int, ...]) -> None:
        self.task, self.folder, self.counts = task, folder, counts
        self.done: dict[Lot, list[Trial]] = {}

    def sheet(self, strokes: int) -> Path:
        """The file of the contact sheet for that number of strokes."""
        return self.folder / f"{self.task}-{strokes}.png"

    def record(self, strokes: int, lot: Lot) -> Path:
        """The file for the strokes of one painting with that number of strokes."""
        return self.folder / "strokes" / f"{self.task}-{strokes}-{lot.index:05}.json"

    @contextmanager
    def made(self, lots: list[Lot], *, force: bool) -> Iterator[None]:
        """Create the folder before the first stroke.  If the block fails, an empty folder is removed again.

        Args:
            lots: the pictures whose results will be saved.
            force: whether older results may be replaced.

        Raises:
            OutputError: there are older results, or the folder cannot be created.
        """
        records = [self.record(strokes, lot) for strokes in self.counts for lot in lots]
        files = (self.folder / f"{self.task}.json", *map(self.sheet, self.counts), *records)
        with made_folder(self.folder, files, force=force):
            yield

    def of(self, strokes: int) -> list[tuple[Lot, Trial]]:
        """The pictures that were painted with that number of strokes, and their trials."""
        column = self.counts.index(strokes)
        return [(lot, trials[column]) for lot, trials in self.done.items()]

    def figures(self, strokes: int, published: dict[str, float]) -> dict[str, Any]:
        """The means over all pictures with that number of strokes, and the figures of each picture."""
        from dreambrush.painter.measure.few_strokes import summarise

        paintings = [
            {
                "picture": lot.name,
                "record": str(self.record(strokes, lot)),
                "strokes": len(trial.strokes),
                "ground": trial.ground.tolist(),
                "mse": trial.transfer.mse,
                "dreamed_mse": trial.transfer.dreamed_mse,
                "cpu_seconds": trial.cpu_seconds,
            }
            for lot, trial in self.of(strokes)
        ]
        means = summarise([trial for _, trial in self.of(strokes)])
        return {
            "strokes": strokes,
            **means,
            "published": published,
            "sheet": str(self.sheet(strokes)),
            "paintings": paintings,
        }

    def save(self, report: dict[str, Any], *, force: bool) -> None:
        """Write everything.

        Args:
            report: the figures.
            force: whether older results may be replaced.

        Raises:
            OutputError: a file cannot be written.
        """
        from dreambrush.files.output import open_output
        from dreambrush.pictures.contact_sheet import save_contact_sheet

        for strokes in self.counts:
            cells: list[Picture] = []
            for lot, trial in self.of(strokes):
                trial.strokes.save(self.record(strokes, lot), overwrite=force)
                cells += [trial.target, trial.transfer.dream, trial.transfer.real]
            cells = cells[: 3 * MOST_ON_SHEET]
            across = min(3 * ACROSS, len(cells))
            rows = [cells[start : start + across] for start in range(0, len(cells), across)]
            headings = ["target", "dream", "real"] * (across // 3)
            save_contact_sheet(self.sheet(strokes), rows, headings, overwrite=force)
        with open_output(self.folder / f"{self.task}.json", overwrite=force) as file:
            file.write((json.dumps(report, indent=2) + "\n").encode())


def print_table(report: dict[str, Any]) -> None:
    """Print the means on stderr."""
    from rich.console import Console
    from rich.table import Table

    table = Table("strokes", "error", "dreamt", "gap", "mean |gap|", "CPU s", "published", box=None)
    for row in report["results"]:
        published = [f"{mse} {source}" for source, mse in row["published"].items()]
        table.add_row(
            str(row["strokes"]),
            f"{row['mse']:.4f}",
            f"{row['dreamed_mse']:.4f}",
            f"{row['transfer_gap']:+.1%}",
            f"{row['mean_absolute_gap']:.1%}",
            f"{row['cpu_seconds']:.1f}",
            "\n".join(published),
        )
    Console(stderr=True).print(table)
