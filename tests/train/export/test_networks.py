from __future__ import annotations

import pytest

from dreambrush.errors import ModelError
from dreambrush.models.catalogue import WEIGHTS_FILE, find_brush
from dreambrush.train.export.check import LARGEST_SHARE
from dreambrush.train.export.networks import check_dream
from dreambrush.train.fit.learn import load_dream
from dreambrush.train.to_onnx import onnx_bytes


def test_an_export_that_answers_differently_is_refused() -> None:
    oil, ink = (load_dream(find_brush(name).dream_folder() / WEIGHTS_FILE) for name in ("oil", "ink"))
    model = onnx_bytes(oil)
    assert check_dream(oil, model).share < LARGEST_SHARE / 2
    with pytest.raises(ModelError, match=r"dream\.onnx answers differently from the trained network"):
        check_dream(ink, model)
