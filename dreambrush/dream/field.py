"""The field dream: the world model of one brush, as alpha at a point instead of alpha in a picture.

For each point the stroke's path is looked at from where the point is: how far, on which side, how far from either
end, under which pressure, in which direction.  A small network turns that into the mean of alpha and its variance
over the brush's random dabs.  Because it works on points, it has no resolution.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

SEGMENTS = 8  # the path as a polyline: 8 pieces of a quadratic curve bend by a few degrees each
FEATURES = 22
HIDDEN = 48
LARGEST_LOG_RADIUS = 3.0  # above 20 px a brush is the same picture scaled, for the pixels are small against it
SOFT_EDGE = 0.5  # pixels by which anti-aliasing widens a stroke
FARTHEST = 1.5  # units (see unit_length); paint never gets farther from the path


class FieldDream(nn.Module):
    """Strokes and points in, mean and variance of alpha out.

    Args:
        reach: how far the brush's paint gets from the path, in radii (1 for a plain round brush).
        hidden: units in each of the two hidden layers.
    """

    reach: Tensor

    def __init__(self, reach: float, hidden: int = HIDDEN) -> None:
        super().__init__()
        self.register_buffer("reach", torch.tensor(float(reach)))
        self.network = nn.Sequential(
            nn.Linear(FEATURES, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU(), nn.Linear(hidden, 2)
        )

    def forward(self, strokes: Tensor, points: Tensor) -> tuple[Tensor, Tensor]:
        """Dreams.

        Args:
            strokes: (b, 9) float32: start, control and end x and y in pixels, pressure at start and end, radius.
            points: (b, p, 2) float32: x and y in pixels, for each stroke its own.

        Returns:
            Mean and variance of alpha, (b, p) each; mean 0..1, variance 0..mean*(1-mean).
        """
        features = self.features(strokes, points)
        mean, variance = self.from_features(features)
        near = (features[..., 0] < FARTHEST).to(mean.dtype)
        return mean * near, variance * near

    def features(self, strokes: Tensor, points: Tensor) -> Tensor:
        """:func:`local_features` in this brush's unit of length."""
        return local_features(strokes, points, self.reach)

    def from_features(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """As forward, from (..., FEATURES) features of points that are not farther than FARTHEST."""
        mean, share = self.heads(features)
        return mean, share * mean * (1 - mean)

    def heads(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """The mean, and the variance as a share (0..1) of mean*(1-mean), the most that a value in 0..1 can vary."""
        mean, share = torch.sigmoid(self.network(features)).unbind(-1)
        return mean, share


def unit_length(radius: Tensor, reach: Tensor) -> Tensor:
    """The length in pixels that counts as 1: where paint ends, about, for a brush of this radius."""
    return radius * reach + SOFT_EDGE


def local_features(strokes: Tensor, points: Tensor, reach: Tensor) -> Tensor:
    """What each point sees of its stroke.

    Args:
        strokes: (b, 9) as in :class:`FieldDream`.
        points: (b, p, 2) in pixels.
        reach: scalar, in radii.

    Returns:
        (b, p, FEATURES) float32, all of order one; the first is the distance in units of :func:`unit_length`.
    """
    start, control, end = strokes[:, None, 0:2], strokes[:, None, 2:4], strokes[:, None, 4:6]
    pressure0, pressure1, radius = strokes[:, 6:7], strokes[:, 7:8], strokes[:, 8:9]
    unit = unit_length(radius, reach)

    # Nearest point of the polyline through SEGMENTS + 1 points of the curve, for x and y apart to keep arrays small.
    t = torch.linspace(0.0, 1.0, SEGMENTS + 1, dtype=strokes.dtype, device=strokes.device)[None, :, None]
    nodes = (1 - t) ** 2 * start + 2 * t * (1 - t) * control + t**2 * end
    edges = nodes[:, 1:] - nodes[:, :-1]
    lengths = torch.sqrt((edges**2).sum(-1) + 1e-12)
    ex, ey = (edges[..., 0] / lengths)[:, None], (edges[..., 1] / lengths)[:, None]
    x = points[..., 0:1] - nodes[:, None, :-1, 0]
    y = points[..., 1:2] - nodes[:, None, :-1, 1]
    along = torch.minimum(torch.relu(x * ex + y * ey), lengths[:, None])
    squared = (x - along * ex) ** 2 + (y - along * ey) ** 2
    nearest = squared.argmin(-1, keepdim=True)

    def at(values: Tensor) -> Tensor:
        return torch.gather(values.expand(-1, points.shape[1], -1), 2, nearest)[..., 0]

    walked = at(along)
    length = lengths.sum(1, keepdim=True)
    arc = at((torch.cumsum(lengths, 1) - lengths)[:, None]) + walked
    # The curve's own direction there, which does not jump from piece to piece as the polyline's does.
    t = (nearest[..., 0].to(strokes.dtype) + walked / at(lengths[:, None])) / SEGMENTS
    turning_x, turning_y = ((1 - t) * (control - start)[..., i] + t * (end - control)[..., i] for i in (0, 1))
    speed = torch.sqrt(turning_x**2 + turning_y**2 + 1e-8)
    tangent_x, tangent_y = turning_x / speed, turning_y / speed
    # Offset from the nearest point: across is signed (left or right), beyond is 0 except past an end.
    dx, dy = at(x) - walked * at(ex), at(y) - walked * at(ey)
    distance = torch.sqrt(at(squared) + 1e-12) / unit
    across = (tangent_x * dy - tangent_y * dx) / unit
    beyond = (tangent_x * dx + tangent_y * dy) / unit
    pressure = pressure0 + (pressure1 - pressure0) * arc / (length + 1e-6)
    slope = (pressure1 - pressure0) * unit / (length + unit)
    # How much path passes nearby, counted twice where a bent path comes back.
    presence = (torch.exp(-squared / (unit**2)[..., None]) * lengths[:, None]).sum(-1) / unit
    turn = (edges[:, 0, 0] * edges[:, -1, 1] - edges[:, 0, 1] * edges[:, -1, 0]) / (lengths[:, 0] * lengths[:, -1])
    log_radius = torch.clamp(torch.log(radius), max=LARGEST_LOG_RADIUS)
    ones = torch.ones_like(arc)
    columns = (
        torch.clamp(distance, max=2 * FARTHEST),
        torch.clamp(across, -2 * FARTHEST, 2 * FARTHEST),
        torch.clamp(beyond, -2 * FARTHEST, 2 * FARTHEST),
        torch.tanh(arc / unit),
        torch.tanh((length - arc) / unit),
        torch.tanh(0.25 * arc / unit),
        torch.tanh(0.25 * (length - arc) / unit),
        # The same offset as the canvas sees it, for brushes held at an angle.
        torch.clamp(dx / unit, -FARTHEST, FARTHEST),
        torch.clamp(dy / unit, -FARTHEST, FARTHEST),
        torch.clamp((dx + dy) / unit, -FARTHEST, FARTHEST).abs(),
        torch.clamp((dx - dy) / unit, -FARTHEST, FARTHEST).abs(),
        pressure,
        slope * ones,
        (log_radius - 1.2) * ones,
        torch.exp(-log_radius) * ones,
        tangent_x,
        tangent_y,
        tangent_x * tangent_y,
        tangent_x * tangent_x - 0.5,
        torch.log1p(length / unit) * 0.5 * ones,
        presence,
        torch.clamp(turn[:, None] * torch.tanh(unit / (length + 1e-6)) * across, -2.0, 2.0),
    )
    return torch.stack(columns, -1)
