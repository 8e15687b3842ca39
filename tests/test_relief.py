"""What is kept of a relief in the recipe."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dreambrush.relief import MOST_FACES, Relief

WHOLE = Relief(0.6, ((100.0, 80.5, 20.0, 30.0),), "0f" * 16)


def test_it_comes_back() -> None:
    assert Relief.from_json(json.loads(json.dumps(WHOLE.to_json()))) == WHOLE
    assert Relief.from_json({"strength": 1}) == Relief(1.0)


def test_another_size_has_other_faces_and_no_digest_yet() -> None:
    assert WHOLE.scaled(2, 4) == Relief(0.6, ((200.0, 322.0, 40.0, 120.0),))


@pytest.mark.parametrize(
    "record",
    [
        None,
        [],
        {},
        {"strength": 0},
        {"strength": 1.5},
        {"strength": "1"},
        {"strength": True},
        {"strength": float("nan")},
        {"strength": 1, "digest": 3},
        {"strength": 1, "thin": {}},
        {"strength": 1, "thin": [[1, 2, 3]]},
        {"strength": 1, "thin": [[1, 2, 3, 0]]},
        {"strength": 1, "thin": [[1, 2, 3, 1e9]]},
        {"strength": 1, "thin": [[1, 2, 3, 4]] * (MOST_FACES + 1)},
    ],
)
def test_what_is_no_relief(record: Any) -> None:
    with pytest.raises(ValueError, match="relief"):
        Relief.from_json(record)
