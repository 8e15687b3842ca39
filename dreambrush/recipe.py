"""The recipe: everything that made a painting, kept in its file, so that it can be shown and painted again.

It is JSON under the key "dreambrush" of ``data/mypaint-settings.json``, which MyPaint keeps when it saves::

    {"paintings": [{"format": 1, "version": "0.4", "seed": 0, "pigment": false, "ground": "#7f6a5c",
                    "options": {...}, "brushes": [.myb, ...], "names": ["dreambrush/oil", ...],
                    "layers": ["Ground", ...], "digests": ["0f...", ...],
                    "size": [w, h], "strokes": "...", "alpha": "...", "made_with": {"numpy": "2.4.6", ...}}]}

``strokes`` is what :mod:`~dreambrush.packed_strokes` makes of them.  Only transparent pictures have ``alpha``, the
shape as a PNG.  Only paintings on paper have ``grain``, and only those with baked layers ``flattened``; both are true.
Only paintings into a work of another eotf than 1.0 and 2.2 have ``eotf``.  Those whose wet brushes begin every stroke
clean have ``washed``, which is true; drawings of films have ``anew``, which is true too.  Only paintings with a relief
have ``relief``: its strength, faces and digest.
A file may hold several recipes, one for each time that dreambrush painted in it.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from dreambrush.arrays import Pixels
from dreambrush.errors import BrushError, StrokesError, UsageError
from dreambrush.files.json_text import whole_characters
from dreambrush.mypaint.engine.eotf import check_eotf
from dreambrush.mypaint.engine.myb import BrushSettings, parse_myb
from dreambrush.packed_strokes import MOST_STROKES, pack_strokes, unpack_strokes
from dreambrush.pictures.paper import paper_tile
from dreambrush.relief import Relief
from dreambrush.strokes import MOST_NAMES, Strokes

KEY = "dreambrush"
FORMAT = 1
LARGEST_ALPHA = 1 << 28  # pixels
MOST_PAINTINGS = 1000  # in a file
MOST_NAMES_IN_ALL = 10_000  # of layers and brushes in all recipes of a file
BAND = 256  # rows
LONGEST_OPTIONS, MOST_NESTED = 1 << 16, 100  # characters of JSON; brackets in them, for they are a flat list
LARGEST_SEED = 2**32 - 1  # of libmypaint's random numbers


@dataclass(frozen=True, eq=False)
class Recipe:
    """Everything that made a painting.

    Attributes:
        version: version of the dreambrush that painted it.
        seed: seed of the painting.
        pigment: whether it was painted as pigment, in linear light (eotf 2.2).
        ground: (3,) uint8 colour under the first stroke; None where it was painted onto other work.
        grain: whether the ground is paper, with a grain.
        strokes: the strokes, in the order in which they were laid.
        brushes: settings of each brush that the strokes name.
        names: names by which MyPaint knows the brushes, such as "dreambrush/oil"; "" for one that it does not know.
        digests: digest of the saved pixels of each layer that the strokes name (see :func:`digest`).
        options: options that it was painted with, plain data.
        alpha: (h, w) uint8 shape of a transparent picture; None for one that is opaque everywhere.
        made_with: versions and processor, on which the bytes also depend (see :func:`~dreambrush.machine.foundations`);
            {} if they are not known.
        flattened: whether the saved layers are baked, so that no program has to blend them.
        eotf: eotf of the light in which pigment mixes, if it is not 2.2.
        washed: whether wet brushes begin every stroke clean; see :class:`~dreambrush.mypaint.engine.brush.Brush`.
        relief: what the relief was made with; None if the painting has none.
        anew: whether the brushes' random numbers begin again with every stroke; see
            :class:`~dreambrush.painter.lay.layer_canvas.Tool`.
    """

    version: str
    seed: int
    pigment: bool
    ground: Pixels | None
    strokes: Strokes
    brushes: tuple[BrushSettings, ...]
    names: tuple[str, ...]
    digests: tuple[str, ...]
    options: Mapping[str, Any] = field(default_factory=dict)
    alpha: Pixels | None = None
    grain: bool = False
    made_with: Mapping[str, str] = field(default_factory=dict)
    flattened: bool = False
    eotf: float | None = None
    washed: bool = False
    relief: Relief | None = None
    anew: bool = False

    @property
    def background(self) -> Pixels:
        """What lies under all layers: a colour (3,) or a tile of paper.

        It is white if the painting was made onto other work.
        """
        if self.ground is None:
            return np.full(3, 255, np.uint8)
        return paper_tile(self.ground) if self.grain and self.alpha is None else self.ground

    def to_json(self) -> dict[str, Any]:
        """The recipe as plain data, ready for JSON."""
        strokes = self.strokes
        record: dict[str, Any] = {
            "format": FORMAT,
            "version": self.version,
            "seed": self.seed,
            "pigment": self.pigment,
            "ground": None if self.ground is None else "#" + bytes(self.ground).hex(),
            "options": dict(self.options),
            "brushes": [json.loads(brush.to_json()) for brush in self.brushes],
            "names": list(self.names),
            "layers": list(strokes.layers),
            "digests": list(self.digests),
            "size": list(strokes.size),
            "brush_names": list(strokes.brushes),
            "strokes": pack_strokes(strokes),
        }
        if self.made_with:
            record["made_with"] = dict(self.made_with)
        if self.grain:
            record["grain"] = True
        if self.flattened:
            record["flattened"] = True
        if self.eotf is not None:
            record["eotf"] = self.eotf
        if self.washed:
            record["washed"] = True
        if self.anew:
            record["anew"] = True
        if self.relief is not None:
            record["relief"] = self.relief.to_json()
        if self.alpha is not None:
            png = io.BytesIO()
            Image.fromarray(self.alpha).save(png, "PNG", optimize=True)
            record["alpha"] = base64.b64encode(png.getvalue()).decode()
        return record

    @classmethod
    def from_json(cls, record: Any) -> Recipe:
        """Reads a recipe from plain data.

        Raises:
            StrokesError: the data is no recipe, or one of another version.
        """
        if not isinstance(record, dict) or record.get("format") != FORMAT:
            raise _broken("it is of another version of dreambrush")
        try:
            texts = {key: _texts(record[key]) for key in ("names", "layers", "digests", "brush_names")}
            if max(map(len, texts.values())) > MOST_NAMES:
                raise ValueError("it has too many brushes or layers")
            width, height = record["size"]
            strokes = unpack_strokes(record["strokes"], (width, height), texts["brush_names"], texts["layers"])
            brushes = tuple(
                parse_myb(json.dumps(brush), f"the brush {name} in the recipe")
                for name, brush in zip(texts["brush_names"], record["brushes"], strict=True)
            )
            if len(texts["names"]) != len(brushes) or len(texts["digests"]) != len(strokes.layers):
                raise ValueError("its lists differ in length")
            ground = record["ground"]
            if ground is not None:
                ground = np.array(list(bytes.fromhex(ground.removeprefix("#"))), np.uint8)
                if ground.shape != (3,):
                    raise ValueError("its ground is not a colour")
            alpha = _alpha(record["alpha"], (height, width)) if "alpha" in record else None
            seed, options = int(record["seed"]), _plain(record["options"])
            if not 0 <= seed <= LARGEST_SEED:
                raise ValueError("its seed is out of range")
            if not isinstance(options, dict):
                raise ValueError("its options are not an object")
            return cls(
                whole_characters(str(record["version"]))[:60],
                seed,
                bool(record["pigment"]),
                ground,
                strokes,
                brushes,
                texts["names"],
                texts["digests"],
                options,
                alpha,
                bool(record.get("grain", False)),
                {str(key): str(value) for key, value in dict(record.get("made_with", {})).items()},
                bool(record.get("flattened", False)),
                None if record.get("eotf") is None else _eotf(record["eotf"]),
                bool(record.get("washed", False)),
                None if record.get("relief") is None else Relief.from_json(record["relief"]),
                bool(record.get("anew", False)),
            )
        except (StrokesError, BrushError) as error:
            raise _broken(error.message) from None
        except Exception as error:  # a stranger's text may fail in any way, and decoders of pictures raise anything
            raise _broken((str(error) or type(error).__name__)[:300]) from None


def recipes_to_settings(recipes: Sequence[Recipe]) -> dict[str, Any]:
    """The value that a document's settings hold for these recipes, under :data:`KEY`."""
    return {"paintings": [recipe.to_json() for recipe in recipes]}


def recipes_of(settings: Mapping[str, Any]) -> list[Recipe]:
    """The recipes in a document's settings, the oldest first; none if dreambrush has not painted in it.

    Raises:
        StrokesError: a recipe is broken, or of another version.
    """
    ours = settings.get(KEY)
    if ours is None or ours == {}:  # an empty one is in files of ours that nobody has painted yet
        return []
    if not isinstance(ours, dict) or not isinstance(ours.get("paintings"), list):
        raise _broken("it is of another version of dreambrush")
    if len(ours["paintings"]) > MOST_PAINTINGS:
        raise _broken(f"there are more than {MOST_PAINTINGS:,} in it")
    recipes, strokes, names = [], 0, 0
    for record in ours["paintings"]:
        recipe = Recipe.from_json(record)
        recipes.append(recipe)
        strokes += len(recipe.strokes)
        names += len(recipe.strokes.layers) + len(recipe.brushes)
        if strokes > MOST_STROKES or names > MOST_NAMES_IN_ALL:
            raise _broken("it has too many strokes, brushes or layers")
    return recipes


def chosen_recipe(settings: Mapping[str, Any], file: Path, painting: int | None = None) -> Recipe:
    """One of the recipes in a document's settings.

    Args:
        settings: settings of the document.
        file: file of the document, for messages.
        painting: number of the painting, counted from 1; None for the last.

    Raises:
        StrokesError: there is no recipe, or one is broken.
        UsageError: there are fewer recipes than that.
    """
    recipes = recipes_of(settings)
    if not recipes:
        raise StrokesError(
            f"'{file}' holds no strokes by dreambrush.",
            "Choose a file that dreambrush has painted.",
            id="no-strokes-in-file",
        )
    if painting is not None and not 1 <= painting <= len(recipes):
        times = "once" if len(recipes) == 1 else f"{len(recipes)} times"
        raise UsageError(
            f"'{file}' was painted {times}, but --painting is {painting}.",
            "Choose a smaller number.",
            id="no-such-painting",
        )
    return recipes[-1 if painting is None else painting - 1]


def digest(pixels: Pixels) -> str:
    """A fingerprint of a layer (h, w, 4) uint8.  Colours of fully transparent pixels do not matter."""
    seen = hashlib.sha256()
    for top in range(0, len(pixels), BAND):  # so that it takes little memory
        band = pixels[top : top + BAND]
        seen.update(np.ascontiguousarray(np.where(band[..., 3:] > 0, band, 0), np.uint8).data)
    return seen.hexdigest()[:32]


def _eotf(value: Any) -> float:
    eotf = float(value)
    check_eotf(eotf)
    return eotf


def _alpha(text: Any, shape: tuple[int, int]) -> Pixels:
    with Image.open(io.BytesIO(base64.b64decode(text, validate=True)), formats=["PNG"]) as image:
        if image.size != shape[::-1] or image.mode != "L" or shape[0] * shape[1] > LARGEST_ALPHA:
            raise ValueError("its shape has another size")
        return np.asarray(image, np.uint8).copy()


def _texts(values: Any) -> tuple[str, ...]:
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise ValueError("a list of names is unusable")
    return tuple(map(whole_characters, values))


def _plain(options: Any) -> Any:
    """Options whose texts can be written and whose numbers JSON knows."""
    try:
        text = whole_characters(json.dumps(options, ensure_ascii=False, allow_nan=False))
    except ValueError:
        raise ValueError("its options hold values that are not numbers") from None
    if len(text) > LONGEST_OPTIONS or text.count("[") + text.count("{") > MOST_NESTED:
        raise ValueError("its options are far too long")
    return json.loads(text)


def _broken(why: str) -> StrokesError:
    return StrokesError(
        f"The recipe that dreambrush keeps in the file cannot be read: {why.rstrip('.')}.",
        "Paint the picture again, or use the version of dreambrush that painted it.",
        id="recipe-unreadable",
    )
