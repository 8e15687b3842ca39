"""Versions are compared as numbers, with what the installed dreambrush itself asks for."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from dreambrush.doctor import packages
from dreambrush.doctor.packages import (
    is_older,
    packages_for_films,
    packages_for_painting,
    packages_for_training,
    requirements,
)
from dreambrush.errors import MissingPackageError


@pytest.mark.parametrize(
    ("version", "oldest", "older"),
    [
        ("1.26.4", "1.26", False),
        ("1.9", "1.26", True),
        ("2.13.0+cpu", "2.5", False),
        ("10.3", "10.3", False),
        ("10.2.9", "10.3", True),
        ("2.0.0rc1", "1.17", False),
    ],
)
def test_versions_are_compared_as_numbers(version: str, oldest: str, older: bool) -> None:
    assert is_older(version, oldest) is older


def test_requirements_are_those_of_the_project() -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
    for extra, lines in (("", project["dependencies"]), ("train", project["optional-dependencies"]["train"])):
        asked = dict(re.split(">=", line) for line in lines)
        found = requirements(extra)
        known = {name: oldest for name, oldest in found.items() if name in asked}
        assert len(known) > len(asked) / 2  # an editable installation may be a little behind
        assert known.items() <= asked.items()


def test_what_is_too_old_or_absent_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert packages_for_painting().found.endswith(".")
    monkeypatch.setattr(packages, "requirements", lambda extra="": {"numpy": "999.0"})
    with pytest.raises(MissingPackageError, match=r"numpy>=999.0 is needed. Run: pip install --upgrade 'numpy>=999.0'"):
        packages_for_painting()
    assert "'numpy>=999.0'" in packages_for_training().mend
    monkeypatch.setattr(packages, "requirements", lambda extra="": {"no-such-thing": "1.0"})
    with pytest.raises(MissingPackageError, match="The package no-such-thing cannot be loaded"):
        packages_for_painting()
    for told in (packages_for_training(), packages_for_films()):
        assert told.mend.endswith("pip install 'no-such-thing>=1.0'")
