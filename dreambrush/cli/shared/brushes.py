"""Finds the brushes for ``dreambrush paint``: names, files and sets."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from dreambrush.cli.shared.named import BRUSH_SETS, SET, brush_named
from dreambrush.errors import BrushError, UsageError

if TYPE_CHECKING:
    import click
    from click.shell_completion import CompletionItem

    from dreambrush.models.catalogue import BrushFile


def brushes_with_dreams(words: Iterable[str], *, quiet: bool) -> list[BrushFile]:
    """The brushes of all names, files and sets, each once.  All have a dream that is ready to use.

    Raises:
        BrushError: there is no such brush or set, or it is broken.
        ModelError: a brush has no dream.
        UsageError: two brushes have the same name.
    """
    from dreambrush.cli.shared.exports import export_if_needed
    from dreambrush.mypaint.engine.myb import read_myb

    found: dict[str, BrushFile] = {}
    for word in words:
        for name in brush_names(word):
            brush = brush_named(name)
            if found.setdefault(brush.name, brush).path.resolve() != brush.path.resolve():
                raise UsageError(
                    f"Two of the brushes are called '{brush.name}'.",
                    "Rename one of the files.",
                    id="brushes-of-one-name",
                )
    for brush in found.values():
        read_myb(brush.path)  # "it is broken" helps more than "it has no dream"
        export_if_needed(brush, quiet=quiet)  # before any picture is read
    return list(found.values())


def complete_brush(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The answers to Tab after --brush: brushes that have a dream, then sets."""
    from dreambrush.cli.shared import completers

    sets = {SET + name: " ".join(names) for name, names in BRUSH_SETS.items()}
    return completers.offer(completers.brushes_with_dreams() | sets, incomplete)


def brush_names(word: str) -> tuple[str, ...]:
    """The brushes of a set such as ``set:studio``.  Any other word stands for itself.

    Raises:
        BrushError: there is no such set.
    """
    if not word.startswith(SET):
        return (word,)
    name = word.removeprefix(SET)
    if name not in BRUSH_SETS:
        sets = ", ".join(SET + each for each in BRUSH_SETS)
        raise BrushError(
            f"There is no set of brushes named {name!r}.", f"The sets are: {sets}.", id="no-such-brush-set"
        )
    return BRUSH_SETS[name]
