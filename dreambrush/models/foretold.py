"""What a dream's card says of how true the dream is."""

from __future__ import annotations

from typing import Any


def foretold_share(card: dict[str, Any]) -> float:
    """How much the dream knows of where paint goes: 1 is all that can be known, 0 no more than the mean picture."""
    score = card["held_out"]
    whole = score["mean_picture_error"] - score["noise_floor"]
    return float(min(max(1 - (score["error"] - score["noise_floor"]) / max(whole, 1e-12), 0), 1))
