"""Calls with odd files and names that must not fail."""

from __future__ import annotations

from tests.bad_files import NOT_UTF8

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
    "inspect odd/one.ora --html ../out/one.html",
    f"inspect '{NOT_UTF8}-work.ora' --html ../out/odd.html",
    "inspect recipe-strokes.ora --html ../out/broken.html",
    "inspect recipe-huge-size.ora --html ../out/huge.html",
    "render recipe-strokes.ora ../out/kept.png -q",
    "brushes",
    "brushes --json",
    "styles",
    "paint photo.png --like odd/one.ora --like painted.ora -q --strokes 3 --size 16 --effort 1 -o ../out/like.ora",
    "styles --learn odd/one.ora painted.ora -o ../out/learned.toml --sheet ../out/learned.png -q",
]
