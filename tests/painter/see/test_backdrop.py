from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dreambrush.arrays import Pixels
from dreambrush.errors import UsageError
from dreambrush.models.catalogue import find_brush
from dreambrush.mypaint.ora.document import Document, PaintLayer, read_document
from dreambrush.mypaint.ora.render import render_document
from dreambrush.painter.options import PaintOptions
from dreambrush.painter.run import paint
from dreambrush.painter.see.backdrop import find_node, region_of, see_backdrop
from tests.mypaint.ora_files import OraFile

SIZE = (40, 56)  # height, width
QUICK = PaintOptions(effort=1, layers=2)


def plain(colour: tuple[int, int, int, int], shape: tuple[int, int] = SIZE) -> Pixels:
    return np.broadcast_to(np.array(colour, np.uint8), (*shape, 4)).copy()


@pytest.fixture
def work(tmp_path: Path) -> Document:
    """Grey, then a group with a red square in it, then a blue half that is above, then a hidden layer."""
    ora = OraFile(SIZE[1], SIZE[0])
    ora.layer(plain((9, 9, 9, 255)), name="Hidden", visibility="hidden")
    ora.layer(plain((0, 0, 255, 255), (40, 28)), name="Blue", x=28)
    group = ora.group(name="Group")
    ora.layer(plain((255, 0, 0, 255), (10, 10)), group, name="Red", x=5, y=6)
    ora.layer(plain((90, 90, 90, 255)), name="Grey")
    ora.layer(plain((1, 2, 3, 255)), name="Twin")
    ora.layer(plain((1, 2, 3, 255)), name="Twin")
    path = tmp_path / "work.ora"
    ora.save(path)
    return read_document(path)


def test_all_is_seen_where_strokes_lie_above_all(work: Document) -> None:
    seen = see_backdrop(work)
    assert np.array_equal(seen.picture, render_document(work)[..., :3])
    assert seen.open is None and seen.region is None and not seen.pigment


def test_layers_above_are_not_seen_but_hide(work: Document) -> None:
    seen = see_backdrop(work, find_node(work, "Grey"))
    assert (seen.picture == 90).all()
    assert seen.open is not None
    expected = np.ones(SIZE)
    expected[:, 28:] = 0  # blue
    expected[6:16, 5:15] = 0  # red, in the group that lies above
    assert np.array_equal(seen.open, expected)


def test_above_a_layer_in_a_group(work: Document) -> None:
    seen = see_backdrop(work, find_node(work, "Red"))
    assert (seen.picture[6:16, 5:15] == (255, 0, 0)).all() and (seen.picture[:, 28:] == 90).all()
    assert seen.open is not None and seen.open[:, :28].all() and not seen.open[:, 28:].any()


def test_what_is_hidden_by_all_others_cannot_be_painted(work: Document) -> None:
    covered = see_backdrop(work, find_node(work, "Blue"))
    assert covered.open is None  # the layer above it is hidden itself
    with pytest.raises(UsageError, match="hide all paint"):
        see_backdrop(work, work.layers()[-1])


def test_layers_are_found_by_name(work: Document) -> None:
    assert find_node(work, "Group").path == (2,)
    with pytest.raises(UsageError, match=r"no layer named “Purple”.*“Blue”"):
        find_node(work, "Purple")
    with pytest.raises(UsageError, match="Several") as caught:
        find_node(work, "Twin")
    assert caught.value.advice == "Give the number of one: 5 (Twin), 6 (Twin)."


def test_layers_are_found_by_number_and_by_group(work: Document) -> None:
    for words, path in (("5", (4,)), ("#6", (5,)), ("3.1", (2, 0)), ("Group/Red", (2, 0)), ("3", (2,))):
        assert find_node(work, words).path == path
    for words in ("7", "0", "3.2", "Group/Blue", "Red/Group", "/Red", ""):
        with pytest.raises(UsageError, match="no layer named"):
            find_node(work, words)


def test_a_name_counts_before_a_number_and_groups_tell_twins_apart(tmp_path: Path) -> None:
    ora = OraFile(SIZE[1], SIZE[0])
    for name in ("2", "one", "two"):
        group = ora.group(name=name)
        ora.layer(plain((1, 2, 3, 255)), group, name="Edges")
        ora.layer(plain((1, 2, 3, 255)), ora.group(group, name="deep"), name="a/b")
    ora.save(tmp_path / "it.ora")
    with read_document(tmp_path / "it.ora") as document:
        assert find_node(document, "2").path == (0,) and find_node(document, "3").path == (2,)
        assert find_node(document, "two/Edges").path == (2, 0)
        with pytest.raises(UsageError, match="Several layers have the name “deep/a/b”") as caught:
            find_node(document, "deep/a/b")
        assert "1.2.1 (2/deep/a/b)" in caught.value.advice


def test_a_layer_as_a_region(work: Document) -> None:
    red = find_node(work, "Red")
    assert isinstance(red, PaintLayer)
    region = region_of(work, red)
    assert region.shape == SIZE and region.sum() == 255 * 100 and (region[6:16, 5:15] == 255).all()


@pytest.mark.parametrize(("eotf", "pigment", "other"), [(1.0, False, None), (2.2, True, None), (1.8, True, 1.8)])
def test_the_light_of_a_work(tmp_path: Path, eotf: float, pigment: bool, other: float | None) -> None:
    ora = OraFile(SIZE[1], SIZE[0], eotf=eotf)
    ora.layer(plain((90, 90, 90, 255)))
    ora.save(tmp_path / "work.ora")
    with read_document(tmp_path / "work.ora") as document:
        seen = see_backdrop(document)
    assert (seen.pigment, seen.eotf) == (pigment, other)


def test_strokes_stay_in_the_region_and_bring_the_picture_closer(work: Document) -> None:
    region = np.zeros(SIZE, np.uint8)
    region[10:30, 8:40] = 255
    seen = see_backdrop(work, region=region)
    target = np.broadcast_to(np.array([0.9, 0.8, 0.1], np.float32), (*SIZE, 3)).copy()
    painting = paint(target, find_brush("oil"), 30, options=QUICK, backdrop=seen)
    assert painting.alpha is not None and np.array_equal(painting.alpha, region)
    for layer in painting.layers:
        assert not layer.pixels[region == 0].any()
    outside = region == 0
    assert np.abs(painting.merged[outside].astype(int) - seen.picture[outside]).max() <= 1  # MyPaint truncates
    inside = painting.merged[12:28, 10:38] / 255
    assert np.square(inside - target[12:28, 10:38]).mean() < 1e-5  # eight bits alone leave 1e-6
    assert painting.mse < 1e-5
