"""Nobody is told what is painted, and nothing is kept of it but the painting."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PAINT = "from dreambrush.cli import main; main()"


def test_painting_leaves_nothing_in_the_home_folder(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    private = {
        name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "ORT_", "DREAMBRUSH_"))
    }
    words = ["paint", "--sample", "--size", "32", "--strokes", "5", "-o", str(tmp_path / "a.ora"), "-q"]
    subprocess.run([sys.executable, "-c", PAINT, *words], env={**private, "HOME": str(home)}, check=True)
    assert (tmp_path / "a.ora").is_file() and list(home.rglob("*")) == []
