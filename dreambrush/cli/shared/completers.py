"""What the shell offers when Tab is pressed: brushes by name, and paintings.

Each function has the signature that click wants for ``shell_complete``.  They run only when Tab is pressed, and import
what they need only then.
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
    """Brushes that have a dream, so that pictures can be painted with them; files where no name fits."""
    return offer(brushes_with_dreams(), incomplete)


def every_brush(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """All brushes, MyPaint's too; files where no name fits."""
    return offer({brush.name: ORIGINS[brush.origin] for brush in _brushes()}, incomplete)


def complete_style(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Styles by name; files where no name fits."""
    from dreambrush.styles import list_styles

    return offer({style.name: style.description for style in list_styles()}, incomplete)


def ora_files(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Files that end in .ora, and folders; where there is no such file, or a name needs quotes, what the shell does."""
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
        names = []  # no such folder, or one that the shell has yet to expand, such as ~/paintings
    # bash puts a blank after a single answer, which would be wrong after a folder.
    if all(name.endswith(os.sep) for name in names) or any(shlex.quote(name) != name for name in names):
        return _shells_own(incomplete)
    return offer(dict.fromkeys(names, ""), incomplete)


def _brushes() -> list[BrushFile]:
    from dreambrush.models.catalogue import list_brushes

    return list_brushes(stock=True)


def brushes_with_dreams() -> dict[str, str]:
    """Names of brushes, and whose each is."""
    return {brush.name: ORIGINS[brush.origin] for brush in _brushes() if brush.dream is not None}


def offer(words: dict[str, str], incomplete: str) -> list[CompletionItem]:
    """Those words, each with what it is, that go on with what is typed; the shell's own files where none does."""
    from click.shell_completion import CompletionItem

    found = [CompletionItem(word, help=what or None) for word, what in words.items() if word.startswith(incomplete)]
    return found or _shells_own(incomplete)


def _shells_own(incomplete: str) -> list[CompletionItem]:
    from click.shell_completion import CompletionItem

    return [CompletionItem(incomplete, type="file")]
