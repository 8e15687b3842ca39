"""The ONNX files whose weights the compiled kernel may take, so that onnxruntime need not be asked."""

from __future__ import annotations

from pathlib import Path

from dreambrush.errors import ModelError
from dreambrush.models.catalogue import digest_of, read_card
from dreambrush.models.networks import LARGEST_MODEL


def read_for_kernel(folder: Path, file: str, entry: str) -> tuple[bytes, bool] | None:
    """The bytes of a network, and whether the model's card says that the kernel answers it alike.

    Args:
        folder: of the model.
        file: name of the ONNX file in it.
        entry: of the card: digests by the names of files.

    Returns:
        None where there is no such file, or one that is too large: onnxruntime says what is wrong then.
    """
    try:
        path = folder / file
        if not path.is_file() or path.stat().st_size > LARGEST_MODEL:
            return None
        model = path.read_bytes()
    except OSError:
        return None
    try:
        known = str(read_card(folder)[entry][file])
    except (ModelError, KeyError, TypeError):
        known = ""
    return model, known == digest_of(model)
