"""Saves what was learned of references as a style."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dreambrush.files.output import open_output
from dreambrush.manner.table import quoted, to_text
from dreambrush.reference.learn import Learned

FOUND_BY = {
    "patches": "the patches of colour in the picture",
    "recipe": "the strokes in its recipe",
    "stroke maps": "the strokes that MyPaint recorded",
    "several ways": "their strokes, each as it could be",
}


def found_by(learned: Learned) -> str:
    """In words, what was measured."""
    return FOUND_BY[learned.manner.means]


def style_text(learned: Learned) -> str:
    """The style's file, as TOML."""
    manner = learned.manner
    about = f"In the manner of {manner.source}, measured from {found_by(learned)}."
    return "\n".join([f"description = {quoted(about)}", *_lines(learned.options), "", to_text(manner)])


def save_style(learned: Learned, path: Path, *, overwrite: bool = False) -> None:
    """Writes the style's file, whole or not at all.

    Raises:
        OutputError: it exists (without ``overwrite``) or cannot be written.
    """
    with open_output(path, overwrite=overwrite) as file:
        file.write(style_text(learned).encode())


def _lines(options: Mapping[str, Any]) -> list[str]:
    return [f"{key} = {_toml(value)}" for key, value in options.items()]


def _toml(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, str):
        return quoted(value)
    return f"{value:g}" if isinstance(value, float) else str(value)
