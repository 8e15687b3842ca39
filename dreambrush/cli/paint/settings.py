"""The settings of a painting, and what they mean for one picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

from dreambrush.cli.paint.manner import manner_of, manner_text
from dreambrush.cli.paint.stages import stages_for
from dreambrush.cli.shared.named import BRUSH_SETS, SET
from dreambrush.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dreambrush.arrays import Float32
    from dreambrush.models.catalogue import BrushFile
    from dreambrush.painter.options import ControllerKind, PaintOptions

THICK = "painter"  # the set of brushes whose paint lies thick
NARROWEST, WIDEST = 1.0, 8192.0  # stroke in pixels
AUTO, NONE = "auto", "none"  # as --focus: the picture's subject; no place
AVERAGE, TONED = "average", "toned"  # as --ground: the picture's average colour; a tone for its details
TEMPERATURE, RELIEF = 0.3, 0.5  # that the freest hand likes
SOFTEST = 0.6  # edges that it likes: a free hand shows its strokes, and softer pictures have none to show
PAPER_KEPT = 0.4  # of the open paper of a reference: a photo has more to show
LIKES_NOTHING: dict[str, Any] = {
    **dict.fromkeys(("edges", "simplify", "temperature", "relief"), 0.0),
    "focus": NONE,
    "ground": AVERAGE,
}
"""What an exact hand likes, by option: to keep to the picture."""
# Time after planning: reading back each layer and the whole, merging, encoding and writing (a quarter of it).
# Measured with five layers on one core of an AMD EPYC: 0.2 s at 256 px, 1 s at 1024 px, 16 s at 4096 px.
FINISHING, FINISHING_PER_PIXEL = 0.1, 1e-6  # seconds
RELIEF_OF_STROKE, RELIEF_OF_PIXEL = 0.7e-3, 1.3e-9  # seconds that a relief takes for each stroke, and each pixel in it


def lies_thick(brushes: Sequence[str], style: str | None) -> bool:
    """Whether paint of these brushes, by name, is shown in relief: that of those that come by default."""
    return style is None and tuple(brushes) in {(SET + THICK,), BRUSH_SETS[THICK]}


def liked_by(hand: float, palette: str | None, thick: bool = False) -> dict[str, Any]:
    """What a hand likes, by option: those of LIKES_NOTHING, in their order.

    Args:
        hand: 0 to 1.
        palette: as the option; where colours are given they are not changed.
        thick: whether the paint lies thick, so that light on it shows.
    """
    if not hand:
        return dict(LIKES_NOTHING)
    free = palette is None
    return {
        "edges": min(hand, SOFTEST),
        "simplify": hand,
        "temperature": TEMPERATURE * hand if free else LIKES_NOTHING["temperature"],
        "relief": RELIEF * hand if free and thick else LIKES_NOTHING["relief"],
        "focus": AUTO,
        "ground": TONED,
    }


@dataclass(frozen=True)
class StrokeWidth:
    """The width of a stroke, in pixels or in per cent of the painting's longer side."""

    value: float
    per_cent: bool

    def pixels(self, longer_side: int) -> float:
        """The width in pixels for a painting with that longer side; at least one."""
        return max(self.value * longer_side / 100 if self.per_cent else self.value, NARROWEST)

    def __str__(self) -> str:
        return f"{self.value:g}{'%' if self.per_cent else ' px'}"


@dataclass(frozen=True)
class Ground:
    """What lies under the first stroke.

    Attributes:
        digits: the colour in six hexadecimal digits.
        grain: whether it is paper.
    """

    digits: str
    grain: bool = False

    @property
    def colour(self) -> tuple[float, float, float]:
        """The colour in sRGB, 0..1."""
        red, green, blue = (level / 255 for level in bytes.fromhex(self.digits))
        return red, green, blue

    def __str__(self) -> str:
        return "paper" if self.grain else f"#{self.digits}"


@dataclass(frozen=True)
class PaintSettings:
    """The settings of every painting of one command.  The fields have the names of the options."""

    strokes: int
    effort: int
    hand: float
    layers: int
    min_size: StrokeWidth | None
    max_size: StrokeWidth | None
    max_length: float | None  # widths
    min_pressure: float
    jitter: float
    controller: ControllerKind
    time: float | None  # seconds
    until: float | None  # PSNR in dB
    pigment: bool
    palette: str | None
    focus: str | None  # a picture's path, or AUTO
    ground: Ground | str | None  # TONED, or None for the average
    your_turn: bool
    style: str | None
    seed: int
    flatten_pigment: bool = False
    edges: float = 0.0
    simplify: float = 0.0
    temperature: float = 0.0
    relief: float = 0.0
    flow: str | None = None  # the path of a picture, or of an .ora
    likeness: float = 0.0
    manner: str | None = None  # of a reference, as manner/table.py writes it

    @classmethod
    def of(cls, chosen: Mapping[str, Any]) -> PaintSettings:
        """The settings of these options by name; others are left out.

        What was not chosen (None) becomes what the hand likes.  At hand 0 that is nothing.
        """
        found = {each.name: chosen[each.name] for each in fields(cls) if each.name in chosen}
        thick = lies_thick(chosen["brushes"], found["style"]) and chosen.get("onto") is None
        liked = liked_by(found["hand"], found["palette"], thick)
        found |= {name: liked[name] for name in liked if found[name] is None}
        found |= {name: None for name in ("focus", "ground", "flow") if found.get(name) in (NONE, AVERAGE)}
        found["manner"] = manner_text(found["style"], chosen.get("like") or ())
        if found["manner"] is None:
            found["likeness"] = 0.0
        return cls(**found)

    @property
    def error(self) -> float:
        """The mean squared error at which to stop."""
        return 0.0 if self.until is None else float(10 ** (-self.until / 10))

    def record(self) -> dict[str, Any]:
        """The settings as plain data, for the file."""
        texts = {"min_size": self.min_size, "max_size": self.max_size, "ground": self.ground}
        record = {**asdict(self), **{name: each and str(each) for name, each in texts.items()}}
        for name in ("flatten_pigment", "edges", "simplify", "temperature", "relief", "flow", "likeness", "manner"):
            if not record[name]:
                del record[name]  # files that were made without it stay as they are, to the byte
        return record

    def for_painter(
        self,
        width: int,
        height: int,
        spent: float,
        picture: Float32 | None = None,
        brushes: Sequence[BrushFile] = (),
    ) -> PaintOptions:
        """The options for the painter of one picture.

        Args:
            width: of the painting in pixels.
            height: of the painting in pixels.
            spent: seconds since the work on this picture began.
            picture: (h, w, 3) float32, sRGB 0..1, for a palette of its own colours.
            brushes: that it is painted with, for the stages of its style.

        Raises:
            UsageError: the narrowest stroke would be wider than the widest, or the style is gone or broken.
        """
        from dreambrush.cli.paint.lines import read_flow
        from dreambrush.painter.options import PaintOptions
        from dreambrush.pictures.palette import parse_palette

        side = max(width, height)
        narrowest, widest = (None if size is None else size.pixels(side) for size in (self.min_size, self.max_size))
        if narrowest and widest and narrowest > widest:
            raise UsageError(
                f"--min-size {self.min_size} is larger than --max-size {self.max_size} in a painting of {side} px.",
                "Give the narrowest stroke with --min-size, the widest with --max-size.",
                id="min-size-above-max-size",
            )
        seconds = None
        if self.time is not None:
            relief = self.strokes * (RELIEF_OF_STROKE + RELIEF_OF_PIXEL * width * height) if self.relief else 0.0
            seconds = max(self.time - spent - relief - FINISHING - FINISHING_PER_PIXEL * width * height, 0.0)
        skin = None if picture is None else self._skin(picture)
        manner = manner_of(self.manner)
        return PaintOptions(
            effort=self.effort,
            hand=self.hand,
            layers=self.layers,
            narrowest=narrowest,
            widest=widest,
            longest=self.max_length,
            lightest=self.min_pressure,
            jitter=self.jitter,
            edges=self.edges,
            simplify=self.simplify,
            temperature=self.temperature,
            toned=self.ground == TONED,
            relief=self.relief,
            controller=self.controller,
            seconds=seconds,
            until=self.error,
            pigment=self.pigment,
            palette=None if self.palette is None else parse_palette(self.palette, picture, skin),
            ground=self.ground.colour if isinstance(self.ground, Ground) else None,
            grain=isinstance(self.ground, Ground) and self.ground.grain,
            focus=self._focus(width, height, picture),
            flow=None if self.flow is None else read_flow(self.flow, width, height),
            manner=manner,
            likeness=self.likeness,
            shapes=(manner.flat * self.likeness * side / 100 or None) if manner else None,
            bare=0.0 if manner is None else PAPER_KEPT * manner.open * self.likeness,
            stages=stages_for(vars(self), side, picture, brushes, skin),
        )

    def _skin(self, picture: Float32) -> Float32 | None:
        """The colours of skin (n, 3) that a palette of the picture's own colours is to keep."""
        from dreambrush.painter.see.portrait_colours import skin_colours
        from dreambrush.pictures.palette import AUTO as OWN

        return skin_colours(picture) if self.palette is not None and self.palette.startswith(OWN) else None

    def _focus(self, width: int, height: int, picture: Float32 | None) -> Float32 | None:
        """The mask (h, w), 0..1, of where to paint finer; None for no such place."""
        if self.focus is None:
            return None
        if self.focus == AUTO:
            from dreambrush.painter.see.subject import find_subject

            return None if picture is None else find_subject(picture)
        from dreambrush.pictures.reading import load_mask

        return load_mask(self.focus, width, height)
