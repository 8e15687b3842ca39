"""The dial of effort: how much is thought about a painting."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from dreambrush.painter.propose.round_grower import RoundBudget
from dreambrush.painter.propose.window_grower import SearchBudget

LEAST, DEFAULT, MOST = 1, 3, 5
FEW, MOST_MORE = 1000, 4.0  # strokes; with fewer, each gets more steps, up to so many times as many
SINGLE = 4  # strokes; fewer have little to do with one another, and are soon where they should be
HANDFUL = 128  # strokes; fewer that a learned controller proposes are laid in smaller rounds
ROUNDS, LEAST_AT_ONCE = 8, 2  # of a handful: one part of so many is added in each of the first rounds; strokes
ROUND_STEPS, JUDGED = 8, 2.0  # of these rounds, as RoundBudget has them
SEEN = 16_000  # pixels; of a smaller picture each step sees all
SETTLED = 300  # steps after which a handful hardly moves there
EVEN_STEPS = 5  # part of the steps, by which strokes that lie side by side are refined
SWAPPED_MORE = 1.25  # times as many swaps, which are worth more there than further steps


@dataclass(frozen=True)
class Effort:
    """How much is thought.

    Attributes:
        budget: search budget of each round of strokes, where windows are looked through.
        rounds: the same, where a learned controller proposes.
        pauses: shares of the strokes after which all so far are refined together.
        pause_steps: steps of refining at each pause.
        swaps: number of times that the weakest strokes are taken away and others grown instead.
        swapped: share of the strokes that is swapped each time.
        swap_steps: steps of refining after each such swap.
        last_steps: steps of refining the whole plan.
        cells: numbers of cells that refining looks at for each stroke, one number after the other.
        stage_steps: steps of refining what is left to lay after each stage.
    """

    budget: SearchBudget = field(default_factory=SearchBudget)
    rounds: RoundBudget = field(default_factory=RoundBudget)
    pauses: tuple[float, ...] = (0.4,)
    pause_steps: int = 4
    swaps: int = 0
    swapped: float = 0.08
    swap_steps: int = 12
    last_steps: int = 28
    cells: tuple[int, ...] = (16,)
    stage_steps: int = 2

    def for_count(self, strokes: int) -> Effort:
        """The same effort for a painting of so many strokes: where there are few, each is given more thought.

        Not so a single one: with 112 steps instead of 28 its error is but 3 % less (mean of three pictures).
        """
        more = min(max((FEW / max(strokes, 1)) ** 0.5, 1.0), MOST_MORE)
        steps = self.last_steps * max(more * min(strokes / SINGLE, 1.0), 1.0)
        return replace(self, swaps=round(self.swaps * more), last_steps=round(steps))

    def for_even(self, dots: bool) -> Effort:
        """The same where strokes lie side by side: refined less, so that they stay there, and dots not at all."""
        last = 0 if dots else -(-self.last_steps // EVEN_STEPS)
        return replace(self, pauses=(), swaps=0, last_steps=last)

    def for_handful(self, strokes: int, pixels: int) -> Effort:
        """The same for so few strokes that a learned controller could propose them all in one or two rounds.

        Then none would know what the others leave to do.  So there are about as many rounds as in a large painting.

        Args:
            strokes: number of strokes of the painting.
            pixels: number of pixels of the picture.
        """
        if strokes >= HANDFUL:
            return self
        at_once = min(max(strokes // ROUNDS, LEAST_AT_ONCE), self.rounds.least_at_once)
        steps = max(self.rounds.steps, ROUND_STEPS)
        rounds = replace(self.rounds, least_at_once=at_once, steps=steps, judged=max(self.rounds.judged, JUDGED))
        few = replace(self, rounds=rounds)
        if pixels > SEEN:
            return few
        return replace(few, swaps=round(SWAPPED_MORE * self.swaps), last_steps=min(self.last_steps, SETTLED))


EFFORTS: dict[int, Effort] = {
    1: Effort(SearchBudget(12, 4, 32, 0, 0.2), pauses=(), pause_steps=0, last_steps=5, cells=(8,), stage_steps=0),
    2: Effort(
        SearchBudget(16, 6, 48, 2, 0.15), pauses=(0.5,), pause_steps=3, last_steps=8, cells=(8, 16), stage_steps=2
    ),
    3: Effort(),
    4: Effort(
        SearchBudget(32, 6, 96, 6, 0.08),
        pauses=(0.2, 0.5),
        pause_steps=10,
        swaps=2,
        last_steps=30,
        cells=(16, 16, 64),
        stage_steps=6,
    ),
    5: Effort(
        SearchBudget(48, 8, 128, 8, 0.06),
        pauses=(0.1, 0.3, 0.6),
        pause_steps=12,
        swaps=5,
        last_steps=60,
        cells=(16, 16, 64),
        stage_steps=10,
    ),
}

LEARNED_EFFORTS: dict[int, Effort] = {
    1: Effort(rounds=RoundBudget(0.5, steps=2), pauses=(), last_steps=14, stage_steps=0),
    2: Effort(rounds=RoundBudget(0.35), pauses=(), last_steps=28, stage_steps=0),
    3: Effort(pauses=(0.3,), pause_steps=20, last_steps=65, stage_steps=0),
    4: Effort(pauses=(0.15, 0.4), pause_steps=15, swaps=2, last_steps=100, cells=(16, 32), stage_steps=0),
    5: Effort(
        rounds=RoundBudget(0.2),
        pauses=(0.1, 0.3, 0.6),
        pause_steps=20,
        swaps=4,
        swap_steps=15,
        last_steps=200,
        cells=(16, 32, 64),
        stage_steps=0,
    ),
}
"""As ``EFFORTS``, where a learned controller proposes.

To propose costs little then, and more is refined.  What is left to lay is not refined again after each stage: with so
few steps that makes the error larger (astronaut, 1,000 strokes: 0.00194 instead of 0.00175).
"""
