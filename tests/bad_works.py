"""Calls that must fail for they read a painting, strokes or a reference that is bad; see bad_calls.py."""

from __future__ import annotations

from tests.bad_files import BROKEN_MANNERS, LONG, NOT_UTF8, hostile_name
from tests.call_rows import LAYER, REPLAY, Row, rendering, rows, styled

# How each command is told of an .ora that it reads; render has them all.
READING = ("inspect {}", "replay {} -o new.ora", "timelapse {} -o new.gif", f"paint photo.png --onto {{}} {LAYER}")
WORKS: list[Row] = [
    *rows("no-such-file", "render absent.ora new.png", "paint --resume missing.ora"),
    *rows("ora-is-a-folder", "render folder.ora new.png", *(each.format("''") for each in READING)),
    *rows("ora-unreadable", f"render {LONG}.ora new.png", "render loop.ora new.png"),
    *rows("ora-not-a-file", "render pipe.ora new.png", *(each.format("pipe.ora") for each in READING)),
    *rows("not-openraster", "render renamed.ora new.png", "replay photo.png -o new.png", "inspect strokes.json",
          "paint --resume photo.png"),
    *rendering("not-openraster", "empty", "wrong mimetype"),
    *rendering("ora-damaged", "cut at 60%", "declares too little", "declares too much", "wrong checksum",
               "member beyond the end", "endless directory", "name that is no UTF-8", "missing pixels", "no XML",
               "XML cut short", "unknown encoding", "no image", "text layer", "no source", "two backgrounds",
               'size w="100"', "eotf nan", "opacity nan", "x 1e9", "group far away"),
    *rendering("ora-encrypted", "encrypted"),
    *rendering("ora-not-trusted", "LZMA", "external entity", "two of one name", "source ../../x.p"),
    *rows("ora-not-trusted", *(each.format(hostile_name("external entity")) for each in READING)),
    *rendering("ora-too-large", "very deep nesting", "too many layers", 'size w="40000" h="40000"'),
    *rendering("unknown-mode", "unknown mode"),
    *rendering("vector-layer", "vector layer"),
    *rendering("layer-unreadable", "PNG of 0 x 5", "PNG of an unknown kind", "PNG cut short",
               "PNG whose pixels are cut short", "PNG of 16 bits with one colour left out"),
    *rows("cannot-flatten", "render erases.ora -o new.ora --flatten-pigment"),
    *rows("work-too-large", f"paint photo.png --onto wide.ora {LAYER}"),
    *rows("already-finished", "paint --resume painted.ora"),
    *rows("unfinished-unreadable", "paint --resume begun.ora"),
    *rows("no-strokes-in-file", "replay work.ora -o new.ora", "timelapse work.ora -o new.gif",
          "inspect work.ora --strokes new.json", "inspect work.ora --svg new.svg"),
    *rows("no-such-painting", f"{REPLAY} --painting 2", "timelapse painted.ora --painting 2 -o new.gif",
          "inspect painted.ora --painting 2 --svg new.svg"),
    *rows("recipe-unreadable", *(
        f"replay recipe-{name}.ora -o new.png"
        for name in ("format", "seed", "far-seed", "size", "ground", "ground-number", "strokes", "strokes-text",
                     "layers", "digests", "names", "brushes", "brush-count", "options", "alpha", "alpha-cut",
                     "alpha-chunk")),
        "inspect recipe-strokes.ora --strokes new.json", "timelapse recipe-strokes.ora -o new.gif"),
    *rows("strokes-unusable", *(
        f"replay strokes-{name}.json -o new.png"
        for name in ("version", "format", "size", "words", "far", "null", "radius", "nan", "cut", "deep", "digits",
                     "bytes")),
        *(f"replay {name}.json -o new.png" for name in ("absent", "pipe", "loop", LONG)),
        "timelapse strokes-cut.json -o new.gif"),
]  # fmt: skip

LEARN = "styles --learn painted.ora"


def liked(id: str, *names: str) -> list[Row]:
    """Calls that paint photo.png in the manner of what has none, all with the same error."""
    return styled(id, *(f"-q --like {name}" for name in names))


REFERENCES: list[Row] = [
    *liked("no-such-picture", "absent.png", f"{LONG}.png"),
    *liked("bad-value", "''"),
    *liked("picture-is-a-folder", "album"),
    *liked("picture-not-a-file", "pipe.png"),
    *liked("picture-empty", "empty.png"),
    *liked("not-a-picture", "text.jpg", f"'{NOT_UTF8}.png'", "'two\n\x1b[31mlines.png'"),
    *liked("picture-damaged", "cut-photo.png"),
    *liked("reference-shows-no-strokes", "odd/one.png", "photo.png", "blank.png", "strip.png", "invisible.png"),
    *liked("reference-without-strokes", "work.ora", "erases.ora"),
    *liked("strokemap-damaged", "broken-map.ora"),
    *liked("recipe-unreadable", "recipe-strokes.ora", "recipe-size.ora"),
    *liked("no-such-file", "absent.ora"),
    *liked("ora-is-a-folder", "folder.ora"),
    *liked("ora-not-a-file", "pipe.ora"),
    *liked("not-openraster", "renamed.ora"),
    *liked("ora-not-trusted", hostile_name("external entity")),
    *liked("reference-shows-no-strokes", "painted.ora --like blank.png"),
    *liked("options-conflict", "painted.ora --style charcoal"),
    *rows("options-conflict", "paint -q --resume begun.ora --like painted.ora"),
    *rows("output-is-the-picture", "paint photo.png -q --like painted.ora -o ./painted.ora --force --strokes 1",
          f"{LEARN} -o new.toml --sheet ./painted.ora --force"),
    *rows("option-needs-another", LEARN, "styles --learn -o new.toml", "styles painted.ora -o new.toml"),
    *rows("style-ending", *(f"{LEARN} -o {name}" for name in ("new.png", "new", "new.TOML", ".", "..", "/", "''"))),
    *rows("output-exists", f"{LEARN} -o new.toml --sheet taken.png"),
    *rows("same-file-twice", f"{LEARN} -o new.toml --sheet ./new.toml"),
    *rows("not-a-picture", "styles --learn text.jpg -o new.toml", "styles --learn painted.ora text.jpg -o new.toml"),
    *rows("reference-shows-no-strokes", "styles --learn blank.png -o new.toml --sheet new.png"),
    *rows("reference-without-strokes", "styles --learn work.ora -o new.toml"),
    *styled("style-unusable", *(f"--style style-{name}.toml" for name in (
        *BROKEN_MANNERS, "manner-number", "manner-empty", "manner-twice", "manner-stages"))),
]  # fmt: skip
