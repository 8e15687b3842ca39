"""Paints as an artist does: with ``dreambrush paint`` on the command line."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PIL import Image


def painted(picture: Path, options: Sequence[str]) -> tuple[Image.Image, dict[str, Any]]:
    """A painting of a picture, in RGB, and its report (docs/report.md).

    Args:
        picture: file of the picture.
        options: of ``dreambrush paint``.

    Raises:
        CalledProcessError: dreambrush said why on stderr.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "painting.png"
        command = [sys.executable, "-m", "dreambrush", "paint", str(picture), "-q", "--json", "-o", str(file), *options]
        report = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
        return Image.open(file).convert("RGB"), report
