"""The benchmark of an album on a cluster, with pictures that take no time."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from benchmarks.album import cut_album


def test_the_album_depends_on_the_seed_alone(tmp_path: Path) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        (tmp_path / name).mkdir()
        cut_album(tmp_path / name, 4, 32, seed)
    first, again, other = (
        [path.read_bytes() for path in sorted((tmp_path / name).iterdir())] for name in ("a", "b", "c")
    )
    assert first == again != other and len(set(first)) == 4
    with Image.open(tmp_path / "a" / "00.png") as picture:
        assert picture.size == (32, 32)
