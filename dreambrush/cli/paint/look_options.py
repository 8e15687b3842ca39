"""The options of ``dreambrush paint`` that say how a painting looks."""

from __future__ import annotations

from pathlib import Path

import click

from dreambrush.cli.paint.defaults import (
    DEFAULT_BRUSH,
    DEFAULT_HAND,
    DEFAULT_LAYERS,
    DEFAULT_PRESSURE,
    HANDS,
    LAYERS,
    LENGTHS,
    LIKENESS,
    PRESSURES,
)
from dreambrush.cli.paint.values import ground_named, stroke_width
from dreambrush.cli.shared.brushes import complete_brush
from dreambrush.cli.shared.completers import complete_style
from dreambrush.cli.shared.inputs import TargetPath
from dreambrush.cli.shared.options import Decorator, decimal_number, seed_option, whole_number

_PATH = click.Path(path_type=Path)

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
        help="With --like, or a style that was learned: how closely strokes and colours follow the reference.  0 "
        "takes only its brushes, its ground, and how many strokes it needs.",
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
        "--flow",
        metavar="PICTURE|FILE.ora|none",
        type=click.Path(),
        help="Strokes follow the lines that you drew here, most of all beside them: a picture with lines on a "
        "transparent or a plain ground, or an .ora with them on a layer named Flow.  [default: none]",
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
