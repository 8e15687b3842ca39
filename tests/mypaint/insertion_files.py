"""Artists' files for test_insertion.py: as our own writer, MyPaint, Krita and odd programs write them."""

from __future__ import annotations

import json
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from dreambrush.mypaint.layer import NORMAL, PIGMENT, Layer
from dreambrush.mypaint.ora.openraster import write_openraster
from dreambrush.mypaint.strokemap import RecordedStroke, encode
from tests.mypaint.ora_files import MYPAINT, noise, png

WIDTH, HEIGHT = 150, 130
GROUP = 'Dream — <"1">\n'
PAPER = np.full((64, 64, 3), (230, 225, 210), np.uint8)


def stroke(seed: int) -> RecordedStroke:
    """A stroke over the left three tiles of the first two rows, whose colour says which it is."""
    rng = np.random.default_rng(seed)
    hsv = zip(("color_h", "color_s", "color_v"), rng.uniform(0.2, 0.9, 3).tolist(), strict=True)
    settings = {name: {"base_value": value, "inputs": {}} for name, value in hsv}
    masks = {(x, y): rng.integers(0, 2, 4096, np.uint8).tobytes() for x in (0, 1, 2) for y in (0, 1)}
    return RecordedStroke.pack(json.dumps({"version": 3, "settings": settings}), masks)


def layers(**changes: Any) -> list[Layer]:
    """One that covers a part of the picture, one of noise, an empty one; all with strokes."""
    part = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    part[70:, 66:140] = noise(30, 60, 74)
    pixels = (part, noise(31, HEIGHT, WIDTH), np.zeros_like(part))
    names = ("Part", "Noise ö", "Your turn")
    return [
        Layer(name, each, 0.9 if name == "Part" else 1.0, strokes=[stroke(seed), stroke(seed + 1)], **changes)
        for seed, (name, each) in enumerate(zip(names, pixels, strict=True), 40)
    ]


def record(old: dict[str, Any]) -> dict[str, Any]:
    return {**old, "onto": 1}


def ours(path: Path, eotf: float) -> None:
    """Our own writer's."""
    mode = NORMAL if eotf == 1.0 else PIGMENT
    layers = [
        Layer("Ground", noise(1, HEIGHT, WIDTH), composite_op=mode, strokes=[stroke(1), stroke(2)]),
        Layer("Glaze", noise(2, HEIGHT, WIDTH), 0.4, composite_op=mode, strokes=[stroke(3)]),
    ]
    write_openraster(path, layers, PAPER, settings={"seed": 7}, selected=0, eotf=eotf)


def member(name: str, date: tuple[int, ...] = (2023, 7, 9, 12, 34, 56), **about: Any) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, date)  # type: ignore[arg-type]
    info.compress_type = zipfile.ZIP_DEFLATED
    for attribute, value in about.items():
        setattr(info, attribute, value)
    return info


def zipped(path: Path, members: list[tuple[zipfile.ZipInfo, bytes]], comment: bytes = b"") -> None:
    with zipfile.ZipFile(path, "w") as ora:
        for info, data in members:
            ora.writestr(info, data)
        ora.comment = comment


KRITA_XML = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE image>
<!-- by hand: é < ü -->
<image xres='300' version="0.0.1"\th="130"
       w="150" yres="300">
 <stack isolation="isolate" name="root" visibility="visible" composite-op="svg:src-over" opacity="1">
  <?krita keep this?>
  <layer name="Linie &amp; &#x1F58C; &quot;1&quot;" selected = "true" src="data/layer2.png" opacity="0.50196" x="10" y="-5"/>
  <stack opacity="1" name="Gruppe ä &gt; b" isolation="auto" visibility="visible" composite-op="svg:src-over" a:b="c" xmlns:a="urn:a">
   <!-- <layer selected="true"/> -->
   <layer src="data/layer1.png" x="3" y="70" note=' selected="true" > ' name="Ton" visibility="hidden" composite-op="svg:multiply"></layer>
   <layer src="data/layer1.png" x="-3" y="7" name="Ton" composite-op="svg:screen" opacity="0.8">what is this? <![CDATA[<layer/>]]></layer>
  </stack>
  <layer composite-op="svg:src-over" name="Hintergrund" opacity="1" src="data/layer0.png" visibility="visible"/>
 </stack>
 <unknown selected="true">kept</unknown>
</image>

"""  # noqa: E501


def krita(path: Path, encoding: str = "UTF-8") -> None:
    """In Krita's style: deflated, no word of MyPaint's, members and attributes that nobody knows."""
    xml = KRITA_XML.replace("UTF-8", encoding)
    if encoding != "UTF-8":
        xml = xml.replace("Hintergrund", "Hintergründe")
    opaque = noise(5, HEIGHT, WIDTH)
    opaque[..., 3] = 255
    zipped(
        path,
        [
            (member("mimetype", compress_type=zipfile.ZIP_STORED), b"image/openraster"),
            (member("data/", external_attr=0o40755 << 16), b""),
            (member("data/layer0.png", external_attr=0o100600 << 16), png(opaque)),
            (member("data/layer1.png", extra=b"\xfe\xca\4\0abcd", comment=b"a comment"), png(noise(6, 60, 99))),
            (member("stack.xml"), xml.encode(encoding)),
            (member("data/layer2.png", date=(1997, 2, 3, 4, 5, 6)), png(noise(7, 90, 90))),
            (member("mergedimage.png"), png(noise(8, HEIGHT, WIDTH))),
            (member("DATA/Dreambrush-00.PNG"), b"taken"),
            (member("notes/größe.txt", internal_attr=1), "äöü".encode() * 99),
            (member("data/mypaint-settings.json"), b"not MyPaint's, for nothing refers to it"),
            (member("Thumbnails/thumbnail.png"), png(noise(9, 60, 60))),
        ],
        b"drawn on a Sunday",
    )


ODD_XML = f"""<image w="150" h="130" xmlns:ns0="{MYPAINT}" xmlns:mypaint="urn:other" ns0:eotf="2.2" \
ns0:frame-active="false" ns0:json-settings="data/réglages.json" ns0:version="2.0.1"><stack x="13" y="-7">\
<layer name="far" src="data/far.png" x="-500" y="400"/>\
<stack name="Inner" x="5" y="9" opacity="0.7" isolation="isolate" composite-op="svg:src-over" edit-locked="true">\
<layer name="picked" src="data/a.png" ns0:strokemap="data/a.dat" x="46" y="62" selected="1"/>\
<layer name="low" src="data/a.png" x="4" y="2" mypaint:strokemap="data/none.dat"/></stack>\
<layer name="paper" src="data/paper.png" ns0:background-tile="data/paper.png"/></stack></image>"""

ODD_JSON = b"""{"z": 1.0, "layervis": {"views": [], "active_view": null, "layer_views": []},
 "big": 123456789012345678901234567890, "nan": NaN, "text": "\\ud83d \\u00e9 \xc3\xa9", "a": [1e3, -0.0],
 "dreambrush": {"seed": 7, "old": [1, 2]}, "last": {}}"""


class Pipe:
    """What cannot go back to write a size into a header, so that zipfile writes it behind the bytes."""

    def __init__(self) -> None:
        self.data = b""

    def write(self, data: bytes, /) -> int:
        self.data += bytes(data)
        return len(data)

    def flush(self) -> None:
        """As zipfile demands."""


def odd(path: Path) -> None:
    """Legal and strange: MyPaint's namespace by another name, groups with offsets, paint outside the frame, no
    frame; members that are described behind their bytes, and with the sizes of huge files."""
    written = Pipe()
    with zipfile.ZipFile(written, "w") as ora:  # type: ignore[call-overload]
        ora.writestr(member("mimetype", compress_type=zipfile.ZIP_STORED), b"image/openraster")
        with ora.open(member("data/a.png"), "w") as file:
            file.write(png(noise(11, 60, 80)))
        with ora.open(member("data/far.png"), "w", force_zip64=True) as file:
            file.write(png(noise(12, 20, 20)))
        ora.writestr(member("data/paper.png"), png(PAPER))
        ora.writestr(member("data/réglages.json"), ODD_JSON)
        ora.writestr("data/a.dat", encode([stroke(4), stroke(5)]))
        ora.writestr("stack.xml", ODD_XML)
    path.write_bytes(written.data)


def empty(path: Path) -> None:
    """Nothing in it but paper, and not even that for other programs than MyPaint."""
    xml = b"<?xml version='1.0'?>\n<image w='150' h='130'>\n  <stack/>\n</image>"
    mimetype = (member("mimetype", compress_type=zipfile.ZIP_STORED), b"image/openraster")
    zipped(path, [(member("stack.xml"), xml), mimetype])


def contents(path: Path) -> dict[str, tuple[object, ...]]:
    """All that an archive holds and says of its members, but where they stand: read byte by byte, not by zipfile."""
    data = path.read_bytes()
    found: dict[str, tuple[object, ...]] = {}
    with zipfile.ZipFile(path) as ora:
        for info in ora.infolist():
            at = info.header_offset
            sizes = [int.from_bytes(data[at + field : at + field + 2], "little") for field in (26, 28)]
            header, start = data[at : at + 30 + sum(sizes)], at + 30 + sum(sizes)
            packed = data[start : start + info.compress_size]
            if info.compress_type == zipfile.ZIP_DEFLATED:
                assert zlib.crc32(zlib.decompress(packed, -15)) == info.CRC
            behind = data[start + len(packed) :][:24] if info.flag_bits & 8 else b""
            behind = behind[: 24 if b"far" in header else 16] if behind.startswith(b"PK\7\10") else b""
            about: tuple[object, ...] = (
                info.date_time,
                info.extra,
                info.comment,
                info.external_attr,
                info.internal_attr,
            )
            about += (info.create_version, info.create_system, info.extract_version, info.flag_bits)
            found[info.filename] = (header, packed, behind, *about)
    return found
