"""A painting that was stopped goes on to the very same end, from whatever moment it is known."""

from __future__ import annotations

import io
import json
from collections.abc import Callable

import numpy as np
import pytest

from dreambrush.arrays import Float32
from dreambrush.errors import StrokesError
from dreambrush.models.catalogue import find_brush
from dreambrush.painter.options import PaintOptions
from dreambrush.painter.painting import Painting
from dreambrush.painter.plan.effort import EFFORTS, LEARNED_EFFORTS, Effort
from dreambrush.painter.propose.round_grower import RoundBudget
from dreambrush.painter.propose.window_grower import SearchBudget
from dreambrush.painter.run import paint
from dreambrush.painter.save.autosave import Autosave
from dreambrush.painter.save.checkpoint import read_state
from dreambrush.painter.see.backdrop import Backdrop
from dreambrush.pictures.palette import parse_palette
from tests.painter.conftest import Pictures

SIDE, STROKES = 32, 42  # of 40 and more, some are accents


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Effort 5 with everything in it, but less of each."""
    thought = SearchBudget(windows=6, proposals=4, kept=8, steps=1, at_once=0.4)
    rounds = RoundBudget(at_once=0.4, least_at_once=8, steps=1)
    few = Effort(thought, rounds, (0.3, 0.6), 2, 2, 0.08, 2, 2, (8, 16), 2)
    monkeypatch.setattr(Effort, "for_count", lambda effort, _: effort)
    monkeypatch.setitem(EFFORTS, 5, few)
    monkeypatch.setitem(LEARNED_EFFORTS, 5, few)


def moments(target: Float32, options: PaintOptions, **more: object) -> tuple[Painting, list[Painting]]:
    """A finished painting, and it at every moment from which it can go on."""
    kept: list[Painting] = []
    painting = paint(target, find_brush("oil"), STROKES, 3, None, options, autosave=Autosave(0, kept.append), **more)  # type: ignore[arg-type]
    return painting, kept


PLAIN: list[tuple[Painting, list[Painting]]] = []


def plain_moments(target: Float32) -> tuple[Painting, list[Painting]]:
    """Those of the usual painting, which is painted once for all tests."""
    if not PLAIN:
        PLAIN.append(moments(target, PaintOptions(effort=5)))
    return PLAIN[0]


def alike(first: Painting, second: Painting) -> bool:
    layers = zip(first.layers, second.layers, strict=True)
    return (
        all(np.array_equal(one.pixels, other.pixels) and one.strokes == other.strokes for one, other in layers)
        and first.strokes.layers == second.strokes.layers
        and all(
            np.array_equal(getattr(first.strokes, name), getattr(second.strokes, name))
            for name in ("path", "pressure", "radius", "colour", "brush", "layer")
        )
        and (first.mse, first.dreamed_mse, first.laid_layers) == (second.mse, second.dreamed_mse, second.laid_layers)
    )


@pytest.mark.parametrize(
    "options",
    [
        pytest.param(PaintOptions(effort=5), id="plain"),
        pytest.param(
            PaintOptions(effort=5, layers=2, palette=parse_palette("#000,#fff,#a52,#25a", None), jitter=0.3),
            id="palette",
            marks=pytest.mark.slow,
        ),
        pytest.param(PaintOptions(effort=5, pigment=True, until=0.02), id="pigment until", marks=pytest.mark.slow),
        pytest.param(
            PaintOptions(effort=5, edges=0.8, until=0.01, relief=0.5), id="edges until relief", marks=pytest.mark.slow
        ),
    ],
)
@pytest.mark.slow
def test_it_goes_on_to_the_same_end_from_any_moment(options: PaintOptions, astronaut: Pictures) -> None:
    target = astronaut(SIDE)
    painting, kept = plain_moments(target) if options == PaintOptions(effort=5) else moments(target, options)
    assert painting.unfinished is None and not painting.interrupted
    assert alike(painting, paint(target, find_brush("oil"), STROKES, 3, None, options)), "keeping it changed it"
    assert len(kept) > 20
    seen = set()
    for index in np.unique(np.linspace(0, len(kept) - 1, 6).astype(int)).tolist():
        data = kept[index].unfinished
        assert data is not None and kept[index].interrupted
        state = read_state(data)
        step = state.step
        seen.add((step.grown, step.before is not None, step.descent is not None, len(state.laid_layers)))
        again = paint(target, find_brush("oil"), STROKES, 3, None, options, unfinished=data)
        assert alike(painting, again), f"from moment {index} of {len(kept)}"
    assert len(seen) > 3, "moments of one kind only"


def test_what_is_kept_has_all_that_is_planned(astronaut: Pictures) -> None:
    painting, kept = plain_moments(astronaut(SIDE))
    counts = [len(each.strokes) for each in kept]
    assert counts[0] >= 1 and counts[-1] == len(painting.strokes) == STROKES
    assert kept[-1].mse < 1.5 * painting.mse < 0.5 * kept[0].mse


@pytest.mark.slow
def test_on_somebodys_work_and_on_transparency(astronaut: Pictures) -> None:
    target = np.concatenate([astronaut(SIDE), np.ones((SIDE, SIDE, 1), np.float32)], 2)
    target[: SIDE // 2, :, 3] = 0
    painting, kept = moments(target, PaintOptions(effort=5))
    again = paint(target, find_brush("oil"), STROKES, 3, None, PaintOptions(effort=5), unfinished=kept[-1].unfinished)
    assert alike(painting, again)
    work = Backdrop(np.full((SIDE, SIDE, 3), 200, np.uint8), None, None, False)
    painting, kept = moments(target, PaintOptions(effort=5), backdrop=work)
    data = kept[len(kept) // 2].unfinished
    assert alike(
        painting, paint(target, find_brush("oil"), STROKES, 3, None, PaintOptions(effort=5), None, work, None, data)
    )


def test_ctrl_c_leaves_what_is_needed_to_go_on(astronaut: Pictures) -> None:
    target, rounds = astronaut(SIDE), []

    def press(_progress: object) -> None:
        rounds.append(1)
        if len(rounds) == 6:
            raise KeyboardInterrupt

    stopped = paint(target, find_brush("oil"), STROKES, 3, press, PaintOptions(effort=5))
    assert stopped.interrupted and stopped.unfinished is not None and len(stopped.strokes) < STROKES
    whole, _ = plain_moments(target)
    assert alike(
        whole, paint(target, find_brush("oil"), STROKES, 3, None, PaintOptions(effort=5), unfinished=stopped.unfinished)
    )


def changed_record(data: bytes, change: Callable[[dict[str, object]], object]) -> bytes:
    file = io.BytesIO(data)
    record = json.loads(np.load(file).tobytes())
    change(record)
    out = io.BytesIO()
    np.save(out, np.frombuffer(json.dumps(record).encode(), np.uint8))
    return out.getvalue() + file.read()


def test_broken_ones_are_refused_in_a_sentence(astronaut: Pictures) -> None:
    target = astronaut(SIDE)
    _, kept = plain_moments(target)
    data = kept[-1].unfinished
    assert data is not None
    for broken in (
        b"",
        b"nonsense",
        data[: len(data) // 2],
        changed_record(data, lambda record: record.update(format=99)),
        changed_record(data, lambda record: record.update(layers=[])),
        changed_record(data, lambda record: record["step"].update(unknown=1)),  # type: ignore[attr-defined]
        changed_record(data, lambda record: record["arrays"].pop()),  # type: ignore[attr-defined]
    ):
        with pytest.raises(StrokesError) as caught:
            read_state(broken)
        assert caught.value.advice.startswith("Paint the picture again")
    with pytest.raises(StrokesError, match="of another picture"):
        paint(astronaut(SIDE // 2), find_brush("oil"), STROKES, 3, unfinished=data)
