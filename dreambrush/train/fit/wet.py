"""The wet field: what a stroke does with paint that lies there, at a point; dream/wet.py says how it is used.

What a brush carries when it comes to a point is a memory of the canvas along its path.  In World Models' words M keeps
a state while the stroke goes on; as the state is linear in what the brush met, it is known by its weights.  They are
those of a random place on the path where the paint was picked up: behind the point by a distance that falls off
exponentially (so forgets a brush that mixes what it carries with what it finds), with two rulers, long and short, and a
little ahead, because dabs overlap.  What lies before the start counts as the start, where the brush is first dipped.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from dreambrush.bezier import PATH, PRESSURES, RADIUS, control_points, point_at
from dreambrush.dream.wet import PLACES
from dreambrush.train.fit.features import NEAREST, TRAITS, see, unit_length
from dreambrush.train.fit.field import through_nib

HIDDEN = 48
RULERS = 2  # memories: one short, one long
SHARES = 3
OUTPUTS = SHARES + 3 * RULERS  # and one for each lane
FIRST = ((0.5, -1.0), (0.5, 1.0))  # of each memory before training: how far ahead it begins, log of its length
MOSTLY_LAID, HARDLY_KEPT = 3.0, -4.0  # logits before training


class WetField(nn.Module):
    """Strokes and points in; shares and weights out.

    Args:
        reach: as in :class:`~dreambrush.train.fit.field.FieldDream`.
        nib: as in :class:`~dreambrush.train.fit.field.FieldDream`.
        lanes: number of rows of nodes.
        rings: number of rings around each node; what each weighs is learned.
        erases: whether the brush takes paint away.
        own: whether it lays any of its own.
    """

    reach: Tensor
    nib: Tensor
    first: Tensor
    flags: Tensor

    def __init__(
        self,
        reach: float = 1.0,
        nib: Tensor | None = None,
        lanes: int = 1,
        rings: int = 1,
        *,
        erases: bool = True,
        own: bool = True,
    ) -> None:
        super().__init__()
        self.register_buffer("reach", torch.tensor(float(reach)))
        self.register_buffer("nib", torch.eye(2) if nib is None else nib.clone())
        self.register_buffer("first", torch.tensor(FIRST))
        self.register_buffer("flags", torch.tensor([erases, own]))
        self.lanes, self.erases, self.own = lanes, erases, own
        self.rings = nn.Parameter(torch.zeros(rings))
        self.network = nn.Sequential(
            nn.Linear(NEAREST + TRAITS + 2, HIDDEN),
            nn.ReLU(),
            nn.Linear(HIDDEN, HIDDEN),
            nn.ReLU(),
            nn.Linear(HIDDEN, OUTPUTS + lanes),
        )
        with torch.no_grad():
            last = self.network[-1]
            assert isinstance(last, nn.Linear)
            last.weight *= 0.3

    def forward(self, strokes: Tensor, points: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Dreams.

        Args:
            strokes: (b, 9) as in :class:`~dreambrush.train.fit.field.FieldDream`.
            points: (b, p, 2) x and y in pixels.

        Returns:
            Shares own, kept and carried, (b, p) each, and weights (b, p, PLACES * lanes); see
            :class:`~dreambrush.dream.wet.WetPaint`.
        """
        return self.answer(strokes, *self.look(strokes, points))

    def look(self, strokes: Tensor, points: Tensor) -> tuple[Tensor, Tensor]:
        """What points see, which training does not change: features (b, p, f), and place on the path (b, p).

        Pressure where the stroke begins matters to all that follows: some brushes pick up nothing until it falls.
        """
        seen = see(*through_nib(self.nib, strokes, points), self.reach)
        whole = torch.cat([seen.traits, strokes[:, PRESSURES]], 1)
        return torch.cat([seen.nearest, whole[:, None].expand(-1, points.shape[1], -1)], -1), seen.arc

    def answer(self, strokes: Tensor, features: Tensor, arc: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """As forward, from what :meth:`look` gives."""
        out = self.network(features)
        shares, memory, mixture, across = torch.split(out, [SHARES, 2 * RULERS, RULERS, self.lanes], -1)
        laid, own, kept = torch.sigmoid(
            shares + torch.tensor([MOSTLY_LAID, 0.0, HARDLY_KEPT], device=out.device)
        ).unbind(-1)
        laid = laid if self.erases else torch.ones_like(laid)
        own = laid * own if self.own else 0 * own  # no constant, so that its gradient has a graph as well
        kept = (laid - own) * kept
        carried = laid - own - kept
        weights = self._memory(strokes, arc, memory, torch.softmax(mixture, -1))
        if self.lanes > 1:
            weights = (torch.softmax(across, -1)[..., None] * weights[..., None, :]).flatten(-2)
        return own, kept, carried, weights

    @property
    def node_count(self) -> int:
        """How many nodes a stroke has."""
        return PLACES * self.lanes

    def ring_weights(self) -> Tensor:
        """(rings,); they sum to 1."""
        return torch.softmax(self.rings, 0)

    @torch.no_grad()
    def pruned_rings(self, least: float) -> list[float]:
        """Leaves out rings that weigh less than some share: weights of all, 0 for those; they sum to 1."""
        shares = self.ring_weights()
        self.rings[shares < least] = float("-inf")
        return [float(each) for each in self.ring_weights()]

    def _memory(self, strokes: Tensor, arc: Tensor, memory: Tensor, mixture: Tensor) -> Tensor:
        """Weights (b, p, PLACES) of the nodes of a lane."""
        ahead, length = (memory.reshape(*arc.shape, RULERS, 2) + self.first).unbind(-1)
        at = self._places(strokes)
        before, after = at[:, :-1], at[:, 1:]
        # The share that was picked up before some place, on the mean between one node and the next, from two places in
        # between.  Its differences are what each node gets when paint is shared between the two nearest.
        low, high = (
            _picked_before(share * before + (1 - share) * after, arc[..., None] + ahead, length, mixture)
            for share in (0.75, 0.25)
        )
        whole = 0.5 * (low + high)
        return torch.cat([whole[..., :1], whole[..., 1:] - whole[..., :-1], 1 - whole[..., -1:]], -1)

    def _places(self, strokes: Tensor) -> Tensor:
        """Where nodes are on the path, (b, PLACES), in units from the start, as see() measures."""
        strokes = torch.cat([(strokes[:, PATH].reshape(-1, 3, 2) @ self.nib).flatten(1), strokes[:, PATH.stop :]], 1)
        t = torch.linspace(0.0, 1.0, PLACES, dtype=strokes.dtype, device=strokes.device)[None, :, None]
        nodes = point_at(*control_points(strokes[:, None]), t)
        steps = torch.sqrt(((nodes[:, 1:] - nodes[:, :-1]) ** 2).sum(-1) + 1e-12)
        steps = steps / unit_length(strokes[:, RADIUS : RADIUS + 1], self.reach)
        return torch.cat([torch.zeros_like(steps[:, :1]), torch.cumsum(steps, 1)], 1)


def _picked_before(place: Tensor, begin: Tensor, length: Tensor, mixture: Tensor) -> Tensor:
    """How much of what is at points was picked up before some places of the path.

    Args:
        place: (b, m).
        begin: (b, p, RULERS) where each memory begins.
        length: (b, p, RULERS) log of the length of each.
        mixture: (b, p, RULERS) how much each counts; they sum to 1.

    Returns:
        (b, p, m) share, which grows from 0 to 1 along the path.
    """
    parts = [
        mixture[..., ruler, None]
        * torch.exp(functional.relu(begin[..., ruler, None] - place[:, None]) * -torch.exp(-length[..., ruler, None]))
        for ruler in range(RULERS)
    ]
    return torch.stack(parts).sum(0)


def wet_paint_after(
    coverage: Tensor,
    before: Tensor,
    colour: Tensor,
    found: Tensor,
    answer: Sequence[Tensor],
) -> Tensor:
    """The canvas after strokes.

    Args:
        coverage: (b, p).
        before: (b, p, 4) premultiplied RGBA.
        colour: (b, 1 or p, 4) that is laid.
        found: (b, nodes, 4) what lay around the nodes.
        answer: of a :class:`WetField`.
    """
    own, kept, carried, weights = (each if each.dim() == 3 else each[..., None] for each in answer)
    laid = own * colour + kept * before + carried * (weights @ found)
    return (1 - coverage[..., None]) * before + coverage[..., None] * laid
