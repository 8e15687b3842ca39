"""Pictures in .npy and .npz files."""

from __future__ import annotations

import io
import random
import zipfile
from pathlib import Path

import numpy as np

from tests.fuzz.base import Base
from tests.fuzz.commands import Command
from tests.fuzz.mutations import mutated_array

WEIGHT = 600
HEADERS = (
    "{'descr': '|u1', 'fortran_order': False, 'shape': (1000000000000, 4, 4), }",
    "{'descr': '|u1', 'fortran_order': False, 'shape': (-1, 4, 4), }",
    "{'descr': '|u1', 'fortran_order': True, 'shape': (2, 0, 4), }",
    "{'descr': '|O', 'fortran_order': False, 'shape': (2, 4, 4), }",
    "{'descr': [('a', '|u1'), ('a', '|u1')], 'fortran_order': False, 'shape': (2, 4, 4), }",
    "{'descr': '|u1', 'fortran_order': 0, 'shape': (2L, 4, 4), }",
    "{'descr': {}, 'fortran_order': False, 'shape': 5}",
    "[" * 3000,
    "(" * 90 + ")" * 90,
    "{1: 2}",
    "{[]: 2}",
    "-" * 5000 + "1",
    "\0",
)


def case(rng: random.Random, base: Base, folder: Path) -> Command:
    array = np.random.default_rng(3).integers(0, 255, rng.choice(((2, 4, 4), (2, 4, 4, 3))), np.uint8)
    array = mutated_array(rng, array) if rng.random() < 0.7 else array
    data = _npy(rng, array)
    name = rng.choice(("x.npy", "x.npz"))
    if name == "x.npz":
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", rng.choice((0, 8, 14))) as archive:
            for member in rng.choice(
                (("x.npy",), ("a.npy",), ("x", "y"), ("x.txt",), (), ("a.npy", "b.npy"), ("x.npy", "y"))
            ):
                archive.writestr(member, data)
        data = file.getvalue()
    (folder / name).write_bytes(data)

    def call() -> None:
        from dreambrush.pictures.picture_sets import dark_on_light, open_picture_set, square

        pictures = open_picture_set(folder / name)
        dark_on_light(square(pictures.load(0), 8))

    return call


def _npy(rng: random.Random, array: np.ndarray[tuple[int, ...], np.dtype[np.generic]]) -> bytes:
    file = io.BytesIO()
    np.save(file, array, allow_pickle=False)
    data = file.getvalue()
    if rng.random() < 0.4:
        header = rng.choice(HEADERS).encode().ljust(54) + b"\n"
        version = rng.choice((b"\1\0", b"\1\0", b"\2\0", b"\3\0", b"\7\0"))
        length = len(header).to_bytes(2 if version == b"\1\0" else 4, "little")
        return b"\x93NUMPY" + version + length + header + data[128:]
    return data[: rng.randrange(len(data))] if rng.random() < 0.1 else data
