from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# The files that take longest come first, or else one process would be left alone with them in the end.
LONGEST = (
    "scripts/test_try_wheel.py",
    "pictures/test_tiff_bands.py",
    "test_sanitizers.py",
    "gui/test_own_hand.py",
    "dream/test_wet.py",
    "pictures/test_limits.py",
    "train/fit/test_ranks.py",
    "train/test_kept_graphs.py",
    "quality/test_quality.py",
    "pictures/test_heif.py",
    "cli/paint/test_like.py",
    "mypaint/test_picking.py",
    "scripts/test_build_wheel.py",
    "mypaint/ora/test_openraster_in_mypaint.py",
    "train/test_pipeline.py",
    "mypaint/engine/test_parity.py",
    "test_hostile_files.py",
    "quality/test_drawn_flow.py",
    "cli/paint/test_resume.py",
    "gui/test_w_key.py",
    "test_cookbook.py",
    "cli/test_try.py",
    "painter/save/test_saving.py",
    "quality/test_edges.py",
    "painter/test_run.py",
    "test_bad_input.py",
    "cli/train/test_command.py",
    "train/collect/test_gather.py",
    "painter/save/test_checkpoint.py",
    "replay/test_repaint.py",
    "mypaint/ora/test_render.py",
    "replay/test_timelapse.py",
    "pictures/test_heif_tiles.py",
    "fuzz/test_fuzz.py",
    "fuzz/test_brushes.py",
    "painter/plan/test_stages.py",
)

# How long an example takes depends on what else the machine does; no test is about that.  The same examples every
# time, so that a failure is the change's and not the day's; HYPOTHESIS_PROFILE=explore looks for new ones.
settings.register_profile("dreambrush", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dreambrush"))

# A shell has what it runs in the background ignore Ctrl-C, and with that the tests that press it.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begins with the longest files; the order within a file stays."""
    place = {Path(__file__).parent / name: index for index, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.path, len(LONGEST)))


@pytest.fixture
def one_thread() -> Iterator[None]:
    """Networks as small as those of tests are trained no faster by more threads, and on a busy machine far slower."""
    import torch  # most tests do without it

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)
