from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dreambrush.errors import StrokesError
from dreambrush.jobs.here import Here
from dreambrush.models.catalogue import find_brush
from dreambrush.mypaint.engine.myb import read_myb
from dreambrush.train.collect.gather import gather
from dreambrush.train.collect.shards import (
    MANIFEST,
    Manifest,
    episode_shards,
    load_episodes,
    load_strokes,
    read_manifest,
    shard_count,
    stroke_shards,
    write_shard,
)

OIL = read_myb(find_brush("oil").path)
WANTED = Manifest("oil", OIL.digest(), 2, False, 620, 34)


@pytest.fixture(scope="module")
def gathered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("gathered") / "strokes"
    gather(folder, OIL, WANTED, Here())
    return folder


@pytest.fixture
def folder(gathered: Path, tmp_path: Path) -> Path:
    """A copy that may be spoilt."""
    return Path(shutil.copytree(gathered, tmp_path / "strokes"))


def test_reading_back(folder: Path) -> None:
    assert read_manifest(folder) == WANTED
    collection, episodes = load_strokes(folder), load_episodes(folder)
    assert [len(part.strokes) for part in stroke_shards(folder)] == [500, 120]
    assert [len(part.strokes) for part in episode_shards(folder)] == [32, 2]
    parts = list(stroke_shards(folder))
    assert np.array_equal(collection.alpha, np.concatenate([part.alpha for part in parts]))
    assert len(collection.strokes) == 620 and episodes.canvas.shape == (34, 17, 64, 64, 4)
    with np.load(folder / "strokes-00001.npz", allow_pickle=False) as plain:  # as the documentation promises
        assert np.array_equal(plain["strokes"], collection.strokes[500:])


def test_the_manifest_says_what_the_folder_is(folder: Path) -> None:
    document = json.loads((folder / MANIFEST).read_text())
    assert document["brush_digest"] == OIL.digest() and document["seed"] == 2 and document["version"] == 1
    assert "Brownian" in document["sampling"]["strokes"] and "Brownian" in document["sampling"]["episodes"]
    assert (document["strokes"], document["episodes"], document["side"]) == (620, 34, 64)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"version": 2}, "another version of dreambrush"),
        ({"sampling": "otherwise"}, "another version of dreambrush"),
        ({"side": 32}, "another version of dreambrush"),
        ({"format": "dreambrush strokes"}, "damaged"),
        ({"seed": "2"}, "damaged"),
        ({"colour": 1}, "damaged"),
        ({"brush": None}, "damaged"),
    ],
)
def test_a_manifest_that_is_not_ours_is_refused(folder: Path, change: dict[str, Any], message: str) -> None:
    document = json.loads((folder / MANIFEST).read_text())
    (folder / MANIFEST).write_text(json.dumps({**document, **change}))
    for use in (lambda: load_strokes(folder), lambda: gather(folder, OIL, WANTED, Here())):
        with pytest.raises(StrokesError, match=message):
            use()


@pytest.mark.parametrize("text", ["", "[]", "{}", "[" * 100_000, '{"format"'])
def test_a_broken_manifest_is_refused(folder: Path, text: str) -> None:
    (folder / MANIFEST).write_text(text)
    with pytest.raises(StrokesError, match="damaged manifest"):
        read_manifest(folder)


def test_what_is_no_collection_is_refused(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(StrokesError, match="holds no collection"):
            load_strokes(place)


def test_an_incomplete_collection_is_refused(folder: Path) -> None:
    (folder / "strokes-00001.npz").unlink()
    with pytest.raises(StrokesError, match=r"not complete: strokes-00001\.npz is missing"):
        load_strokes(folder)
    (folder / "episodes-00001.npz").write_bytes((folder / "episodes-00000.npz").read_bytes())
    with pytest.raises(StrokesError, match=r"Expected strokes of .* to have shape \(2, 16, 9\)"):
        load_episodes(folder)


def test_a_collection_without_episodes_says_so(tmp_path: Path) -> None:
    gather(tmp_path, OIL, Manifest("oil", OIL.digest(), 0, False, 3, 0), Here())
    with pytest.raises(StrokesError, match=r"has no episodes\. Collect some with --episodes"):
        load_episodes(tmp_path)


def test_a_shard_that_would_run_code_is_refused(folder: Path) -> None:
    np.savez(folder / "strokes-00000.npz", strokes=np.array([print], object), alpha=np.zeros(1))
    assert shard_count(folder, "strokes", 0) == 0
    with pytest.raises(StrokesError, match="is damaged"):
        load_strokes(folder)


@pytest.mark.parametrize("cut", [0, 10, 5000, 100_000])
def test_a_damaged_shard_counts_for_nothing(folder: Path, cut: int) -> None:
    path = folder / "strokes-00001.npz"
    path.write_bytes(path.read_bytes()[:cut])
    assert shard_count(folder, "strokes", 1) == 0 == shard_count(folder, "strokes", 2)
    with pytest.raises(StrokesError, match="is damaged"):
        load_strokes(folder)


def test_the_same_arrays_give_the_same_bytes(tmp_path: Path) -> None:
    for number in (0, 1):
        write_shard(tmp_path, "strokes", number, {"strokes": np.arange(9.0), "alpha": np.zeros(4, np.uint8)})
    first, second = (path.read_bytes() for path in sorted(tmp_path.iterdir()))
    assert first == second
