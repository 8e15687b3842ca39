"""The controller's network: picture and canvas in, a stroke in each cell of a grid and what it promises out.

Fully convolutional, with residual blocks of bottlenecks (He et al. 2016, "Deep residual learning", figure 5), of which
some are dilated (Yu & Koltun 2016): it sees nine cells far.  painter/propose/round_controller.py runs it.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from dreambrush.painter.propose.round_weights import PLANES

WIDTH, CELL_WIDTH, INNER, HEAD = 40, 56, 28, 64  # channels
DILATIONS = (1, 2, 1, 2, 1)
FARTHEST_MIDDLE = 1.2  # cells between a cell's middle and that of its stroke, each way
USUAL_RADIUS, LOG_RADII = 0.45, 1.2  # cells; the logarithm of a radius differs by at most so much
SHORTEST_HALF, LONGER_HALF = 1.9, 2.2  # radii, and cells more, of half a chord
MOST_BEND = 0.5  # share of the chord
LIGHTEST = 0.25  # pressure
NUMBERS = 10  # middle (2), direction (2), log radius, bend, two pressures, promise, length


class RoundNetwork(nn.Module):
    """Proposes a stroke in each cell."""

    def __init__(self) -> None:
        super().__init__()
        self.fine = nn.Sequential(
            nn.PixelUnshuffle(2),
            nn.Conv2d(4 * PLANES, 24, 1),
            nn.ReLU(),
            nn.Conv2d(24, WIDTH, 3, 2, 1),
            nn.ReLU(),
        )
        self.middle = nn.Sequential(nn.Conv2d(WIDTH, CELL_WIDTH, 3, 2, 1), nn.ReLU())
        self.blocks = nn.ModuleList([_bottleneck(dilation) for dilation in DILATIONS])
        self.head = nn.Sequential(nn.ReLU(), nn.Conv2d(CELL_WIDTH, HEAD, 1), nn.ReLU(), nn.Conv2d(HEAD, NUMBERS, 1))
        last = self.head[-1]
        assert isinstance(last, nn.Conv2d) and last.bias is not None
        nn.init.normal_(last.weight, std=0.02)
        nn.init.zeros_(last.bias)

    def forward(self, planes: Tensor) -> tuple[Tensor, Tensor]:
        """Proposes.

        Args:
            planes: (b, PLANES, 8 h, 8 w) float32, as the controller sees target, canvas and weight.

        Returns:
            Strokes (b, h, w, 9) in cells, their points as seen from the middle of the stroke's cell; and the logarithm
            (b, h, w) of what each is foretold to gain, as a share of the error divided by the strokes of the round.
        """
        features = self.middle(self.fine(planes))
        for block in self.blocks:
            features = features + block(features)
        raw = self.head(features).permute(0, 2, 3, 1)
        return strokes_of(raw), raw[..., 8]


def _bottleneck(dilation: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(CELL_WIDTH, INNER, 1),
        nn.ReLU(),
        nn.Conv2d(INNER, INNER, 3, 1, dilation, dilation=dilation),
        nn.ReLU(),
        nn.Conv2d(INNER, CELL_WIDTH, 1),
    )


def strokes_of(raw: Tensor) -> Tensor:
    """Numbers of the network (..., NUMBERS) as strokes (..., 9) in cells, at least 1.9 times as long as wide.

    Without that bound a controller that is trained on error alone paints dots.
    """
    middle = FARTHEST_MIDDLE * torch.tanh(raw[..., 0:2])
    radius = USUAL_RADIUS * torch.exp(LOG_RADII * torch.tanh(raw[..., 4:5] / LOG_RADII))
    # Some direction to begin with; that of nothing at all would have no gradient.
    way = raw[..., 2:4] + torch.tensor([0.3, 0.1], dtype=raw.dtype)
    norm = torch.sqrt((way * way).sum(-1, keepdim=True) + 1e-3)
    half = way / norm * (SHORTEST_HALF * radius + LONGER_HALF * torch.sigmoid(raw[..., 9:10] - 1))
    bend = MOST_BEND * torch.tanh(raw[..., 5:6])
    control = middle + 2 * bend * torch.cat([-half[..., 1:2], half[..., 0:1]], -1)
    pressure = LIGHTEST + (1 - LIGHTEST) * torch.sigmoid(raw[..., 6:8] + 1.5)
    return torch.cat([middle - half, control, middle + half, pressure, radius], -1)
