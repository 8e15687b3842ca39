"""What is asked of wet paint while strokes are refined, and what is left out: a rough answer will do there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dreambrush.arrays import Float32, Floats, Int64, Mask
from dreambrush.bezier import NUMBERS, PATH
from dreambrush.dream.wet import PLACES
from dreambrush.kernel.library import compiled
from dreambrush.painter.refine.fragments import Fragments

LIGHT = 0.05  # weight of a ring of taps without which refining does


@dataclass(frozen=True)
class Asked:
    """Where it was asked of what the paint of k strokes consists, r places in all.

    Attributes:
        at: the places, as if they were fragments; those of dry strokes are missing.
        places: (k,) int64 of how many even places on its path that is told, and paint is linear between them; 0 where
            it is told at each of the stroke's fragments.
        along: (n,) float32 where on its path each fragment lies: number of the place before it, and how far it is from
            there to the next.
    """

    at: Fragments
    places: Int64
    along: Floats

    def rows(self, fragments: Fragments) -> tuple[Int64, Int64, Floats]:
        """The rows of ``paint`` before and after each fragment (n,), and how far it is from the first to the second."""
        of = fragments.stroke_id
        few, begin = self.places[of], self.at.starts[of]
        before = np.clip(self.along, 0, np.maximum(few - 2, 0)).astype(np.int64)
        part = np.where(few, np.clip(self.along - before, 0, 1), 0).astype(self.along.dtype)
        row = begin + np.where(few, before, np.arange(len(of)) - fragments.starts[of])
        row = np.minimum(row, len(self.at) - 1)  # nobody asks of dry strokes
        return row, row + (few > 0), part


def thinned(taps: Float32, light: float = 0.0) -> Float32:
    """A third of the taps (t, 3) of each ring, with the weight of all; of rings that weigh little, none.

    Args:
        taps: ring by ring, as :func:`~dreambrush.dream.wet.ring_taps` gives them.
        light: share of all weight up to which a ring is left out.
    """
    far = np.hypot(taps[:, 0], taps[:, 1])
    begins = np.flatnonzero(np.concatenate([[True], np.abs(np.diff(far)) > 1e-4]))
    parts = []
    for ring in np.split(taps, begins[1:]):
        if ring[:, 2].sum() > light:
            some = ring[::3].copy()
            some[:, 2] *= np.float32(len(ring) / len(some))
            parts.append(some)
    thin = np.concatenate(parts or [taps])
    if len(parts) < len(begins):
        thin[:, 2] *= taps[:, 2].sum() / thin[:, 2].sum()
    return thin


def find_seen(fragments: Fragments, mean: Float32, cells: int, least: float) -> Mask:
    """Which fragments (n,) are still seen in the end, through all that lies on them.

    Args:
        fragments: n fragments.
        mean: (n,) float32 mean of alpha.
        cells: number of cells.
        least: share of what is seen of a cell, from which on its paint counts as seen.
    """
    left, seen = np.ones(cells, np.float32), np.empty(len(mean), np.uint8)
    c = compiled()
    if c is not None:
        at, share = c.integers(fragments.cell_id), c.floats(np.ascontiguousarray(mean))
        c.lib.db_find_seen(len(mean), at, share, least, c.floats(left), c.ffi.from_buffer("uint8_t[]", seen))
        return seen.view(bool)
    for stroke in reversed(range(len(fragments.starts) - 1)):
        some = slice(fragments.starts[stroke], fragments.starts[stroke + 1])
        at = fragments.cell_id[some]
        seen[some] = left[at] * mean[some] >= np.float32(least)
        left[at] *= 1 - mean[some]
    return seen.view(bool)


def every_other(nodes: Floats, per_lane: int) -> Floats:
    """Of nodes (k, lanes * per_lane, 2), of which there is an odd number in a lane, every other one of each lane."""
    k, count = nodes.shape[:2]
    some = nodes.reshape(k, count // per_lane, per_lane, 2)[:, :, ::2]
    return some.reshape(k, count // per_lane * (per_lane // 2 + 1), 2)


def pooled(weights: Float32, per_lane: int) -> Float32:
    """Weights (n, nodes) of :func:`every_other` node, as if between these there were the mean of both."""
    n, count = weights.shape
    lanes = weights.reshape(n, count // per_lane, per_lane)
    some = lanes[:, :, ::2].copy()
    half = np.float32(0.5) * lanes[:, :, 1::2]
    some[:, :, :-1] += half
    some[:, :, 1:] += half
    return some.reshape(n, count // per_lane * (per_lane // 2 + 1))


def by_nodes_of_strokes(by_nodes: Float32, per_lane: int = PLACES) -> Float32:
    """How an error changes with strokes (k, 9) that take their nodes (k, m, 2) along, lane by lane of so many."""
    lanes = by_nodes.reshape(len(by_nodes), -1, per_lane, 2).sum(1)
    t = np.linspace(0.0, 1.0, per_lane, dtype=np.float32)
    shares = np.stack([(1 - t) ** 2, 2 * t * (1 - t), t * t])  # of the three control points, Bernstein's polynomials
    by_strokes = np.zeros((len(by_nodes), NUMBERS), np.float32)
    by_strokes[:, PATH] = np.einsum("pn,knx->kpx", shares, lanes).reshape(-1, 6)
    return by_strokes
