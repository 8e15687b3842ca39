"""The options of ``dreambrush paint``, in the groups of its help."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from cloup import option_group

from dreambrush.cli.paint.values import duration, ground_named, stroke_width
from dreambrush.cli.shared.brushes import complete_brush
from dreambrush.cli.shared.completers import complete_style, ora_files
from dreambrush.cli.shared.formats import FORMATS, ORA, dpi_option, format_option
from dreambrush.cli.shared.inputs import TargetPath
from dreambrush.cli.shared.options import (
    QUIET,
    Decorator,
    decimal_number,
    seed_option,
    whole_number,
)

DEFAULT_STROKES = 1500
DEFAULT_BRUSH = "set:painter"
# As the painter has them, without loading numpy.
EFFORTS, DEFAULT_EFFORT = (1, 5), 3
HANDS, DEFAULT_HAND = (0.0, 1.0), 0.5
LAYERS, DEFAULT_LAYERS = (1, 5), 5
PRESSURES, DEFAULT_PRESSURE = (0.05, 1.0), 0.05
CONTROLLERS = ("learned", "ridge")
LIKENESS = 0.9  # to a reference
LENGTHS = 0.1, 100.0  # of a stroke in its widths

SHORTEST = 1  # seconds for a painting
SOONEST = 0.1  # seconds between two times that an unfinished painting is saved

# What the short help shows.
ESSENTIALS = (
    *("sample", "size", "style", "brushes", "hand", "palette", "strokes", "time", "effort"),
    *("onto", "output", "resume"),
)
# Parameters that are about one painting: files and the environment cannot set them.
ONLY_FLAGS = (
    *("output", "timelapse", "sample", "resume", "go_on", "force", "watch", "as_json", "help_all"),
    *("onto", "above", "region", "fit", "mask", "in_place", "like"),
)

_PATH = click.Path(path_type=Path)

WHAT_TO_PAINT: tuple[Decorator, ...] = (
    click.option("--sample", is_flag=True, help="Paint the still life that comes with dreambrush."),
    click.option(
        "--size",
        metavar="PX",
        type=whole_number(16, 8192),
        help="Longer side of the painting in pixels, 16 to 8192.  [default: that of the picture, at most 1024]",
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

HOW_IT_LOOKS: tuple[Decorator, ...] = (
    click.option(
        "--style",
        metavar="NAME|FILE.toml",
        shell_complete=complete_style,
        help="A ready-made style, such as charcoal, pastel or poster.  Your other options override it.  "
        "`dreambrush styles` lists all.",
    ),
    click.option(
        "--like",
        "like",
        metavar="REFERENCE",
        multiple=True,
        type=TargetPath(path_type=Path),
        help="Paint in the manner of this painting: its strokes, colours and ground.  REFERENCE is a picture of a "
        "painting, a painting of dreambrush's, or your own work in MyPaint (.ora).  Of several, the middle.  "
        "`dreambrush styles --learn` saves a manner as a style.",
    ),
    click.option(
        "--likeness",
        metavar="0-1",
        type=decimal_number(0, 1),
        default=LIKENESS,
        show_default=True,
        help="With --like, or a style that was learned: how closely strokes and colours follow the reference.  0 is as "
        "without it.",
    ),
    click.option(
        "--brush",
        "brushes",
        metavar="NAME|FILE",
        multiple=True,
        shell_complete=complete_brush,
        default=(DEFAULT_BRUSH,),
        help="A brush by name, such as ink or classic/charcoal, or a .myb file.  Of several, the best lays a stroke.  "
        "set:painter is gouache, sable, bristle and scumble; set:studio oil, bristle, ink and pastel; set:drawing "
        "pencil, charcoal and ink.  `dreambrush brushes` lists all.  "
        f"[default: {DEFAULT_BRUSH}]",
    ),
    click.option(
        "--hand",
        metavar="0-1",
        type=decimal_number(*HANDS),
        default=DEFAULT_HAND,
        show_default=True,
        help="How loose the hand is.  0 follows the picture closely.  1 paints free strokes along the forms, loses "
        "edges, and simplifies what is not the subject.",
    ),
    click.option(
        "--layers",
        metavar="1-5",
        type=whole_number(*LAYERS),
        default=DEFAULT_LAYERS,
        show_default=True,
        help="Number of layers.  5: ground, block-in, middle tones, edges, accents.  4: the ground is part of the "
        "block-in.  3: block-in, middle tones, details.  2: block-in, details.  1: one layer for all.",
    ),
    click.option(
        "--palette",
        metavar="COLOURS|FILE.gpl|auto:N",
        help='Use only these colours: a list such as "#264653,#e76f51", a GIMP palette, or N colours of the picture '
        "(auto:8).",
    ),
    click.option(
        "--ground",
        metavar="COLOUR|paper|toned|average",
        type=ground_named,
        help='Colour under the first stroke, such as "#cc8855".  paper is drawing paper with a faint grain.  '
        "toned is a little darker and warmer than the parts with detail, average the average colour of the picture; "
        "both keep a plain background.  [default: toned, but average with --hand 0; for a drawing on transparency, a "
        "colour on which it shows]",
    ),
    click.option(
        "--min-size",
        metavar="PX|%",
        type=stroke_width,
        help="Width of the narrowest stroke, in pixels (4) or in per cent of the longer side (0.5%).  "
        "[default: 2 pixels with a careful --hand, wider with a free one]",
    ),
    click.option(
        "--max-size",
        metavar="PX|%",
        type=stroke_width,
        help="Width of the widest stroke, in pixels (60) or in per cent of the longer side (10%).  "
        "[default: 40% of the shorter side]",
    ),
    click.option(
        "--max-length",
        metavar="WIDTHS",
        type=decimal_number(*LENGTHS),
        help="Length of the longest stroke, in widths of that stroke, 0.1 to 100.  0.2 gives dots, 4 gives short "
        "strokes.  [default: no limit]",
    ),
    click.option(
        "--min-pressure",
        metavar="0-1",
        type=decimal_number(*PRESSURES),
        default=DEFAULT_PRESSURE,
        show_default=True,
        help="Lightest pressure of a stroke, 0.05 to 1.  With 1, every stroke is pressed as hard as possible.",
    ),
    click.option(
        "--jitter",
        metavar="0-1",
        type=decimal_number(0, 1),
        default=0.0,
        show_default=True,
        help="How much the colours of the strokes vary at random.  With --palette, they vary among its colours.",
    ),
    click.option(
        "--edges",
        metavar="0-1",
        type=decimal_number(0, 1),
        help="How much edges are lost and found.  0 keeps them as the picture has them.  1 loses them where contrast "
        "is low, out of focus, and far from the subject (or --focus), and makes them firm where they matter.  "
        "[default: as much as --hand, 0.6 at most]",
    ),
    click.option(
        "--simplify",
        metavar="0-1",
        type=decimal_number(0, 1),
        help="How far small things are gathered into strokes: hair into locks, leaves into masses.  "
        "Faces keep more.  0 keeps all that the picture has.  [default: as much as --hand]",
    ),
    click.option(
        "--temperature",
        metavar="0-1",
        type=decimal_number(0, 1),
        help="How much warmer lights are painted than they are, and how much cooler shadows.  0 keeps the colours.  "
        "[default: 0.3 times --hand; 0 with a --palette]",
    ),
    click.option(
        "--relief",
        metavar="0-1",
        type=decimal_number(0, 1),
        help="How strongly light from the upper left shows the thickness of the paint, its edges and the tracks of the "
        "bristles.  It is a layer of its own on top, Relief, which you can switch off.  0 makes none.  [default: half "
        "of --hand with set:painter; 0 with other brushes, a --style, a --palette or --onto]",
    ),
    click.option(
        "--pigment/--no-pigment",
        default=False,
        help="Mix colours like real pigments, as MyPaint 2 does.  This is slower.  Only MyPaint shows such a file "
        "correctly, unless you add --flatten-pigment.",
    ),
    seed_option(
        "Number of the variant to paint.  Another number gives another painting.  The same number gives the same file "
        "again, with the same versions on the same kind of processor."
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
        "[default: the picture's name with .ora, here]",
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
        help="Skip pictures that are painted already, and finish paintings that were interrupted.",
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
    click.option(
        "--jobs",
        metavar="N",
        type=whole_number(1, 64),
        default=1,
        show_default=True,
        help="How many pictures to paint at the same time, 1 to 64.  Each needs its own memory, and even one uses all "
        "cores much of the time.",
    ),
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
    "Files": FILES,
    "While it runs": WHILE_IT_RUNS,
}


def paint_options(command: Any) -> Any:
    """Add all options of ``dreambrush paint`` to a command, in their groups."""
    for title, options in reversed(GROUPS.items()):
        command = option_group(title, *options)(command)
    return command
