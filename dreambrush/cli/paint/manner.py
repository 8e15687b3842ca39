"""The manner that a painting is asked to be in: learned of references, or of a style that was learned before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dreambrush.cli.shared.references import learned_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from dreambrush.manner.manner import Manner


def manner_text(style: str | None, references: Sequence[Path]) -> str | None:
    """The manner of references, or else of a style, as text; None if there is none.

    Raises:
        DreambrushError: a reference or the style cannot be used.
    """
    from dreambrush.manner.table import to_text

    if references:
        return to_text(learned_of(tuple(references)).manner)
    if style is None:
        return None
    from dreambrush.styles import load_style

    manner = load_style(style).manner
    return None if manner is None else to_text(manner)


def manner_of(text: str | None) -> Manner | None:
    """The manner that such a text tells of.

    Raises:
        ValueError: the text is none.
    """
    if text is None:
        return None
    import tomllib

    from dreambrush.manner.table import KEY, read_manner

    return read_manner(tomllib.loads(text).get(KEY))
