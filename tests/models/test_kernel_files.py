"""Which files the compiled kernel may take weights from."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from dreambrush.models.catalogue import CARD_FILE, DREAM_FILE, find_brush
from dreambrush.models.kernel_files import read_for_kernel

OIL = find_brush("oil").dream_folder()


def test_the_card_of_ours_knows_its_dream(tmp_path: Path) -> None:
    model = (OIL / DREAM_FILE).read_bytes()
    assert read_for_kernel(OIL, DREAM_FILE, "kernel") == (model, True)
    shutil.copytree(OIL, tmp_path / "copy")
    (tmp_path / "copy" / DREAM_FILE).write_bytes(model + b"more")
    assert read_for_kernel(tmp_path / "copy", DREAM_FILE, "kernel") == (model + b"more", False)
    card = json.loads((OIL / CARD_FILE).read_text())
    (tmp_path / "copy" / DREAM_FILE).write_bytes(model)
    for entry in ({}, {"kernel": None}, {"kernel": {DREAM_FILE: 3}}):
        (tmp_path / "copy" / CARD_FILE).write_text(json.dumps({**card, "kernel": 1} | entry))
        assert read_for_kernel(tmp_path / "copy", DREAM_FILE, "kernel") == (model, False)


def test_no_file_and_no_card(tmp_path: Path) -> None:
    assert read_for_kernel(tmp_path, DREAM_FILE, "kernel") is None
    (tmp_path / DREAM_FILE).write_bytes(b"x")
    assert read_for_kernel(tmp_path, DREAM_FILE, "kernel") == (b"x", False)
