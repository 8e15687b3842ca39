"""The card of a model: what a person or a program wants to know of it."""

from __future__ import annotations

import datetime
import json
import os
import platform
from importlib.metadata import version
from typing import Any

from dreambrush.models.catalogue import CARD_FORMAT, CARD_VERSION
from dreambrush.train.collect.strokes import BROWNIAN, SAMPLING, SIDE
from dreambrush.train.fit.evaluate import NOISE_RENDERS, Score
from dreambrush.train.fit.learn import PIXELS_PER_STROKE
from dreambrush.train.plan import TrainOptions


def dream_section(
    brush: str, digest: str, reach: float, changes_colour: bool, options: TrainOptions, score: Score
) -> dict[str, Any]:
    """What the card says of the dream.

    Args:
        brush: its name.
        digest: of its settings.
        reach: how far paint gets from the path, in radii.
        changes_colour: whether the brush leaves other colours than it is given; there is a colour dream then.
        options: of the training.
        score: on strokes that the dream never saw.
    """
    packages = {name: version(name) for name in ("dreambrush", "torch", "numpy", "onnx")}
    return {
        "format": CARD_FORMAT,
        "version": CARD_VERSION,
        "kind": "field",
        "brush": brush,
        "brush_digest": digest,
        "reach": reach,
        "changes_colour": changes_colour,
        "command": options.command(brush),
        "seed": options.seed,
        "data": {
            "strokes": options.strokes,
            "pixels_per_stroke": PIXELS_PER_STROKE,
            "side": SIDE,
            "sampling": f"every other stroke: {SAMPLING}; the others: {BROWNIAN}",
        },
        "fit": options.fit.as_dict(),
        "held_out": {"strokes": options.held_out, **score.as_dict(), "noise_renders": NOISE_RENDERS},
        "device": options.device,
        "cores": os.cpu_count(),
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "versions": {"python": platform.python_version(), **packages},
    }


def card_bytes(card: dict[str, Any]) -> bytes:
    """The text of ``card.json``."""
    return (json.dumps(card, indent=2, ensure_ascii=False) + "\n").encode()
