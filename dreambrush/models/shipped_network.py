"""Networks that come with dreambrush and are not dreams."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dreambrush.errors import ModelError
from dreambrush.models.catalogue import shipped_folder
from dreambrush.models.networks import open_network

if TYPE_CHECKING:
    import onnxruntime


def open_shipped(name: str, inputs: tuple[str, ...], outputs: tuple[str, ...]) -> onnxruntime.InferenceSession:
    """Opens such a network, to run on a single core.

    Args:
        name: name of its file, below pretrained/.
        inputs: names of its inputs.
        outputs: names of its outputs.

    Raises:
        ModelError: it is missing or broken.
    """
    try:
        return open_network(shipped_folder("pretrained") / name, inputs, outputs, threads=1)
    except ModelError as error:
        raise ModelError(
            error.message, "Install dreambrush again; the file is part of it.", id="shipped-file-broken"
        ) from None
