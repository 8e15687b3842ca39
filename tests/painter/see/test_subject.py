from __future__ import annotations

import hashlib
import json
import time
from pathlib import Path

import numpy as np
import pytest
import skimage.data

import dreambrush
from dreambrush.arrays import Float32
from dreambrush.errors import ModelError
from dreambrush.models.catalogue import shipped_folder
from dreambrush.painter.see import subject
from dreambrush.painter.see.subject import find_subject
from dreambrush.pictures.reading import load_picture

SAMPLE = Path(dreambrush.__file__).parent / "samples" / "still-life.jpg"


@pytest.fixture(scope="module")
def sample() -> Float32:
    """A still life on a table, (288, 384, 3)."""
    return load_picture(SAMPLE, 384)


@pytest.fixture(scope="module")
def mask(sample: Float32) -> Float32:
    found = find_subject(sample)
    assert found is not None
    return found


def test_a_still_life_is_of_fruit_and_a_cup(sample: Float32, mask: Float32) -> None:
    assert mask.shape == sample.shape[:2] and mask.dtype == np.float32
    assert 0 <= mask.min() < 0.001 and 0.99 < mask.max() <= 1
    for x, y in ((102, 150), (192, 194), (256, 140), (150, 232)):  # pear, orange, cup and a cherry
        assert mask[y, x] > 0.9
    border = np.concatenate([mask[:8].ravel(), mask[-8:].ravel(), mask[:, :8].ravel(), mask[:, -8:].ravel()])
    assert border.max() < 0.1
    assert 0.2 < mask.mean() < 0.35


@pytest.mark.slow
def test_a_dark_picture_has_the_same_subject(sample: Float32, mask: Float32) -> None:
    dark = find_subject(sample * np.float32(0.4))
    assert dark is not None and np.abs(dark - mask).mean() < 0.02


def test_a_rocket_is_found() -> None:
    picture = np.asarray(skimage.data.rocket(), np.float32) / np.float32(255)  # type: ignore[no-untyped-call]
    found = find_subject(picture)
    assert found is not None and found.shape == (427, 640)
    assert found[200:350, 315:325].mean() > 0.9 and found[:, :250].mean() < 0.05


@pytest.mark.slow
def test_nothing_stands_out_of_what_is_even() -> None:
    shade = np.linspace(0, 1, 120, dtype=np.float32)[None, :, None]
    assert find_subject(np.broadcast_to(shade, (90, 120, 3))) is None
    assert find_subject(np.random.default_rng(0).random((300, 400, 3), np.float32)) is None


@pytest.mark.parametrize("shape", [(1, 1), (1, 900), (900, 40)])
def test_any_shape_will_do(shape: tuple[int, int]) -> None:
    assert find_subject(np.full((*shape, 3), 0.5, np.float32)) is None  # even


def test_the_same_picture_gives_the_same_mask(sample: Float32, mask: Float32) -> None:
    remembered = find_subject(sample)
    subject.answer_of.cache_clear()
    again = find_subject(sample)
    for each in (remembered, again):
        assert each is not None and each.tobytes() == mask.tobytes()


def test_the_network_is_asked_once_of_a_picture(sample: Float32) -> None:
    subject.answer_of.cache_clear()
    found = find_subject(sample)
    small = find_subject(np.ascontiguousarray(sample[::2, ::2]))  # another picture
    assert found is not None and small is not None and found.shape != small.shape
    found[:] = 0  # what is done to one answer is not done to the next
    again = find_subject(sample)
    assert again is not None and again.max() > 0.9
    assert (subject.answer_of.cache_info().hits, subject.answer_of.cache_info().misses) == (1, 2)


@pytest.mark.slow
def test_a_large_picture_takes_little_longer(sample: Float32) -> None:
    large = sample.repeat(10, 0).repeat(10, 1)
    start = time.process_time()
    assert find_subject(large) is not None
    assert time.process_time() - start < 3  # 0.7 s; much could go wrong on a busy machine


def test_the_card_knows_the_network() -> None:
    folder = shipped_folder("pretrained") / "subject"
    card = json.loads((folder / "card.json").read_text())
    assert card["sha256"]["subject.onnx"] == hashlib.sha256((folder / "subject.onnx").read_bytes()).hexdigest()
    licence = (folder / "LICENSE").read_text()
    assert "Apache License" in licence and "It was changed" in licence


@pytest.mark.parametrize("broken", [None, b"", b"no network"])
def test_a_broken_network_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sample: Float32, broken: bytes | None
) -> None:
    (tmp_path / "subject").mkdir()
    if broken is not None:
        (tmp_path / "subject" / "subject.onnx").write_bytes(broken)
    monkeypatch.setattr("dreambrush.models.shipped_network.shipped_folder", lambda kind: tmp_path)
    subject.open_subject_network.cache_clear()
    try:
        with pytest.raises(ModelError, match=r"subject\.onnx cannot be loaded: .*Install dreambrush again; the file"):
            find_subject(sample)
    finally:
        subject.open_subject_network.cache_clear()


def test_a_picture_is_looked_at_once_but_another_one_anew(sample: Float32) -> None:
    first = find_subject(sample)
    assert first is not None
    first[:] = 7  # what was given away is nobody else's
    again = find_subject(sample.copy())
    other = find_subject(np.ascontiguousarray(sample[:, ::-1]))
    assert again is not None and other is not None and again.max() <= 1
    once_more = find_subject(sample)
    assert once_more is not None and np.array_equal(once_more, again) and not np.array_equal(other, again)
