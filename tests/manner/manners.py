"""Manners of any kind, for hypothesis."""

from __future__ import annotations

from hypothesis import strategies as st

from dreambrush.manner.distribution import LEVELS, Quantiles
from dreambrush.manner.manner import (
    BREADTHS,
    FIGURES,
    LEAST_SHARE,
    MOST_COLOURS,
    PLACES,
    FlowCell,
    Manner,
    StrokeGroup,
    Swatch,
)
from dreambrush.manner.table import LONGEST_SOURCE, MEANS, NEEDED

unit = st.floats(0, 1)
colours = st.tuples(unit, unit, unit)


def rising(low: float, high: float) -> st.SearchStrategy[Quantiles]:
    """Quantiles within a range."""
    numbers = st.lists(st.floats(low, high), min_size=len(LEVELS), max_size=len(LEVELS))
    return numbers.map(lambda each: tuple(sorted(each)))


def groups_of(place_and_breadth: tuple[str, str]) -> st.SearchStrategy[StrokeGroup]:
    place, breadth = place_and_breadth
    needed = {name: rising(*FIGURES[name]) for name in NEEDED}
    others = {name: rising(*FIGURES[name]) for name in FIGURES if name not in NEEDED}
    figures = st.fixed_dictionaries(needed, optional=others)
    return st.builds(StrokeGroup, st.just(place), st.just(breadth), st.floats(LEAST_SHARE, 1), figures)


def in_order(group: tuple[str, str]) -> tuple[int, int]:
    """Places one after the other, broad strokes first."""
    return [*PLACES].index(group[0]), BREADTHS.index(group[1])  # type: ignore[arg-type]


groups = (
    st.sets(st.tuples(st.sampled_from(PLACES), st.sampled_from(BREADTHS)), max_size=3)
    .map(lambda some: sorted({*some, (PLACES[0], BREADTHS[0])}, key=in_order))
    .flatmap(lambda some: st.tuples(*map(groups_of, some)))
)
swatches = st.builds(Swatch, colours, st.floats(0.001, 1))
cells = st.builds(FlowCell, st.floats(0, 180), unit)
flows = st.integers(1, 4).flatmap(lambda wide: st.lists(st.tuples(*[cells] * wide), max_size=3).map(tuple))
manners = st.builds(
    Manner,
    st.text(max_size=LONGEST_SOURCE + 9),
    st.sampled_from(MEANS),
    groups,
    st.lists(swatches, min_size=1, max_size=MOST_COLOURS).map(tuple),
    colours,
    st.floats(0, 0.95),
    st.none() | st.floats(-1, 1),
    flows,
)
