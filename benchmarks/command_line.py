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
        report = painted_file(picture, file, options)
        return Image.open(file).convert("RGB"), report


def painted_file(picture: Path, output: Path, options: Sequence[str]) -> dict[str, Any]:
    """Paints a picture into a file, and returns the report.

    Args:
        picture: file of the picture.
        output: file for the painting.
        options: of ``dreambrush paint``.

    Raises:
        CalledProcessError: dreambrush said why on stderr.
    """
    command = [sys.executable, "-m", "dreambrush", "paint", str(picture), "-q", "--json", "-o", str(output), *options]
    report: dict[str, Any] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
    return report
