"""PackBits, the run-length code of Apple's that PSD and TIFF have: every row by itself, a whole picture at once."""

from __future__ import annotations

import numpy as np

from dreambrush.arrays import Int64, Mask, Pixels

LONGEST = 128  # bytes in one packet
WORTH_A_RUN = 3  # equal bytes; two of them are no shorter as a run


def pack_rows(rows: Pixels) -> tuple[bytes, Int64]:
    """Pack rows of bytes.

    Args:
        rows: (height, width) uint8, neither of them 0.

    Returns:
        The packed rows, one after the other, and how many bytes each takes, (height,).
    """
    height, width = rows.shape
    data = np.ascontiguousarray(rows).reshape(-1)
    start, is_run = _stretches(rows)
    length = np.diff(start, append=data.size)
    # Stretches that are too long for a packet become several.
    count = -(-length // LONGEST)
    which = np.repeat(np.arange(len(start)), count)
    part = np.arange(len(which)) - np.repeat(np.cumsum(count) - count, count)
    start, is_run = start[which] + part * LONGEST, is_run[which]
    length = np.minimum(length[which] - part * LONGEST, LONGEST)
    is_run &= length > 1  # what is left over of a run may be one byte

    size = np.where(is_run, 2, 1 + length)
    place = np.cumsum(size) - size
    packed = np.empty(int(size.sum()), np.uint8)
    packed[place] = np.where(is_run, 257 - length, length - 1)
    packed[place[is_run] + 1] = data[start[is_run]]
    plain = ~is_run
    offset = np.arange(int(length[plain].sum())) - np.repeat(np.cumsum(length[plain]) - length[plain], length[plain])
    packed[np.repeat(place[plain] + 1, length[plain]) + offset] = data[np.repeat(start[plain], length[plain]) + offset]
    first = np.searchsorted(start, np.arange(height) * width)
    return packed.tobytes(), np.add.reduceat(size, first)


def _stretches(rows: Pixels) -> tuple[Int64, Mask]:
    """Where stretches begin in the bytes of all rows, and whether each is a run of one value.  None crosses rows."""
    height, width = rows.shape
    begins = np.ones((height, width), bool)
    np.not_equal(rows[:, 1:], rows[:, :-1], out=begins[:, 1:])
    start = np.flatnonzero(begins)
    is_run = np.diff(start, append=rows.size) >= WORTH_A_RUN
    # Values that do not run go together with those before them, if these are in the same row and do not run either.
    alone = ~is_run & ~np.r_[True, is_run[:-1]] & (start % width != 0)
    return start[~alone].astype(np.int64), is_run[~alone]
