"""Changes to decoded structures: plain data as JSON has it, and arrays."""

from __future__ import annotations

import copy
import random
from typing import Any

import numpy as np
from numpy.typing import NDArray

NESTED: list[Any] = []
for _ in range(300):
    NESTED = [NESTED]

ODD: tuple[Any, ...] = (
    *(0, 1, -1, 2, 63, 64, 65, 255, 256, 1 << 16, 1 << 24, (1 << 31) - 1, 1 << 31, 1 << 32, -(1 << 31), 1 << 63),
    *(1 << 64, 10**18, -(10**18), 10**400),
    *(0.5, -0.5, 1e-30, 1e-300, 1e18, -1e18, 1e39, 1e308, float("nan"), float("inf"), float("-inf"), -0.0),
    *("", "\0", "\ud800", "\udfff\x1b[31m", "x" * 5000, "oil", "1", "1e999", "nan", "../../etc/passwd", "/dev/zero"),
    *("A\u0301\u202e", "data/layer-01.png", "#12345", "auto:8", "svg:multiply", "svg:dst-in", "hidden"),
    *(None, True, False, [], {}, [[]], [None], {"": None}, NESTED, [0] * 200, ["x"] * 3000, {"x": {"x": {"x": 1}}}),
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where there is something in plain data: keys and indices that lead there; of long lists only some."""
    found = [path] if path else []
    if isinstance(value, dict):
        for key, child in value.items():
            found += places(child, (*path, key))
    elif isinstance(value, list):
        step = max(len(value) // 12, 1)
        for index in range(0, len(value), step):
            found += places(value[index], (*path, index))
    return found


def mutated(rng: random.Random, value: Any, times: int | None = None) -> Any:
    """A copy with some changes, each at any depth alike: replaced, removed, doubled, swapped, scaled."""
    value = copy.deepcopy(value)
    for _ in range(times or rng.choice((1, 1, 1, 2, 2, 3, 6))):
        every = places(value)
        if not every:
            return rng.choice(ODD)
        depth = rng.choice(sorted({len(path) for path in every}))
        path = rng.choice([each for each in every if len(each) == depth])
        _change(rng, value, path, every)
    return value


def _change(rng: random.Random, value: Any, path: tuple[Any, ...], every: list[tuple[Any, ...]]) -> None:
    holder = at(value, path[:-1])
    key = path[-1]
    old = holder[key]
    kind = rng.random()
    if kind < 0.45:
        holder[key] = copy.deepcopy(rng.choice(ODD))
    elif kind < 0.6:
        holder[key] = like(rng, old)
    elif kind < 0.7:
        del holder[key]
    elif kind < 0.8:
        holder[key] = copy.deepcopy(at(value, rng.choice(every)))
    elif kind < 0.9 and isinstance(holder, list):
        holder[key:key] = [copy.deepcopy(old) for _ in range(rng.choice((1, 2, 30, 1001 if _small(old) else 3)))]
    elif isinstance(holder, dict):
        holder[rng.choice(("x", "", "\ud800", "nan", "settings", *map(str, holder)))] = holder.pop(key)
    else:
        holder[key] = like(rng, old)


def like(rng: random.Random, old: Any) -> Any:
    """Another value of the same kind."""
    if isinstance(old, bool):
        return not old
    if isinstance(old, int):
        return rng.choice((old + 1, old - 1, -old, old * 2, old * 1000, old + rng.randrange(1 << 20)))
    if isinstance(old, float):
        return rng.choice((old * 1.001, -old, old * 1e6, old + 1, old / 1e9, old * 1e300))
    if isinstance(old, str):
        cut = rng.randrange(len(old) + 1)
        return rng.choice(
            (old[:cut], old[:cut] + rng.choice(("\0", "A", "é", "\ud83d", "\n", " ")) + old[cut:], old * 3)
        )
    if isinstance(old, list):
        return rng.choice((old[: len(old) // 2], old[::-1], old + old, old[1:]))
    if isinstance(old, dict):
        return dict(list(old.items())[: len(old) // 2])
    return rng.choice(ODD)


def at(value: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        value = value[key]
    return value


def _small(value: Any) -> bool:
    return not isinstance(value, list | dict | str) or len(value) < 20


NUMBERS = (np.nan, np.inf, -np.inf, 0, -1, 1, 1e-30, 1e9, -1e9, 1e38, 0.5, 1e6, 2**31)


def mutated_array(rng: random.Random, array: NDArray[Any]) -> NDArray[Any]:
    """A copy with other numbers, of another shape, or of another type."""
    array = np.array(array)
    kind = rng.random()
    with np.errstate(all="ignore"):
        if kind < 0.55 and array.size:
            flat = array.reshape(-1)
            for _ in range(rng.choice((1, 1, 5, max(flat.size // 3, 1)))):
                value = np.array(rng.choice(NUMBERS))
                flat[rng.randrange(flat.size)] = value.astype(array.dtype)
            return array
        if kind < 0.65:
            return array[: len(array) // 2] if array.ndim else array.reshape(1)
        if kind < 0.75:
            return np.concatenate([array] * rng.choice((2, 3, 40))) if array.ndim else np.stack([array, array])
        if kind < 0.82:
            return array.reshape(-1)
        if kind < 0.88:
            return array.T
        if kind < 0.92:
            return np.zeros((0, *array.shape[1:]), array.dtype)
        if kind < 0.97:
            return array.astype(rng.choice(("<f8", "<i4", "<i8", "|u1", "<f4", "<c8", "|b1", ">f4", "|S4", "<U3")))
        return np.zeros((), array.dtype)
