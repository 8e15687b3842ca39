from __future__ import annotations

import pytest

from benchmarks.engine import main


def test_it_prints_a_row_for_each_thing_measured(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--strokes", "2", "--runs", "1"])
    head, rule, *rows = capsys.readouterr().out.splitlines()
    assert (head, rule) == ("| what | milliseconds |", "|---|---|")
    assert len(rows) == 8
    assert all(float(row.split("|")[2]) > 0 for row in rows)
