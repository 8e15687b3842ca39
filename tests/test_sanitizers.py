"""The engine's C under AddressSanitizer and UndefinedBehaviorSanitizer; ``scripts/sanitize.sh --all`` runs more."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def has_libasan() -> bool:
    if shutil.which("gcc") is None:
        return False
    said = subprocess.run(["gcc", "-print-file-name=libasan.so"], capture_output=True, text=True).stdout
    return Path(said.strip()).is_absolute()  # the bare name where there is none


@pytest.mark.slow
@pytest.mark.skipif(not has_libasan(), reason="needs gcc with libasan")
def test_sanitizers_find_nothing_in_the_engine() -> None:
    command = ["sh", str(ROOT / "scripts" / "sanitize.sh")]
    # pytest of the child must not take itself for one of this one's workers.
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")}
    environment["PYTHON"] = sys.executable
    run = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600)
    assert run.returncode == 0, (run.stdout + run.stderr)[-6000:]
    assert '"failures": []' in run.stdout and "passed" in run.stdout
