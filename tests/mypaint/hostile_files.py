"""Files that nobody should trust: broken, truncated, encrypted, lying, or made to exhaust the reader."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image

from tests.mypaint.ora_files import MYPAINT, OraFile, noise, png

LAYER = "data/layer-001.png"


def sound() -> OraFile:
    """What all the others are made from; by itself it can be rendered."""
    ora = OraFile(100, 70)
    ora.layer(noise(1, 70, 100))
    ora.background(np.full((64, 64, 3), 200, np.uint8))
    return ora


def packed(ora: OraFile, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    ora.save(file, compression)
    return file.getvalue()


def cut(share: float) -> bytes:
    data = packed(sound())
    return data[: min(int(len(data) * share), len(data) - 1)]


def with_xml(xml: str | bytes) -> bytes:
    ora = sound()
    ora.members["stack.xml"] = xml.encode() if isinstance(xml, str) else xml
    return packed(ora)


def with_stack(content: str, image: str = 'w="100" h="70"', before: str = "") -> bytes:
    head = f'{before}<image xmlns:mypaint="{MYPAINT}" {image}>'
    return with_xml(f"{head}<stack>{content}</stack></image>")


def with_layer(attributes: str) -> bytes:
    return with_stack(f'<layer name="Sky" src="{LAYER}" {attributes}/>')


def with_source(source: str) -> bytes:
    return with_stack(f'<layer name="Sky" src="{source}"/>')


def with_pixels(pixels: bytes) -> bytes:
    ora = sound()
    ora.members[LAYER] = pixels
    return packed(ora)


def without(name: str) -> bytes:
    ora = sound()
    del ora.members[name]
    return packed(ora)


def with_members(*members: tuple[str, bytes], extra: bytes = b"", compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO(packed(sound()))
    with zipfile.ZipFile(file, "a") as ora, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of two members of one name
        for name, data in members:
            info = zipfile.ZipInfo(name)
            info.extra, info.compress_type = extra, compression
            ora.writestr(info, data)
    return file.getvalue()


def patched(name: str, field: int, form: str, value: int) -> bytes:
    """A field of a member's entry in the directory at the end of the file is overwritten."""
    data = bytearray(packed(sound()))
    entry = data.rindex(name.encode()) - 46
    assert data[entry : entry + 4] == b"PK\1\2"
    struct.pack_into(form, data, entry + field, value)
    return bytes(data)


def wrongly_named() -> bytes:
    """A name that says it is UTF-8 and is not."""
    data = with_members(("data/\u00e4", b""))
    return data.replace("\u00e4".encode(), b"\xff\xff")


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_of(width: int, height: int, rows: bytes | None, depth: int = 8, colour: int = 6, before: bytes = b"") -> bytes:
    """A PNG from its raw rows, each with its filter byte (Pillow writes few kinds), or None for half of a stream."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    packed_rows = zlib.compress(noise(1, 70, 100).tobytes())[:900] if rows is None else zlib.compress(rows, 1)
    body = chunk(b"IHDR", header) + before + chunk(b"IDAT", packed_rows) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def jpeg() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (100, 70)).save(file, "JPEG")
    return file.getvalue()


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
ENTITIES = f'<!DOCTYPE image [<!ENTITY l0 "ha">{LAUGHS}]>'
EXTERNAL = '<!DOCTYPE image [<!ENTITY secret SYSTEM "file:///etc/passwd">]>'
PARAMETER = '<!DOCTYPE image [<!ENTITY % more SYSTEM "file:///etc/passwd"> %more;]>'
BACKGROUND = '<layer src="data/layer-002.png" background_tile="data/layer-002.png"/>'

BYTES: dict[str, Callable[[], bytes]] = {
    "empty": lambda: b"",
    "no zip": lambda: b"GIF89a" * 50,
    **{f"cut at {share:.0%}": partial(cut, share) for share in (0.001, 0.3, 0.6, 0.9, 0.99, 1)},
    "encrypted": lambda: patched(LAYER, 8, "<H", 1),
    "unknown compression": lambda: patched(LAYER, 10, "<H", 97),
    "LZMA": lambda: with_members(("data/x", b"x"), compression=zipfile.ZIP_LZMA),
    "declares 3 GB": lambda: patched(LAYER, 24, "<I", 3 << 30),
    "declares too little": lambda: patched(LAYER, 24, "<I", 200),
    "declares too much": lambda: patched(LAYER, 24, "<I", 1 << 20),
    "wrong checksum": lambda: patched(LAYER, 16, "<I", 1),
    "member beyond the end": lambda: patched(LAYER, 42, "<I", 1 << 30),
    "two of one name": lambda: with_members((LAYER, b"other")),
    "endless directory": lambda: with_members(
        *((f"{number}", b"") for number in range(140)), extra=struct.pack("<HH", 0x7777, 60_000) + bytes(60_000)
    ),
    "name that is no UTF-8": wrongly_named,
    "no mimetype": lambda: without("mimetype"),
    "wrong mimetype": lambda: with_mimetype(b"application/x-krita"),
    "missing pixels": lambda: without(LAYER),
    "missing stroke map": lambda: with_layer('mypaint:strokemap="data/none.dat"'),
    "zip bomb": lambda: with_xml(b" " * (20 << 20)),
    "no XML": lambda: with_xml("layers: 3"),
    "XML cut short": lambda: with_xml("<image w='1' h='1'><stack>"),
    "unknown encoding": lambda: with_xml('<?xml version="1.0" encoding="klingon"?><image/>'),
    "bytes that are no UTF-8": lambda: with_stack('<layer name="\u00e4"/>').replace("\u00e4".encode(), b"\xff\xff"),
    "billion laughs": lambda: with_stack('<layer name="&l9;"/>', before=ENTITIES),
    "external entity": lambda: with_stack("&secret;", before=EXTERNAL),
    "parameter entity": lambda: with_stack("", before=PARAMETER),
    "deep nesting": lambda: with_stack("<stack>" * 100 + "</stack>" * 100),
    "very deep nesting": lambda: with_stack("<stack>" * 100_000 + "</stack>" * 100_000),
    "too many layers": lambda: with_stack("<stack/>" * 10_001),
    "no root stack": lambda: with_xml('<image w="100" h="70"/>'),
    "no image": lambda: with_xml('<picture w="100" h="70"><stack/></picture>'),
    "text layer": lambda: with_stack("<text>Hello</text>"),
    "two backgrounds": lambda: with_stack(BACKGROUND * 2),
    **{
        f"size {image}": partial(with_stack, "", image)
        for image in ("", 'w="100"', 'w="0" h="70"', 'w="-1" h="70"', 'w="1e6" h="70"', 'w="40000" h="40000"')
    },
    **{
        f"eotf {eotf}": partial(with_stack, "", f'w="9" h="9" mypaint:eotf="{eotf}"')
        for eotf in ("", "nan", "0", "-2.2", "inf", "1e-9", "bright")
    },
    **{f"opacity {value}": partial(with_layer, f'opacity="{value}"') for value in ("nan", "inf", "half", "")},
    **{f"x {value}": partial(with_layer, f'x="{value}"') for value in ("nan", "1.5", "1e9", "left", "")},
    "group far away": lambda: with_stack('<stack y="-inf"/>'),
    "no source": lambda: with_stack('<layer name="Sky"/>'),
    **{
        f"source {source[:9]}": partial(with_source, source)
        for source in ("", "/etc/passwd", "../../x.png", "data//x.png", "data\\x.png", "./x.png", "x" * 5000, "data/")
    },
    "unknown mode": lambda: with_layer('composite-op="krita:erase"'),
    "vector layer": lambda: with_pixels(b"<svg xmlns='http://www.w3.org/2000/svg'/>".ljust(100)),
    "JPEG layer": lambda: with_pixels(jpeg()),
    "PNG of 60000 x 60000": lambda: with_pixels(png_of(60_000, 60_000, b"")),
    "PNG of 2 billion x 1": lambda: with_pixels(png_of(2_000_000_000, 1, b"")),
    "PNG of 0 x 5": lambda: with_pixels(png_of(0, 5, b"")),
    "PNG of an unknown kind": lambda: with_pixels(png_of(5, 5, b"", depth=3)),
    "PNG cut short": lambda: with_pixels(png(noise(1, 70, 100))[:9000]),
    "PNG whose pixels are cut short": lambda: with_pixels(png_of(100, 70, None)),
    "PNG with a text bomb": lambda: with_pixels(
        png_of(100, 70, bytes(401 * 70), before=chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(80 << 20), 9)))
    ),
    "PNG of 16 bits with one colour left out": lambda: with_pixels(
        png_of(2, 1, bytes(13), depth=16, colour=2, before=chunk(b"tRNS", bytes(6)))
    ),
}


def with_mimetype(mimetype: bytes) -> bytes:
    ora = sound()
    ora.members["mimetype"] = mimetype
    return packed(ora)


def make(name: str, folder: Path) -> Path:
    path = folder / "hostile.ora"
    path.write_bytes(BYTES[name]())
    return path
