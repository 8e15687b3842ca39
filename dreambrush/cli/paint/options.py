"""The options of ``dreambrush paint``, in the groups of its help."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from cloup import option_group

from dreambrush.cli.paint.defaults import (
    CONTROLLERS,
    DEFAULT_EFFORT,
    DEFAULT_STROKES,
    EFFORTS,
    SHORTEST,
    SOONEST,
)
from dreambrush.cli.paint.look_options import HOW_IT_LOOKS
from dreambrush.cli.paint.values import duration
from dreambrush.cli.shared.completers import ora_files
from dreambrush.cli.shared.formats import FORMATS, ORA, dpi_option, format_option
from dreambrush.cli.shared.options import (
    CLUSTER,
    QUIET,
    Decorator,
    decimal_number,
    jobs_option,
    whole_number,
)

# What the short help shows.
ESSENTIALS = (
    *("sample", "size", "style", "brushes", "hand", "palette", "strokes", "time", "effort"),
    *("onto", "output", "resume"),
)
# Parameters that are about one painting: files and the environment cannot set them.
ONLY_FLAGS = (
    *("output", "timelapse", "sample", "resume", "go_on", "force", "watch", "as_json", "help_all"),
    *("onto", "above", "region", "fit", "mask", "in_place", "like", "from_key"),
    "cluster",  # a folder of pictures from a stranger is not to send them to one
)

_PATH = click.Path(path_type=Path)

WHAT_TO_PAINT: tuple[Decorator, ...] = (
    click.option("--sample", is_flag=True, help="Paint the still life that comes with dreambrush."),
    click.option(
        "--size",
        metavar="PX",
        type=whole_number(16, 8192),
        help="Longer side of the painting in pixels, 16 to 8192.  [default: as it is, at most 1024; of a film 1280]",
    ),
    click.option(
        "--megapixels",
        metavar="N",
        type=whole_number(1, 10_000),
        help="Largest picture to read, in million pixels.  Each million takes up to 24 MB of memory.  "
        "[default: 250, and at most 1 GB of memory]",
    ),
    click.option(
        "--focus",
        metavar="PICTURE|auto|none",
        type=click.Path(),
        help="Paint finer detail where this picture is light, for example a mask made in MyPaint, and broader "
        "elsewhere.  With auto, dreambrush looks for the subject itself.  With none, no place is finer.  "
        "[default: auto, but none with --hand 0]",
    ),
)

HOW_MUCH_THOUGHT: tuple[Decorator, ...] = (
    click.option(
        "--strokes",
        metavar="N",
        type=whole_number(1, 100_000),
        default=DEFAULT_STROKES,
        show_default=True,
        help="Number of strokes, 1 to 100000.  With a --palette, and in the stages of a --style, fewer are laid where "
        "no more would help.",
    ),
    click.option(
        "--time",
        metavar="TIME",
        type=duration(SHORTEST),
        help="Time limit for each picture, such as 30s or 2m.  If that is too short for all --strokes, "
        "fewer are painted.",
    ),
    click.option(
        "--effort",
        metavar="1-5",
        type=whole_number(*EFFORTS),
        default=DEFAULT_EFFORT,
        show_default=True,
        help="How long to think about each stroke.  1 is quick.  5 comes closest to the picture.",
    ),
    click.option(
        "--controller",
        type=click.Choice(CONTROLLERS),
        default=CONTROLLERS[0],
        show_default=True,
        help="Who chooses the places for strokes.  learned: a small network that has practised with the brush.  ridge: "
        "a fixed rule that follows the lines where painting and picture differ most, as earlier versions did; it is "
        "always used with --palette.",
    ),
    click.option(
        "--until",
        metavar="DB",
        type=decimal_number(1, 99),
        help="Stop when the painting is this close to the picture, in decibels, 1 to 99.  20 shows the forms, 25 some "
        "details, 30 is very close.  1,000 strokes often reach 25 to 28.",
    ),
)

FILMS: tuple[Decorator, ...] = (
    click.option(
        "--on",
        "held",
        type=click.Choice(("1s", "2s", "3s", "4s")),
        default="1s",
        show_default=True,
        help="Of a film: paint every frame (1s), or hold each drawing for 2, 3 or 4 frames, as in drawn animation.",
    ),
    click.option(
        "--boil",
        metavar="0-1",
        type=decimal_number(0, 1),
        default=0.0,
        help="Of a film: how far strokes wiggle from drawing to drawing.  0 is still, 1 is lively.  [default: 0]",
    ),
    click.option(
        "--keys",
        metavar="N",
        type=whole_number(1, 10_000),
        help="Of a film: also save the drawing of every N-th frame as .ora, beside the film.",
    ),
    click.option(
        "--from",
        "from_key",
        metavar="KEY.ora",
        type=_PATH,
        shell_complete=ora_files,
        help="Of a film: a drawing that --keys has saved and you have changed.  From its frame on, the film shows your "
        "changes, and they move along.",
    ),
)

INTO_YOUR_OWN_WORK: tuple[Decorator, ...] = (
    click.option(
        "--onto",
        metavar="WORK.ora",
        type=_PATH,
        shell_complete=ora_files,
        help="Paint into your own MyPaint or Krita file.  The strokes go into new layers, in a group.  The rest stays "
        "as it is.  The result is WORK-painted.ora unless you give -o or --in-place.",
    ),
    click.option("--in-place", is_flag=True, help="With --onto: change WORK.ora itself, after a backup."),
    click.option(
        "--above",
        metavar="LAYER",
        help="With --onto: paint above this layer.  Give its name, or its group and its name (Sketch/Lines), or its "
        "number in `dreambrush inspect`.  [default: above all layers]",
    ),
    click.option(
        "--region",
        metavar="LAYER|X,Y,W,H",
        help="With --onto: paint only where this layer has paint, or fit the picture into this rectangle (pixels).",
    ),
    click.option(
        "--fit",
        metavar="contain|crop|frame",
        type=click.Choice(("contain", "crop", "frame")),
        help="With --onto: contain shows all of the picture in the rectangle, or in your work.  crop fills it.  frame "
        "fits the picture into your work, and the rectangle only says where to paint.  [default: contain]",
    ),
    click.option("--mask", metavar="PICTURE", type=_PATH, help="With --onto: paint only where this picture is light."),
)

FILES: tuple[Decorator, ...] = (
    click.option(
        "-o",
        "--output",
        "output",
        metavar="OUT",
        multiple=True,
        type=_PATH,
        help="File to save, or a folder for it.  The ending says what kind: .ora and .psd have the layers; .png, .jpg, "
        ".webp and .tif are flat.  Give it several times for several files.  Without an .ora, the unfinished painting "
        "is in OUT-unfinished.ora until the end.  "
        "[default: PICTURE.ora, here; of a film, FILM-painted.mp4]",
    ),
    format_option(FORMATS, ORA),
    dpi_option("300"),
    click.option(
        "--flatten-pigment/--no-flatten-pigment",
        default=False,
        help="Save layers that Krita, GIMP and others show as MyPaint does, also with --pigment.  Where paint is thin, "
        "a layer then holds what shines through it, too.",
    ),
    click.option(
        "--your-turn/--no-your-turn",
        default=True,
        show_default=True,
        help="Add an empty layer on top for you.  MyPaint opens the file with a brush ready to paint on it.",
    ),
    click.option(
        "--timelapse",
        metavar="OUT.mp4|.gif|.webp",
        type=_PATH,
        help="Also save a film of 20 seconds.  `dreambrush timelapse` makes other films.",
    ),
    click.option("--force", is_flag=True, help="Replace the output if it exists."),
    click.option(
        "--resume",
        metavar="FILE.ora",
        type=_PATH,
        shell_complete=ora_files,
        help="Finish a painting that was interrupted.  It keeps the options it was started with.",
    ),
    click.option(
        "--continue",
        "go_on",
        is_flag=True,
        help="Skip pictures that are painted already, and finish paintings and films that were interrupted.",
    ),
    click.option(
        "--save-every",
        metavar="TIME",
        type=duration(SOONEST),
        default="30s",
        show_default=True,
        help="How often to save the unfinished painting, such as 10s or 5m.",
    ),
)

WHILE_IT_RUNS: tuple[Decorator, ...] = (
    jobs_option(
        "How many pictures to paint at the same time, 1 to 64.  Each needs its own memory, and even one uses all "
        "cores much of the time."
    ),
    CLUSTER,
    click.option(
        "--watch",
        is_flag=True,
        help="Paint the picture again each time it is saved, until you press Ctrl-C.  The new painting replaces the "
        "last one.  If somebody has changed that file, the new painting gets a name of its own.",
    ),
    click.option(
        "--preview/--no-preview",
        default=True,
        show_default=True,
        help="Show the painting in the terminal while it grows.  This needs a large terminal with colours.",
    ),
    click.option(
        "-v",
        "--verbose",
        is_flag=True,
        help="Tell the progress in lines of text, and how close the painting is in figures.",
    ),
    QUIET,
    click.option(
        "--json",
        "as_json",
        is_flag=True,
        help="For scripts: print a report of each picture on stdout, as one JSON object.",
    ),
)

GROUPS = {
    "What to paint": WHAT_TO_PAINT,
    "How it looks": HOW_IT_LOOKS,
    "How much thought": HOW_MUCH_THOUGHT,
    "Into your own work": INTO_YOUR_OWN_WORK,
    "Films": FILMS,
    "Files": FILES,
    "While it runs": WHILE_IT_RUNS,
}


def paint_options(command: Any) -> Any:
    """Add all options of ``dreambrush paint`` to a command, in their groups."""
    for title, options in reversed(GROUPS.items()):
        command = option_group(title, *options)(command)
    return command
