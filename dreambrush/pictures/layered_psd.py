"""Photoshop's files without a composite: their layers are put together, by a package that an extra brings."""

from __future__ import annotations

from pathlib import Path

from dreambrush.errors import MissingPackageError, PictureError
from dreambrush.pictures.decoded import Decoded
from dreambrush.pictures.limits import Limits
from dreambrush.pictures.psd import PsdHeader

_BYTES_A_PIXEL = 60  # psd-tools blends in floats


def composite_layers(path: Path, header: PsdHeader, limits: Limits) -> Decoded:
    """Puts the layers together.

    Raises:
        MissingPackageError: psd-tools is not installed.
        PictureError: it is too large, or nothing is visible.
    """
    try:
        import aggdraw  # noqa: F401  # both for the composite
        import scipy  # noqa: F401
        from psd_tools import PSDImage
    except ImportError:
        raise MissingPackageError(
            f"The picture '{path}' was saved without “Maximize Compatibility”, so putting its layers together needs an "
            "extra that is not installed.",
            "Install it with: pip install 'dreambrush[psd]'  (or save it again with “Maximize Compatibility”)",
            id="packages-missing",
        ) from None
    limits.check_bytes(path, header.width, header.height, header.width * header.height * _BYTES_A_PIXEL)
    image = PSDImage.open(path).composite(force=True)
    if image is None:
        raise PictureError(
            f"The picture '{path}' has no layer that can be seen.",
            "Show a layer, and save it again.",
            id="picture-transparent",
        )
    return Decoded(image, image.info.get("icc_profile"), lossy_alpha=True)
