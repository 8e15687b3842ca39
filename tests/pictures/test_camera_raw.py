"""Camera raw: told from TIFF, developed with the camera's white balance."""

from __future__ import annotations

import struct
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from dreambrush.errors import ExitCode, MissingPackageError, PictureError
from dreambrush.pictures.camera_raw import is_camera_raw
from dreambrush.pictures.light import to_linear
from dreambrush.pictures.reading import load_picture
from tests.pictures.test_reading import gradient

BYTE, ASCII, SHORT, LONG, RATIONAL, SRATIONAL = 1, 2, 3, 4, 5, 10
SIZES = {BYTE: 1, ASCII: 1, SHORT: 2, LONG: 4, RATIONAL: 8, SRATIONAL: 8}
XYZ_TO_SRGB = (3.2406, -1.5372, -0.4986, -0.9689, 1.8758, 0.0415, 0.0557, -0.2040, 1.0570)
BLUISH = (0.5, 1.0, 0.8)  # how strongly the sensor answers to white light


def dng(seen: NDArray[np.uint16], **more: int) -> bytes:
    """A DNG of what the cells saw, red green / green blue, whose first directory is a grey thumbnail of 16 x 12."""
    height, width = seen.shape
    matrix = np.array(XYZ_TO_SRGB).reshape(3, 3) * np.array(BLUISH)[:, None]
    thumbnail = bytes([128]) * (16 * 12 * 3)
    main = {
        **{254: (LONG, [0]), 256: (LONG, [width]), 257: (LONG, [height]), 258: (SHORT, [16]), 259: (SHORT, [1])},
        **{262: (SHORT, [32803]), 273: (LONG, [0]), 277: (SHORT, [1]), 278: (LONG, [height])},
        **{279: (LONG, [seen.nbytes]), 284: (SHORT, [1]), 33421: (SHORT, [2, 2]), 33422: (BYTE, [0, 1, 1, 2])},
        **{50714: (SHORT, [0]), 50717: (LONG, [65535])},
    }
    first = {
        **{254: (LONG, [1]), 256: (LONG, [16]), 257: (LONG, [12]), 258: (SHORT, [8, 8, 8]), 259: (SHORT, [1])},
        **{262: (SHORT, [2]), 271: (ASCII, list(b"Test\0")), 272: (ASCII, list(b"Camera\0")), 273: (LONG, [0])},
        **{274: (SHORT, [more.get("orientation", 1)]), 277: (SHORT, [3]), 278: (LONG, [12])},
        **{279: (LONG, [len(thumbnail)]), 330: (LONG, [0])},
        **{50706: (BYTE, [1, 4, 0, 0]), 50707: (BYTE, [1, 1, 0, 0]), 50708: (ASCII, list(b"Test Camera\0"))},
        **{50721: (SRATIONAL, [round(value * 10000) for value in matrix.ravel()])},
        **{50728: (RATIONAL, [round(value * 10000) for value in BLUISH]), 50778: (SHORT, [21])},
    }
    at = 8
    blocks = {}
    for name, tags in (("first", first), ("main", main)):
        blocks[name], at = at, at + len(directory(tags, at))
    first[330] = (LONG, [blocks["main"]])
    first[273], main[273] = (LONG, [at]), (LONG, [at + len(thumbnail)])
    parts = [
        directory(first, blocks["first"]),
        directory(main, blocks["main"]),
        thumbnail,
        seen.astype("<u2").tobytes(),
    ]
    return struct.pack("<2sHI", b"II", 42, 8) + b"".join(parts)


def directory(tags: dict[int, tuple[int, list[int]]], place: int) -> bytes:
    """A directory of a TIFF at that place, its longer values after it."""
    entries, values = b"", b""
    after = place + 6 + 12 * len(tags)
    for tag in sorted(tags):
        kind, numbers = tags[tag]
        if kind in (RATIONAL, SRATIONAL):
            form = "I" if kind == RATIONAL else "i"
            data = b"".join(struct.pack(f"<{form}{form}", number, 10000) for number in numbers)
        else:
            data = struct.pack(f"<{len(numbers)}{ {1: 'B', 2: 'B', 3: 'H', 4: 'I'}[kind] }".replace(" ", ""), *numbers)
        entries += struct.pack("<HHI", tag, kind, len(numbers))
        if len(data) > 4:
            entries += struct.pack("<I", after + len(values))
            values += data + b"\0" * (len(data) % 2)
        else:
            entries += data.ljust(4, b"\0")
    return struct.pack("<H", len(tags)) + entries + bytes(4) + values


def halves(left: tuple[float, float, float], right: tuple[float, float, float]) -> NDArray[np.uint16]:
    """What the cells see of two colours (sRGB, 0..1) side by side, 120 x 160, with a white stripe below them."""
    light = np.empty((120, 160, 3), np.float32)
    light[:, :80], light[:, 80:], light[90:] = left, right, 1.0
    light = to_linear(light) * np.array(BLUISH, np.float32)
    cells = light[..., 1].copy()
    cells[::2, ::2], cells[1::2, 1::2] = light[::2, ::2, 0], light[1::2, 1::2, 2]
    return np.asarray(np.rint(cells * 60000), np.uint16)


@pytest.mark.parametrize("size", [None, 60])
@pytest.mark.parametrize("name", ["a.dng", "a.tif"])
def test_what_the_sensor_saw_is_developed(tmp_path: Path, name: str, size: int | None) -> None:
    """The colours are right but for brightness, which LibRaw fits to the picture; the thumbnail is grey."""
    pytest.importorskip("rawpy")
    left, right = (0.7, 0.3, 0.2), (0.2, 0.4, 0.7)
    (tmp_path / name).write_bytes(dng(halves(left, right)))
    picture = load_picture(tmp_path / name, size)
    assert picture.shape == ((120, 160, 3) if size is None else (45, 60, 3))
    rows, width = picture.shape[0] // 2, picture.shape[1]
    for colour, column in ((left, width // 4), (right, 3 * width // 4)):
        found, expected = to_linear(picture[rows, column]), to_linear(np.array(colour, np.float32))
        np.testing.assert_allclose(found / found.sum(), expected / expected.sum(), atol=0.03)
    white = picture[-rows // 4, width // 2]
    assert white.min() > 0.9 and np.ptp(white) < 0.03


def test_it_is_turned_upright_once(tmp_path: Path) -> None:
    pytest.importorskip("rawpy")
    (tmp_path / "a.dng").write_bytes(dng(halves((0.7, 0.3, 0.2), (0.2, 0.4, 0.7)), orientation=6))
    picture = load_picture(tmp_path / "a.dng")
    assert picture.shape == (160, 120, 3)
    assert picture[40, 60, 0] > picture[40, 60, 2] and picture[120, 60, 0] < picture[120, 60, 2]


def test_without_the_extra_the_thumbnail_is_not_painted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.dng").write_bytes(dng(halves((0.7, 0.3, 0.2), (0.2, 0.4, 0.7))))
    with Image.open(tmp_path / "a.dng") as image:
        assert image.size == (16, 12)  # as Pillow sees it
    monkeypatch.setitem(sys.modules, "rawpy", None)
    with pytest.raises(MissingPackageError, match=r"camera's raw file.*pip install 'dreambrush\[raw\]'") as caught:
        load_picture(tmp_path / "a.dng")
    assert caught.value.exit_code is ExitCode.MISSING_PACKAGE


@pytest.mark.parametrize(
    "head",
    [
        *(b"FUJIFILMCCD-RAW 0201", b"IIU\0\x08\0\0\0", b"IIRO\x08\0\0\0", b"\0\0\0\x18ftypcrx \0\0\0\1", b"FOVb\0\0"),
        *(b"II*\0\x10\0\0\0CR\2\0", b"\0MRM\0\0"),
    ],
)
def test_cameras_are_known_by_the_first_bytes(tmp_path: Path, head: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "picture.jpg"
    path.write_bytes(head.ljust(900, b"\0"))
    assert is_camera_raw(path, head.ljust(64, b"\0"))
    with pytest.raises((PictureError, MissingPackageError)) as caught:
        load_picture(path)
    assert caught.value.id in ("raw-not-developed", "packages-missing")


def test_a_plain_tiff_is_none(tmp_path: Path) -> None:
    for name in ("a.tif", "a.nef"):
        path = tmp_path / name
        Image.fromarray(gradient()).save(path, "TIFF")
        assert not is_camera_raw(path, path.read_bytes()[:64])
        np.testing.assert_allclose(load_picture(path), gradient() / 255.0, atol=1e-6)
