"""The wheel on a bare Debian, offline: with pip, pipx and uvx."""

from __future__ import annotations

import os
import re
import shutil
import zipfile
from pathlib import Path

import pillow_heif
import pytest
from PIL import Image

from tests.scripts.test_build_wheel import ROOT, build, run

# A bare Debian that is there already, as a folder; making one takes minutes.
BARE = "DREAMBRUSH_BARE_DEBIAN"
AT_MOST = {"seconds": 60, "MB": 230}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        os.uname().machine != "x86_64" or not Path("/usr/share/keyrings/debian-archive-keyring.gpg").exists(),
        reason="is built on x86-64 Debian",
    ),
    pytest.mark.skipif(
        os.geteuid() != 0 or not all(map(shutil.which, ("debootstrap", "unshare"))),
        reason="needs root, debootstrap and unshare",
    ),
]


def test_it_paints_a_phones_photo_where_nothing_else_is(tmp_path: Path) -> None:
    wheel = build(tmp_path / "dist")[1]
    photo = tmp_path / "photo.heic"
    still_life = Image.open(ROOT / "dreambrush" / "samples" / "still-life.jpg").convert("RGB")
    pillow_heif.from_pillow(still_life).save(photo, quality=80)
    folder = os.environ.get(BARE, str(tmp_path / "debian"))
    mounts = Path("/proc/mounts").read_text()
    said = run("sh", ROOT / "scripts" / "try_wheel.sh", folder, photo, WHEEL=str(wheel))
    assert Path("/proc/mounts").read_text() == mounts

    pip = re.search(r"pip, Python 3\.\d+: installed in (\d+) s, painted in (\d+) s, (\d+) MB", said)
    assert pip
    assert int(pip[1]) + int(pip[2]) < AT_MOST["seconds"]
    assert int(pip[3]) <= AT_MOST["MB"]
    assert re.search(r"pipx [\d.]+: installed and painted", said)
    assert re.search(r"uvx of uv [\d.]+.*: installed and painted", said)
    with zipfile.ZipFile(Path(folder) / "tmp" / "try" / "photo.ora") as ora:
        assert Image.open(ora.open("mergedimage.png")).size == still_life.size
