"""Ranks: processes that train one network together, each on its share of every batch (torch's DDP, by torchrun).

The first rank runs the whole training, as one process would.  The others only wait for what it wants to have fitted:
see follow.py.  What goes from rank to rank are numbers, as JSON and as tensors, and nothing that could run.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.distributed.distributed_c10d import Store
from torch.distributed.rendezvous import rendezvous
from torch.nn.parallel import DistributedDataParallel

from dreambrush.errors import DreambrushError
from dreambrush.interrupts import held_back
from dreambrush.train.fit.checkpoint import State

PATIENCE = timedelta(days=7)  # that ranks wait for each other: collecting strokes may take long
LOOK = 0.02  # seconds between two looks whether something has come; Ctrl-C is noticed in between
ENDED, LOOKS = "dreambrush/ended", 50  # what the first rank leaves when it ends in order; looks at whether it has
LOST = ("gloo", "nccl", "connection", "socket", "broken pipe")  # what errors say when another rank is gone

Loss = Callable[..., Tensor]
"""From tensors with a row for each of a batch, and by name what else it needs, to the mean loss of these rows."""


@dataclass(frozen=True)
class Call:
    """What the first rank wants to have fitted.

    Attributes:
        task: its name.
        numbers: of JSON.
        tensors: on the CPU.
    """

    task: str
    numbers: dict[str, Any]
    tensors: dict[str, Tensor]


class FirstRankEnded(Exception):  # noqa: N818
    """The first rank has ended and has said why; there is nothing to add."""


class Ranks:
    """Processes that train together, as one of them sees it; by default it is alone.

    Args:
        number: of this one.
        count: of all.
        local: number of this one among those of its machine; it takes the graphics card of that number.
        here: count of those of its machine.
    """

    def __init__(self, number: int = 0, count: int = 1, local: int = 0, here: int = 1) -> None:
        self.number, self.count, self.local, self.here = number, count, local, here

    @property
    def first(self) -> bool:
        """Whether this is the rank that collects, saves, exports and tells."""
        return self.number == 0

    def device(self, kind: str) -> str:
        """Where this rank trains: ``cpu``, or a graphics card of its own."""
        return kind if kind == "cpu" or self.count == 1 else f"{kind}:{self.local}"

    def call(self, task: str, numbers: Mapping[str, Any], tensors: State) -> None:
        """Has the others join in a fit, if this is the first rank.  In others it does nothing: they are in it."""
        if self.first and self.count > 1:
            self._pass_on(Call(task, {**numbers, "threads": torch.get_num_threads()}, dict(tensors)))

    def called(self) -> Call | None:
        """Waits for the next fit of the first rank; None when there will be no more."""
        call = self._pass_on(None)
        if not call.task:
            return None
        torch.set_num_threads(call.numbers.pop("threads"))
        return call

    def dismiss(self) -> None:
        """Tells the others that there will be no more fits; only between fits."""
        if self.first and self.count > 1:
            self._pass_on(Call("", {}, {}))

    def agree(self, steps: int, state: State) -> tuple[int, State]:
        """What the first rank goes on from: steps that are done, and the state after them."""
        if self.count == 1:
            return steps, state
        call = self._pass_on(Call("", {"steps": steps}, dict(state)) if self.first else None)
        return int(call.numbers["steps"]), call.tensors

    def shared(self, network: nn.Module, loss: Loss) -> Loss:
        """The loss, such that each rank works out only its share of the rows.

        The gradients are those of the loss of all rows, in all ranks, up to rounding.  The value is not: it is of the
        share.  All ranks have the weights of the first one afterwards.

        Args:
            network: whose weights are trained, on the device where it shall be.
            loss: of any of a batch's rows.
        """
        return loss if self.count == 1 else DistributedDataParallel(_Share(network, loss, self))

    def _pass_on(self, call: Call | None) -> Call:
        """From the first rank to all others."""
        if call is not None:
            tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in call.tensors.items()}
            kinds = {name: (str(each.dtype).removeprefix("torch."), each.shape) for name, each in tensors.items()}
            head = torch.frombuffer(bytearray(json.dumps([call.task, call.numbers, kinds]).encode()), dtype=torch.uint8)
            length = torch.tensor([len(head)])
            for tensor in (length, head, *tensors.values()):
                _broadcast(tensor)
            return call
        length = torch.zeros(1, dtype=torch.int64)
        _broadcast(length)
        head = torch.empty(int(length), dtype=torch.uint8)
        _broadcast(head)
        task, numbers, kinds = json.loads(head.numpy().tobytes())
        tensors = {name: torch.empty(shape, dtype=getattr(torch, dtype)) for name, (dtype, shape) in kinds.items()}
        for tensor in tensors.values():
            _broadcast(tensor)
        return Call(task, numbers, tensors)


ALONE = Ranks()


class _Share(nn.Module):
    """A rank's share of a loss, as DDP wants it: DDP takes the mean of the ranks' gradients."""

    def __init__(self, network: nn.Module, loss: Loss, ranks: Ranks) -> None:
        super().__init__()
        self.network, self.loss, self.ranks = network, loss, ranks

    def forward(self, *rows: Tensor, **others: object) -> Tensor:
        own = [each[self.ranks.number :: self.ranks.count] for each in rows]
        if not len(own[0]):  # the others wait for its gradients nevertheless
            return torch.stack([0 * weights.sum() for weights in self.network.parameters()]).sum()
        return self.loss(*own, **others) * (len(own[0]) * self.ranks.count / len(rows[0]))


def _broadcast(tensor: Tensor) -> None:
    if not tensor.numel():
        return
    work = dist.broadcast(tensor.reshape(-1).view(torch.uint8), 0, async_op=True)
    assert work is not None
    while not work.is_completed():
        time.sleep(LOOK)
    work.wait()


@contextmanager
def joined(device: str = "cpu") -> Iterator[Ranks]:
    """Meets the other processes that torchrun has started.

    Args:
        device: ``cpu``, or ``cuda``, whose gradients go by nccl.

    Raises:
        DreambrushError: another process has died.
        FirstRankEnded: this is not the first rank, which has ended and said why.
    """
    store, number, count = next(rendezvous("env://", timeout=PATIENCE))
    local, here = (int(os.environ.get(name, default)) for name, default in (("LOCAL_RANK", 0), ("LOCAL_WORLD_SIZE", 1)))
    ranks = Ranks(number, count, local, here)
    backend = "gloo"
    if device == "cuda" and torch.cuda.is_available() and ranks.local < torch.cuda.device_count():
        torch.cuda.set_device(ranks.local)
        backend = "cpu:gloo,cuda:nccl"
    try:
        dist.init_process_group(backend, store=store, rank=number, world_size=count, timeout=PATIENCE)
        yield ranks
    except RuntimeError as error:
        if not _tells_of_a_loss(error):
            raise
        if not ranks.first and _said(store):
            raise FirstRankEnded from None
        raise DreambrushError(
            "Another process of this training has died.",
            "Memory was probably short.  Run the same command again to continue.",
            id="process-died",
        ) from None
    finally:
        if ranks.first:
            store.set(ENDED, "")


def _tells_of_a_loss(error: RuntimeError) -> bool:
    return isinstance(error, dist.DistError) or any(word in str(error).lower() for word in LOST)


def _said(store: Store) -> bool:
    """Whether the first rank has ended in order.  torchrun tells all to stop meanwhile; the answer comes first."""
    with held_back():
        for _ in range(LOOKS):
            if store.check([ENDED]):
                return True
            time.sleep(LOOK)
    return False
