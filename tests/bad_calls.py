"""Calls that must fail, with the exit code of docs/errors.md and words of the message; and odd ones that must not.

The files are those of bad_files.py.  What is painted by mistake is small, so that a failing test is quick.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from dreambrush.errors import ExitCode
from tests.bad_files import BROKEN_RECIPES, LONG, NOT_UTF8, hostile_name
from tests.mypaint import hostile_files

USAGE, PICTURE, OUTPUT, BRUSH = ExitCode.USAGE, ExitCode.BAD_PICTURE, ExitCode.OUTPUT, ExitCode.BRUSH
MODEL, STROKES, ORA = ExitCode.MODEL, ExitCode.BAD_STROKES, ExitCode.BAD_ORA

Row = tuple[str, ExitCode, str]
PAINT = "--strokes 1 --size 16 --effort 1 -o new.ora"
ONTO = "--onto work.ora --strokes 1 -o new.ora"

COMMANDS: list[Row] = [
    ("paintt photo.png", USAGE, "No such command 'paintt'"),
    ("--strokes 5", USAGE, "No such option"),
    ("''", USAGE, "No such command"),
    *((f"{name} --no-such-option", USAGE, "No such option")
      for name in ("paint", "replay", "timelapse", "inspect", "render", "styles", "brushes", "collect", "train",
                   "export", "bench", "doctor", "completion")),
    *((name, USAGE, "Missing argument")
      for name in ("replay", "timelapse", "inspect", "render", "collect", "train", "export", "completion")),
    ("bench digits", USAGE, ""),
    ("paint", USAGE, "There is no picture to paint"),
    ("completion tcsh", USAGE, "'tcsh' is not one of"),
    ("doctor now", USAGE, "unexpected extra argument"),
    ("inspect work.ora work.ora", USAGE, "unexpected extra argument"),
    ("render work.ora", USAGE, "Missing argument"),
]  # fmt: skip

PICTURES: list[Row] = [
    *((f"paint {name} {PAINT}", PICTURE, words) for name, words in {
        "absent.png": "There is no picture at",
        f"{LONG}.png": "no picture at",
        f"{LONG}/photo.png": "no picture at",
        "photo.png/photo.png": "There is no picture at",
        "dangling.png": "There is no picture at",
        "loop.png": "There is no picture at",
        "pipe.png": "is not a regular file",
        "/dev/full": "is not a regular file",
        "nothing": "There are no pictures in the folder",
        "hidden": "only hidden pictures",
        "notes": "There are no pictures in the folder",
        "'*.jpeg'": "nothing matches",
        "'n*t?s'": "no picture match",
        "empty.png": "is empty",
        "zeros.png": "is not a picture",
        "text.jpg": "is not a picture",
        "page.png": "is not a picture",
        "renamed.png": "is not a picture",
        "work.ora": "is not a picture",
        "drawing.svg": "is not a picture",
        "drawing.ps": "is not a picture",
        f"'{NOT_UTF8}.png'": "is not a picture",
        "'two\nlines.png'": "is not a picture",
        "'\x1b[31mred.png'": "is not a picture",
        "cut-photo.png": "damaged or incomplete",
        **{f"cut-photo.{kind}": "picture" for kind in ("jpg", "webp", "tif", "gif", "bmp", "jp2")},
        **{f"cut-half-photo.{kind}": "damaged or incomplete" for kind in ("jpg", "webp", "tif", "bmp", "tga")},
        "invisible.png": "transparent everywhere",
    }.items()),
    (f"paint photo.png --focus absent.png {PAINT}", PICTURE, "There is no picture at"),
    (f"paint photo.png --focus text.jpg {PAINT}", PICTURE, "is not a picture"),
    (f"paint photo.png --mask text.jpg {ONTO}", PICTURE, "is not a picture"),
    (f"paint text.jpg {ONTO}", PICTURE, "is not a picture"),
    ("styles --sheet new.png text.jpg --size 64", PICTURE, "is not a picture"),
    ("train oil --pictures absent", USAGE, "does not exist"),
    ("train oil --pictures photo.png", USAGE, "is a file"),
    ("train oil --pictures nothing -o new", PICTURE, "There are no pictures in"),
    *((f"bench digits {name} --strokes 1 --count 1", PICTURE, words) for name, words in {
        "absent": "There are no pictures at",
        "nothing": "There are no pictures in the folder",
        "photo.png": "neither a folder",
        f"{LONG}": "no pictures at",
        "dangling.npz": "There are no pictures at",
        "pipe.npz": "is not a regular file",
        "float.npy": "which are no pictures",
        "flat.npy": "which are no pictures",
        "none.npy": "which are no pictures",
        "objects.npy": "cannot be read as an array",
        "two.npz": "several arrays",
        "cut.npz": "cannot be read as an array",
        "empty.npy": "cannot be read as an array",
    }.items()),
    ("bench digits sound.npz --count 5", USAGE, "has only 1"),
]  # fmt: skip

BOMBS: list[Row] = [
    *((f"paint bomb.{kind} {PAINT}", PICTURE, "picture")
      for kind in ("png", "gif", "bmp", "tif", "webp", "ppm", "tga")),
    ("render hostile-zip-bomb.ora new.png", ORA, "declares"),
    ("render hostile-PNG-of-60000-x-60000.ora new.png", ORA, "more than the 100,000,000 accepted"),
    ("render hostile-PNG-with-a-text-bomb.ora new.png", ORA, "damaged PNG"),
    ("render hostile-billion-laughs.ora new.png", ORA, "entities"),
    ("render huge.ora new.png", ORA, "more than the 20,000,000,000"),
    ("render hostile-declares-3-GB.ora new.png", ORA, "declares"),
    ("replay recipe-strokes-bomb.ora -o new.ora", STROKES, "cut off"),
    ("replay recipe-alpha-bomb.ora -o new.ora", STROKES, "cannot be read"),
    ("replay recipe-huge-size.ora -o new.ora", USAGE, "pixels"),
    ("replay strokes-large.json -o new.ora", USAGE, "pixels"),
    ("timelapse strokes-large.json -o new.gif --size 64", USAGE, "pixels"),
    ("bench digits bomb.npy --count 1", PICTURE, "cannot be read as an array"),
    ("bench digits bomb.npz --count 1", PICTURE, "cannot be read as an array"),
]  # fmt: skip

OUTPUTS: list[Row] = [
    *((f"{call} {name}", OUTPUT, words)
      for call, ending in {
          "paint photo.png --strokes 1 --size 16 -o": "ora",
          "replay painted.ora -o": "ora",
          "replay strokes.json -o": "png",
          "timelapse painted.ora --seconds 3 --size 16 -o": "gif",
          "render work.ora": "png",
          "inspect painted.ora --strokes": "json",
          "inspect painted.ora --svg": "svg",
          "brushes --pack": "zip",
          "brushes --sheet": "png",
          f"paint photo.png {PAINT} --timelapse": "gif",
          "styles --size 64 --sheet": "png",
      }.items()
      for name, words in {
          f"taken.{ending}": "exists already",
          f"photo.png/new.{ending}": "photo.png",
          f"nowhere/new.{ending}": "nowhere",
          f"{LONG}.{ending}": "too long",
          f"/proc/new.{ending}": "/proc",
          f"dangling.{ending}": "exists already",
          f"dangling.{ending} --force": "absent",
          f"pipe.{ending} --force": "is not a regular file",
      }.items()),
    *((f"{call} folder.{ending} --force", OUTPUT, "a ")
      for call, ending in (("render work.ora", "png"), ("inspect painted.ora --strokes", "json"),
                           ("replay painted.ora -o", "ora"), ("brushes --sheet", "png"))),
    ("inspect painted.ora --strokes new.json --svg taken.svg", OUTPUT, "exists already"),
    ("inspect painted.ora --strokes new.json --svg nowhere/new.svg", OUTPUT, "nowhere"),
    ("inspect painted.ora --strokes new.svg --svg new.svg", USAGE, "same file"),
    ("inspect painted.ora --strokes new.svg --svg ./new.svg --force", USAGE, "same file"),
    ("render work.ora new.jpg", USAGE, "does not end in .png"),
    ("render work.ora ''", USAGE, "does not end in .png"),
    ("replay painted.ora -o new.jpg", USAGE, "ends in neither"),
    ("replay painted.ora -o .", USAGE, "ends in neither"),
    ("replay painted.ora -o ''", USAGE, "ends in neither"),
    ("timelapse painted.ora -o new.avi", USAGE, "ends in none"),
    ("timelapse painted.ora -o /", USAGE, "ends in none"),
    ("paint photo.png -o new.png --strokes 1", USAGE, "does not end in .ora"),
    ("paint photo.png -o /dev/full --strokes 1", USAGE, "does not end in .ora"),
    ("paint photo.png photo.jpg -o new.ora --strokes 1", USAGE, "must be an existing folder"),
    ("paint photo.png album/photo.png --strokes 1", OUTPUT, "would both be saved"),
    ("paint photo.png --onto work.ora -o taken.ora --strokes 1", OUTPUT, "exists already"),
    ("collect oil --strokes 1 -o photo.png", OUTPUT, "cannot be made"),
    ("collect oil --strokes 1 -o photo.png/new", OUTPUT, "cannot be made"),
    ("collect oil --strokes 1 -o dangling.png", OUTPUT, "cannot be made"),
    ("collect oil --strokes 1 -o album", OUTPUT, "is not empty"),
    (f"collect oil --strokes 1 -o {LONG}", OUTPUT, "cannot be made"),
    ("train oil -o photo.png", OUTPUT, "cannot be made"),
    (f"train oil -o {LONG}", OUTPUT, "cannot be made"),
    ("export oil -o photo.png", OUTPUT, "cannot be made"),
    ("bench digits album --strokes 1 -o photo.png", OUTPUT, "cannot be made"),
    (f"bench digits album --strokes 1 -o {LONG}", OUTPUT, "cannot be made"),
]  # fmt: skip

BRUSHES: list[Row] = [
    *((f"{call} --brush {brush}", code, words)
      for call in (f"paint photo.png {PAINT}", "replay painted.ora -o new.ora", "bench digits album --strokes 1")
      for brush, code, words in (
          ("oyl", BRUSH, "Did you mean oil"), ("absent.myb", BRUSH, "There is no brush file"),
          ("brush-cut.myb", BRUSH, "is not a MyPaint brush"))),
    *((f"{call} {brush}", BRUSH, words)
      for call in ("train", "collect", "export")
      for brush, words in {
          "oyl": "Did you mean oil", "brush-cut.myb": "brush-cut.myb", "absent.myb": "There is no brush file",
          f"{LONG}.myb": "no brush", f"{LONG}/a": "no brush named", "''": "no brush named",
          "photo.png": "no brush named",
          "folder.myb": "There is no brush file", "dangling.myb": "There is no brush file",
          "pipe.myb": "There is no brush file"}.items()),
    *((f"collect brush-{name}.myb --strokes 1 -o new", BRUSH, "brush-")
      for name in ("empty", "old", "list", "version", "settings", "value", "nan", "curve", "deep", "digits",
                   "bytes", "photo")),
    ("train brush-eraser.myb -o new", BRUSH, "is an eraser"),
    (f"paint photo.png --brush set:no {PAINT}", BRUSH, "There is no set of brushes"),
    (f"paint photo.png --brush brush-untrained.myb {PAINT}", MODEL, "has no dream yet"),
    ("export brush-untrained.myb", MODEL, "has no dream yet"),
    ("replay strokes-brush.json -o new.ora", BRUSH, "no-such-brush"),
    ("replay strokes-brush-two-lines.json -o new.ora", BRUSH, "There is no brush named"),
    (f"paint photo.png --style style-unknown.toml {PAINT}", USAGE, "no-such-brush"),
    ("paint ''", USAGE, "the name of a picture is empty"),
    (f"paint photo.png --style style-digits.toml {PAINT}", USAGE, "it is no TOML"),
    ("paint --resume painted.ora", ORA, "is finished"),
    ("paint --resume photo.png", ORA, ""),
    ("paint --resume missing.ora", ORA, "no file"),
    ("paint --resume painted.ora --strokes 5", USAGE, "--strokes and --resume"),
    (f"paint photo.png --save-every 0 {PAINT}", USAGE, "not a time from 0.1s"),
    (f"paint photo.png --max-length 0 {PAINT}", USAGE, "not a number from 0.1"),
    (f"paint photo.png --min-pressure 2 {PAINT}", USAGE, "not a number from"),
    (f"paint photo.png --jitter nan {PAINT}", USAGE, "not a number from"),
    ("config --nix", USAGE, "No such option"),
    ("styles photo.png", USAGE, "only for --sheet"),
    ("styles --sheet photo.png", OUTPUT, "exists already"),
]  # fmt: skip

MODELS: list[Row] = [
    *((f"paint photo.png --brush models/{name} {PAINT} -q", code, words) for name, code, words in (
        ("no-card", BRUSH, "no brush named"),
        ("list-card", MODEL, "is not of version"),
        ("cut-card", MODEL, "no readable card"),
        ("other-version", MODEL, "is not of version"),
        ("other-brush", MODEL, "is not of a brush in that folder"),
        ("no-reach", MODEL, "no proper reach"),
        ("nan-reach", MODEL, "no proper reach"),
        ("text-reach", MODEL, "no proper reach"),
        ("no-onnx", MODEL, "cannot be loaded"),
        ("empty-onnx", MODEL, "cannot be loaded"),
        ("text-onnx", MODEL, "cannot be loaded"),
        ("cut-onnx", MODEL, "cannot be loaded"),
        ("other-onnx", MODEL, "it is another network"),
        ("outside-onnx", MODEL, "refers to other files"),
        ("folder-onnx", MODEL, "cannot be loaded"),
        ("cut-weights", MODEL, "safetensors"),
        ("pickled-weights", MODEL, "safetensors"),
    )),
    *((f"export models/{name} -o new", MODEL, "")
      for name in ("no-onnx", "cut-weights", "pickled-weights", "cut-card")),
    *((f"train oil -o new --only {stage}", MODEL, "yet") for stage in ("dream", "controller", "export")),
    ("bench digits album --strokes 1 --brush models/cut-onnx", MODEL, "cannot be loaded"),
]  # fmt: skip

WORKS: list[Row] = [
    *((f"{call.format(file)}", ORA, words)
      for call in ("render {} new.png", "inspect {}", "replay {} -o new.ora", "timelapse {} -o new.gif",
                   "paint photo.png --onto {} -o new.ora --strokes 1")
      for file, words in {
          "absent.ora": "There is no file at", "''": "is a folder", "folder.ora": "is a folder", f"{LONG}.ora": "file",
          "dangling.ora": "There is no file at", "loop.ora": "", "pipe.ora": "not a regular file",
          "renamed.ora": "not OpenRaster", "taken.ora": "not OpenRaster", "hostile-empty.ora": "OpenRaster",
          "hostile-cut-at-60%.ora": "", "hostile-external-entity.ora": "entities",
          "hostile-two-of-one-name.ora": "two members"}.items()),
    ("replay work.ora -o new.ora", STROKES, "holds no strokes"),
    ("timelapse work.ora -o new.gif", STROKES, "holds no strokes"),
    ("inspect work.ora --strokes new.json", STROKES, "holds no strokes"),
    ("inspect work.ora --svg new.svg", STROKES, "holds no strokes"),
    ("replay painted.ora --painting 2 -o new.ora", USAGE, "was painted once"),
    ("timelapse painted.ora --painting 2 -o new.gif", USAGE, "was painted once"),
    ("inspect painted.ora --painting 2 --svg new.svg", USAGE, "was painted once"),
    *((f"replay recipe-{name}.ora -o new.png", STROKES, "cannot be read")
      for name in BROKEN_RECIPES if "bomb" not in name and name != "huge-size"),
    ("inspect recipe-strokes.ora --strokes new.json", STROKES, "cannot be read"),
    ("timelapse recipe-strokes.ora -o new.gif", STROKES, "cannot be read"),
    *((f"replay strokes-{name}.json -o new.png", STROKES, "Expected")
      for name in ("version", "format", "size", "text-size", "row", "ragged", "words", "far", "null", "radius", "nan",
                   "cut", "empty", "deep", "digits", "list")),
    ("replay strokes-bytes.json -o new.png", STROKES, "is not text"),
    *((f"replay {name}.json -o new.png", STROKES, "")
      for name in ("absent", "folder", "dangling", "loop", "pipe", LONG)),
    ("timelapse strokes-cut.json -o new.gif", STROKES, "not JSON"),
    ("render photo.png new.png", ORA, "not OpenRaster"),
    ("inspect strokes.json", ORA, "not OpenRaster"),
    ("replay photo.png -o new.png", ORA, "not OpenRaster"),
]  # fmt: skip

RANGES = {
    f"paint photo.png {PAINT}": {
        "--strokes": "0 100001 -3 1e3 '' nan 12x", "--size": "15 8193 99999999999999999999", "--effort": "0 6",
        "--hand": "-0.1 1.1 nan inf", "--layers": "0 6", "--min-size": "0 9000 101% nan -4", "--max-size": "wide 0%",
        "--time": "0 25h -1s soon", "--until": "0 100 nan", "--seed": "-1 4294967296", "--jobs": "0 65",
        "--ground": "mud #12 #1234567", "--palette": "mud #12",
    },
    "replay painted.ora -o new.ora": {
        "--scale": "0 65 nan", "--size": "15 16385", "--until": "-1 1000001", "--painting": "0 10001"},
    "timelapse painted.ora -o new.gif": {
        "--seconds": "0 3601 nan", "--fps": "0 61 2.5", "--size": "15 8193", "--by": "luck", "--hold": "-1 61"},
    "inspect painted.ora --svg new.svg": {"--painting": "0 x"},
    "styles --sheet new.png": {"--size": "63 1025"},
    "collect oil -o new": {"--strokes": "-1 10000001", "--episodes": "-1 1000001", "--workers": "0 1025",
                       "--seed": "-1"},
    "train oil -o new": {"--strokes": "99 1000001", "--seed": "-1", "--device": "tpu", "--only": "dreams"},
    "bench digits album": {"--strokes": "0 1001", "--count": "0 10001", "--controller": "me", "--seed": "x"},
}  # fmt: skip

USES: list[Row] = [
    *((f"{call} {option}={value}", USAGE, option)
      for call, options in RANGES.items() for option, values in options.items() for value in values.split()),
    *((f"paint photo.png --palette {count} {PAINT}", USAGE, "no number of colours")
      for count in ("auto:0", "auto:257", "auto:", "auto:-1", "auto:²")),
    (f"paint photo.png --style no-such-style {PAINT}", USAGE, "There is no style named"),
    ("bench letters album", USAGE, "'letters' is not one of"),
    ("replay painted.ora --scale 2 --size 64 -o new.ora", USAGE, "Both --scale and --size"),
    ("replay painted.ora --scale 64 --brush oil --size 20000", USAGE, "--size"),
    ("timelapse painted.ora --seconds 2 --hold 2 -o new.gif", USAGE, "no time to paint"),
    ("timelapse painted.ora --seconds 3600 -o new.gif", USAGE, "at most 10,000"),
    ("timelapse painted.ora --fps 60 -o new.gif", USAGE, "A GIF cannot show 60"),
    ("timelapse painted.ora --size 8192 -o new.gif --seconds 3", USAGE, "side of 8192"),
    ("inspect work.ora --force", USAGE, "only for --strokes and --svg"),
    ("inspect work.ora --painting 1", USAGE, "only for --strokes and --svg"),
    ("brushes --json --sheet new.png", USAGE, "do not go together"),
    ("brushes --install --uninstall", USAGE, "do not go together"),
    ("brushes --install --all", USAGE, "does not go with --install"),
    ("brushes --force", USAGE, "only for --sheet and --pack"),
    ("brushes now", USAGE, "unexpected extra argument"),
    ("styles photo.png", USAGE, "only for --sheet"),
    ("collect oil --strokes 0 -o new", USAGE, "nothing to collect"),
    ("paint - -", USAGE, "named twice"),
    (f"paint photo.png --in-place {PAINT}", USAGE, "there is none"),
    (f"paint photo.png --above Sky {PAINT}", USAGE, "there is none"),
    (f"paint photo.png --region 1,2,3,4 {PAINT}", USAGE, "there is none"),
    ("paint photo.png --onto work.ora --size 64 --strokes 1", USAGE, "--size and --onto"),
    ("paint photo.png --onto work.ora --in-place -o new.ora --strokes 1", USAGE, "-o and --in-place"),
    ("paint photo.png --onto work.ora --above Sea --strokes 1", USAGE, "There is no layer named"),
    ("paint photo.png --onto work.ora --region Sea --strokes 1", USAGE, "There is no layer named"),
    ("paint photo.png --onto work.ora --region 900,0,9,9 --strokes 1", USAGE, "no place left"),
    ("paint photo.png photo.jpg --onto work.ora --strokes 1", USAGE, "Only one picture"),
    ("paint photo.png text.jpg --timelapse new.gif -o notes --strokes 1", USAGE, "one film"),
    (f"paint photo.png --timelapse new.avi {PAINT}", USAGE, "ends in none"),
    (f"paint photo.png --min-size 50% --max-size 1% {PAINT}", USAGE, "is more than --max-size"),
    *((f"paint photo.png --palette {name}.gpl {PAINT}", USAGE, "cannot be used")
      for name in ("absent", "folder", "dangling", "pipe", LONG, "palette-empty", "palette-head", "palette-none",
                   "palette-word", "palette-high", "palette-two", "palette-many", "palette-large")),
    *((f"paint photo.png --style {name}.toml {PAINT}", USAGE, "")
      for name in ("absent", "folder", "dangling", LONG, *(f"style-{name}" for name in (
          "cut", "key", "kind", "list", "table", "size", "ground", "truth", "nan", "deep", "large",
          "bytes")))),
    ("paint photo.png --size 16 --style style-range.toml", USAGE, ""),
    ("paint photo.png --size 16 --strokes 1 --style style-palette.toml", USAGE, "mud"),
]  # fmt: skip


def hostile_rows() -> Iterator[Row]:
    """Every hostile .ora of hostile_files.py is refused by render."""
    bombs = {words for words, _, _ in BOMBS}
    for name in hostile_files.BYTES:
        words = f"render {shlex.quote(hostile_name(name))} new.png"
        if words not in bombs:
            yield words, ORA, ""


BAD_CALLS = [*COMMANDS, *PICTURES, *BOMBS, *OUTPUTS, *BRUSHES, *MODELS, *WORKS, *USES, *hostile_rows()]

# Where the user's data folder is a file.
NO_DATA_HOME: list[Row] = [
    ("brushes --install", OUTPUT, "cannot be changed"),
    ("train oil", OUTPUT, "cannot be made"),
    (f"paint photo.png --brush oyl {PAINT}", BRUSH, "Did you mean oil"),
]

ODD_CALLS = [
    *(
        f"paint {name} -q --strokes 1 --size 16 --effort 1 -o ../out/{number}.ora"
        for number, name in enumerate(
            (
                "odd/one.png",
                "odd/strip.png",
                "odd/tower.png",
                "odd/animated.gif",
                "odd/animated.webp",
                "odd/grey16.png",
                "odd/cmyk.jpg",
                "odd/some-nan.tif",
                "odd/infinite.tif",
                "odd/a-png.jpg",
                "odd/no-ending",
                "odd/link.png",
                f"'odd/{NOT_UTF8}.png'",
                "'odd/two\nlines.png'",
                "'odd/Frühling in Ö.png'",
                "'odd/c[1].png'",
                "./-dash.png",
            )
        )
    ),
    "inspect odd/one.ora",
    "inspect odd/one.ora --json",
    "render odd/tiny.ora ../out/tiny.png",
    "replay odd/one.ora --size 16 -o ../out/replayed.ora -q",
    "replay strokes.json --until 0 -o ../out/none.png",
    "timelapse odd/one.ora -o ../out/one.gif --seconds 1 --hold 0 -q",
    f"inspect '{NOT_UTF8}-work.ora' --json",
    "inspect recipe-strokes.ora",
    "render recipe-strokes.ora ../out/kept.png -q",
    "brushes",
    "brushes --json",
    "styles",
]
