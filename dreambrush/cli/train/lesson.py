"""What to learn of a brush, and how it is learned: here, or at a worker of a cluster."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dreambrush.cli.shared.travels import MADE

if TYPE_CHECKING:
    from dreambrush.models.catalogue import BrushFile
    from dreambrush.train.fit.ranks import Ranks
    from dreambrush.train.plan import Stage, TrainOptions

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
    """

    brush: BrushFile
    folder: Path
    options: TrainOptions
    stages: Sequence[Stage]
    keep: bool
    restart: bool

    @property
    def inputs(self) -> dict[str, Path]:
        """As in :class:`~dreambrush.cli.shared.travels.Travels`."""
        return {f"brush/{self.brush.path.name}": self.brush.path}

    @property
    def made(self) -> Path:
        """The folder of what is learned."""
        return self.folder

    @property
    def replaces(self) -> bool:
        """What was learned before is replaced."""
        return True

    def moved_to(self, folder: Path) -> Lesson:
        """The same lesson with its files below a folder."""
        path = folder / "brush" / self.brush.path.name
        brush = replace(self.brush, path=path, dream=None, called=self.brush.mypaint_name)
        return replace(self, brush=brush, folder=folder / MADE / "dream")

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
    tell = show or (lambda stage, done, total: None)
    how: dict[str, Any] = {"keep": lesson.keep, "restart": lesson.restart, "workers": workers, "ranks": ranks or ALONE}
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
