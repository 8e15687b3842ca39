"""What a point sees of a stroke: distances, sides, ends, pressure and direction, in the stroke's own coordinates."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from dreambrush.bezier import PATH, PRESSURES, RADIUS

SEGMENTS = 8  # the path as a polyline: 8 pieces of a quadratic curve bend by a few degrees each
NEAREST, OFFSETS, MANNERS, TRAITS = 16, 4, 5, 5  # how many numbers each part of Seen has
LARGEST_LOG_RADIUS = 3.0  # above 20 px a brush is the same picture scaled, for the pixels are small against it
SOFT_EDGE = 0.5  # pixels by which anti-aliasing widens a stroke
FARTHEST = 1.2  # units (see unit_length); paint never gets farther from the path
FARTHEST_OFFSET = 4.0  # units; beyond it a segment is simply far
SHORT, LONG = 1.0, 0.25  # per unit: two rulers for the distance from an end


@dataclass(frozen=True)
class Seen:
    """Points (b, p) and their strokes; all numbers are of order one.

    Attributes:
        nearest: (b, p, NEAREST) how each point lies to the nearest point of the path; the first is the distance in
            units of :func:`unit_length`.
        offsets: (b, p, SEGMENTS, OFFSETS) where each point lies in each segment's own frame.
        manners: (b, SEGMENTS, MANNERS) how the brush passes along each segment.
        traits: (b, TRAITS) of the stroke as a whole.
        arc: (b, p) where along the path the point nearest to each lies, in units from the start.
    """

    nearest: Tensor
    offsets: Tensor
    manners: Tensor
    traits: Tensor
    arc: Tensor


def unit_length(radius: Tensor, reach: Tensor) -> Tensor:
    """The length in pixels that counts as 1: where paint ends, about, for a brush of this radius."""
    return radius * reach + SOFT_EDGE


def see(strokes: Tensor, points: Tensor, reach: Tensor) -> Seen:
    """Looks at strokes from points.

    Args:
        strokes: (b, 9): start, control and end x and y in pixels, pressure at start and end, radius in pixels.
        points: (b, p, 2) in pixels, for each stroke its own.
        reach: scalar, how far the brush's paint gets from the path, in radii.
    """
    path, pressure, radius = strokes[:, PATH].reshape(-1, 3, 2), strokes[:, PRESSURES], strokes[:, RADIUS : RADIUS + 1]
    unit = unit_length(radius, reach)
    # All lengths are in units from here on, and the stroke's start is the origin.
    origin = path[:, 0:1]
    control, end = ((path[:, 1:] - origin) / unit[..., None]).unbind(1)

    t = torch.linspace(0.0, 1.0, SEGMENTS + 1, dtype=strokes.dtype, device=strokes.device)[None, :, None]
    nodes = 2 * t * (1 - t) * control[:, None] + t**2 * end[:, None]
    edges = nodes[:, 1:] - nodes[:, :-1]
    lengths = torch.sqrt((edges**2).sum(-1, keepdim=True) + 1e-12)
    length = lengths.sum(1)
    arcs = torch.cumsum(lengths, 1) - lengths
    frames = _frames(nodes[:, :-1] + origin / unit[..., None], edges / lengths, unit)
    forward, sideways = _in_frames(points, frames)
    along = torch.minimum(torch.relu(forward), lengths.transpose(1, 2))
    past = forward - along
    squared = past**2 + sideways**2
    segment = squared.argmin(-1, keepdim=True)

    def at(values: Tensor) -> Tensor:
        return torch.gather(values, 2, segment)

    # Of the nearest segment: its direction, where it begins, and its length.
    table = torch.cat([edges / lengths, arcs, lengths], 2)
    ex, ey, begun, long = torch.split(_rows(table, segment[..., 0]), 1, -1)
    walked, past_there, aside = at(along), at(past), at(sideways)
    dx, dy = past_there * ex - aside * ey, past_there * ey + aside * ex
    distance = torch.sqrt(at(squared) + 1e-12)
    arc = begun + walked
    # The curve's own direction there, which does not jump from segment to segment as the polyline's does.
    t = (segment.to(strokes.dtype) + walked / long) / SEGMENTS
    turning = control[:, None] + t * (end - 2 * control)[:, None]
    tangent = turning / torch.sqrt((turning**2).sum(-1, keepdim=True) + 1e-8)
    tx, ty = torch.split(tangent, 1, -1)
    across, beyond = tx * dy - ty * dx, tx * dx + ty * dy
    left = length[:, None] - arc
    ends = torch.tanh(torch.cat([SHORT * arc, SHORT * left, LONG * arc, LONG * left], -1))
    weight = pressure[:, None, 0:1] + (pressure[:, None, 1:] - pressure[:, None, 0:1]) * arc / (length[:, None] + 1e-6)
    # How much path passes nearby, counted twice where a bent path comes back.
    presence = torch.exp(-squared) @ lengths
    turn = _turn(edges, lengths) * torch.tanh(1 / (length + 1e-6))
    offset = torch.cat([distance, across, beyond, dx, dy], -1)
    nearest = torch.cat(
        [
            torch.clamp(offset, -2 * FARTHEST, 2 * FARTHEST),
            ends,
            weight,
            tangent,
            tx * ty,
            tx * tx - 0.5,
            presence,
            torch.clamp(turn[:, None] * across, -2.0, 2.0),
        ],
        -1,
    )
    slope = (pressure[:, 1:] - pressure[:, :1]) / (length + 1)
    log_radius = torch.clamp(torch.log(radius), max=LARGEST_LOG_RADIUS)
    traits = torch.cat([slope, log_radius - 1.2, torch.exp(-log_radius), 0.5 * torch.log1p(length), turn], 1)
    return Seen(
        nearest,
        _offsets(past, sideways, forward, lengths),
        _manners(edges / lengths, lengths, pressure, log_radius),
        traits,
        arc[..., 0],
    )


def _frames(nodes: Tensor, directions: Tensor, unit: Tensor) -> Tensor:
    """Maps (b, 3, 2s) from pixels (x, y, 1) to how far forward (s) and to the left (s) of segments, in units."""
    normals = torch.stack([-directions[..., 1], directions[..., 0]], -1)
    axes = torch.cat([directions, normals], 1)
    back = (axes * torch.cat([nodes, nodes], 1)).sum(-1, keepdim=True)
    return torch.cat([axes / unit[..., None], -back], -1).transpose(1, 2)


def _in_frames(points: Tensor, frames: Tensor) -> tuple[Tensor, Tensor]:
    """Forward and to the left, (b, p, s) each, of points (b, p, 2)."""
    forward, sideways = (torch.cat([points, torch.ones_like(points[..., :1])], -1) @ frames).chunk(2, -1)
    return forward, sideways


def _rows(table: Tensor, index: Tensor) -> Tensor:
    """For each point the row of its stroke's table (b, s, m) that its index (b, p) names: (b, p, m)."""
    first = torch.arange(table.shape[0], device=table.device)[:, None] * table.shape[1]
    return table.flatten(0, 1)[first + index]


def _turn(edges: Tensor, lengths: Tensor) -> Tensor:
    """Sine of the angle (b, 1) by which the path has turned at its end."""
    first, last = edges[:, 0] / lengths[:, 0], edges[:, -1] / lengths[:, -1]
    return first[:, 0:1] * last[:, 1:2] - first[:, 1:2] * last[:, 0:1]


def _offsets(past: Tensor, sideways: Tensor, forward: Tensor, lengths: Tensor) -> Tensor:
    """How far past its ends, to its left, beside it either way, and before its middle a point lies of each segment."""
    left = torch.clamp(sideways, -FARTHEST_OFFSET, FARTHEST_OFFSET)
    ahead = torch.clamp(forward - 0.5 * lengths.transpose(1, 2), -FARTHEST_OFFSET, FARTHEST_OFFSET)
    over = torch.clamp(past.abs(), max=FARTHEST_OFFSET)
    return torch.stack((over, left, left.abs(), ahead), -1)


def _manners(directions: Tensor, lengths: Tensor, pressure: Tensor, log_radius: Tensor) -> Tensor:
    """Direction, length, pressure and radius with which the brush passes along each segment."""
    middle = ((torch.arange(SEGMENTS, dtype=pressure.dtype, device=pressure.device) + 0.5) / SEGMENTS)[None, :, None]
    weight = pressure[:, None, 0:1] * (1 - middle) + pressure[:, None, 1:] * middle
    long = torch.clamp(0.5 * lengths, max=FARTHEST)
    return torch.cat([directions, long, weight, (0.3 * log_radius)[:, None].expand(-1, SEGMENTS, -1)], -1)
