"""Checkpoints: the state of a training as a safetensors file, which, unlike a pickle, runs nothing when it is read."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path

from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, nn

from dreambrush.errors import ModelError
from dreambrush.files.output import open_output

SECONDS_BETWEEN = 10.0

State = Mapping[str, Tensor]


class Checkpoint:
    """A file from which a training can go on after any stop, as if it had never stopped.

    Args:
        path: the file; its folder must exist.
        of: what is trained, on what, and how.  A file that was saved of something else is not gone on from.
        seconds: least time between two savings.
        saved: told whenever the file was saved.
    """

    def __init__(
        self, path: Path, of: str, seconds: float = SECONDS_BETWEEN, saved: Callable[[], None] = lambda: None
    ) -> None:
        self.path, self.of, self.seconds, self._saved = path, of, seconds, saved
        self._last = time.monotonic()

    def load(self) -> tuple[int, State]:
        """Steps that are done, and the state after them; 0 and nothing where there is no such file."""
        try:
            with safe_open(self.path, framework="pt") as file:
                about = file.metadata() or {}
                if about.get("of") == self.of:
                    return int(about["steps"]), {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        except (OSError, SafetensorError, KeyError, ValueError):
            pass  # a damaged checkpoint is worth as much as none
        return 0, {}

    def offer(self, steps: int, state: Callable[[], State]) -> None:
        """Saves what ``state`` gives, if enough time has passed since the last time.

        Raises:
            OutputError: it cannot be written.
        """
        if time.monotonic() - self._last < self.seconds:
            return
        tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in state().items()}
        with open_output(self.path, overwrite=True) as file:
            file.write(save(tensors, {"of": self.of, "steps": str(steps)}))
        self._last = time.monotonic()
        self._saved()


def read_weights(path: Path) -> dict[str, Tensor]:
    """The tensors of a safetensors file.

    Raises:
        ModelError: it is missing, or something else: a pickle, for instance, is never opened as one.
    """
    try:
        with safe_open(path, framework="pt") as file:
            return {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except FileNotFoundError:
        raise ModelError(
            f"The weights {path} are missing.", "Train the brush with: dreambrush train", id="weights-missing"
        ) from None
    except (OSError, SafetensorError) as error:
        raise ModelError(
            f"{path} is not a safetensors file: {error}.", "Train the brush again.", id="weights-unreadable"
        ) from None


def put_weights(network: nn.Module, weights: State, path: Path) -> None:
    """Gives a network its weights.

    Raises:
        ModelError: they are those of another network; ``path`` is where they came from.
    """
    try:
        network.load_state_dict(dict(weights))
    except RuntimeError:
        raise ModelError(
            f"The weights in {path} do not fit this version of dreambrush.", "Train it again.", id="weights-do-not-fit"
        ) from None
