"""What the paintings of figures.py are like today: ``python -m tests.quality.references [--write]``.

Paints each picture with ten seeds, and prints means and spreads as JSON; with ``--write`` they become the references
that tests compare with.  Do that only after a change that is meant to change pictures, and after looking at them.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from dreambrush.arrays import Float64
from dreambrush.machine import describe_machine
from tests.quality.figures import NAMES, SEEDS, STROKES, Kind, Result, paint_all

FILE = Path(__file__).with_name("references.json")
MANY = 10  # seeds
FAR, FACE_FAR = 6.0, 4.0  # spreads of the tests' mean that a figure may be from its reference; the face's error
FEW = 2  # strokes of all that a share may be from its reference in any case
LEAST = {"downward": 0.2}  # that a figure may be from its reference in any case; in another order it is near 0
WORSE, SURE = 0.05, 3.0  # share by which the error may grow, and how many spreads that must be
SHARES = ("dots", "covered", "specks", "accents")  # of strokes
ERRORS = ("mse", "face")


def group_of(kind: Kind) -> str:
    """All pictures with one brush at one effort are judged together."""
    return f"{kind.brush}, effort {kind.effort}"


def means(painted: Mapping[Kind, Sequence[Result]]) -> dict[str, dict[str, float]]:
    """The mean of each figure over all paintings of a group."""
    groups: dict[str, dict[str, float]] = {}
    for group in sorted({group_of(kind) for kind in painted}):
        kinds = [kind for kind in painted if group_of(kind) == group]
        groups[group] = {name: float(np.mean([values(name, kind, painted) for kind in kinds])) for name in NAMES}
    return groups


def values(name: str, kind: Kind, painted: Mapping[Kind, Sequence[Result]]) -> Float64:
    """A figure of all paintings of a kind; of errors the logarithms, so that every picture counts alike."""
    plain = np.array([getattr(result.figures, name) for result in painted[kind]])
    return np.asarray(np.log(plain) if name in ERRORS else plain, np.float64)


def references_of(painted: Mapping[Kind, Sequence[Result]]) -> dict[str, Any]:
    """Means, and how far from them the tests' means may be, from paintings with many seeds."""
    groups: dict[str, Any] = {}
    for group, mean in means(painted).items():
        kinds = [kind for kind in painted if group_of(kind) == group]
        count = len(kinds) * SEEDS[kinds[0].effort]
        groups[group] = {}
        for name in NAMES:
            # From seed to seed, of one picture.
            variance = np.mean([np.var(values(name, kind, painted), ddof=1) for kind in kinds])
            allowed = (FACE_FAR if name == "face" else FAR) * float(np.sqrt(variance / count))
            if name in SHARES:
                allowed = max(allowed, FEW / (count * STROKES[kinds[0].effort]))
            allowed = max(allowed, LEAST.get(name, 0.0))
            groups[group][name] = {"mean": round(mean[name], 5), "allowed": round(allowed, 5)}
    return groups


def main() -> None:
    """As the command line says."""
    painted = paint_all(dict.fromkeys(SEEDS, range(100, 100 + MANY)))
    references: dict[str, Any] = {"machine": describe_machine(), "seeds": MANY, "groups": references_of(painted)}
    text = json.dumps(references, indent=1) + "\n"
    print(text)
    for group, figures in references["groups"].items():
        if SURE / FAR * figures["mse"]["allowed"] > np.log(1 + WORSE):
            raise SystemExit(f"{group}: seeds alone may change the error by 5 %; paint more of them.")
    if "--write" in sys.argv:
        FILE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
