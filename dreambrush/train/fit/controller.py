"""Trains a controller in its brush's dream: whole rounds of strokes, on canvases that it made itself.

Many pictures are begun on the bare ground.  Round by round the controller proposes, the best are laid and refined by a
few joint steps, as when a picture is painted, and the canvas that comes of it is what the next round sees.  The
gradient of the error that a round leaves goes through the compositing and through the dream into the network: nothing
is imitated.  Beside that the network learns to foretell what each stroke gains among its neighbours, so that strokes
that would only cover what others cover promise little.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional

from dreambrush.arrays import Float32, Float64, Floats, Int64
from dreambrush.bezier import RADIUS
from dreambrush.painter.gain import LEAST_PAINT
from dreambrush.painter.geometry import constrained
from dreambrush.painter.propose.round_controller import GridView, grid_sides
from dreambrush.painter.refine.asked import by_nodes_of_strokes
from dreambrush.painter.refine.compositing import compose, contributions, gradients
from dreambrush.painter.refine.descent import refine
from dreambrush.painter.refine.dreams import Dreams
from dreambrush.painter.refine.fragments import Fragments, Grid
from dreambrush.painter.refine.pickup import Pickup, compose_wet, rest_alone, wet_gradients
from dreambrush.painter.refine.scene import Scene
from dreambrush.painter.sketch import Sketch
from dreambrush.train.fit.checkpoint import Checkpoint, State
from dreambrush.train.fit.optimiser import Optimiser
from dreambrush.train.fit.ranks import ALONE, Ranks
from dreambrush.train.fit.round_network import RoundNetwork

SIDE = 160  # pixels of the pictures to practise on
NARROWEST, WIDEST, SHORTEST = 1.8, 0.4, 1.9  # of strokes: pixels, share of the side, chord in widths (plan/hand.py)
LEAST_BEFORE = 1e-3  # mean squared error; what is nearly done counts less
MOST_GAIN, LEAST_GAIN = 20.0, 0.03  # shares; beyond them gains need not be told apart
BOLDNESS, CELLS = 0.7, 16  # of the joint steps, as propose/round_grower.py takes them
CURIOSITY = 0.3  # of promises; so that not always the same strokes are laid
ALIKE, UNLIKE = 0.6, 0.5  # share of the pictures in which all errors count alike, and in the others how unlike
EXTRA = 0.5  # as many strokes more as this share are looked at, though they are not laid

Draw = Callable[[np.random.Generator], Float32]
"""Draws a picture (SIDE, SIDE, 3) float32, 0..1."""


@dataclass(frozen=True)
class ControllerOptions:
    """Every hyper-parameter."""

    batches: int = 120  # of pictures; each goes through all rounds
    pictures: int = 6  # in a batch, while strokes are few
    strokes: int = 512  # at which a picture is done
    learning_rate: float = 5e-4  # at its highest, of a one-cycle schedule
    warm_up: float = 0.1  # share of the steps before the highest rate
    gradient_limit: float = 1.0  # longest gradient that is followed at full length
    promise_weight: float = 0.05  # of foretelling gains beside the error
    long_taste: float = 0.03  # of strokes' length beside the error
    cells: int = 24  # for each stroke, on which the error is measured
    refine_steps: int = 4  # before the next round

    def as_dict(self) -> dict[str, float]:
        """For the card."""
        return asdict(self)


@dataclass(frozen=True)
class Round:
    """A round of one batch.

    Attributes:
        pictures: how many of the batch take part.
        strokes: number of strokes that the canvas will have.
        wanted: how many of these are laid in this round.
    """

    pictures: int
    strokes: int
    wanted: int


def rounds_of(options: ControllerOptions, rng: np.random.Generator) -> list[Round]:
    """The rounds of a batch: strokes grow by a quarter, a half or all of those that are there."""
    grow, first = float(rng.choice([0.25, 0.5, 1.0])), int(rng.choice([8, 16]))
    rounds, there = [], 0
    while there < options.strokes:
        wanted = max(first, int(grow * there))
        there += wanted
        # A picture with many strokes takes longer, and teaches more.
        share = 1.0 if there <= 64 else 2 / 3 if there <= 160 else 1 / 3
        rounds.append(Round(max(round(share * options.pictures), 1), there, wanted))
    return rounds


def learn_controller(
    folder: Path,
    draw: Draw,
    options: ControllerOptions,
    seed: int,
    begin: State | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
    checkpoint: Checkpoint | None = None,
    ranks: Ranks = ALONE,
) -> RoundNetwork:
    """Trains a controller.

    Args:
        folder: model of the brush, with its exported dream.
        draw: draws a picture to practise on.
        options: hyper-parameters.
        seed: of weights, pictures and choices.
        begin: weights to begin from, such as those of another brush's controller; by default random ones.
        progress: told batches done and in all.
        checkpoint: where to go on from, and to save to.  After a stop the weights become the same to the last bit.
        ranks: those that share the work; each draws its own pictures and paints them.

    Raises:
        ModelError: the dream is missing or broken.
    """
    torch.manual_seed(seed)
    network = RoundNetwork()
    if begin is not None:
        network.load_state_dict(dict(begin))
    plans = [rounds_of(options, np.random.default_rng((seed, batch))) for batch in range(options.batches)]
    steps = sum(map(len, plans))
    descent = Optimiser(network.parameters(), options.learning_rate, steps, options.warm_up, options.gradient_limit)
    done, state = ranks.agree(*(checkpoint.load() if checkpoint else (0, {})))
    if done:
        network.load_state_dict(_part(state, "network/"))
        descent.restore(_part(state, "descent/"), sum(map(len, plans[:done])))

    def loss_of(pictures: Tensor, practice: _Practice, plan: Round) -> Tensor:
        return practice.round(network, replace(plan, pictures=len(pictures)))

    loss = ranks.shared(network, loss_of)
    with Dreams([folder], cores=1) as dreams:
        for batch in range(done, options.batches):
            own = range(ranks.number, options.pictures, ranks.count)
            rngs = [np.random.default_rng((seed, batch, 1, picture)) for picture in own]
            practice = _Practice(dreams, options, [draw(rng) for rng in rngs], rngs)
            for each in plans[batch]:
                descent.step(loss(torch.arange(each.pictures), practice=practice, plan=each))
            progress(batch + 1, options.batches)
            if checkpoint:
                checkpoint.offer(batch + 1, lambda: _state(network, descent))
    return network.eval()


class _Practice:
    """Pictures that are painted together.

    Args:
        dreams: the brush's.
        options: hyper-parameters.
        pictures: (SIDE, SIDE, 3) each.
        rngs: random numbers of all choices, for each picture its own.
    """

    def __init__(
        self,
        dreams: Dreams,
        options: ControllerOptions,
        pictures: Sequence[Float32],
        rngs: Sequence[np.random.Generator],
    ) -> None:
        self.dreams, self.options, self.rngs = dreams, options, rngs
        self.scenes = [
            Scene(picture, dreams, _constrain, counts=_counts(rng)) for picture, rng in zip(pictures, rngs, strict=True)
        ]
        self.canvases = [
            np.broadcast_to(scene.target.mean(0, dtype=np.float32), scene.target.shape).copy() for scene in self.scenes
        ]

    def round(self, network: RoundNetwork, plan: Round) -> Tensor:
        """Lays a round of strokes on the first pictures; returns the loss."""
        rows, columns = grid_sides(SIDE, SIDE, plan.strokes)
        seen = [self._seen(index, rows, columns) for index in range(plan.pictures)]
        proposed, promise = network(torch.from_numpy(np.concatenate(seen)))
        strokes = _placed(proposed, SIDE / rows)
        return torch.stack([self._loss(i, strokes[i], promise[i].flatten(), plan) for i in range(plan.pictures)]).mean()

    def _seen(self, index: int, rows: int, columns: int) -> Float32:
        scene, sides = self.scenes[index], (SIDE, SIDE)
        pictures = scene.target.reshape(*sides, 3), self.canvases[index].reshape(*sides, 3), scene.weight.reshape(sides)
        return GridView(*pictures, rows, columns).planes(slice(0, rows), slice(0, columns))

    def _loss(self, index: int, strokes: Tensor, promise: Tensor, plan: Round) -> Tensor:
        """The loss of one picture's round, whose canvas then has the strokes."""
        options, scene, canvas, rng = self.options, self.scenes[index], self.canvases[index], self.rngs[index]
        laid, others = _chosen(strokes, promise, plan.wanted, rng)
        sketch = _sketch(strokes, laid)
        trial = _Trial(scene, canvas, scene.some(options.cells, plan.strokes, rng))
        by_strokes, cost = trial.lay(sketch)
        gains = np.concatenate([cost, trial.gains(_sketch(strokes, others))])
        sketch = Sketch(_constrain(sketch.strokes), trial.colours, sketch.brush)
        steps = options.refine_steps
        sketch = refine(scene, sketch, canvas, steps, rng, BOLDNESS, (CELLS,), plan.strokes)
        self.canvases[index] = scene.view(sketch, canvas).composite.canvas
        ours = strokes[torch.from_numpy(laid)]
        # Its gradient is that of the error, as a share of the error before the round.
        error = (ours * torch.from_numpy((by_strokes / trial.before).astype(np.float32))).sum()
        shares = np.clip(gains * (plan.wanted / trial.before), 0, MOST_GAIN) + LEAST_GAIN
        told = torch.from_numpy(np.log(shares).astype(np.float32))
        foretold = functional.smooth_l1_loss(promise[torch.from_numpy(np.concatenate([laid, others]))], told)
        chord = (ours[:, 4:6] - ours[:, 0:2]).norm(dim=1)
        dotness = torch.exp(-chord / (4 * ours[:, RADIUS])).mean()
        return error + options.promise_weight * foretold + options.long_taste * dotness


class _Trial:
    """Strokes on some cells of a canvas.

    Args:
        scene: what is painted.
        canvas: (height * width, 3) before the strokes.
        grid: the cells.

    Attributes:
        before: weighted squared error of the cells before the strokes, and a little more.
        colours: (k, 3) of the strokes that were laid, each as if it were alone.
    """

    def __init__(self, scene: Scene, canvas: Float32, grid: Grid) -> None:
        self._scene, self._grid = scene, grid
        self._target = scene.target[grid.cells]
        self._weight = (scene.weight[grid.cells] * grid.parts).astype(np.float32)
        self._canvas = canvas[grid.cells]
        squares = np.square(self._canvas - self._target).sum(1) * self._weight
        self.before = float(squares.sum(dtype=np.float64)) + LEAST_BEFORE * len(squares)
        self.colours = np.zeros((0, 3), np.float32)

    def lay(self, sketch: Sketch) -> tuple[Float32, Floats]:
        """Lays strokes; the gradient (k, 9) of the error by them, and what each contributes (k,)."""
        pairs, mean, variance, pickup = self._dreamt(sketch)
        self.colours, _ = self._alone(pairs, mean, variance, pickup)
        dreams = self._scene.dreams
        if pickup is None:
            composite = compose(self._canvas, self.colours, pairs, mean, variance)
            by = gradients(composite, self._target, self._weight, pairs, mean, variance)
            by_strokes = dreams.vjp_everywhere(sketch, pairs, by.grad_mean, by.grad_variance)
        else:
            laid = self.colours, pairs, mean, variance, pickup
            composite = compose_wet(self._canvas, *laid)
            by = wet_gradients(composite, self._target, self._weight, *laid)
            by_strokes = dreams.vjp_everywhere(sketch, pairs, by.grad_mean, by.grad_variance)
            by_strokes += by_nodes_of_strokes(by.nodes)
        cost = contributions(composite, self._target, self._weight, pairs, mean).cost
        self._canvas = np.asarray(composite.canvas, np.float32)
        return by_strokes, cost

    def gains(self, sketch: Sketch) -> Float64:
        """What other strokes would gain (k,), each laid alone on what is there now."""
        return self._alone(*self._dreamt(sketch))[1]

    def _dreamt(self, sketch: Sketch) -> tuple[Fragments, Float32, Float32, Pickup | None]:
        pairs = self._scene.pairs(sketch, self._grid)
        return pairs, *self._scene.dreams.alpha(sketch, pairs), self._scene.pickup(sketch, pairs, self._grid)

    def _alone(
        self, pairs: Fragments, mean: Float32, variance: Float32, pickup: Pickup | None
    ) -> tuple[Float32, Float64]:
        """The best colour of each stroke on the canvas, and its gain; see painter/gain.py."""
        at, of, count = pairs.cell_id, pairs.stroke_id, len(pairs.starts) - 1
        own = np.ones_like(mean) if pickup is None else pickup.paint.own
        rest = np.float32(0) if pickup is None else rest_alone(self._canvas, pairs, pickup)
        first = self._weight[at] * mean
        second = self._weight[at] * (mean * mean + variance)
        canvas, residual = self._canvas[at], self._target[at] - self._canvas[at]
        total = np.maximum(np.bincount(of, second * own * own, count), LEAST_PAINT)
        wished = (second * own)[:, None] * (canvas - rest) + (first * own)[:, None] * residual
        colours = np.stack([np.bincount(of, wished[:, i], count) for i in range(3)], 1) / total[:, None]
        best = np.clip(colours, 0, 1).astype(np.float32)
        change = own[:, None] * best[of] + rest - canvas
        gain = 2 * first * np.einsum("ij,ij->i", residual, change) - second * np.einsum("ij,ij->i", change, change)
        return best, np.bincount(of, gain, count).astype(np.float64)


def _placed(strokes: Tensor, cell: float) -> Tensor:
    """Strokes (b, h, w, 9) in cells, seen from their cells, as strokes (b, h * w, 9) in pixels."""
    rows, columns = strokes.shape[1:3]
    y, x = torch.meshgrid(torch.arange(rows) + 0.5, torch.arange(columns) + 0.5, indexing="ij")
    middle = torch.stack([x, y] * 3 + [torch.zeros_like(x)] * 3, -1)
    return ((strokes + middle) * torch.tensor([cell] * 6 + [1, 1, cell])).flatten(1, 2)


def _chosen(strokes: Tensor, promise: Tensor, wanted: int, rng: np.random.Generator) -> tuple[Int64, Int64]:
    """Numbers of the most promising strokes, broad ones first, and of the next ones."""
    noise = rng.normal(0, CURIOSITY, len(promise))
    best = np.argsort(-(promise.detach().numpy() + noise), kind="stable")
    laid = best[:wanted]
    radius = strokes.detach().numpy()[laid, RADIUS]
    others = best[wanted : wanted + max(int(EXTRA * wanted), 2)]
    return laid[np.argsort(-radius, kind="stable")], others


def _sketch(strokes: Tensor, which: Int64) -> Sketch:
    count = len(which)
    chosen = strokes.detach().numpy()[which]
    return Sketch(chosen.astype(np.float32), np.zeros((count, 3), np.float32), np.zeros(count, np.int64))


def _constrain(strokes: Float32) -> Float32:
    return constrained(strokes, SIDE, SIDE, NARROWEST / 2, WIDEST * SIDE / 2, SHORTEST)


def _counts(rng: np.random.Generator) -> Float32 | None:
    """How much errors count (SIDE, SIDE): in most pictures alike everywhere, in others here more and there less."""
    if rng.random() < ALIKE:
        return None
    blobs = Image.fromarray(rng.normal(0, UNLIKE, (5, 5)).astype(np.float32))
    return np.asarray(np.exp(np.asarray(blobs.resize((SIDE, SIDE), Image.Resampling.BICUBIC))), np.float32)


def _part(state: State, of: str) -> dict[str, Tensor]:
    return {name.removeprefix(of): tensor for name, tensor in state.items() if name.startswith(of)}


def _state(network: RoundNetwork, descent: Optimiser) -> State:
    weights = {f"network/{name}": tensor for name, tensor in network.state_dict().items()}
    return weights | {f"descent/{name}": tensor for name, tensor in descent.state().items()}
