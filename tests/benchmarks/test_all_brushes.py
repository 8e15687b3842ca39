"""The benchmark of all brushes, with a training that takes no time."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks import all_brushes
from benchmarks.all_brushes import Lesson, read_rows, work
from dreambrush.errors import BrushError
from dreambrush.jobs.here import Here
from dreambrush.models.catalogue import shipped_folder
from dreambrush.mypaint.brushes.folders import brushes_in
from dreambrush.train.fit.grounds import Grounds


def test_each_brush_gets_a_line_and_none_gets_two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trained: list[str] = []

    def training(settings: Any, *words: Any) -> dict[str, Any]:
        trained.append(settings.digest())
        if len(trained) == 2:
            raise BrushError("It asks for too many dabs.", "Take another.")
        return {"explained": 0.5}

    monkeypatch.setattr(all_brushes, "short_training", training)
    monkeypatch.setattr(all_brushes, "_grounds", lambda folder, count, seed: Grounds(None, 1, seed))
    found = brushes_in(shipped_folder("brushes"))
    names = {name: found[name] for name in ("ink", "oil", "pencil")}
    out = tmp_path / "out.jsonl"
    out.write_text(json.dumps({"brush": "ink", "explained": 1}) + "\n")
    work(names, out, Lesson(None, None, 3, 1), Here())
    rows = {row["brush"]: row for row in read_rows([out])}
    assert rows.keys() == names.keys() and len(trained) == 2
    assert rows["ink"]["explained"] == 1 and rows["oil"]["explained"] == 0.5 and rows["oil"]["seed"] == 3
    assert rows["pencil"]["error_message"] == "It asks for too many dabs." and "explained" not in rows["pencil"]
    work(names, out, Lesson(None, None, 3, 1), Here())
    assert len(out.read_text().splitlines()) == 3
