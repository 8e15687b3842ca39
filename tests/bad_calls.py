"""Calls that must fail, with the id of their error in docs/errors.md.

The files are those of bad_files.py.  What reads a kind of file is shown all that is bad of that kind by the quickest
command; the others have a row or two, which show that they read it in the same way.  Two rows of a command fail at
different places of the code, with different errors below, or for different options.  What is painted by mistake is
small, so that a failing test is quick.
"""

from __future__ import annotations

from tests.bad_files import LONG, NOT_UTF8, hostile_name
from tests.bad_works import REFERENCES, WORKS
from tests.call_rows import FILM, ONTO, PAINT, REPLAY, Row, painting, rendering, rows, styled

COMMANDS: list[Row] = [
    *rows("no-such-command", "paintt photo.png", "''"),
    *rows("no-such-option", "--strokes 5", "paint --no-such-option", "render --no-such-option", "config --nix"),
    *rows("missing-argument", *(
        ["try", "replay", "timelapse", "inspect", "render", "collect", "train", "export", "completion"]),
          "render work.ora"),
    *rows("extra-argument", "doctor now", "inspect work.ora work.ora", "brushes now"),
    *rows("bad-value", "completion tcsh", "bench letters album", "paint ''", "paint photo.png --strokes",
          "brushes --install gimp"),
    *rows("nothing-to-measure", "bench digits"),
    *rows("no-such-controller", "bench digits album --controller policy"),
    *rows("no-picture-given", "paint"),
    *rows("nothing-to-collect", "collect oil --strokes 0 -o new"),
]  # fmt: skip

PICTURES: list[Row] = [
    *painting("no-such-picture", "absent.png", f"{LONG}.png", "photo.png/photo.png", "loop.png"),
    *painting("picture-not-a-file", "pipe.png"),
    *painting("no-pictures", "nothing"),
    *painting("only-hidden-pictures", "hidden"),
    *painting("nothing-matches", "'*.jpeg'", "'n*t?s'"),
    *painting("picture-empty", "empty.png"),
    # Names: that no encoding has, that break a line and colour a terminal.
    *painting("not-a-picture", "text.jpg", "drawing.ps", f"'{NOT_UTF8}.png'", "'two\n\x1b[31mlines.png'"),
    # A decoder each.
    *painting("picture-damaged", *(f"cut-photo.{kind}" for kind in ["png", "jpg", "webp", "tif", "bmp", "jp2", "tga"])),
    *painting("picture-transparent", "invisible.png"),
    *painting("picture-too-deep", "deep.jp2"),
    *painting("raw-not-developed", "cut.raf"),
    *rows("no-such-picture", "paint photo.png absent.png --strokes 1", "try absent.png", "try -- -"),
    *styled("no-such-picture", "--focus absent.png", "--flow absent.png"),
    *styled("not-a-picture", "--focus text.jpg", "--flow text.jpg"),
    *styled("flow-without-lines", "--flow invisible.png", "--flow painted.ora"),
    *styled("picture-damaged", "--flow cut-photo.png"),
    *rows("picture-is-a-folder", f"paint photo.png --mask album {ONTO}"),
    *rows("not-a-picture", f"paint photo.png --mask text.jpg {ONTO}", f"paint text.jpg {ONTO}",
          "styles --sheet new.png text.jpg --size 64", "try text.jpg -o new.png"),
    *rows("picture-is-a-folder", "try album -o new.png"),
    *rows("picture-damaged", "try cut-photo.jpg -o new.png"),
    *rows("no-pictures", "bench digits nothing --count 1"),
    *rows("no-such-picture", "bench digits absent --count 1"),
    *rows("not-a-picture-set", "bench digits photo.png --count 1"),
    *rows("picture-not-a-file", "bench digits pipe.npz --count 1"),
    *rows("array-not-pictures", "bench digits float.npy --count 1", "bench digits none.npy --count 1"),
    *rows("array-unreadable", *(
        f"bench digits {name} --count 1" for name in ("objects.npy", "cut.npz", "empty.npy"))),
    *rows("array-not-named", "bench digits two.npz --count 1"),
    *rows("too-few-pictures", "bench digits sound.npz --count 5"),
]  # fmt: skip

FILMS: list[Row] = [
    *rows("no-such-picture", *(f"paint {name}.mp4 {FILM}" for name in ("absent", LONG, "dangling", "loop"))),
    *rows("picture-not-a-file", f"paint pipe.mp4 {FILM}"),
    *rows("film-damaged", *(f"paint {name}.mp4 {FILM}" for name in ("empty", "text", "song", "cut")), "paint cut.mp4"),
    *rows("film-has-no-frames", f"paint nothing.mov {FILM}"),
    *rows("only-one-picture", f"paint clip.gif photo.png {FILM}", f"paint sound.mp4 sound.mp4 {FILM}"),
    *rows("options-conflict", f"paint clip.gif {FILM} -o other.gif", f"paint clip.gif {FILM} --continue --force"),
    *rows("wrong-ending", "paint sound.mp4 -o new.ora", "paint sound.mp4 -o new", "paint sound.mp4 -o new.avi"),
    *rows("output-exists", "paint clip.gif -o taken.gif", "paint sound.mp4 -o taken.mp4"),
    *rows("output-is-the-picture", "paint clip.gif -o ./clip.gif --force"),
    *rows("no-such-folder", "paint clip.gif -o nowhere/new.gif"),
    *rows("cannot-write", f"paint clip.gif -o {LONG}.gif"),
    *rows("output-not-a-file", "paint clip.gif -o pipe.gif --force"),
    *rows("film-unfinished", "paint clip.gif -o begun.gif"),
    *rows("folder-not-empty", "paint clip.gif -o full.gif"),
    *rows("only-for-films", *(
        f"paint photo.png {each} {PAINT}" for each in ("--on 2s", "--boil 0.5", "--keys 2", "--from painted.ora"))),
    *rows("not-for-films", *(f"paint clip.gif {each} {FILM}" for each in (
        "--onto work.ora", "--watch", "--timelapse other.gif", "--format png", "--dpi 300", "--time 9s", "--until 20",
        "--relief 0.5", "--flow photo.png", "--flatten-pigment", "--jobs 2", "--ground paper", "--region Sky",
        "--in-place", "--save-every 9", "--megapixels 99", "--preview"))),
    *rows("no-drawing-of-a-film", f"paint clip.gif --from painted.ora {FILM}",
          f"paint clip.gif --from work.ora {FILM}"),
    *rows("no-such-file", f"paint clip.gif --from absent.ora {FILM}"),
    *rows("not-openraster", f"paint clip.gif --from photo.png {FILM}"),
    *rows("ora-is-a-folder", f"paint clip.gif --from folder.ora {FILM}"),
    *rows("ora-not-a-file", f"paint clip.gif --from pipe.ora {FILM}"),
    *rows("ora-not-trusted", f"paint clip.gif --from {hostile_name('external entity')} {FILM}"),
    *rows("no-such-brush", f"paint clip.gif --brush oyl {FILM}"),
]  # fmt: skip

# Files that claim to be huge: a test looks how much memory they take.
BOMBS: list[Row] = [
    *painting("picture-too-large", *(f"bomb.{kind}" for kind in ["png", "gif", "bmp", "tif", "webp", "ppm", "tga"])),
    *rows("picture-too-large", f"paint photo.png -q --like bomb.png {PAINT}"),
    *rows("ora-too-large", f"paint photo.png -q --like huge.ora {PAINT}"),
    *rows("recipe-unreadable", f"paint photo.png -q --like recipe-strokes-bomb.ora {PAINT}"),
    *rendering("ora-too-large", "zip bomb", "PNG of 60000 x 60000", "declares 3 GB"),
    *rows("ora-too-large", "render huge.ora new.png"),
    *rendering("layer-unreadable", "PNG with a text bomb"),
    *rendering("ora-not-trusted", "billion laughs"),
    *rows("recipe-unreadable", "replay recipe-strokes-bomb.ora -o new.ora", "replay recipe-alpha-bomb.ora -o new.ora"),
    *rows("painting-too-large", "replay recipe-huge-size.ora -o new.ora",
          "timelapse strokes-large.json -o new.gif --size 64"),
    *rows("array-too-large", "bench digits sparse.npy --count 1"),
    *rows("array-unreadable", "bench digits bomb.npy --count 1", "bench digits bomb.npz --count 1"),
]  # fmt: skip

# How each command that saves a file is told which; what comes behind is the ending.
SAVING = {
    "paint photo.png --strokes 1 --size 16 -o": "ora",
    f"paint photo.png {PAINT} --timelapse": "gif",
    "replay painted.ora -o": "ora",
    "replay strokes.json -o": "png",
    "timelapse painted.ora --seconds 3 --size 16 -o": "gif",
    "inspect painted.ora --strokes": "json",
    "inspect painted.ora --strokes new.json --svg": "svg",
    "inspect painted.ora --html": "html",
    "styles --size 64 --sheet": "png",
    "styles --learn painted.ora -o": "toml",
    "try photo.png --size 64 -o": "png",
    "render work.ora": "png",
    "brushes --pack": "zip",
    "brushes --sheet": "png",
}
LOOKS_FIRST = [call for call in SAVING if not call.startswith("brushes")]  # and tells more
FIRST, RENDER = LOOKS_FIRST[0], "render work.ora"
OUTPUTS: list[Row] = [
    *rows("output-exists", *(f"{call} taken.{ending}" for call, ending in SAVING.items()), f"{FIRST} dangling.ora",
          "paint taken.png --strokes 1",
          f"{RENDER} dangling.png", "paint photo.png --onto work.ora -o taken.ora --strokes 1"),
    *rows("no-such-folder", *(f"{call} nowhere/new.{SAVING[call]}" for call in LOOKS_FIRST),
          f"{FIRST} photo.png/new.ora", f"{FIRST} dangling.ora --force", f"{RENDER} photo.png/new.png --force"),
    *rows("folder-not-writable", f"{FIRST} /proc/new.ora"),
    *rows("output-not-a-file", *(f"{call} pipe.{SAVING[call]} --force" for call in LOOKS_FIRST)),
    *rows("output-is-a-folder", "inspect painted.ora --strokes folder.json --force"),
    *rows("output-unfinished", f"{FIRST} begun.ora"),
    *rows("cannot-write", f"{FIRST} {LONG}.ora", "brushes --pack nowhere/new.zip", "brushes --sheet nowhere/new.png",
          f"{RENDER} {LONG}.png --force"),
    *rows("same-file-twice", "inspect painted.ora --strokes new.svg --svg ./new.svg --force"),
    *rows("wrong-ending", "render work.ora new.bmp", "replay painted.ora -o new.bmp",
          "timelapse painted.ora -o new.avi", "paint photo.png -o new.bmp --strokes 1", "try photo.png -o new.jpg",
          "paint photo.png --onto work.ora -o new.bmp --strokes 1", f"paint photo.png --timelapse new.avi {PAINT}"),
    *rows("output-is-the-picture", "try photo.png -o ./photo.png --force"),
    *rows("output-not-a-folder", "paint photo.png photo.jpg -o new.ora --strokes 1"),
    *rows("outputs-collide", "paint photo.png album/photo.png --strokes 1"),
    *rows("cannot-make-folder", *(
        f"{call} -o {name}"
        for call in ("collect oil --strokes 1", "train oil", "export oil", "bench digits album --strokes 1")
        for name in ("photo.png", LONG))),
    *rows("folder-not-empty", "collect oil --strokes 1 -o album"),
    *rows("collection-unusable", "collect oil --strokes 1 -o collection"),
    *rows("collection-of-other-strokes", "collect ink --strokes 1 -o collected"),
]  # fmt: skip

BRUSHES: list[Row] = [
    *rows("no-such-brush", "train oyl", "collect ''", "collect photo.png", f"collect {LONG}/a", "export oyl",
          f"{REPLAY} --brush oyl", "bench digits album --strokes 1 --brush oyl",
          "replay strokes-brush.json -o new.ora"),
    *styled("no-such-brush", "--brush oyl", "--brush models/no-card"),
    *styled("no-such-brush-set", "--brush set:no"),
    *rows("no-such-brush-set", "train --all-of set:no"),
    *rows("no-such-group", "train --all-of no", "train --all-of ''"),
    *rows("no-such-brush-file", *(f"collect {name}.myb" for name in ("absent", LONG, "folder", "pipe"))),
    *rows("not-a-mypaint-brush", *(
        f"collect brush-{name}.myb --strokes 1 -o new"
        for name in ("old", "list", "version", "settings", "nan", "curve", "deep", "digits"))),
    *rows("brush-unreadable", "collect brush-bytes.myb --strokes 1 -o new"),
    *rows("brush-not-learnable", "train brush-clear.myb -o new"),
    *styled("brushes-of-one-name", "--brush oil --brush copy/oil.myb"),
    *styled("brush-has-no-dream", "--brush brush-untrained.myb"),
    *rows("brush-has-no-dream", "export brush-untrained.myb"),
]  # fmt: skip

MODELS: list[Row] = [
    *styled("dream-of-another-version", "--brush models/list-card"),
    *styled("dream-card-unreadable", *(f"--brush models/{name}" for name in (
        "cut-card", "no-reach", "nan-reach", "text-reach"))),
    *styled("dream-of-another-brush", "--brush models/other-brush"),
    *styled("network-unusable", *(f"--brush models/{name}" for name in (
        "no-onnx", "empty-onnx", "cut-onnx", "other-onnx", "outside-onnx"))),
    *styled("weights-unreadable", "-q --brush models/cut-weights", "-q --brush models/pickled-weights"),
    *rows("weights-missing", "export models/no-onnx -o new"),
    *rows("weights-unreadable", "export models/pickled-weights -o new"),
    *rows("dream-card-unreadable", "export models/cut-card -o new"),
    *rows("stage-missing", *(f"train oil -o new --only {stage}" for stage in ("dream", "export"))),
    *rows("network-unusable", "bench digits album --strokes 1 --brush models/cut-onnx"),
]  # fmt: skip

# Of each option the values next to its range; of each kind of option what is no value at all.
RANGES = {
    f"paint photo.png {PAINT}": {
        "--strokes": "0 100001 1e3 '' nan", "--size": "15 8193 99999999999999999999", "--effort": "0 6",
        "--hand": "-0.1 1.1 nan inf", "--layers": "0 6", "--min-size": "0 9000 101% nan", "--max-size": "wide 0%",
        "--time": "0 25h -1s soon", "--until": "0 100", "--seed": "-1 4294967296", "--jobs": "0 65",
        "--ground": "mud #12 #1234567", "--save-every": "0", "--max-length": "0", "--min-pressure": "2",
        "--jitter": "nan", "--likeness": "-0.1 1.1 nan", "--edges": "-0.1 1.1 nan", "--relief": "-0.1 1.1 nan",
        "--simplify": "-0.1 1.1 nan", "--temperature": "-0.1 2 nan"},
    f"paint clip.gif {FILM}": {"--on": "0 2 5s", "--boil": "-0.1 1.1 nan", "--keys": "0 10001 x"},
    REPLAY: {"--scale": "0 65", "--size": "15 16385", "--until": "-1 1000001", "--painting": "0 10001",
        "--relief": "2 nan"},
    "timelapse painted.ora -o new.gif": {
        "--seconds": "0 3601", "--fps": "0 61 2.5", "--size": "15 8193", "--by": "luck", "--hold": "-1 61",
        "--jobs": "0 65"},
    "inspect painted.ora --svg new.svg": {"--painting": "0"},
    "inspect painted.ora": {"--at": "x 5 -1,5 5,1.5 1,2,3 '' ²,1 9999999,1", "--html": "'' page painted.ora p.svg"},
    "styles --sheet new.png": {"--size": "63 1025"},
    "collect oil -o new": {"--strokes": "-1 10000001", "--episodes": "-1 1000001", "--jobs": "0 1025",
                           "--seed": "-1"},
    "train oil -o new": {"--strokes": "99 1000001", "--seed": "-1", "--device": "tpu", "--only": "dreams",
                        "--jobs": "0 65"},
    "bench digits album": {"--strokes": "0 1001", "--count": "0 10001", "--controller": "me", "--seed": "x",
                           "--jobs": "0 65", "--html": "'' . r.png"},
}  # fmt: skip

USES: list[Row] = [
    *rows("bad-value", *(
        f"{call} {option}={value}"
        for call, options in RANGES.items() for option, values in options.items() for value in values.split())),
    *styled("no-such-cluster", "--cluster slrum"),
    *styled("cluster-unusable", "--cluster http://127.0.0.1:1", "--cluster absent.toml"),
    *styled("cluster-unreachable", "--cluster tcp://127.0.0.1:1"),
    *rows("cluster-unreachable", "collect oil -o new --cluster tcp://127.0.0.1:1"),
    *styled("not-a-palette", "--palette mud", "--palette #12"),
    *styled("palette-count-out-of-range", *(f"--palette auto:{count}" for count in ("0", "257", "", "²"))),
    *styled("palette-unusable", *(f"--palette {name}.gpl" for name in (
        "absent", "folder", "pipe", LONG, "palette-head", "palette-many", "palette-high", "palette-large"))),
    *styled("no-such-style", "--style no-such-style"),
    *styled("style-unusable", *(f"--style {name}.toml" for name in ("absent", "folder", LONG, *(
        f"style-{each}" for each in ("cut", "key", "kind", "deep", "digits", "large", "bytes"))))),
    *styled("setting-unusable", *(
        f"--style style-{name}.toml" for name in ("unknown", "size", "ground", "nan", "range", "palette"))),
    *styled("min-size-above-max-size", "--min-size 50% --max-size 1%"),
    *rows("settings-unreadable", f"paint settings-cut/photo.png {PAINT}"),
    *rows("no-such-setting", f"paint settings-key/photo.png {PAINT}"),
    *rows("setting-only-on-command-line", f"paint settings-output/photo.png {PAINT}"),
    *rows("setting-unusable", f"paint settings-value/photo.png {PAINT}"),
    *rows("settings-differ", "paint album/photo.png settings-value/photo.png --strokes 1"),
    *rows("options-conflict", f"{REPLAY} --scale 2 --size 64", "brushes --install --uninstall",
          "brushes --json --sheet new.png", "brushes --install --all", "paint --resume painted.ora --strokes 5",
          "paint photo.png --continue --force", "paint photo.png -q -v",
          "paint photo.png --onto work.ora --size 64 --strokes 1",
          "paint photo.png --onto work.ora --in-place -o new.ora --strokes 1",
          "paint photo.png --watch --timelapse new.gif", "paint photo.png --watch --onto work.ora --in-place"),
    *rows("options-conflict", f"paint photo.png --flatten-pigment {ONTO}"),
    *rows("option-needs-another", "render work.ora -o . --format ora", "inspect work.ora --force",
          "inspect work.ora --painting 1", "brushes --force", "styles photo.png"),
    *styled("option-needs-another", "--in-place", "--above Sky", "--region 1,2,3,4"),
    *rows("option-not-for-this-task", "bench paint --count 3", "bench paint --jobs 2"),
    *rows("only-one-picture", "paint photo.png photo.jpg --onto work.ora --strokes 1",
          "paint photo.png text.jpg --timelapse new.gif -o notes --strokes 1", "paint photo.png photo.jpg --watch",
          "paint photo.png photo.jpg --resume begun.ora"),
    *rows("no-such-pixel", "inspect painted.ora --at 999999,0", "inspect work.ora --json --at 0,999999"),
    *rows("stdin-twice", "paint - -"),
    *rows("stdin-not-watched", "paint - --watch"),
    *rows("no-such-layer", "paint photo.png --onto work.ora --above Sea --strokes 1",
          "paint photo.png --onto work.ora --region Sea --strokes 1"),
    *rows("layer-is-a-group", "paint photo.png --onto grouped.ora --region Figures --strokes 1"),
    *rows("no-place-left", "paint photo.png --onto work.ora --region 900,0,9,9 --strokes 1"),
    *rows("options-conflict", "timelapse painted.ora work.ora --recipe painted.ora"),
    *rows("outputs-collide", "timelapse painted.ora painted.ora"),
    *rows("output-not-a-folder", "timelapse painted.ora work.ora -o new.mp4"),
    *rows("no-time-to-paint", "timelapse painted.ora --seconds 2 --hold 2 -o new.gif"),
    *rows("film-too-long", "timelapse painted.ora --seconds 3600 -o new.gif"),
    *rows("film-too-large", "timelapse strokes-wide.json -o new.gif"),
    *rows("gif-too-quick", "timelapse painted.ora --fps 60 -o new.gif"),
    *rows("film-larger-than-painting", "timelapse painted.ora --size 8192 -o new.gif --seconds 3"),
]  # fmt: skip

BAD_CALLS = [*COMMANDS, *PICTURES, *FILMS, *BOMBS, *OUTPUTS, *BRUSHES, *MODELS, *WORKS, *REFERENCES, *USES]

# Where the user's data folder is a file.
NO_DATA_HOME: list[Row] = [
    *rows("mypaint-folder-not-writable", "brushes --install"),
    *rows("krita-folder-not-writable", "brushes --install krita"),
    *rows("cannot-make-folder", "train oil"),
    *styled("no-such-brush", "--brush oyl"),
]
