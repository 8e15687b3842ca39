"""``dreambrush brushes``: lists the brushes, paints samples of them, and brings ours to MyPaint."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dreambrush.errors import BrushError, UsageError

if TYPE_CHECKING:
    from dreambrush.models.catalogue import BrushFile
    from dreambrush.mypaint.brushes.pack import Changes

TITLES = {"ours": "Dreambrush", "user": "Yours", "stock": "MyPaint"}
PROGRAMS = MYPAINT, KRITA = ("mypaint", "krita")
NAMES = {MYPAINT: "MyPaint", KRITA: "Krita"}
SHOWN = {
    MYPAINT: "MyPaint shows them when it starts, as group Dreambrush.",
    KRITA: "Krita shows them when it starts, as brush presets such as “dreambrush oil”.",
}
KNOWN = 31  # characters of what is known of a brush, at most
NARROWEST = 40  # columns: the narrowest terminal that lines are cut for

EXAMPLES = """\b
Examples:
  dreambrush brushes --all                    lists MyPaint's own brushes too
  dreambrush brushes --install                adds a group Dreambrush to MyPaint
  dreambrush brushes --install krita          adds them to Krita's brush presets
  dreambrush brushes --pack dreambrush.zip    for MyPaint's Brush > Import Brushes
  dreambrush brushes --sheet brushes.png      paints a sample of each
"""


@click.command(epilog=EXAMPLES)
@click.option("--all", "everything", is_flag=True, help="List MyPaint's own brushes too.")
@click.option("--json", "as_json", is_flag=True, help="For scripts: print one JSON object per brush.")
@click.option(
    "--sheet", metavar="OUT.png", type=click.Path(path_type=Path), help="Paint a sample of each brush on one sheet."
)
@click.option(
    "--pack",
    metavar="OUT.zip",
    type=click.Path(path_type=Path),
    help="Save dreambrush's brushes as a brush pack for MyPaint.",
)
@click.option(
    "--install",
    metavar="[mypaint|krita]",
    is_flag=False,
    flag_value=MYPAINT,
    type=click.Choice(PROGRAMS),
    help="Add dreambrush's brushes to MyPaint, or to Krita.  Your own brushes and their order stay.",
)
@click.option(
    "--uninstall",
    metavar="[mypaint|krita]",
    is_flag=False,
    flag_value=MYPAINT,
    type=click.Choice(PROGRAMS),
    help="Remove dreambrush's brushes from MyPaint, or from Krita.",
)
@click.option("--force", is_flag=True, help="Replace the file of --sheet or --pack if it exists.")
def brushes(
    everything: bool,
    as_json: bool,
    sheet: Path | None,
    pack: Path | None,
    install: str | None,
    uninstall: str | None,
    force: bool,
) -> None:
    """List the brushes.

    The list shows the name of each brush, whether it is ready to paint with, and what it is like.  Where it says "to
    train", dreambrush has not learned the brush yet.  `dreambrush train BRUSH` teaches it.  With --all the list also
    says what each of MyPaint's brushes is (dry, wet, a blender or an eraser), and how well dreambrush can learn it.
    100 % would mean that it knows all that can be known of a stroke before it is painted.

    The list begins with the brushes of dreambrush.  Your own follow.  You may leave out the group of a name, as in
    `charcoal` for `classic/charcoal`.  If several brushes match, dreambrush's own wins, then yours, then MyPaint's.
    """
    chosen = {"--json": as_json, "--sheet": sheet, "--pack": pack, "--install": install, "--uninstall": uninstall}
    _check_options([option for option, value in chosen.items() if value], everything=everything, force=force)
    if pack:
        _pack(pack, overwrite=force)
    elif program := install or uninstall:
        _change(program, install=install is not None)
    elif sheet:
        _paint_sheet(sheet, everything=everything, overwrite=force)
    else:
        _list(everything=everything, as_json=as_json)


def _check_options(chosen: list[str], *, everything: bool, force: bool) -> None:
    if len(chosen) > 1:
        raise UsageError(
            f"{' and '.join(chosen)} cannot be used together.", "Use one of them at a time.", id="options-conflict"
        )
    if everything and chosen and chosen[0] not in ("--json", "--sheet"):
        raise UsageError(f"--all and {chosen[0]} cannot be used together.", "Leave --all out.", id="options-conflict")
    if force and chosen not in (["--sheet"], ["--pack"]):
        raise UsageError("--force is only for --sheet and --pack.", "Leave --force out.", id="option-needs-another")


def _pack(output: Path, *, overwrite: bool) -> None:
    from dreambrush.models.catalogue import shipped_folder
    from dreambrush.mypaint.brushes.pack import write_pack

    write_pack(shipped_folder("brushes"), output, overwrite=overwrite)
    click.echo(f"{output}: in MyPaint, choose Brush > Import Brushes.", err=True)


def _change(program: str, *, install: bool) -> None:
    from dreambrush.models.catalogue import shipped_folder
    from dreambrush.mypaint.brushes import krita
    from dreambrush.mypaint.brushes import pack as brush_pack
    from dreambrush.mypaint.brushes.folders import user_folder

    ours = shipped_folder("brushes")
    if program == KRITA:
        change = krita.install_in_krita if install else krita.uninstall_from_krita
        changes = change(ours, krita.krita_folder())
    else:
        changes = (brush_pack.install if install else brush_pack.uninstall)(ours, user_folder())
    for line in _told(changes, program, install=install):
        click.echo(line, err=True)


def _told(changes: Changes, program: str, *, install: bool) -> list[str]:
    done = ", ".join(changes.done)
    lines = []
    if done and install:
        lines.append(f"{changes.folder}: added {done}.  {SHOWN[program]}")
    elif done:
        lines.append(f"{changes.folder}: removed {done}.")
    elif install:
        lines.append(f"{changes.folder}: our brushes are already there.")
    else:
        lines.append(f"{changes.folder}: nothing to remove.")
    if changes.kept:
        advice = (
            f"Delete a brush in {NAMES[program]} first to get ours back."
            if install
            else f"Delete them in {NAMES[program]} if you like."
        )
        lines.append(f"Kept, because you changed them: {', '.join(changes.kept)}.  {advice}")
    return lines


def _paint_sheet(output: Path, *, everything: bool, overwrite: bool) -> None:
    from dreambrush.files.output import open_output
    from dreambrush.models.brush_sheet import draw_brush_sheet
    from dreambrush.models.catalogue import list_brushes

    with open_output(output, overwrite=overwrite) as file:  # finds that a name is taken, before anything is painted
        draw_brush_sheet(list_brushes(stock=everything)).save(file, "PNG", optimize=True)


def _list(*, everything: bool, as_json: bool) -> None:
    from dreambrush.models.catalogue import list_brushes
    from dreambrush.mypaint.brushes.folders import brushes_in, stock_folder

    found = list_brushes(stock=everything)
    if as_json:
        for brush in found:
            click.echo(json.dumps(_as_dict(brush)))
        return
    groups: dict[str, list[BrushFile]] = {}
    for brush in found:
        title = TITLES[brush.origin]
        in_group = brush.origin != "ours" and brush.group
        groups.setdefault(f"{title}, {brush.group}" if in_group else title, []).append(brush)
    width = max(len(brush.name) for brush in found)
    for title, members in groups.items():
        click.echo(f"{title}:")
        for brush in members:
            click.echo(_line(brush, width, known=everything))
    folder = stock_folder()
    if folder is not None and not everything:
        click.echo(f"--all lists MyPaint's own brushes too ({len(brushes_in(folder))}).", err=True)


def _as_dict(brush: BrushFile) -> dict[str, str | None]:
    return {
        "name": brush.name,
        "group": brush.group,
        "origin": brush.origin,
        "path": str(brush.path),
        "dream": str(brush.dream) if brush.dream else None,
    }


def _line(brush: BrushFile, width: int, *, known: bool) -> str:
    """A line of the list; with what is known of MyPaint's own brushes, if that is wanted."""
    from dreambrush.models.stock_table import known_of
    from dreambrush.mypaint.engine.myb import read_myb

    try:
        settings = read_myb(brush.path)
        about = " ".join(settings.description.split())
        found = known_of(settings.digest()) if known and brush.origin == "stock" else None
        about = about if found is None else f"{found!s:{KNOWN}}  {about}"
    except BrushError as error:
        about = error.message
    line = f"  {brush.name:{width}}  {'ready' if brush.dream else 'to train':8}  {about}".rstrip()
    if sys.stdout.isatty():
        columns = max(shutil.get_terminal_size().columns, NARROWEST)
        return line if len(line) <= columns else line[: columns - 3] + "..."
    return line
