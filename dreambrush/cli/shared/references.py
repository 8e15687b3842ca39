"""What is learned of references that the command line names."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dreambrush.reference.learn import Learned


@lru_cache(maxsize=4)
def learned_of(references: tuple[Path, ...]) -> Learned:
    """What is learned of references; of the same ones, only once.

    Raises:
        DreambrushError: one cannot be read, or shows no strokes.
    """
    from dreambrush.reference.learn import learn

    return learn(references)
