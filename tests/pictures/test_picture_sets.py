from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dreambrush.errors import PictureError
from dreambrush.pictures.picture_sets import dark_on_light, open_picture_set, square

RNG = np.random.default_rng(0)
GREYS = RNG.integers(0, 256, (3, 28, 20), np.uint8)
COLOURS = RNG.integers(0, 256, (2, 16, 16, 3), np.uint8)


def test_a_folder_gives_its_pictures_by_name_and_nothing_else(tmp_path: Path) -> None:
    for name, colour in (("b.png", "red"), ("a.JPG", "white"), ("c.webp", "blue")):
        Image.new("RGB", (8, 4), colour).save(tmp_path / name)
    (tmp_path / "index.tsv").write_text("a list")
    (tmp_path / "more.png").mkdir()
    found = open_picture_set(tmp_path)
    assert found.names == ["a.JPG", "b.png", "c.webp"] and len(found) == 3
    assert found.load(1).shape == (4, 8, 3) and (found.load(1) == [1, 0, 0]).all()


def test_arrays_in_all_their_guises(tmp_path: Path) -> None:
    np.save(tmp_path / "grey.npy", GREYS)
    np.savez(tmp_path / "one.npz", whatever=GREYS)
    np.savez_compressed(tmp_path / "labelled.npz", x=GREYS, y=np.arange(3))
    for name in ("grey.npy", "one.npz", "labelled.npz"):
        found = open_picture_set(tmp_path / name)
        assert len(found) == 3 and found.names[2] == f"{name}[2]"
        picture = found.load(2)
        assert picture.dtype == np.float32 and picture.shape == (28, 20, 3)
        assert np.allclose(picture, GREYS[2][..., None] / 255)
    np.save(tmp_path / "colour.npy", COLOURS)
    assert np.allclose(open_picture_set(tmp_path / "colour.npy").load(1), COLOURS[1] / 255)


class Trap:
    """Leaves a trace where it is unpickled."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[object, tuple[str, str]]:
        return open, (str(self.trace), "w")


@pytest.mark.parametrize("name", ["trap.npy", "trap.npz"])
def test_a_pickle_is_never_run(tmp_path: Path, name: str) -> None:
    trace = tmp_path / "trace"
    array = np.array([Trap(trace)], object)
    if name.endswith("npy"):
        np.save(tmp_path / name, array, allow_pickle=True)
    else:
        np.savez(tmp_path / name, x=array)
    with pytest.raises(PictureError, match="cannot be read as an array of numbers"):
        open_picture_set(tmp_path / name)
    bare = tmp_path / f"bare-{name}"
    bare.write_bytes(__import__("pickle").dumps(Trap(trace)))
    with pytest.raises(PictureError, match="cannot be read as an array of numbers"):
        open_picture_set(bare)
    assert not trace.exists()
    np.load(tmp_path / name, allow_pickle=True)["x" if name.endswith("npz") else slice(None)]
    assert trace.exists(), "the trap itself does not work"


def broken(folder: Path) -> dict[str, str]:
    """Files that hold no pictures, and a word of what is said of each."""
    np.save(folder / "float.npy", GREYS / 255)
    np.save(folder / "flat.npy", GREYS[0])
    np.save(folder / "four.npy", np.zeros((2, 8, 8, 4), np.uint8))
    np.save(folder / "none.npy", np.zeros((0, 8, 8), np.uint8))
    np.savez(folder / "two.npz", a=GREYS, b=GREYS)
    np.savez(folder / "nothing.npz")
    np.savez(folder / "whole.npz", x=GREYS)
    whole = (folder / "whole.npz").read_bytes()
    (folder / "half.npz").write_bytes(whole[: len(whole) // 2])
    (folder / "flipped.npz").write_bytes(whole[:300] + bytes(byte ^ 255 for byte in whole[300:900]) + whole[900:])
    (folder / "half.npy").write_bytes((folder / "float.npy").read_bytes()[:200])
    (folder / "empty.npz").touch()
    (folder / "text.npy").write_text("Buy more ultramarine.")
    header = b"{'descr': '|u1', 'fortran_order': False, 'shape': (1000000000, 1000000, 1000000), }\n"
    (folder / "vast.npy").write_bytes(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header)
    (folder / "notes.txt").write_text("Buy more ultramarine.")
    (folder / "bare").mkdir()
    (folder / "folder.npz").mkdir()
    no_pictures, unreadable = "which is not a set of pictures", "cannot be read as an array"
    return {
        **dict.fromkeys(("float.npy", "flat.npy", "four.npy", "none.npy"), no_pictures),
        **dict.fromkeys(("two.npz", "nothing.npz"), "none of them is called x"),
        **dict.fromkeys(("half.npz", "flipped.npz", "half.npy", "empty.npz", "text.npy", "vast.npy"), unreadable),
        "notes.txt": "neither a folder of pictures nor",
        "absent": "There are no pictures at",
        "bare": "no pictures in the folder",
        "folder.npz": "no pictures in the folder",
    }


def test_what_holds_no_pictures_is_named(tmp_path: Path) -> None:
    for name, message in broken(tmp_path).items():
        with pytest.raises(PictureError, match=message) as caught:
            open_picture_set(tmp_path / name)
        assert name in caught.value.message and len(caught.value.advice) > 10, name


def test_the_middle_square_is_taken() -> None:
    picture = np.zeros((64, 100, 3), np.float32)
    picture[:, 18:82] = RNG.random((64, 64, 3))
    assert np.array_equal(square(picture, 64), picture[:, 18:82])
    assert np.array_equal(square(picture.transpose(1, 0, 2), 64), picture[:, 18:82].transpose(1, 0, 2))


@pytest.mark.parametrize("side", [1, 28, 96, 333])
def test_scaling_keeps_a_flat_colour_and_the_range(side: int) -> None:
    flat = np.full((side, side + 3, 3), 0.3, np.float32)
    assert np.allclose(square(flat, 64), 0.3, atol=1e-4)
    noisy = square(RNG.random((side, side, 3)).astype(np.float32), 64)
    assert noisy.shape == (64, 64, 3) and noisy.dtype == np.float32 and 0 <= noisy.min() <= noisy.max() <= 1


def test_light_on_dark_is_inverted_and_dark_on_light_is_not() -> None:
    writing = np.zeros((9, 9, 3), np.float32)
    writing[1:8, 1:8] = 1  # a border of one pixel decides
    assert np.array_equal(dark_on_light(writing), 1 - writing)
    assert np.array_equal(dark_on_light(1 - writing), 1 - writing)
