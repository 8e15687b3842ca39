"""What the shell offers when you press Tab: brushes, styles and paintings.

Each function has the signature that click wants for ``shell_complete``.  It runs only when Tab is pressed, and imports
what it needs only then.
"""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from dreambrush.models.catalogue import BrushFile

ORIGINS = {"ours": "comes with dreambrush", "user": "yours", "stock": "comes with MyPaint"}


def painting_brushes(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Brushes that have a dream, and so can paint.  If no name fits, files."""
    return offer(brushes_with_dreams(), incomplete)


def every_brush(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """All brushes, MyPaint's too.  If no name fits, files."""
    return offer({brush.name: ORIGINS[brush.origin] for brush in _brushes()}, incomplete)


def complete_style(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Styles by name.  If no name fits, files."""
    from dreambrush.styles import list_styles

    return offer({style.name: style.description for style in list_styles()}, incomplete)


def ora_files(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Files that end in .ora, and folders.  If there are none, or a name needs quotes, the shell's own answer."""
    folder, begun = os.path.split(incomplete)
    names = []
    try:
        for entry in sorted(os.scandir(folder or "."), key=lambda entry: entry.name):
            if entry.name.startswith(begun) and (begun or not entry.name.startswith(".")):
                if entry.is_dir():
                    names.append(os.path.join(folder, entry.name, ""))
                elif Path(entry.name).suffix.lower() == ".ora":
                    names.append(os.path.join(folder, entry.name))
    except OSError:
        names = []  # no such folder, or one that the shell must expand first, such as ~/paintings
    # bash adds a space after a single answer, which would be wrong after a folder.
    if all(name.endswith(os.sep) for name in names) or any(shlex.quote(name) != name for name in names):
        return _shells_own(incomplete)
    return offer(dict.fromkeys(names, ""), incomplete)


def _brushes() -> list[BrushFile]:
    from dreambrush.models.catalogue import list_brushes

    return list_brushes(stock=True)


def brushes_with_dreams() -> dict[str, str]:
    """The names of brushes that have a dream, and where each comes from."""
    return {brush.name: ORIGINS[brush.origin] for brush in _brushes() if brush.dream is not None}


def offer(words: dict[str, str], incomplete: str) -> list[CompletionItem]:
    """The words that begin with what is typed, each with its description.

    If no word fits, the shell offers files.
    """
    from click.shell_completion import CompletionItem

    found = [CompletionItem(word, help=what or None) for word, what in words.items() if word.startswith(incomplete)]
    return found or _shells_own(incomplete)


def _shells_own(incomplete: str) -> list[CompletionItem]:
    from click.shell_completion import CompletionItem

    return [CompletionItem(incomplete, type="file")]
