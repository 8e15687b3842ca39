"""What is done with a hostile file: a command of dreambrush, or a function where the command would take long."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

from tests.fuzz.base import Base

Command = tuple[str, ...] | Callable[[], None]


def of_a_painting(rng: random.Random) -> tuple[str, ...]:
    """A command that reads x.ora."""
    kind = rng.random()
    if kind < 0.3:
        return "inspect", "x.ora", "--json"
    if kind < 0.45:
        return "inspect", "x.ora"
    if kind < 0.6:
        return "inspect", "x.ora", "--strokes", "s.json", "--svg", "s.svg"
    if kind < 0.75:
        return "replay", "x.ora", "-o", rng.choice(("out.ora", "out.png"))
    if kind < 0.85:
        return "replay", "x.ora", "-o", "out.png", "--until", "5"
    if kind < 0.95:
        return "render", "x.ora", "out.png"
    return "timelapse", "x.ora", "-o", rng.choice(("out.gif", "out.webp")), "--seconds", "0.3", "--hold", "0"


def onto(base: Base, folder: Path, rng: random.Random) -> Callable[[], None]:
    """What ``paint --onto x.ora`` does with the file, without the painting: looks at it and adds a layer."""
    above, selected = rng.choice(((None, 0), (None, None), ((0,), 0), ((1,), None)))

    def call() -> None:
        import numpy as np

        from dreambrush.mypaint.layer import NORMAL, Layer
        from dreambrush.mypaint.ora.document import read_document
        from dreambrush.mypaint.ora.insertion import insert_layers
        from dreambrush.painter.see.backdrop import see_backdrop

        with read_document(folder / "x.ora") as document:
            see_backdrop(document)
            pixels = np.zeros((document.height, document.width, 4), np.uint8)
        pixels[:1, :1] = 255
        layer = Layer("new", pixels, composite_op=NORMAL)
        insert_layers(
            folder / "x.ora", folder / "new.ora", [layer], "group", record=dict, above=above, selected=selected
        )
        with read_document(folder / "new.ora"):
            pass

    return call
