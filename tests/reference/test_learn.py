"""From references to a manner: of one, of several, and of what shows none."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dreambrush.errors import PictureError
from dreambrush.manner.manner import FIGURES, MOST_COLOURS, PLACES, Manner, Swatch
from dreambrush.manner.table import KEY, read_manner
from dreambrush.painter.measure.figures import figures_of
from dreambrush.reference.learn import Learned, joined, learn
from dreambrush.reference.measured import distances as by_place
from dreambrush.reference.measured import manner_of
from dreambrush.reference.saved import save_style, style_text
from dreambrush.reference.sheet import draw_manner
from dreambrush.strokes import Strokes

SIDE = 256


def strokes_of(width: float, length: float, count: int = 300, seed: int = 0, angle: float | None = None) -> Strokes:
    """Strokes at random; of that width in pixels and that length in widths, or so."""
    rng = np.random.default_rng(seed)
    middle = rng.uniform(0, SIDE, (count, 2))
    turn = rng.uniform(0, np.pi, count) if angle is None else np.full(count, np.radians(angle))
    radius = width / 2 * rng.uniform(0.8, 1.2, count)
    half = np.stack([np.cos(turn), np.sin(turn)], 1) * (radius * length * rng.uniform(0.8, 1.2, count))[:, None]
    return Strokes(
        np.stack([middle - half, middle, middle + half], 1).astype(np.float32),
        np.full((count, 2), 0.8, np.float32),
        radius.astype(np.float32),
        rng.random((count, 3)).astype(np.float32),
        np.zeros(count, np.int32),
        np.zeros(count, np.int32),
        (SIDE, SIDE),
        ("oil",),
        ("a",),
    )


PAGE = np.full((SIDE, SIDE, 3), 0.5, np.float32)


def measured(strokes: Strokes, name: str = "a.ora") -> Manner:
    return manner_of(figures_of(strokes, PAGE), strokes, PAGE, name, "recipe", (0.5, 0.5, 0.5))


def distances(manner: Manner, strokes: Strokes) -> dict[str, float]:
    """As far as places are not told apart."""
    return by_place(manner, figures_of(strokes, PAGE), np.zeros(len(strokes), np.int64))


def test_what_is_measured_of_strokes_is_what_they_are() -> None:
    manner = measured(strokes_of(10, 4))
    groups = manner.of_place("everywhere")
    assert [each.breadth for each in groups] == ["broad", "middle", "fine"]
    assert sum(each.share for each in groups) == pytest.approx(1, abs=0.001)
    assert [each.share for each in groups] == pytest.approx([1 / 3] * 3, abs=0.1)
    medians = [each.figures["width"][5] for each in groups]
    assert medians == sorted(medians, reverse=True) and medians[1] == pytest.approx(100 * 10 / SIDE, rel=0.1)
    assert all(each.figures["length"][5] == pytest.approx(4, rel=0.25) for each in groups)
    assert all(set(each.figures) == set(FIGURES) for each in groups)


def test_a_manner_is_near_its_own_strokes_and_far_from_others() -> None:
    one, other = strokes_of(10, 4), strokes_of(20, 2, seed=1)
    near, far = (distances(measured(each), one) for each in (one, other))
    assert near["width"] < 0.05 and near["length"] < 0.1
    assert far["width"] == pytest.approx(1, abs=0.15), "twice as wide"
    assert far["length"] == pytest.approx(1, abs=0.25), "half as long"


def test_places_count_by_their_paint_and_what_one_does_not_tell_is_left_out() -> None:
    strokes = strokes_of(10, 4)
    manner, figures = measured(strokes), figures_of(strokes, PAGE)
    wide = measured(strokes_of(20, 4)).groups
    two = replace(manner, groups=(*manner.groups, *(replace(each, place="background") for each in wide)))
    half = np.where(np.arange(len(strokes)) % 2, PLACES.index("background"), 0)
    here, there, mixed = (by_place(two, figures, each)["width"] for each in (0 * half, 0 * half + 2, half))
    assert here < mixed < there and mixed == pytest.approx((here + there) / 2, abs=0.1)
    for place in ("subject", "background"):  # whichever comes first
        bare = tuple(
            replace(each, place=place, figures={name: each.figures[name] for name in ("width", "length")})
            for each in wide
        )
        at = np.arange(len(strokes)) % 3
        assert by_place(replace(two, groups=(*two.groups[:3], *bare)), figures, at).keys() == {
            "width",
            "length",
            "palette",
        }


def test_the_flow_is_how_strokes_run() -> None:
    parallel, every_way = (measured(strokes_of(8, 6, angle=angle)).flow for angle in (30.0, None))
    cells = [cell for row in parallel for cell in row]
    assert len(parallel) == 16 and len(cells) == 256
    assert all(abs(cell.angle - 30) < 2 and cell.strength > 0.95 for cell in cells)
    assert np.median([cell.strength for row in every_way for cell in row]) < 0.6


def test_strokes_that_lie_on_each_other_or_off_the_page_make_no_number_that_cannot_be_read() -> None:
    """Lone strokes have neighbours beyond any range, and thin ones no width."""
    for width, length, count in ((300, 0.0, 3), (0.02, 2000, 2), (5, 3, 1), (0.3, 900, 80)):
        manner = measured(strokes_of(width, length, count))
        assert read_manner(tomllib.loads(style_text(Learned(manner, {})))[KEY]).groups


def test_of_several_the_middle() -> None:
    one, other = measured(strokes_of(6, 8), "a.ora"), measured(strokes_of(18, 2, seed=1), "b.ora")
    both = joined([one, other])
    assert both.source == "a.ora, b.ora" and joined([one]) is one and both.flow == ()
    for mine, first, second in zip(both.groups, one.groups, other.groups, strict=True):
        for name in FIGURES:
            middle = (np.array(first.figures[name]) + np.array(second.figures[name])) / 2
            assert mine.figures[name] == pytest.approx(middle, abs=1e-3, rel=1e-3)
    assert sum(each.share for each in both.swatches) == pytest.approx(1, abs=0.2)
    mixed = joined([one, replace(other, means="patches")])
    assert mixed.means == "several ways" and "each as it could be" in style_text(Learned(mixed, {}))


def test_of_several_what_only_some_have_is_theirs() -> None:
    one, other = measured(strokes_of(6, 8), "a.ora"), measured(strokes_of(18, 2, seed=1), "b.ora")
    less = replace(one, groups=tuple(each for each in one.groups if each.breadth != "middle"))
    found = {(each.place, each.breadth): each for each in joined([less, other]).groups}
    assert found.keys() == {(each.place, each.breadth) for each in other.groups}
    middle = next(each for each in other.groups if each.breadth == "middle")
    assert found["everywhere", "middle"].figures["width"] == pytest.approx(middle.figures["width"])
    fine = next(each for each in other.groups if each.breadth == "fine")
    low, high = sorted((fine.figures["width"][5], less.groups[-1].figures["width"][5]))
    assert low < found["everywhere", "fine"].figures["width"][5] < high


def test_of_ever_so_many_there_are_no_more_colours_than_a_file_may_have() -> None:
    one = measured(strokes_of(9, 3, 70))
    many = [replace(one, swatches=(Swatch((number / 99, 0, 0), 1.0),)) for number in range(MOST_COLOURS + 9)]
    found = read_manner(tomllib.loads(style_text(Learned(joined(many), {})))[KEY])
    assert len(found.swatches) == MOST_COLOURS


@pytest.mark.parametrize(
    "picture",
    [
        np.full((100, 100, 3), 77, np.uint8),
        np.random.default_rng(0).integers(0, 256, (63, 200, 3)).astype(np.uint8),
        np.random.default_rng(0).integers(0, 256, (16, 16, 3)).astype(np.uint8),
        np.random.default_rng(0).integers(0, 256, (64, 1000, 3)).astype(np.uint8),
    ],
    ids=["blank", "low", "tiny", "strip"],
)
def test_what_shows_no_strokes_is_said(tmp_path: Path, picture: np.ndarray) -> None:
    Image.fromarray(picture).save(tmp_path / "a.png")
    with pytest.raises(PictureError) as raised:
        learn([tmp_path / "a.png"])
    assert raised.value.id == "reference-shows-no-strokes" and "a.png' shows no strokes" in str(raised.value)


def test_a_style_is_saved_whole_and_its_sheet_is_drawn(tmp_path: Path) -> None:
    learned = Learned(measured(strokes_of(12, 3)), {"brush": ["oil"], "strokes": 300, "hand": 0.5, "ground": "#808080"})
    save_style(learned, tmp_path / "a.toml")
    content = tomllib.loads((tmp_path / "a.toml").read_text())
    assert read_manner(content["manner"]).groups[0].place == PLACES[0]
    assert (content["brush"], content["strokes"], content["hand"]) == (["oil"], 300, 0.5)
    red, blue = Swatch((0.8, 0.1, 0.1), 0.7), Swatch((0.1, 0.1, 0.8), 0.3)
    bare = replace(learned, manner=replace(learned.manner, flow=(), swatches=(red,)))
    learned = replace(learned, manner=replace(learned.manner, swatches=(red, blue)))
    tall, low = draw_manner(learned), draw_manner(bare)
    assert tall.size[0] == low.size[0] and tall.size[1] > low.size[1]
    for sheet, blues in ((tall, True), (low, False)):
        pixels = np.asarray(sheet).reshape(-1, 3)
        assert (pixels == (204, 26, 26)).all(1).any() and (pixels == (26, 26, 204)).all(1).any() == blues
