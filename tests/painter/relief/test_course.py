"""Where pixels lie in a stroke."""

from __future__ import annotations

import numpy as np

from dreambrush.arrays import Float32
from dreambrush.painter.relief.course import Course, course_of


def course_in_a_box(path: list[list[float]], wide: float) -> tuple[Course, Float32, Float32]:
    """The course of paint within 120 x 80 pixels that lies as near to the path's line as half the width."""
    y, x = (each.ravel().astype(np.float32) for each in np.mgrid[0:80, 0:120])
    nodes = np.array(path, np.float32)
    t = np.linspace(0, 1, 200, dtype=np.float32)[:, None]
    line = (1 - t) ** 2 * nodes[0] + 2 * t * (1 - t) * nodes[1] + t**2 * nodes[2]
    far = np.sqrt(np.min((x[:, None] - line[:, 0]) ** 2 + (y[:, None] - line[:, 1]) ** 2, 1))
    painted = far < wide / 2
    x, y = x[painted], y[painted]
    return course_of(nodes, x, y, np.ones(len(x), np.float32)), x, y


def test_a_straight_stroke() -> None:
    course, x, y = course_in_a_box([[20, 40], [60, 40], [100, 40]], 20)
    assert course.length == np.float32(80)
    np.testing.assert_allclose(course.along, x - 20, atol=1e-3)
    inner = (x > 35) & (x < 85)
    np.testing.assert_allclose(course.half[inner], 10, rtol=0.1)
    np.testing.assert_allclose(course.aside[inner], (y[inner] - 40) / 10, atol=0.15)
    assert course.reach[0] < -8 and course.reach[1] > 88


def test_a_bent_stroke_is_measured_along_its_bend() -> None:
    course, x, y = course_in_a_box([[20, 60], [60, -20], [100, 60]], 12)
    top = np.argmin(np.hypot(x - 60, y - 20))
    assert abs(course.along[top] - course.length / 2) < 2 and abs(course.aside[top]) < 0.2
    assert 105 < course.length < 125
    assert np.abs(course.aside).max() < 1.6


def test_a_dab_has_a_course_too() -> None:
    course, x, _ = course_in_a_box([[50, 40], [50, 40], [50, 40]], 16)
    assert all(np.isfinite(part).all() for part in (course.along, course.aside, course.half))
    np.testing.assert_allclose(course.along, x - 50, atol=0.01)
