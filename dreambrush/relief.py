"""What there is to know of a painting's relief: with the strokes it gives the layer again, to the byte."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

RELIEF_LAYER = "Relief"
MOST_FACES = 100
FARTHEST = 1e6  # pixels

Ellipse = tuple[float, float, float, float]
"""x and y of the middle, and half of the width and height, in pixels."""


@dataclass(frozen=True)
class Relief:
    """The relief of a painting.

    Attributes:
        strength: how strong it is, above 0 to 1.
        thin: faces, in which paint lies thinly.
        digest: digest of the saved pixels of its layer; "" before there are any.
    """

    strength: float
    thin: tuple[Ellipse, ...] = ()
    digest: str = ""

    def scaled(self, across: float, down: float) -> Relief:
        """The relief of the same painting at another size; its layer is another one."""
        thin = tuple((x * across, y * down, wide * across, high * down) for x, y, wide, high in self.thin)
        return replace(self, thin=thin, digest="")

    def to_json(self) -> dict[str, Any]:
        """The same as plain data."""
        return {"strength": self.strength, "thin": [list(each) for each in self.thin], "digest": self.digest}

    @classmethod
    def from_json(cls, record: Any) -> Relief:
        """Reads plain data of a stranger's.

        Raises:
            ValueError: it is no relief.
        """
        if not isinstance(record, Mapping):
            raise ValueError("its relief is unusable")
        strength: Any = record.get("strength")
        thin, digest = record.get("thin", []), record.get("digest", "")
        usable = _is_number(strength) and 0 < strength <= 1 and isinstance(digest, str)
        if not usable or not isinstance(thin, list) or len(thin) > MOST_FACES:
            raise ValueError("its relief is unusable")
        for each in thin:
            if not isinstance(each, list) or len(each) != 4 or not all(map(_is_number, each)) or min(each[2:]) <= 0:
                raise ValueError("a face of its relief is unusable")
        found = tuple((float(x), float(y), float(wide), float(high)) for x, y, wide, high in thin)
        return cls(float(strength), found, digest[:64])


def _is_number(value: Any) -> bool:
    usable = isinstance(value, int | float) and not isinstance(value, bool)
    return usable and math.isfinite(value) and abs(value) <= FARTHEST
