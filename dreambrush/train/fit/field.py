"""The field dream: the world model of one brush, as alpha at a point instead of alpha in a picture.

For each point the stroke's path is looked at from where the point is: how far, on which side, how far from either
end, under which pressure, in which direction.  A small network turns that into the mean of alpha and its variance
over the brush's random dabs.  Because it works on points, it has no resolution.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from dreambrush.bezier import PATH
from dreambrush.train.fit.features import FARTHEST, MANNERS, NEAREST, OFFSETS, TRAITS, see

PASSES = 4  # ways in which a piece of the path can touch a point
HIDDEN = 48


class FieldDream(nn.Module):
    """Strokes and points in, mean and variance of alpha out.

    The nearest point of the path says most of what there is to know.  Not all: a broad, flat brush that turns reaches
    points from places on the path that are not the nearest ones.  So every segment of the path is asked as well, and
    for each of PASSES questions the strongest answer counts (max pooling over a set: Qi et al. 2017, "PointNet").

    A nib that is held at an angle is far in one direction and near in another.  Its dream looks at the world through
    a linear map in which the nib is round (see nib.py).

    Args:
        reach: how far the brush's paint gets from the path, in radii, seen through the nib.
        nib: (2, 2) linear map of determinant 1 in which single dabs are round; the identity for most brushes.
        hidden: units in each of the two hidden layers.
    """

    reach: Tensor
    nib: Tensor

    def __init__(self, reach: float, nib: Tensor | None = None, hidden: int = HIDDEN) -> None:
        super().__init__()
        self.register_buffer("reach", torch.tensor(float(reach)))
        self.register_buffer("nib", torch.eye(2) if nib is None else nib.clone())
        self.offsets = nn.Linear(OFFSETS, PASSES, bias=False)
        self.manners = nn.Linear(MANNERS, PASSES)
        self.network = nn.Sequential(
            nn.Linear(NEAREST + PASSES + TRAITS, hidden),
            nn.ReLU(),
            nn.Linear(hidden, hidden),
            nn.ReLU(),
            nn.Linear(hidden, 2),
        )

    @property
    def reach_on_canvas(self) -> float:
        """How far paint gets from the path at most, in radii."""
        return float(self.reach / torch.linalg.svdvals(self.nib).min())

    def forward(self, strokes: Tensor, points: Tensor) -> tuple[Tensor, Tensor]:
        """Dreams.

        Args:
            strokes: (b, 9) float32: start, control and end x and y in pixels, pressure at start and end, radius.
            points: (b, p, 2) float32: x and y in pixels, for each stroke its own.

        Returns:
            Mean and variance of alpha, (b, p) each; mean 0..1, variance 0..mean*(1-mean).
        """
        mean, share, near = self.heads(strokes, points)
        mean = mean * near
        return mean, share * mean * (1 - mean)

    def heads(self, strokes: Tensor, points: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """What is trained; arguments as in forward.

        Returns:
            (b, p) each: the mean; the variance as a share (0..1) of mean*(1-mean), the most that a value in 0..1 can
            vary; and 1 where paint can get, else 0.
        """
        strokes, points = through_nib(self.nib, strokes, points)
        seen = see(strokes, points, self.reach)
        answers = self.offsets(seen.offsets) + self.manners(seen.manners)[:, None]
        passes = torch.relu(answers.amax(2))
        traits = seen.traits[:, None].expand(-1, points.shape[1], -1)
        # As one long list of points, for which onnxruntime has quicker kernels.
        features = torch.cat([seen.nearest, passes, traits], -1).flatten(0, 1)
        mean, share = torch.sigmoid(self.network(features)).reshape(*points.shape).unbind(-1)
        return mean, share, (seen.nearest[..., 0] < FARTHEST).to(mean.dtype)


def through_nib(nib: Tensor, strokes: Tensor, points: Tensor) -> tuple[Tensor, Tensor]:
    """Strokes (b, 9) and points (b, p, 2) as they lie where the nib (2, 2) is round."""
    path = (strokes[:, PATH].reshape(-1, 3, 2) @ nib).reshape(-1, 6)
    return torch.cat([path, strokes[:, PATH.stop :]], 1), points @ nib
