"""A brush's wet dream: what a stroke leaves where paint lies already.

A wet brush picks up what lies under it, carries it along, and lays it down again, mixed with its own colour.  In
libmypaint that is linear in the brush's colour and in the canvas.  Of premultiplied RGBA, at a point of a stroke:

    after = (1 - a) before + a (own (colour, 1) + kept before + carried sum_j weight_j S_j)

``a`` is the coverage, of which :class:`~dreambrush.dream.dream.Dream` tells mean and variance.  S_j is what the brush
finds around node j of its path, on the canvas as it was before the stroke: a weighted mean over rings.  This network
foretells the rest.  What is missing of own + kept + carried to 1 is erased.  Beyond the canvas there is nothing: 0.

Dry brushes have no such network: own is 1, the others are 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from dreambrush.arrays import Float32, Int64
from dreambrush.bezier import RADIUS, control_points, path_nodes, velocity_at
from dreambrush.dream.blocks import Blocks
from dreambrush.dream.kernel.wet_kernel import open_wet_kernel
from dreambrush.errors import ModelError
from dreambrush.models.catalogue import WET_FILE, WET_GRADIENT_FILE, read_card
from dreambrush.models.networks import RETRAIN, ask, open_network

if TYPE_CHECKING:
    import onnxruntime

    from dreambrush.dream.kernel.wet_kernel import WetKernel

CARD_ENTRY = "wet"
"""The entry of a card that says how the canvas is to be looked at, and how well the network foretells wet paint."""

PLACES = 17  # on the path, at even steps of the curve's t
MOST_LANES, MOST_TAPS, FARTHEST_TAP = 9, 1000, 64.0  # the last in radii
MOST_SHARE = 2.0  # greatest share that may be answered; true shares are at most 1, but networks err


class WetPaint(NamedTuple):
    """What a wet stroke does at points (n,); see the formula above.

    Attributes:
        own: (n,) float32, share of the brush's own colour.
        kept: (n,) float32, share of what lies at the point itself.
        carried: (n,) float32, share of what was picked up along the path.
        weights: (n, nodes) float32, what each node's part in that is; they sum to 1.
    """

    own: Float32
    kept: Float32
    carried: Float32
    weights: Float32


class WetDream:
    """The wet dream of one brush, run on the CPU.

    Args:
        folder: folder of the dream.
        threads: number of onnxruntime's threads; 0 takes all cores.  The kernel runs on the thread that asks.
        compiled: whether the compiled kernel may answer, if it is there; otherwise onnxruntime does.

    Raises:
        ModelError: a file is missing or broken, or the brush is dry; see :func:`is_wet`.
    """

    def __init__(self, folder: Path, threads: int = 0, *, compiled: bool = True) -> None:
        self.folder, self._threads, self._compiled = folder, threads, compiled
        try:
            about = read_card(folder)[CARD_ENTRY]
            self.lanes = np.array(about["lanes"], np.float32)
            self.rings = ring_taps(about["rings"])
            if self.lanes.ndim != 1 or not 1 <= len(self.lanes) <= MOST_LANES:
                raise ValueError
            if not np.abs(self.lanes).max() <= FARTHEST_TAP:
                raise ValueError
        except (KeyError, TypeError, ValueError, OverflowError):
            raise ModelError(
                f"The card of the dream {folder} has no usable entry for wet paint.",
                RETRAIN,
                id="dream-card-unreadable",
            ) from None

    @property
    def node_count(self) -> int:
        """How many nodes a stroke has."""
        return PLACES * len(self.lanes)

    def nodes(self, strokes: Float32) -> Float32:
        """Where strokes (k, 9) pick up paint: (k, nodes, 2) float32, x and y in pixels."""
        return wet_nodes(strokes, self.lanes)

    def picked(self, canvas: Float32, strokes: Float32) -> Float32:
        """What strokes find around their nodes.

        This is the definition, in numpy.  The pixel in which a tap lies counts; outside of the canvas there is nothing.

        Args:
            canvas: (h, w, 4) float32, premultiplied RGBA 0..1, before the stroke.
            strokes: (k, 9) float32.

        Returns:
            (k, nodes, 4) float32: the S_j.
        """
        offsets, weights = self.rings[:, :2], self.rings[:, 2]
        radius = strokes[:, RADIUS, None, None, None]
        found = read_pixels(canvas, self.nodes(strokes)[:, :, None] + radius * offsets)
        return np.asarray(np.einsum("knmc,m->knc", found, weights), np.float32)

    def at(self, strokes: Float32, starts: Int64, points: Float32) -> WetPaint:
        """Dreams of strokes at points.

        Args:
            strokes: (k, 9) float32.
            starts: (k + 1,) int64: where each stroke's points begin, from 0 to n; never falls.
            points: (n, 2) float32, x and y in pixels.
        """
        if self._kernel is not None:
            return WetPaint(*self._kernel.values(strokes, starts, points))
        blocks = Blocks(starts, points)
        answers = blocks.asked(self._ask, strokes)
        if answers is None:
            nothing = np.zeros(0, np.float32)
            return WetPaint(nothing, nothing, nothing, np.zeros((0, self.node_count), np.float32))
        return WetPaint(*(blocks.gathered(each) for each in answers))

    def _ask(self, strokes: Float32, points: Float32) -> Sequence[Float32]:
        shape = points.shape[:2]
        shapes = {"own": shape, "kept": shape, "carried": shape, "weights": (*shape, self.node_count)}
        answers = ask(self._session, WET_FILE, {"strokes": strokes, "points": points}, shapes)
        if any(each.size and max(each.max(), -each.min()) > MOST_SHARE for each in answers):
            raise ModelError(
                f"The network {self.folder / WET_FILE} predicts more paint than is possible.",
                RETRAIN,
                id="network-unusable",
            )
        return answers

    @property
    def is_compiled(self) -> bool:
        """Whether the compiled kernel answers.

        Raises:
            ModelError: onnxruntime would have to, and cannot.
        """
        return self._kernel is not None

    @cached_property
    def _kernel(self) -> WetKernel | None:
        found = open_wet_kernel(self.folder) if self._compiled else None
        return found if found is not None and found.node_count == self.node_count else None

    @cached_property
    def _session(self) -> onnxruntime.InferenceSession:
        outputs = ("own", "kept", "carried", "weights")
        return open_network(self.folder / WET_FILE, ("strokes", "points"), outputs, self._threads)


class WetGradient:
    """How a wet dream changes with its strokes: its vector-Jacobian product.

    How coverage changes is told by :class:`~dreambrush.dream.gradient.DreamGradient`; how S_j changes when nodes move
    over the canvas is left out.

    Args:
        folder: folder of the dream.
        threads: number of onnxruntime's threads; 0 takes all cores.  The kernel runs on the thread that asks.
        compiled: whether the compiled kernel may answer, if it is there; otherwise onnxruntime does.

    Raises:
        ModelError: the file is missing or broken.
    """

    def __init__(self, folder: Path, threads: int = 0, *, compiled: bool = True) -> None:
        self._path, self._threads = folder / WET_GRADIENT_FILE, threads
        # The file is asked for in any case: the folder may be used where there is no kernel.
        self._kernel = open_wet_kernel(folder) if compiled and self._path.is_file() else None
        if self._kernel is None:
            _ = self._session

    def at(self, strokes: Float32, starts: Int64, points: Float32, by: WetPaint) -> Float32:
        """Follows a change of wet paint back to the strokes.

        Args:
            strokes: (k, 9) float32.
            starts: (k + 1,) int64, as in :meth:`WetDream.at`.
            points: (n, 2) float32.
            by: how something changes with each of the answers at each point.

        Returns:
            (k, 9) float32: how it changes with each number of the strokes.
        """
        if self._kernel is not None:
            return self._kernel.vjp(strokes, starts, points, *by)
        blocks, by_strokes = Blocks(starts, points), np.zeros(strokes.shape, np.float32)

        def asked(*given: Float32) -> tuple[Float32]:
            names = ("strokes", "points", "by_own", "by_kept", "by_carried", "by_weights")
            shape = {"by_strokes": given[0].shape}
            (answer,) = ask(self._session, WET_GRADIENT_FILE, dict(zip(names, given, strict=True)), shape)
            return (answer,)

        answers = blocks.asked(asked, strokes, *(blocks.spread(each) for each in by))
        if answers is not None:
            np.add.at(by_strokes, blocks.stroke_id, answers[0])
        return by_strokes

    @cached_property
    def _session(self) -> onnxruntime.InferenceSession:
        inputs = ("strokes", "points", "by_own", "by_kept", "by_carried", "by_weights")
        return open_network(self._path, inputs, ("by_strokes",), self._threads)


def lays_own(card: Mapping[str, Any]) -> bool:
    """Whether the brush of a card lays paint of its own.  Blenders and erasers do not."""
    about = card.get(CARD_ENTRY)
    return not isinstance(about, dict) or about.get("lays_own") is not False


def own_share(dream: WetDream) -> float:
    """How much of a brush's paint is its own colour: mean along short and long strokes of different pressures."""
    rows = [
        [0, 0, length / 2, 0, length, 0, *pressures, 10]
        for length in (40, 80)
        for pressures in ((0.3, 0.3), (0.8, 0.8), (0.3, 0.8), (0.8, 0.3))
    ]
    strokes = np.array(rows, np.float32)
    points = path_nodes(strokes, PLACES - 1)
    starts = np.arange(len(rows) + 1) * PLACES
    return float(dream.at(strokes, starts, points.reshape(-1, 2)).own.mean(dtype=np.float64))


def is_wet(folder: Path) -> bool:
    """Whether the dream in a folder has a wet part."""
    return (folder / WET_FILE).is_file()


def wet_nodes(strokes: Float32, lanes: Float32) -> Float32:
    """Nodes (k, PLACES * lanes, 2) of strokes (k, 9): on the path, lane after lane.

    Args:
        strokes: (k, 9) float32.
        lanes: (m,) how far to the left of the path each lane lies, in radii.
    """
    path = path_nodes(strokes, PLACES - 1)
    if not lanes.any():
        return np.concatenate([path] * len(lanes), 1) if len(lanes) > 1 else path
    t = np.linspace(0.0, 1.0, PLACES, dtype=np.float32)[None, :, None]
    velocity = velocity_at(*control_points(strokes[:, None]), t)
    ahead = velocity / np.maximum(np.hypot(velocity[..., 0], velocity[..., 1]), 1e-6)[..., None]
    left = strokes[:, None, RADIUS:] * np.stack([-ahead[..., 1], ahead[..., 0]], -1)
    return np.concatenate([path + lane * left for lane in lanes], 1, dtype=np.float32)


def ring_taps(rings: Sequence[Sequence[float]]) -> Float32:
    """Where around a node the canvas is looked at, (taps, 3) float32: x and y in radii, and weight; weights sum to 1.

    Args:
        rings: of each its radius in radii of the stroke, the number of its taps, and its weight.

    Raises:
        ValueError: numbers are out of range.
    """
    rows: list[Any] = []
    for index, (far, count, weight) in enumerate(rings):
        if not (0 <= far <= FARTHEST_TAP and 1 <= count <= MOST_TAPS and 0 <= weight <= 1):
            raise ValueError("Expected rings of radius, number of taps and weight, but had others")
        turn = (np.arange(int(count)) + 0.5 * (index % 2)) * (2 * np.pi / int(count))
        rows.append(np.stack([far * np.cos(turn), far * np.sin(turn), np.full(int(count), weight / int(count))], 1))
    taps = np.concatenate(rows)
    if len(taps) > MOST_TAPS:
        raise ValueError("Expected fewer taps")
    return np.asarray(taps, np.float32)


def read_pixels(canvas: Any, places: Float32) -> Any:
    """The pixels (..., 4) of a canvas (h, w, 4) in which places (..., 2) lie; 0 outside of it."""
    height, width = canvas.shape[:2]
    x, y = np.floor(places[..., 0]).astype(np.int64), np.floor(places[..., 1]).astype(np.int64)
    inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
    found = canvas[np.clip(y, 0, height - 1), np.clip(x, 0, width - 1)]
    return found * inside[..., None].astype(found.dtype)
