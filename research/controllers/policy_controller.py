"""The policy that was trained inside the dream as a controller, run by onnxruntime."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from dreambrush.arrays import Float32
from dreambrush.models.networks import open_network
from dreambrush.painter.propose.windows import Windows

SURE = 0.5  # share of the proposals that are simply those with the greatest gain foretold
BOLDNESS = 25.0  # how much the gain foretold decides over the others


class PolicyController:
    """Proposes what a policy network proposes; see :class:`~dreambrush.painter.ridge_proposer.Controller`.

    Args:
        path: the policy's ONNX file.

    Raises:
        ModelError: the file is missing or broken.
    """

    def __init__(self, path: Path) -> None:
        self._session = open_network(path, ("target", "canvas"), ("strokes", "foretold"))

    def propose(self, windows: Windows, count: int, rng: np.random.Generator) -> Float32:
        """The best of the strokes that the policy proposes at its anchors, and some that are less sure."""
        strokes, foretold = self._session.run(None, {"target": windows.target, "canvas": windows.canvas})
        sure = max(int(SURE * count), 1)
        score = foretold * BOLDNESS
        # Gumbel noise makes a draw without replacement by the softmax of the score.
        noisy = score + rng.gumbel(size=score.shape)
        best = np.argsort(-score, axis=1, kind="stable")[:, :sure]
        np.put_along_axis(noisy, best, -np.inf, axis=1)
        others = np.argsort(-noisy, axis=1, kind="stable")[:, : count - sure]
        chosen = np.concatenate([best, others], axis=1)
        return np.asarray(np.take_along_axis(strokes, chosen[..., None], axis=1), np.float32)
