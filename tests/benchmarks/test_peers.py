from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("peer", "advice"), [("geometrizejs", "npm install geometrizejs pngjs"), ("primitive", "Build")]
)
def test_a_peer_that_is_not_installed_is_one_sentence_and_advice(peer: str, advice: str, tmp_path: Path) -> None:
    picture = tmp_path / "grey.png"
    Image.new("RGB", (40, 30), "grey").save(picture)
    command = [sys.executable, "-m", "benchmarks.peers.peers", str(picture), "--peers", peer, "--shapes", "3"]
    places = ["--node-folder", str(tmp_path), "--primitive", str(tmp_path / "primitive"), "--output", str(tmp_path)]
    done = subprocess.run([*command, *places, "--size", "32"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1 and done.stdout == ""
    assert advice in done.stderr and len(done.stderr.splitlines()) == 1
