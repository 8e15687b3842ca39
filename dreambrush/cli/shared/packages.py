"""Imports the packages that training and exporting need, before the work begins."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from dreambrush.errors import MissingPackageError

TRAIN_PACKAGES = ("torch", "safetensors", "onnx", "onnxscript")
"""Of the extra "train" in pyproject.toml."""


def need_train_packages(what: str) -> None:
    """Import the packages for training, or say how to install them.

    Args:
        what: what needs them, such as "Training".

    Raises:
        MissingPackageError: some are not installed.
    """
    # Looking takes no time, but importing torch takes a second or more.
    missing = [package for package in TRAIN_PACKAGES if find_spec(package) is None]
    for package in () if missing else TRAIN_PACKAGES:
        try:
            import_module(package)
        except ModuleNotFoundError as error:
            absent = (error.name or "").partition(".")[0]
            if absent not in TRAIN_PACKAGES:
                raise
            if absent not in missing:
                missing.append(absent)
    if missing:
        raise MissingPackageError(
            f"{what} needs Python packages that are not installed: {', '.join(missing)}.",
            f"Install them with: pip install {' '.join(missing)}",
            id="packages-missing",
        )
