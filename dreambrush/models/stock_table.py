"""What is known of the brushes that come with MyPaint before anybody trains them: their kind, and how well they dream.

``benchmarks/all_brushes.py`` makes the table by a short training of each.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from dreambrush.files.json_text import read_json
from dreambrush.models.catalogue import shipped_folder

TABLE_FILE = "mypaint-brushes.json"
KINDS = ("dry", "wet", "blender", "eraser", "nothing")
WELL, FAIRLY = 0.95, 0.8  # explained shares


@dataclass(frozen=True)
class Known:
    """What a short training found out about a brush.

    Attributes:
        kind: one of KINDS.
        explained: how much of what can be foretold of its strokes over paint is foretold, 1 at most; None if it could
            not be trained.
    """

    kind: str
    explained: float | None

    def __str__(self) -> str:
        if self.explained is None:
            return f"{self.kind}, cannot be trained"
        return f"{self.kind}, learns {how_well(self.explained)} ({100 * max(self.explained, 0):.0f} %)"


def how_well(share: float) -> str:
    """In a word: how well a brush is known of which that share of what can be foretold is foretold, 0..1."""
    return "well" if share >= WELL else "fairly" if share >= FAIRLY else "badly"


@cache
def _table() -> Mapping[str, tuple[str, Known]]:
    """Digest of the settings of each brush by its name, and what is known of it."""
    try:
        found = read_json((shipped_folder("pretrained") / TABLE_FILE).read_text(encoding="utf-8"))
        return {name: (row["digest"], Known(row["kind"], row["explained"])) for name, row in found.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def all_known() -> dict[str, Known]:
    """What is known of every brush that comes with MyPaint, by its name."""
    return {name: known for name, (_, known) in _table().items()}


def known_of(digest: str) -> Known | None:
    """What is known of the brush with these settings (:meth:`BrushSettings.digest`); None for others."""
    return dict(_table().values()).get(digest)
