"""A chart of error against time, as SVG: both on scales of powers, so that every halving is as long."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from dreambrush.gallery.markup import said

WIDTH, HEIGHT = 840, 420
LEFT, RIGHT, TOP, BOTTOM = 78, 226, 14, 52  # around the field, in the units of the drawing
COLOURS = 6  # series that have a colour of their own
LINE = 15  # height of a line of words
LEAST_SECONDS, LEAST_ERROR = 1e-3, 1e-7
STEPS = (1, 2, 5)


@dataclass(frozen=True)
class PaintingCourse:
    """How the error of one painting fell.

    Attributes:
        name: of the painting.
        series: number of the group that it is drawn with, from 0.
        points: seconds and expected error, in order.
        seconds: of the whole.
        error: what really was left.
    """

    name: str
    series: int
    points: Sequence[tuple[float, float]]
    seconds: float
    error: float


@dataclass(frozen=True)
class Level:
    """An error that others have reached, as a line across.

    Attributes:
        name: whose it is.
        error: their error.
    """

    name: str
    error: float


def draw_chart(courses: Sequence[PaintingCourse], series: Sequence[str], levels: Sequence[Level] = ()) -> str:
    """The chart.

    Args:
        courses: the paintings, at least one.
        series: name of each group.
        levels: errors that others have reached.
    """
    times = [t for course in courses for t, _ in (*course.points, (course.seconds, 0))]
    errors = [e for course in courses for _, e in (*course.points, (0, course.error))]
    across = _Scale([max(t, LEAST_SECONDS) for t in times], LEFT, WIDTH - RIGHT)
    down = _Scale([max(e, LEAST_ERROR) for e in [*errors, *(level.error for level in levels)]], HEIGHT - BOTTOM, TOP)
    parts = [*_grid(across, down)]
    for level in levels:
        y = down.at(level.error)
        parts.append(f'<line class="others" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
    thin = " thin" if len(courses) > COLOURS else ""
    for course in courses:
        colour = course.series % COLOURS + 1
        places = [(across.at(t), down.at(e)) for t, e in course.points]
        end = across.at(course.seconds), down.at(course.error)
        words = said(f"{course.name}: error {course.error:.5f} after {course.seconds:.1f} s")
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in [*places, end])
        parts.append(
            f'<g><title>{words}</title><polyline class="line series-{colour}{thin}" fill="none" points="{path}"/>'
            f'<circle class="series-{colour}" cx="{end[0]:.1f}" cy="{end[1]:.1f}" r="{3 if thin else 4.5}"/></g>'
        )
    parts += _labels(courses, series, levels, down)
    best = min(courses, key=lambda course: course.error)
    label = said(
        f"Error against time of {len(courses)} paintings. The least error is {best.error:.5f}, of {best.name}, "
        f"after {best.seconds:.1f} seconds."
    )
    return (
        f'<div class="chart" tabindex="0" role="region" aria-label="Chart">'
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{label}">{"".join(parts)}</svg></div>'
        + _legend(series)
    )


def _legend(series: Sequence[str]) -> str:
    """The names once more, for screens so narrow that those in the drawing are out of sight."""
    items = (
        f'<li><span class="series-{number % COLOURS + 1}" aria-hidden="true">●</span> {said(name)}</li>'
        for number, name in enumerate(series)
    )
    return f'<ul class="legend" aria-hidden="true">{"".join(items)}</ul>'


class _Scale:
    """Places numbers between two ends, by their logarithm.

    Args:
        values: what must find its place, all above 0.
        first: place of the least.
        last: place of the greatest.
    """

    def __init__(self, values: Sequence[float], first: float, last: float) -> None:
        low, high = math.log10(min(values)), math.log10(max(values))
        margin = max(0.04 * (high - low), 0.05)
        self.low, self.high, self.first, self.last = low - margin, high + margin, first, last

    def at(self, value: float) -> float:
        share = (math.log10(max(value, 10**self.low)) - self.low) / (self.high - self.low)
        return self.first + share * (self.last - self.first)

    def ticks(self) -> list[float]:
        found = [
            float(f"{step}e{power}")
            for power in range(math.floor(self.low), math.ceil(self.high) + 1)
            for step in STEPS
            if self.low <= math.log10(step) + power <= self.high
        ]
        whole = [tick for tick in found if f"{tick:e}".startswith("1.")]
        return whole if len(found) > 9 and len(whole) > 2 else found


def _grid(across: _Scale, down: _Scale) -> list[str]:
    right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM
    parts = []
    for tick in across.ticks():
        x = across.at(tick)
        parts.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{bottom}"/>')
        parts.append(f'<text class="tick" x="{x:.1f}" y="{bottom + 19}" text-anchor="middle">{tick:g} s</text>')
    for tick in down.ticks():
        y = down.at(tick)
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}"/>')
        text = f"{tick:.7f}".rstrip("0").rstrip(".")
        parts.append(f'<text class="tick" x="{LEFT - 9}" y="{y + 5:.1f}" text-anchor="end">{text}</text>')
    parts.append(f'<text x="{(LEFT + right) / 2}" y="{HEIGHT - 8}" text-anchor="middle">seconds of painting</text>')
    middle = (TOP + bottom) / 2
    parts.append(
        f'<text x="15" y="{middle}" text-anchor="middle" transform="rotate(-90 15 {middle})">mean squared error</text>'
    )
    return parts


def _labels(
    courses: Sequence[PaintingCourse], series: Sequence[str], levels: Sequence[Level], down: _Scale
) -> list[str]:
    """The names at the right, each as near as may be to where its lines end, and none over another."""
    wanted = []
    for number, name in enumerate(series):
        ends = [down.at(course.error) for course in courses if course.series == number]
        if ends:
            wanted.append((sum(ends) / len(ends), f"series-{number % COLOURS + 1}", name))
    wanted += [(down.at(level.error), "tick", level.name) for level in levels]
    parts: list[str] = []
    free = float(TOP)
    room = HEIGHT - BOTTOM - LINE * len(wanted)
    for y, kind, name in sorted(wanted):
        free = max(y, free + LINE) if free > TOP or y < TOP + LINE else y
        free = min(free, room + LINE * (len(parts) + 1))
        parts.append(f'<text class="{kind}" x="{WIDTH - RIGHT + 10}" y="{free + 5:.1f}">{said(name)}</text>')
    return parts
