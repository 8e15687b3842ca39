from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save

from dreambrush.dream.wet import PLACES
from dreambrush.errors import ModelError
from dreambrush.models.catalogue import WEIGHTS_FILE, find_brush
from dreambrush.mypaint.engine.myb import BrushSettings, read_myb
from dreambrush.train.collect.strokes import random_strokes
from dreambrush.train.fit.field import FieldDream
from dreambrush.train.fit.grounds import Grounds
from dreambrush.train.fit.learn import load_dream
from dreambrush.train.fit.wet import WetField, wet_paint_after
from dreambrush.train.fit.wet_fit import LANES, LearntWet, WetOptions, lanes_for, learn_wet, load_wet, rings_for
from dreambrush.train.fit.wet_score import evaluate_wet
from dreambrush.train.preview import wet_preview_sheet

pytestmark = pytest.mark.usefixtures("one_thread")

OIL = read_myb(find_brush("oil").path)
QUICK = WetOptions(strokes=250, steps=250, strokes_per_batch=48, points_per_batch=48, canvases=12, held_out=25)


@pytest.fixture(scope="module")
def oil() -> FieldDream:
    """Of the dry version of all that is made of oil here: what is wet does not change coverage."""
    return load_dream(find_brush("oil").dream_folder() / WEIGHTS_FILE)


@pytest.fixture(scope="module")
def grounds() -> tuple[Grounds, Grounds]:
    return Grounds(None, QUICK.canvases, 1), Grounds(None, QUICK.canvases, 2)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("values", "least"),
    [
        ({"smudge": 0.7, "smudge_length": 0.7}, 0.9),
        ({"smudge": 1.0, "smudge_length": 0.3}, 0.7),
        ({"eraser": 1.0}, 0.97),
        ({"eraser": 0.5}, 0.95),
        ({"smudge": 0.6, "smudge_length": 1.0}, 0.95),  # picks nothing up, and so erases
    ],
)
def test_it_foretells_strokes_over_paint(
    oil: FieldDream, grounds: tuple[Grounds, Grounds], values: dict[str, float], least: float
) -> None:
    settings = OIL.with_values(**values)
    learnt = learn_wet(settings, oil, grounds[0], QUICK, 0)
    assert learnt is not None
    score = evaluate_wet(settings, oil, learnt, grounds[1], 0, QUICK.held_out)
    assert score.noise < 0.1 * score.nothing
    assert score.explained > least and score.error < 0.3 * score.dry
    if "smudge" in values and values["smudge_length"] < 1:
        picture = wet_preview_sheet(settings, oil, learnt, None, None, 0)
        assert picture.startswith(b"\x89PNG")


@pytest.mark.slow
def test_what_is_dry_in_effect_has_no_wet_part(oil: FieldDream, grounds: tuple[Grounds, Grounds]) -> None:
    settings = OIL.with_curve("smudge", "tilt_declination", (0, 0.9), (90, 0))  # the pen is held upright
    options = WetOptions(strokes=40, steps=5, canvases=2)
    assert learn_wet(settings, oil, grounds[0], options, 0) is None
    score = evaluate_wet(settings, oil, None, grounds[1], 0, 10)
    assert score.error == score.dry and score.explained > 0.97


def test_weights_are_shares_along_the_path() -> None:
    torch.manual_seed(3)
    wet = WetField(1.2, lanes=3, rings=2)
    strokes = torch.from_numpy(random_strokes(30, 1))
    points = strokes[:, None, :2] + 6 * torch.randn(30, 20, 2)
    own, kept, carried, weights = wet(strokes, points)
    assert weights.shape == (30, 20, 3 * PLACES) == (30, 20, wet.node_count)
    assert (weights > -1e-6).all() and torch.allclose(weights.sum(-1), torch.ones(30, 20), atol=1e-5)
    assert ((own + kept + carried) <= 1 + 1e-6).all()
    for each in (own, kept, carried):
        assert (each >= 0).all()


def test_paint_is_picked_up_behind_the_point() -> None:
    wet = WetField(1.0)
    stroke = torch.tensor([[10.0, 30, 40, 30, 70, 30, 0.5, 0.5, 4]])
    points = torch.tensor([[[40.0, 30], [10, 30], [70, 30]]])
    middle, start, _ = wet(stroke, points)[3][0].detach()
    places = torch.linspace(10, 70, PLACES)
    assert 25 < float(middle @ places) < 40  # half way, less what it remembers
    assert float(start[:2].sum()) > 0.95
    assert float(middle[11:].sum()) < 1e-3


def test_the_canvas_after_a_stroke() -> None:
    wet = WetField(1.0, erases=False, own=False)
    stroke, points = torch.tensor([[10.0, 30, 40, 30, 70, 30, 0.5, 0.5, 4]]), torch.tensor([[[40.0, 30]]])
    grey = torch.full((1, 1, 4), 0.5)
    found = torch.full((1, PLACES, 4), 0.5)
    after = wet_paint_after(torch.full((1, 1), 0.8), grey, torch.ones(1, 1, 4), found, wet(stroke, points))
    assert torch.allclose(after, grey, atol=1e-5)  # a blender changes nothing where all is alike


def test_where_brushes_look() -> None:
    def far(settings: BrushSettings) -> float:
        return rings_for(settings, 1.0)[-1][0]

    assert far(OIL.with_values(smudge_radius_log=1.0)) == pytest.approx(math.e * far(OIL))
    assert len(rings_for(OIL, 8.0)) > len(rings_for(OIL, 1.0))
    assert len(lanes_for(OIL, 2.0)) == 1
    assert lanes_for(OIL.with_values(offset_by_random=1.0), 2.0) == pytest.approx(2 * np.array(LANES))


def test_weights_are_kept(tmp_path: Path) -> None:
    wet = WetField(1.7, lanes=3, rings=4, erases=False)
    with torch.no_grad():
        wet.rings[1] = -5
    shares = wet.pruned_rings(0.02)
    assert shares == pytest.approx([1 / 3, 0, 1 / 3, 1 / 3])
    (tmp_path / "wet.safetensors").write_bytes(save(wet.state_dict()))
    again = load_wet(tmp_path / "wet.safetensors")
    strokes = torch.from_numpy(random_strokes(5, 2))
    points = torch.rand(5, 7, 2) * 64
    for a, b in zip(wet(strokes, points), again(strokes, points), strict=True):
        assert torch.equal(a, b)
    learnt = LearntWet(again, np.array([0.0, 1.0, -1.0], np.float32), [[0.0, 1, 1.0]])
    assert LearntWet.from_dict(again, learnt.as_dict()).as_dict() == learnt.as_dict()
    for data in (save({"rings": torch.zeros(3)}), save({}), b"pickle"):
        (tmp_path / "wet.safetensors").write_bytes(data)
        with pytest.raises(ModelError):
            load_wet(tmp_path / "wet.safetensors")
