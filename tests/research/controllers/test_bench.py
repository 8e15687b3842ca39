from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[3]


def test_each_controller_is_measured_on_real_paint(tmp_path: Path) -> None:
    pictures = np.zeros((2, 28, 28), np.uint8)
    pictures[:, 6:22, 12:16] = 255  # light on dark, as digits are
    np.save(tmp_path / "digits.npy", pictures)
    words = ["digits", str(tmp_path / "digits.npy"), "--count", "1", "--controller", "ridge", "evolved"]
    done = subprocess.run(
        [sys.executable, "-m", "research.controllers.bench", *words],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["controller"] for row in rows] == ["ridge", "evolved"]
    empty = 16 * 4 / 28**2
    assert all(row["mse"] < 0.5 * empty and row["strokes"] == 8 and row["pictures"] == 1 for row in rows)
    assert rows[0]["mse"] != rows[1]["mse"]
