"""What to learn of a brush, and how it is learned: here, or at a worker of a cluster."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dreambrush.cli.shared.travels import MADE
from dreambrush.interrupts import stop_if_asked

if TYPE_CHECKING:
    from dreambrush.models.catalogue import BrushFile
    from dreambrush.train.fit.ranks import Ranks
    from dreambrush.train.plan import Stage, TrainOptions
    from dreambrush.train.workspace import Workspace

STAGES: tuple[Stage, ...] = ("collect", "dream", "controller", "export")
VAGUE = 0.5  # a dream that predicts less than this share of what can be predicted gets a warning


@dataclass(frozen=True)
class Lesson:
    """What to learn of a brush.

    Attributes:
        brush: the brush.
        folder: where what is learned goes.
        options: of the training.
        stages: those to do.
        keep: do not delete the strokes and checkpoints after the last stage.
        restart: throw away what an unfinished training left.
        instead_of: name of the shipped model that this one is to replace, for a worker, who cannot tell it by the
            folder.
    """

    brush: BrushFile
    folder: Path
    options: TrainOptions
    stages: Sequence[Stage]
    keep: bool
    restart: bool
    instead_of: str | None = None

    @property
    def inputs(self) -> dict[str, Path]:
        """As in :class:`~dreambrush.cli.shared.travels.Travels`."""
        return {f"brush/{self.brush.path.name}": self.brush.path}

    @property
    def made(self) -> Path:
        """The folder of what is learned."""
        return self.folder

    def to_go(self) -> Lesson:
        """The same lesson for a machine that has neither the brush at its place nor the folder.

        Raises:
            DreambrushError: the folder is in use, or has an unfinished training with other options.
        """
        from dreambrush.models.catalogue import shipped_folder

        self._workspace().check(restart=self.restart)
        brush = replace(self.brush, called=self.brush.mypaint_name)
        is_shipped = self.folder.resolve().parent == shipped_folder("pretrained").resolve()
        return replace(self, brush=brush, instead_of=self.folder.name if is_shipped else None)

    def moved_to(self, folder: Path) -> Lesson:
        """The same lesson with its files below a folder."""
        path = folder / "brush" / self.brush.path.name
        return replace(self, brush=replace(self.brush, path=path, dream=None), folder=folder / MADE / "dream")

    def receive(self, files: Mapping[str, bytes]) -> None:
        """Write what was learned elsewhere.  The folder is then as if it had been learned here.

        An unfinished training that was begun here goes: its end has come back.

        Raises:
            OutputError: the folder is in use, or cannot be written.
        """
        from dreambrush.files.output import write_together
        from dreambrush.models.catalogue import model_leftovers
        from dreambrush.mypaint.brushes.folders import bare_name

        copy = f"{bare_name(self.brush.name)}.myb"  # a worker does not know that a brush is ours, and adds it
        made = {name: content for name, content in files.items() if self.brush.origin != "ours" or name != copy}
        workspace = self._workspace()
        with workspace.opened(restart=True):
            write_together({self.folder / name: content for name, content in made.items()}, overwrite=True)
            for name in model_leftovers(made):
                (self.folder / name).unlink(missing_ok=True)
            workspace.remove()

    def _workspace(self) -> Workspace:
        from dreambrush.mypaint.engine.myb import read_myb
        from dreambrush.train.workspace import Workspace

        return Workspace(self.folder, self.options.plan(read_myb(self.brush.path)))

    @property
    def is_learnt(self) -> bool:
        """Whether all of it was learned before, with these options."""
        from dreambrush.models.catalogue import CARD_FILE, read_card
        from dreambrush.mypaint.engine.myb import read_myb
        from dreambrush.train.workspace import FOLDER

        if self.restart or len(self.stages) < len(STAGES) or (self.folder / FOLDER).exists():
            return False
        if not (self.folder / CARD_FILE).is_file():
            return False
        card = read_card(self.folder)
        wanted = {
            "brush_digest": read_myb(self.brush.path).digest(),
            "command": self.options.command(self.brush.name),
        }
        return all(card.get(name) == value for name, value in wanted.items())


def learn(
    lesson: Lesson,
    *,
    workers: int | None = None,
    show: Callable[[str, int, int], None] | None = None,
    ranks: Ranks | None = None,
) -> str:
    """Learn a brush, and return lines that tell of it.

    Args:
        lesson: what to learn.
        workers: processes that paint strokes; by default one per core.
        show: told the stage, how much is done, and of how much.
        ranks: the processes that train it together; None for this one alone.

    Raises:
        DreambrushError: it cannot be learned.
    """
    from dreambrush.models.catalogue import read_card
    from dreambrush.train.fit.ranks import ALONE
    from dreambrush.train.pipeline import train as train_brush

    started = time.perf_counter()
    brush, folder, stages = lesson.brush, lesson.folder, lesson.stages

    def tell(stage: str, done: int, total: int) -> None:
        stop_if_asked()  # no signal reaches a worker of a cluster
        if show is not None:
            show(stage, done, total)

    how: dict[str, Any] = {"keep": lesson.keep, "restart": lesson.restart, "workers": workers, "ranks": ranks or ALONE}
    how["instead_of"] = lesson.instead_of
    train_brush(brush, folder, lesson.options, stages, tell, **how)
    seconds = time.perf_counter() - started
    if "export" in stages:
        return "\n".join(_result(brush, folder, read_card(folder), seconds))
    return f"{folder}: {' and '.join(stages)} done in {seconds:.0f} s."


def _result(brush: BrushFile, folder: Path, card: dict[str, Any], seconds: float) -> Iterator[str]:
    """What was learned, line by line."""
    from dreambrush.dream.wet import lays_own
    from dreambrush.errors import BrushError
    from dreambrush.models.catalogue import find_brush
    from dreambrush.models.foretold import foretold_share
    from dreambrush.models.stock_table import how_well

    share = foretold_share(card)
    known = f"its strokes {how_well(share)} ({_per_cent(share)} of what can be known)"
    if "wet" in card:
        explained = card["wet"]["held_out"]["explained"]
        known += f", and what they do to paint that lies there {how_well(explained)} ({_per_cent(explained)})"
    yield f"{folder}: {brush.name} is learned, in {seconds:.0f} s.  dreambrush knows {known}."
    if share < VAGUE:
        yield f"Warning: {brush.name} could not be learned well.  Train it longer, with --thorough."
    if card.get("changes_colour"):
        yield f"Warning: {brush.name} changes the colours it is given.  So the colours of paintings will be off."
    try:
        known_by_name = find_brush(brush.name).dream == folder
    except BrushError:  # a file from elsewhere, whose model goes elsewhere
        known_by_name = False
    name = brush.name if known_by_name else folder
    beside = "" if lays_own(card) else "--brush oil "
    yield f"Paint with it: dreambrush paint photo.jpg {beside}--brush {name}"


def _per_cent(share: float) -> str:
    return f"{100 * max(share, 0):.1f} %"
