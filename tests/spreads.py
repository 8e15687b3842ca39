"""A plugin of pytest: records how far the figures that tests compare are from their bounds, with another seed.

``scripts/steady.py seeds`` runs the tests several times with it, and tells whose bound is within the spread of seeds.
The environment says which seed (STEADY_SEED; 0 leaves all seeds as they are) and where to write (STEADY_OUTPUT).

Recorded are comparisons of two numbers with <, <=, > or >=, and those by `pytest.approx` and `assert_allclose` with a
tolerance of the test's own.  An assertion that ends with a comment `# exact: why` is left out: it says what holds
whatever the figures are, such as that the best colour is no worse than another.  There the two sides may be as near as
they like, and a spread says nothing.
"""

from __future__ import annotations

import ast
import json
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

SEED = int(os.environ.get("STEADY_SEED", "0"))
ORDERED = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
EXACT = "# exact:"
KNOWN = {"__builtins__": {"abs": abs, "max": max, "min": min}, "np": np, "inf": np.inf, "array": np.array}

found: list[tuple[str, float, float]] = []  # of each comparison: where, and its two sides
current = ""

_default_rng, _assert_allclose = np.random.default_rng, np.testing.assert_allclose
_Approx = type(pytest.approx(1.0))  # what it is for one number; sequences and arrays compare by it
_equals = _Approx.__eq__


def _another_rng(seed: Any = None) -> np.random.Generator:
    """What `np.random.default_rng` gives, of another seed."""
    if SEED and isinstance(seed, int | np.integer):
        return _default_rng([int(seed), SEED])
    return _default_rng(seed)


def _measured_allclose(actual: Any, desired: Any, rtol: float = 1e-7, atol: float = 0, *rest: Any, **more: Any) -> None:
    """As numpy's; the largest difference is recorded in units of what is allowed."""
    try:
        allowed = atol + rtol * np.abs(np.asarray(desired, np.float64))
        apart = np.abs(np.asarray(actual, np.float64) - np.asarray(desired, np.float64))
        ratio = np.max(apart / np.where(allowed > 0, allowed, np.inf), initial=0.0)
        if rtol != 1e-7 or atol:
            found.append((f"{current}:{_line()} (assert_allclose, {atol:g} + {rtol:g})", float(ratio), 1.0))
    except (TypeError, ValueError):
        pass
    _assert_allclose(actual, desired, rtol, atol, *rest, **more)


def _measured_equals(self: Any, actual: Any) -> bool:
    """As pytest's for a number; the difference is recorded in units of what is allowed."""
    same = _equals(self, actual)
    if self.rel is not None or self.abs is not None:
        try:
            ratio = abs(float(actual) - float(self.expected)) / float(self.tolerance)
            found.append((f"{current}:{_line()} (approx)", ratio, 1.0))
        except (TypeError, ValueError, ZeroDivisionError):
            pass
    return same


def _line() -> int:
    """Where in a test's file one is."""
    frame = sys._getframe(1)
    while frame.f_back is not None and not Path(frame.f_code.co_filename).name.startswith("test_"):
        frame = frame.f_back
    return frame.f_lineno


def pytest_configure(config: pytest.Config) -> None:
    np.random.default_rng = _another_rng
    np.testing.assert_allclose = _measured_allclose
    _Approx.__eq__ = _measured_equals  # type: ignore[method-assign]


def pytest_runtest_setup(item: pytest.Item) -> None:
    global current
    current = item.nodeid


def pytest_assertion_pass(item: pytest.Item, lineno: int, orig: str, expl: str) -> None:
    """Records every comparison of two numbers, at least one of which has a fraction."""
    if "smallest_nonzero" in orig or EXACT in orig:  # the former is hypothesis' own
        return
    try:
        seen = ast.parse(expl.partition("\n")[0].strip(), mode="eval")
        asked = ast.parse(orig.strip(), mode="eval").body
    except (SyntaxError, ValueError):
        return
    where = f"{item.nodeid}:{lineno} {orig}"
    for compare in (node for node in ast.walk(seen) if isinstance(node, ast.Compare)):
        sides = [compare.left, *compare.comparators]
        for index, operator in enumerate(compare.ops):
            record(where, operator, sides[index], sides[index + 1])
        # Of 1 < x < 2 pytest tells but the last part.
        if isinstance(asked, ast.Compare) and len(asked.ops) == 2 and len(compare.ops) == 1:
            record(f"{where} (first part)", asked.ops[0], asked.left, compare.left)


def record(where: str, operator: ast.cmpop, left: ast.expr, right: ast.expr) -> None:
    """Records a comparison of two numbers that pytest has written down; any other is let go."""
    if not isinstance(operator, ORDERED):
        return
    try:
        one, other = (float(eval(compile(ast.Expression(side), "", "eval"), dict(KNOWN))) for side in (left, right))
    except Exception:  # it is no number, or one that only the test's own names tell
        return
    if not (one.is_integer() and other.is_integer()):
        found.append((where, one, other))


def pytest_sessionfinish(session: pytest.Session) -> None:
    output = os.environ.get("STEADY_OUTPUT")
    if output:
        Path(output).write_text(json.dumps(found))
