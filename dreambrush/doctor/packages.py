"""Checks the Python packages that painting imports, and those of the extras "train" and "film"."""

from __future__ import annotations

import re
from importlib import import_module, metadata

from dreambrush.doctor.advice import Advice
from dreambrush.errors import MissingPackageError

IMPORTED_AS = {"pillow": "PIL", "pi-heif": "pi_heif"}  # where that is not the package's own name
REQUIREMENT = re.compile(r"([A-Za-z0-9._-]+)\s*>=\s*([0-9.]+)(?:\s*;\s*extra == ['\"](\w+)['\"])?")


def packages_for_painting() -> Advice:
    """Checks whether they can be imported and are new enough; raises MissingPackageError."""
    old, told = [], []
    for name, oldest in requirements().items():
        try:
            import_module(IMPORTED_AS.get(name, name))
            version = metadata.version(name)
        except ImportError as error:  # PackageNotFoundError is one
            raise MissingPackageError(
                f"The package {name} cannot be loaded ({error}).",
                f"Install it with: pip install --force-reinstall '{name}>={oldest}'",
                id="package-broken",
            ) from None
        told.append(f"{name} {version}")
        if is_older(version, oldest):
            old.append(f"{name}>={oldest}")
    if old:
        wanted = " ".join(f"'{each}'" for each in old)
        raise MissingPackageError(
            f"Too old: {', '.join(old)} is needed.", f"Run: pip install --upgrade {wanted}", id="package-too-old"
        )
    return Advice(", ".join(told) + ".")


def packages_for_training() -> Advice:
    """Checks whether they are installed.  It does not import them, because torch takes seconds."""
    return _packages_of("train", "teaching dreambrush new brushes")


def packages_for_films() -> Advice:
    """Checks whether those are installed that read, paint and save films.  It does not import them."""
    return _packages_of("film", "painting films")


def _packages_of(extra: str, purpose: str) -> Advice:
    absent, told = [], []
    for name, oldest in requirements(extra).items():
        try:
            version = metadata.version(name)
        except metadata.PackageNotFoundError:
            absent.append(f"'{name}>={oldest}'")
            continue
        told.append(f"{name} {version}")
        if is_older(version, oldest):
            absent.append(f"'{name}>={oldest}'")
    if absent:
        return Advice(
            f"Packages for {purpose} are missing or too old; painting pictures does not need them.",
            f"If you want to, install them with: pip install {' '.join(absent)}",
        )
    return Advice(f"Packages for {purpose}: {', '.join(told)}.")


def requirements(extra: str = "") -> dict[str, str]:
    """The oldest version of each package that dreambrush accepts, for an extra or for none."""
    try:
        lines = metadata.requires("dreambrush") or []
    except metadata.PackageNotFoundError:
        raise MissingPackageError(
            "dreambrush itself is not installed.", "Install it with pip.", id="dreambrush-not-installed"
        ) from None
    found = [match for match in map(REQUIREMENT.match, lines) if match]
    return {match[1]: match[2] for match in found if (match[3] or "") == extra}


def is_older(version: str, oldest: str) -> bool:
    """Whether a version such as "1.26.4" is older than another.  Only numbers count."""
    numbers = [[int(number) for number in re.findall(r"\d+", each.partition("+")[0])[:3]] for each in (version, oldest)]
    return numbers[0] < numbers[1]
