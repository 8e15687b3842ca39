"""``dreambrush brushes``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from dreambrush.cli.options import DEFAULT_BRUSH

if TYPE_CHECKING:
    from tests.cli.conftest import Command

OURS = ("bristle", "charcoal", "ink", "knife", "oil", "pastel", "pencil", "watercolour")


def test_list(command: Command) -> None:
    lines = command("brushes").stdout.splitlines()
    assert [line.split()[0] for line in lines] == sorted(OURS)
    assert all(" dream " in line and "no dream" not in line for line in lines)
    assert DEFAULT_BRUSH in OURS


def test_list_as_json(command: Command) -> None:
    found = [json.loads(line) for line in command("brushes", "--json").stdout.splitlines()]
    for brush in found:
        assert set(brush) == {"name", "path", "dream"}
        assert Path(brush["path"]).is_file() and Path(brush["dream"]).is_dir()
