"""Whether paintings are as good as they were: their error, and what a painter would look at.

The references are those of references.py, where it is said how to make new ones.  ``scripts/mutations.py`` shows that
these tests notice what spoils the painter.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from itertools import product

import pytest

from dreambrush.pictures.contact_sheet import draw_named_pictures
from tests.quality.figures import BRUSHES, NAMES, SEEDS, STROKES, Kind, paint_all, picture
from tests.quality.references import ERRORS, FILE, WORSE, group_of, means

GROUPS = [group_of(Kind(brush, effort, "")) for brush, effort in product(BRUSHES, STROKES)]
LOOKS = [name for name in NAMES if name not in ERRORS]

pytestmark = pytest.mark.slow  # a minute on two cores

Scorer = Callable[[str, str], tuple[float, float, float, str]]


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Scorer:
    """Of a group and a figure: what it is now, its reference, how far it may be from that, and where to look."""
    painted = paint_all({effort: range(count) for effort, count in SEEDS.items()})
    sheet = tmp_path_factory.mktemp("quality") / "paintings.png"
    pictures = [
        (f"{kind.brush} {kind.effort} {kind.picture}", found[0].image) for kind, found in sorted(painted.items())
    ]
    targets = [(kind.picture, picture(kind.picture)) for kind in sorted(painted)[:4]]
    draw_named_pictures([*targets, *pictures], across=4).save(sheet)
    found, references = means(painted), json.loads(FILE.read_text(encoding="utf-8"))["groups"]

    def of(group: str, name: str) -> tuple[float, float, float, str]:
        reference = references[group][name]
        now, then, allowed = found[group][name], reference["mean"], reference["allowed"]
        return now, then, allowed, f"{group}: {name} is {now:.4f}, was {then:.4f} +- {allowed:.4f}; see {sheet}"

    return of


@pytest.mark.parametrize("group", GROUPS)
def test_the_error_is_no_larger(judge: Scorer, group: str) -> None:
    now, then, _, told = judge(group, "mse")
    assert now <= then + math.log(1 + WORSE), told


@pytest.mark.parametrize("group", GROUPS)
def test_faces_are_no_worse(judge: Scorer, group: str) -> None:
    now, then, allowed, told = judge(group, "face")
    assert now <= then + allowed, told


@pytest.mark.parametrize("name", LOOKS)
@pytest.mark.parametrize("group", GROUPS)
def test_it_looks_the_same(judge: Scorer, group: str, name: str) -> None:
    now, then, allowed, told = judge(group, name)
    assert abs(now - then) <= allowed, told
