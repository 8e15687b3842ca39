"""MyPaint's order of brushes, and our record beside them."""

from __future__ import annotations

import json
import random
from pathlib import Path

from tests.fuzz.base import Base
from tests.fuzz.commands import Command
from tests.fuzz.mutations import mutated

WEIGHT = 300
LINES = (
    "Group: Dreambrush",
    "Group: x",
    "Group: ",
    "dreambrush/oil",
    "#",
    "",
    "\0",
    "../x",
    "x" * 9000,
    "deleted",
    "Group:",
    "\ud800",
)


def case(rng: random.Random, base: Base, folder: Path) -> Command:
    from dreambrush.models.catalogue import shipped_folder
    from dreambrush.mypaint.brushes.pack import install, uninstall

    user = folder / "mypaint" / "brushes"
    (user / "dreambrush").mkdir(parents=True)
    text = rng.choice(("\n", "\r\n", "\r", "\x85")).join(rng.choice(LINES) for _ in range(rng.randrange(12)))
    (user / "order.conf").write_bytes(text.encode("utf-8", "surrogatepass"))
    record = {"files": {"oil.myb": "0" * 64, "x.myb": "0"}, "made": ["dreambrush", "order.conf"]}
    (user / "dreambrush" / "installed.json").write_text(json.dumps(mutated(rng, record)))
    ours = folder / "ours"
    ours.mkdir()
    for file in ("oil.myb", "oil_prev.png"):
        (ours / file).symlink_to(shipped_folder("brushes") / file)

    def call() -> None:
        install(ours, user)
        uninstall(ours, user)

    return call
