"""PackBits, unpacked again by the letter of its description."""

from __future__ import annotations

import numpy as np
import pytest

from dreambrush.pictures.packbits import pack_rows


def unpacked(data: bytes) -> list[int]:
    found: list[int] = []
    at = 0
    while at < len(data):
        head = data[at]
        if head < 128:
            found += data[at + 1 : at + 2 + head]
            at += 2 + head
        else:
            assert head != 128
            found += [data[at + 1]] * (257 - head)
            at += 2
    return found


def check(rows: np.ndarray) -> int:
    packed, lengths = pack_rows(rows)
    assert lengths.shape == (len(rows),) and lengths.sum() == len(packed)
    ends = np.cumsum(lengths)
    for row, begin, end in zip(rows, ends - lengths, ends, strict=True):
        assert unpacked(packed[begin:end]) == row.tolist()
    return len(packed)


@pytest.mark.parametrize("seed", range(40))
def test_rows_come_back(seed: int) -> None:
    rng = np.random.default_rng(seed)
    height, width = rng.integers(1, 9), rng.integers(1, 700)
    runs = np.repeat(rng.integers(0, 3, (height, width)), rng.integers(1, 300), axis=1)[:, :width]
    check(runs.astype(np.uint8))
    check(rng.integers(0, 256, (height, width)).astype(np.uint8))
    check(np.where(runs == 0, rng.integers(0, 256, (height, width)), runs).astype(np.uint8))


@pytest.mark.parametrize("width", [1, 2, 3, 127, 128, 129, 130, 131, 256, 257])
def test_at_the_ends_of_packets(width: int) -> None:
    assert check(np.full((2, width), 7, np.uint8)) <= 2 * (1 + 2 * -(-width // 128))
    assert check(np.arange(2 * width).reshape(2, width).astype(np.uint8)) == 2 * (width + -(-width // 128))


def test_an_empty_channel_is_small() -> None:
    assert check(np.zeros((1000, 1280), np.uint8)) == 1000 * 20
