"""Finds the brushes for ``dreambrush paint``: names, files and sets."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from dreambrush.cli.shared.formats import in_words
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

    found = each_once(brush_named(name) for word in words for name in brush_names(word))
    for brush in found:
        read_myb(brush.path)  # "it is broken" helps more than "it has no dream"
        export_if_needed(brush, quiet=quiet)  # before any picture is read
    return found


def each_once(brushes: Iterable[BrushFile]) -> list[BrushFile]:
    """The same brushes in the same order, without those that came before.

    Raises:
        UsageError: two brushes have the same name.
    """
    found: dict[str, BrushFile] = {}
    for brush in brushes:
        if found.setdefault(brush.name, brush).path.resolve() != brush.path.resolve():
            raise UsageError(
                f"Two of the brushes are called '{brush.name}'.", "Rename one of the files.", id="brushes-of-one-name"
            )
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


def brushes_of_group(word: str) -> list[BrushFile]:
    """The brushes of one of MyPaint's groups, such as ``ramon``, or of a set such as ``set:studio``.

    Raises:
        BrushError: there is no such group or set.
    """
    from dreambrush.models.catalogue import list_brushes

    if word.startswith(SET):
        return [brush_named(name) for name in brush_names(word)]
    known = list_brushes(stock=True)
    found = [brush for brush in known if brush.group == word and word]
    if not found:
        groups = sorted({brush.group for brush in known} - {""})
        raise BrushError(
            f"There is no group of brushes named {word!r}.", f"The groups are: {in_words(groups)}.", id="no-such-group"
        )
    return found


def complete_group(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The answers to Tab after --all-of: MyPaint's groups of brushes, then sets."""
    from dreambrush.cli.shared import completers
    from dreambrush.models.catalogue import list_brushes

    groups = sorted({brush.group for brush in list_brushes(stock=True)} - {""})
    sets = {SET + name: " ".join(names) for name, names in BRUSH_SETS.items()}
    return completers.offer(dict.fromkeys(groups, "") | sets, incomplete)
