"""The stages of a style, as the painter wants them.

An option that the user gives counts in all stages.  That is known by its value: it is another than the style's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dreambrush.arrays import Float32
    from dreambrush.models.catalogue import BrushFile
    from dreambrush.painter.plan.stages import Stage

# Keys of a stage whose values are handed on as they are, and the names that the painter has for them.
PLAIN = {
    "share": "share",
    "where": "where",
    "tones": "tones",
    "spread": "spread",
    "same_layer": "same_layer",
    "hand": "hand",
    "max_length": "longest",
    "min_pressure": "lightest",
    "jitter": "jitter",
    "edges": "edges",
    "simplify": "simplify",
    "temperature": "temperature",
    "bare": "bare",
    "depth": "depth",
    "grey": "grey",
    "rims": "rims",
}
WIDTHS = {"min_size": "narrowest", "max_size": "widest", "shapes": "shapes"}
FINEST = 1.8  # pixels: in a small painting finer strokes of a stage would leave hardly any paint
# Options of the user's that count in all stages, and what they are if neither user nor style says anything.
DEFAULTS = {
    "hand": 0.5,
    "min_size": None,
    "max_size": None,
    "max_length": None,
    "min_pressure": 0.05,
    "jitter": 0.0,
    "palette": None,
}


def stages_for(
    settings: Mapping[str, Any],
    side: int,
    picture: Float32 | None,
    brushes: Sequence[BrushFile],
    skin: Float32 | None = None,
) -> tuple[Stage, ...]:
    """The stages of a painting.

    Args:
        settings: of the painting, by the names of the options; its style tells the stages.
        side: the longer side of the painting in pixels.
        picture: (h, w, 3) float32, sRGB 0..1, for palettes of its own colours.
        brushes: that it is painted with; a stage none of whose brushes is there has them all.
        skin: (n, 3) colours that palettes of the picture's own colours keep.

    Raises:
        UsageError: the style is gone or broken, or has no such palette.
    """
    if settings["style"] is None:
        return ()
    from dreambrush.styles import load_style

    style = load_style(settings["style"])
    given = _given(settings, style.options)
    names = [each.name for each in brushes]
    return tuple(_stage({**table, **given}, side, picture, names, skin) for table in style.stages)


def _given(settings: Mapping[str, Any], options: Mapping[str, Any]) -> dict[str, Any]:
    """What the user has given of the keys that stages may have, other than the style itself."""
    given: dict[str, Any] = {}
    for key in DEFAULTS:
        value, own = settings[key], options.get(key, DEFAULTS[key])
        if value is not None and (own is None or _other(value, own)):
            given[key] = str(value) if key in WIDTHS else value
    return given


def _other(value: Any, own: Any) -> bool:
    """Whether a setting is another than a style's own."""
    if isinstance(own, int | float):
        return bool(float(str(value).split()[0].rstrip("%")) != float(own))
    return str(value) != str(own)


def _stage(
    table: Mapping[str, Any], side: int, picture: Float32 | None, brushes: Sequence[str], skin: Float32 | None
) -> Stage:
    from dreambrush.cli.shared.brushes import brush_names
    from dreambrush.cli.shared.named import brush_named
    from dreambrush.painter.plan.stages import Stage
    from dreambrush.pictures.palette import parse_palette
    from dreambrush.styles.stages import in_pixels

    own = {name: table[key] for key, name in PLAIN.items() if key in table}
    for key, name in WIDTHS.items():
        if key in table:
            own[name] = max(in_pixels(table[key], side), FINEST)
    if "palette" in table:
        own["palette"] = parse_palette(table["palette"], picture, skin)
    # Those that it is painted with may be copies, on a machine that knows no brush of their names.
    words = [name for word in table.get("brush", ()) for name in brush_names(word)]
    names = [word if word in brushes else brush_named(word).name for word in words]
    numbers = tuple(brushes.index(name) for name in dict.fromkeys(names) if name in brushes)
    return Stage(table["name"], numbers, focused=table.get("focus") != "none", **own)
