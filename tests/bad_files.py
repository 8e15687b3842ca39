"""A folder with everything that a careless or a hostile person could name: pictures, works, brushes, palettes, models.

What is sound in it is small: ``photo.png``, ``work.ora`` (an artist's), ``painted.ora`` (painted by dreambrush, three
strokes) and ``strokes.json``.
"""

from __future__ import annotations

import base64
import io
import json
import os
import shutil
import struct
import wave
import zipfile
import zlib
from pathlib import Path

import numpy as np
from PIL import Image

from dreambrush.cli import run
from dreambrush.cli.shared.outputs import UNFINISHED
from dreambrush.models.catalogue import shipped_folder
from dreambrush.mypaint.ora.document import read_document
from dreambrush.pictures.films import write_mp4
from dreambrush.recipe import chosen_recipe
from tests.mypaint import hostile_files
from tests.mypaint.ora_files import MYPAINT, OraFile

BOMB = 60_000  # pixels a side
NOT_UTF8 = os.fsdecode(b"caf\xe9")  # as a disk of the last century has it
LONG = "x" * 296


def make(folder: Path) -> None:
    """Fills an empty folder, which must be the current one."""
    make_pictures()
    make_films()
    paint("photo.png", 3, "painted.ora")
    with read_document("painted.ora") as document:
        chosen_recipe(document.settings, Path("painted.ora")).strokes.save("strokes.json")
    make_ways()
    make_works()
    make_strokes()
    make_brushes()
    make_texts()
    make_models(folder)
    make_arrays()
    make_odd()
    make_home(folder.parent / "data")


def paint(picture: str, strokes: int, output: str) -> None:
    how = ("--strokes", str(strokes), "--size", "16", "--effort", "1", "--brush", "oil", "--hand", "0", "-q")
    assert run(["paint", picture, *how, "-o", output]) == 0


def make_pictures() -> None:
    y, x = np.mgrid[0:36, 0:48]
    photo = Image.fromarray(np.stack([255 - 4 * x, 200 - 3 * y, 60 + 3 * x], axis=2).astype(np.uint8))
    for kind in ("png", "jpg", "webp", "tif", "bmp", "jp2", "tga"):
        photo.save(f"photo.{kind}")
        data = Path(f"photo.{kind}").read_bytes()
        Path(f"cut-photo.{kind}").write_bytes(data[: 20 if kind == "jp2" else len(data) // 2])  # half a JP2 is read
    deep = bytearray(Path("photo.jp2").read_bytes())
    sizes = deep.index(b"\xff\x4f\xff\x51") + 42
    deep[sizes : sizes + 9 : 3] = bytes([15, 15, 15])  # of each channel, the bits less one
    Path("deep.jp2").write_bytes(deep)
    Path("cut.raf").write_bytes(b"FUJIFILMCCD-RAW 0201FF119502".ljust(400, b"\0"))
    Path("empty.png").touch()
    Path("text.jpg").write_text("Buy more ultramarine.")
    Path("drawing.ps").write_text("%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n")
    Path(NOT_UTF8 + ".png").write_text("no picture")
    Path("two\n\x1b[31mlines.png").write_text("no picture")
    Image.new("RGBA", (9, 9)).save("invisible.png")
    Image.new("RGB", (96, 96), (90, 120, 60)).save("blank.png")
    photo.resize((1024, 64)).save("strip.png")
    png_bomb("bomb.png")
    heads = {"gif": gif_head(), "bmp": bmp_head(), "tga": tga_head(), "tif": tiff_head(), "webp": webp_head()}
    for kind, head in {**heads, "ppm": b"P6 %d %d 255\n" % (BOMB, BOMB)}.items():
        Path(f"bomb.{kind}").write_bytes(head + bytes(200))


def make_films() -> None:
    """A film of two frames, and what is none."""
    frames = [Image.new("RGB", (48, 36), colour) for colour in ("teal", "orange")]
    frames[0].save("clip.gif", save_all=True, append_images=frames[1:], duration=100)
    with open("sound.mp4", "wb") as file:
        write_mp4(file, iter(frames), 10)
    data = Path("sound.mp4").read_bytes()
    Path("cut.mp4").write_bytes(data[: len(data) // 2])
    Path("empty.mp4").touch()
    Path("text.mp4").write_text("Buy more ultramarine.")
    with wave.open("song.mp4", "wb") as song:
        song.setparams((1, 2, 8000, 0, "NONE", ""))
        song.writeframes(bytes(1600))
    Path("nothing.mov").mkdir()
    Path("begun-gif-unfinished").mkdir()
    Path("begun-gif-unfinished/request.json").write_text("{}")
    Path("full-gif-unfinished").mkdir()
    Path("full-gif-unfinished/notes.txt").write_text("Buy more ultramarine.")


def png_bomb(name: str) -> None:
    """Rows that really are there: 60,000 x 60,000 pixels of one bit, 450 MB in 450 KB."""
    squeeze = zlib.compressobj(1)
    row = bytes(1 + BOMB // 8)
    packed = b"".join(squeeze.compress(row * 600) for _ in range(BOMB // 600)) + squeeze.flush()
    head = struct.pack(">IIBBBBB", BOMB, BOMB, 1, 0, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", packed), (b"IEND", b""))
    Path(name).write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(hostile_files.chunk(*each) for each in chunks))


def gif_head() -> bytes:
    return b"GIF89a" + struct.pack("<HHBBB", BOMB, BOMB, 0x80, 0, 0) + bytes(6) + b","


def bmp_head() -> bytes:
    size = struct.pack("<IiiHHIIiiII", 40, BOMB, BOMB, 1, 24, 0, 0, 0, 0, 0, 0)
    return b"BM" + struct.pack("<IHHI", 254, 0, 0, 54) + size


def tga_head() -> bytes:
    return struct.pack("<BBBHHBHHHHBB", 0, 0, 2, 0, 0, 0, 0, 0, BOMB, BOMB, 24, 0)


def tiff_head() -> bytes:
    """Grey, in one strip, without compression."""
    tags = ((256, BOMB), (257, BOMB), (258, 8), (259, 1), (262, 1), (273, 200), (277, 1), (278, BOMB), (279, 200))
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    return b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + bytes(4)


def webp_head() -> bytes:
    """Lossless WebP has at most 16384 pixels a side: 268 million of them."""
    side = 16383
    bits = struct.pack("<BI", 0x2F, side | side << 14)
    return b"RIFF" + struct.pack("<I", 212) + b"WEBPVP8L" + struct.pack("<I", 200) + bits


def make_ways() -> None:
    """Folders, links and what is no file."""
    for name in ("nothing", "folder.ora", "folder.png", "folder.myb", "folder.json", "folder.gpl", "folder.toml"):
        Path(name).mkdir()
    Path("album").mkdir()
    shutil.copy("photo.png", "album/photo.png")
    for name in ("hidden", "notes"):
        Path(name).mkdir()
    shutil.copy("photo.png", "hidden/.photo.png")
    Path("notes/notes.txt").write_text("Buy more ultramarine.")
    for ending in ("png", "ora", "json", "myb", "gpl", "toml", "mp4", "gif", "svg", "zip", "npz", "html"):
        os.symlink(f"absent/there.{ending}", f"dangling.{ending}")
        os.symlink(f"loop.{ending}", f"loop.{ending}")
        os.mkfifo(f"pipe.{ending}")
    for ending in ("ora", "png", "json", "svg", "mp4", "zip", "gif", "toml", "html"):
        Path(f"taken.{ending}").write_text("an earlier one")


def hostile_name(name: str) -> str:
    """The file of one of hostile_files.py."""
    return "hostile-" + "-".join(name.split()).replace("/", "-") + ".ora"


def make_works() -> None:
    hostile_files.sound().save(Path("work.ora"))
    for name, content in hostile_files.BYTES.items():
        Path(hostile_name(name)).write_bytes(content())
    Path("renamed.ora").write_bytes(Path("photo.png").read_bytes())
    Path("renamed.png").write_bytes(Path("work.ora").read_bytes())
    many = "".join(f'<layer name="{n}" src="data/big.png"/>' for n in range(300))
    Path("huge.ora").write_bytes(hostile_files.with_stack(many, 'w="9000" h="9000"'))
    with zipfile.ZipFile("huge.ora", "a") as ora:
        ora.writestr("data/big.png", hostile_files.png_of(9000, 9000, b""))
    erases = OraFile(64, 64)
    erases.group(composite_op="svg:dst-in")
    erases.background(np.full((64, 64, 3), 200, np.uint8))
    erases.save(Path("erases.ora"))
    Path("wide.ora").write_bytes(hostile_files.with_stack("", 'w="40000" h="9"'))
    shutil.copy("painted.ora", "begun.ora")
    with zipfile.ZipFile("begun.ora", "a") as ora:
        ora.writestr(UNFINISHED, "nothing that one could go on with")
    grouped = hostile_files.sound()
    grouped.group(name="Figures")
    grouped.save(Path("grouped.ora"))
    mapped = hostile_files.sound()
    mapped.layer(np.full((64, 64, 4), 255, np.uint8)).set(f"{{{MYPAINT}}}strokemap", "data/map.dat")
    mapped.members["data/map.dat"] = b"no stroke map"
    mapped.save(Path("broken-map.ora"))
    for name, change in BROKEN_RECIPES.items():
        change_recipe(f"recipe-{name}.ora", change)


# What is changed in the recipe of painted.ora; values that no recipe has.
BROKEN_RECIPES: dict[str, dict[str, object]] = {
    "format": {"format": 2},
    "seed": {"seed": float("inf")},
    "far-seed": {"seed": 1 << 70},
    "size": {"size": [0, 5]},
    "huge-size": {"size": [1 << 20, 1 << 20]},
    "ground": {"ground": "#12345"},
    "ground-number": {"ground": 7},
    "strokes": {"strokes": "AAAA"},
    "strokes-text": {"strokes": "§"},
    "strokes-bomb": {"strokes": ""},  # filled below
    "layers": {"layers": []},
    "digests": {"digests": []},
    "names": {"names": [1]},
    "brushes": {"brushes": [{"version": 3}]},
    "brush-count": {"brushes": []},
    "options": {"options": []},
    "alpha": {"alpha": "AAAA"},
    "alpha-cut": {"alpha": ""},
    "alpha-bomb": {"alpha": ""},
    "alpha-chunk": {"alpha": ""},
}


def change_recipe(name: str, change: dict[str, object]) -> None:
    """Copies painted.ora with another recipe."""

    def alpha(data: bytes) -> dict[str, object]:
        return {"alpha": base64.b64encode(data).decode()}

    file = io.BytesIO()
    Image.new("L", (16, 12), 200).save(file, "PNG")
    png = file.getvalue()
    if "strokes-bomb" in name:
        change = {"strokes": base64.b64encode(zlib.compress(bytes(80 << 20), 1)).decode()}
    elif "alpha-cut" in name:
        change = alpha(png[:-30])
    elif "alpha-chunk" in name:
        change = alpha(png[:41] + b"\xff" * 20 + png[60:])
    elif "alpha-bomb" in name:
        change = {**alpha(hostile_files.png_of(BOMB, BOMB, b"", colour=0)), "size": [BOMB, BOMB]}
    with zipfile.ZipFile("painted.ora") as before, zipfile.ZipFile(name, "w", zipfile.ZIP_DEFLATED) as after:
        for member in before.infolist():
            data = before.read(member)
            if member.filename == "data/mypaint-settings.json":
                settings = json.loads(data)
                settings["dreambrush"]["paintings"][-1] |= change
                data = json.dumps(settings).encode()
            after.writestr(member.filename, data)


def make_strokes() -> None:
    sound = json.loads(Path("strokes.json").read_text())
    changes: dict[str, dict[str, object]] = {
        "version": {"version": 2},
        "format": {"format": "other"},
        "size": {"size": [0, 0]},
        "brush": {"brushes": ["no-such-brush"]},
        "words": {"strokes": [["a"] * 14]},
        "far": {"strokes": [[1e30] * 14]},
        "null": {"strokes": None},
        "radius": {"strokes": [[*sound["strokes"][0][:8], 0, *sound["strokes"][0][9:]]]},
        "large": {"size": [1 << 20, 1 << 20]},
        "wide": {"size": [9000, 9]},
    }
    for name, change in changes.items():
        Path(f"strokes-{name}.json").write_text(json.dumps({**sound, **change}))
    texts = {
        "nan": '{"format": "dreambrush strokes", "version": 1, "size": [9, 9], "brushes": ["oil"], "layers": ["a"],'
        ' "strokes": [[NaN,0,0,0,0,0,0,0,1,0,0,0,0,0]]}',
        "cut": Path("strokes.json").read_text()[:100],
        "deep": "[" * 100_000,
        "digits": "9" * 100_000,
    }
    for name, text in texts.items():
        Path(f"strokes-{name}.json").write_text(text)
    Path("strokes-bytes.json").write_bytes(b"\xff\xfe\0")


def make_brushes() -> None:
    texts = {
        "untrained": '{"version": 3, "settings": {}}',
        "old": "version 2\nopaque 0.5\n",
        "list": "[]",
        "version": '{"version": 4, "settings": {}}',
        "settings": '{"version": 3, "settings": 5}',
        "nan": '{"version": 3, "settings": {"opaque": {"base_value": NaN}}}',
        "curve": '{"version": 3, "settings": {"opaque": {"base_value": 1, "inputs": {"pressure": [[0]]}}}}',
        "deep": "[" * 100_000,
        "digits": '{"version": ' + "9" * 100_000 + "}",
        "clear": '{"version": 3, "settings": {"opaque": {"base_value": 0, "inputs": {}}}}',
    }
    for name, text in texts.items():
        Path(f"brush-{name}.myb").write_text(text)
    Path("brush-bytes.myb").write_bytes(b"\xff\xfe\0")
    Path("copy").mkdir()
    shutil.copy(shipped_folder("brushes") / "oil.myb", "copy")


def make_texts() -> None:
    """Palettes, styles, and settings beside a picture."""
    palettes = {
        "head": "Palette\n1 2 3\n",
        "high": "GIMP Palette\n1 2 256\n",
        "many": "GIMP Palette\n" + "".join(f"{n % 256} {n // 256} 0\n" for n in range(10_001)),
        "large": "GIMP Palette\n" + "#\n" * (1 << 19),
    }
    for name, text in palettes.items():
        Path(f"palette-{name}.gpl").write_text(text)
    styles = {
        "cut": 'brush = "oil',
        "key": "stroke = 5",
        "kind": 'strokes = "many"',
        "range": "strokes = 0",
        "unknown": 'brush = "no-such-brush"',
        "size": 'min_size = "wide"',
        "ground": 'ground = "mud"',
        "palette": 'palette = "mud"',
        "nan": "hand = nan",
        "deep": "a = " + "[" * 50_000,
        "digits": "strokes = " + "9" * 50_000,
        "large": "#" * (1 << 17),
    }
    for name, text in {**styles, **broken_manners()}.items():
        Path(f"style-{name}.toml").write_text(text)
    Path("style-bytes.toml").write_bytes(b"\xff\xfe\0")
    for name, text in {"cut": "strokes =", "key": "x = 1", "output": 'output = "a.ora"', "value": "effort = 9"}.items():
        Path(f"settings-{name}").mkdir()
        Path(f"settings-{name}/dreambrush.toml").write_text(text)
        shutil.copy("photo.png", f"settings-{name}")


# What is changed in a sound manner.
BROKEN_MANNERS = {
    "manner-cut": ('"#808080 60', '"#808080'),
    "manner-colour": ("#d8c4a0", "sand"),
    "manner-share": ("60, #d8c4a0 40", "0, #d8c4a0 0"),
    "manner-key": ("open =", "opne ="),
    "manner-open": ("open = 0.1", "open = 1.0"),
    "manner-flow": ("45/80 90/10", "45/80 90"),
    "manner-place": ("everywhere", "nowhere"),
    "manner-breadth": ('"broad"', '["broad"]'),
    "manner-lacks": ("bend =", "step ="),
    "manner-few": ("0 1 2 3 4 5 6 7 8 9 10", "0 1 2 3 4 5 6 7 8 9"),
    "manner-falls": ("0 1 2 3 4 5 6 7 8 9 10", "10 9 8 7 6 5 4 3 2 1 0"),
    "manner-wide": ("1 1 1 1 1 1 1 1 1 1 9", "1 1 1 1 1 1 1 1 1 1 9e9"),
    "manner-nan": ("1 1 1 1 1 1 1 1 1 1 9", "nan " * 11),
    "manner-digits": ("open = 0.1", "open = " + "9" * 4000),
}


def broken_manners() -> dict[str, str]:
    """Styles with a manner that is none."""
    ones = "1 1 1 1 1 1 1 1 1 1 9"
    sound = (
        '[manner]\nof = "a.png"\nground = "#d8c4a0"\nopen = 0.1\npalette = "#808080 60, #d8c4a0 40"\n'
        'flow = "45/80 90/10"\n[[manner.strokes]]\nwhere = "everywhere"\nbreadth = "broad"\n'
        f'width = "{ones}"\nlength = "{ones}"\nbend = "0 0 0 0 0 0 0 0 0 0 0"\nangle = "0 1 2 3 4 5 6 7 8 9 10"\n'
    )
    for old, _ in BROKEN_MANNERS.values():
        assert old in sound
    broken = {name: sound.replace(*change) for name, change in BROKEN_MANNERS.items()}
    strokes = sound[sound.index("[[manner") :]
    return {
        **broken,
        "manner-number": "manner = 5",
        "manner-empty": "[manner]",
        "manner-twice": sound + strokes,
        "manner-stages": sound + "[[stage]]\nname = 'a'\nbrush = 'oil'\n",
    }


def make_models(folder: Path) -> None:
    """Folders of models, each made of that of oil."""
    oil = shipped_folder("pretrained") / "oil"
    brush = shipped_folder("brushes") / "oil.myb"
    sound = json.loads((oil / "card.json").read_text())
    cards: dict[str, object] = {
        "no-card": None,
        "list-card": [],
        "cut-card": "{",
        "other-brush": {**sound, "brush_digest": "0" * 16},
        "no-reach": {name: value for name, value in sound.items() if name != "reach"},
        "nan-reach": {**sound, "reach": float("nan")},
        "text-reach": {**sound, "reach": "far"},
        "no-onnx": sound,
        "empty-onnx": sound,
        "cut-onnx": sound,
        "other-onnx": sound,
        "outside-onnx": sound,
        "cut-weights": sound,
        "pickled-weights": sound,
    }
    network = (oil / "dream.onnx").read_bytes()
    networks = {"empty-onnx": b"", "cut-onnx": network[: len(network) // 2]}
    networks["other-onnx"] = next(path for path in sorted(oil.glob("*.onnx")) if path.name != "dream.onnx").read_bytes()
    networks["outside-onnx"] = network + b"location"
    for name, card in cards.items():
        model = folder / "models" / name
        model.mkdir(parents=True)
        shutil.copy(brush, model)
        if card is not None:
            (model / "card.json").write_text(card if isinstance(card, str) else json.dumps(card))
        if "weights" in name:
            (model / "dream.safetensors").write_bytes(b"\x80\4}q\0." if "pickled" in name else b"\xff" * 50)
        elif name != "no-onnx":
            shutil.copy(oil / "gradient.onnx", model)
            (model / "dream.onnx").write_bytes(networks.get(name, network))


def make_arrays() -> None:
    """Sets of pictures, and a collection of strokes."""
    assert run(["collect", "oil", "--strokes", "1", "-o", "collected", "-q"]) == 0
    Path("collection").mkdir()
    Path("collection/collection.json").write_text("[]")
    np.save("float.npy", np.zeros((3, 8, 8)))
    np.save("none.npy", np.zeros((0, 8, 8), np.uint8))
    np.save("objects.npy", np.array([{}], object), allow_pickle=True)
    np.savez("two.npz", a=np.zeros((1, 8, 8), np.uint8), b=np.zeros((1, 8, 8), np.uint8))
    np.savez("sound.npz", x=np.zeros((1, 8, 8), np.uint8))
    Path("cut.npz").write_bytes(Path("sound.npz").read_bytes()[:60])
    Path("empty.npy").touch()
    with open("sparse.npy", "wb") as sparse:
        sparse.truncate(2 << 30)
    head = f"{{'descr': '|u1', 'fortran_order': False, 'shape': ({BOMB}, {BOMB}, {BOMB}), }}"
    declared = b"\x93NUMPY\1\0" + struct.pack("<H", 117) + head.ljust(117).encode()
    Path("bomb.npy").write_bytes(declared + bytes(100))
    with zipfile.ZipFile("bomb.npz", "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("x.npy", declared + bytes(100))


def make_odd() -> None:
    """What is unusual, and sound."""
    Path("odd").mkdir()
    photo = Image.open("photo.png").convert("RGB")
    photo.resize((1, 1)).save("odd/one.png")
    photo.resize((30_000, 10)).save("odd/strip.png")
    photo.resize((10, 30_000)).save("odd/tower.png")
    frames = [photo, photo.transpose(Image.Transpose.ROTATE_180)]
    for name in ("odd/animated.gif", "odd/animated.webp"):
        frames[0].save(name, save_all=True, append_images=frames[1:])
    Image.fromarray(np.linspace(0, 65535, 300).astype(np.uint16).reshape(15, 20)).save("odd/grey16.png")
    photo.convert("CMYK").save("odd/cmyk.jpg")
    values = np.linspace(0, 1, 300, dtype=np.float32).reshape(15, 20)
    values[3] = np.nan
    Image.fromarray(values).save("odd/some-nan.tif")
    values[3] = np.inf
    Image.fromarray(values).save("odd/infinite.tif")
    for name in ("a-png.jpg", "no-ending", NOT_UTF8 + ".png", "two\nlines.png", "Frühling in Ö.png", "c[1].png"):
        shutil.copy("photo.png", f"odd/{name}")
    shutil.copy("photo.png", "-dash.png")
    os.symlink("../photo.png", "odd/link.png")
    work = OraFile(1, 1)
    work.layer(np.full((1, 1, 4), 255, np.uint8))
    work.save(Path("odd/tiny.ora"))
    paint("odd/one.png", 1, "odd/one.ora")
    shutil.copy("work.ora", NOT_UTF8 + "-work.ora")


def make_home(data: Path) -> None:
    """The user's data folder, in which MyPaint's brushes are a mess."""
    brushes = data / "mypaint" / "brushes"
    (brushes / "dreambrush").mkdir(parents=True)
    (brushes / "folder.myb").mkdir()
    (brushes / "broken.myb").write_text("{")
    for name in ("gone.myb", "dreambrush/oil.myb"):
        os.symlink("nowhere.myb", brushes / name)
    os.mkfifo(brushes / "pipe.myb")
    dreams = data / "dreambrush" / "dreams" / "lost"
    dreams.mkdir(parents=True)
    os.symlink("nowhere.myb", dreams / "lost.myb")
