"""The formats in which pictures are saved, and the options that are about them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

import click

from dreambrush.cli.shared.options import Decorator, whole_number
from dreambrush.errors import UsageError

ORA, PSD = "ora", "psd"
FLAT = "png", "jpg", "webp", "tif"
FORMATS = ORA, PSD, *FLAT
OTHER_ENDINGS = {"jpg": (".jpeg",), "tif": (".tiff",)}
DEFAULT_DPI = 300


def endings(formats: Collection[str] = FORMATS) -> tuple[str, ...]:
    """The endings of file names for these formats, such as ``.jpg`` and ``.jpeg``."""
    return tuple(ending for name in formats for ending in (f".{name}", *OTHER_ENDINGS.get(name, ())))


def in_words(names: Sequence[object], last_word: str = "and") -> str:
    """Names in words: "a, b and c"."""
    *first, last = map(str, names)
    return f"{', '.join(first)} {last_word} {last}" if first else last


def listed(formats: Collection[str] = FORMATS) -> str:
    """The formats in words: ".ora, .png or .jpg"."""
    return in_words([f".{name}" for name in formats], "or")


def check_ending(path: Path, formats: Collection[str] = FORMATS) -> None:
    """Check that a file can be saved under that name.

    Raises:
        UsageError: its ending names none of the formats.
    """
    if path.suffix.lower() not in endings(formats):
        wanted = path.with_suffix(f".{next(iter(formats))}") if path.name else path
        raise UsageError(
            f"The output '{path}' does not end in {listed(formats)}.", f"Try: -o '{wanted}'", id="wrong-ending"
        )


def format_option(formats: Collection[str], default: str, otherwise: str = "") -> Decorator:
    """``--format``: kinds of files, for outputs that are folders or not named at all.

    Args:
        formats: the kinds.
        default: one of them.
        otherwise: what the help says of another default.
    """
    return click.option(
        "--format",
        "formats",
        metavar="|".join(formats),
        multiple=True,
        type=click.Choice(tuple(formats), case_sensitive=False),
        default=(default,),
        help="Kind of file to save in a folder, or where -o is not given.  Give it several times to save several.  "
        f"[default: {default}{otherwise}]",
    )


def dpi_option(default: str) -> Decorator:
    """``--dpi``, for files to be printed."""
    return click.option(
        "--dpi",
        metavar="N",
        type=whole_number(1, 9600),
        help="Pixels an inch for print, 1 to 9600, in all files except .ora.  It changes no pixel.  "
        f"[default: {default}]",
    )
